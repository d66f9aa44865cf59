"""Public names of earlier versions, and the names in their place.

One table: scenario files, selectors of metrics, frames and result objects answer an old name from
it. A name that is renamed is entered here and in CHANGELOG.md.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

KEYS: Mapping[str, str] = {}
"""Keys of scenario files."""
SECTIONS: Mapping[str, str] = {
    "default_connector": 'installed_connectors."Default HUB"',
    "client_connector": 'installed_connectors."Client HUB"',
}
"""Sections of profile files."""
METRICS: Mapping[str, str] = {"latency_p95_worst_hour": "latency_p95_busy_hours"}
"""Metrics, in selectors such as `class.bulk.on_time` and in `--margin`."""
FRAMES: dict[str, str] = {"copies": "recipients"}
"""Frames of a result."""
COLUMNS: Mapping[str, str] = {
    "copies": "recipients",
    "copy": "recipient",
    "fate": "status",
    "tries": "attempts",
}
"""Columns of frames."""
ATTRIBUTES: Mapping[str, str] = FRAMES | {"knee": "limit", "knees": "limits"}
"""Attributes of results."""


def sentence(old: str, names: Mapping[str, str]) -> str | None:
    """Return the answer to an old name, or None for a name that was not renamed.

    Parameters
    ----------
    old : str
        The name that a user wrote.
    names : mapping of str to str
        One of the tables of this module.

    Returns
    -------
    str or None
        Such as "fate was renamed to status".
    """
    return f"{old} was renamed to {names[old]}" if old in names else None


class OldAttributes:
    """A result object that answers an old attribute name with the new one."""

    if not TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any:
            """Raise the AttributeError for a name that the object does not have."""
            kind = type(self).__name__
            answer = sentence(name, ATTRIBUTES) or f"{kind!r} object has no attribute {name!r}"
            raise AttributeError(answer)
