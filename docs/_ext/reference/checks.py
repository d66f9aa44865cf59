"""The checks of `relaysim check`."""

from reference.described import summary
from relaysim.audit import CHECKS


def markdown() -> str:
    """A list of the checks by name, in the order in which they are made."""
    lines = []
    for check in CHECKS:
        lines += [f"`{check.__name__}`", f": {summary(check)}", ""]
    return "\n".join(lines)
