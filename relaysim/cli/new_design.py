"""The text of a second design: its difference from the first one, table by table, with comments."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from relaysim.analysis.dedicated_design import Dedicated
from relaysim.scenario.problem import dotted
from relaysim.wording import filled

_WIDTH = 96
_MARKED = {
    "cores": "yours: processor cores",
    "addresses": "yours: the address of the relay hub, here, above and below",
    "allocation": "yours, as the IP itself, here and above",
    "asn": "yours",
    "age": 'yours: "400 d" for an IP that has sent mail for a year',
}


def text(design: Dedicated, name: str, base: str, path: str) -> str:
    """Return the file of a design as its difference from a base.

    Parameters
    ----------
    design
        The second design.
    name, base
        The names of the second design and of the base.
    path
        The path from the file to that of the base.
    """
    hosts = " and ".join(design.hosts)
    head = (
        f"{_comment_lines(f'{base} with a relay hub and a public IP for {hosts} alone.')}#\n"
        + _comment_lines(
            f"What differs from {base} stands here; all else is as there. Still in common are the "
            "Internet line and the domain of the senders."
        )
        + f"extends = {_toml(path)}\n"
        f"name = {_toml(name)}\n"
        f"title = {_toml(f'A relay hub and a public IP for {hosts}')}\n"
    )
    blocks = [head]
    before = ""
    for table, values in design.tables.items():
        comment = _comment(design, table, hosts)
        comment_lines = _comment_lines(comment) if comment != before else ""
        blocks.append(f"{comment_lines}[{dotted(table)}]\n{_lines(values)}")
        before = comment
    return "\n".join(blocks)


def way(base: Path, folder: Path) -> str:
    """Return the path from a folder to a file, with / between its steps.

    TOML needs no escapes for such a path.
    """
    file = base.parent.resolve() / base.name
    try:
        return Path(os.path.relpath(file, folder.resolve())).as_posix()
    except ValueError:  # on another drive
        return file.as_posix()


def _comment(design: Dedicated, table: tuple[str, ...], hosts: str) -> str:
    """Return the purpose of a table."""
    hub, like = design.hub, design.like
    match table:
        case ("dns",):
            return f"The name of the relay hub, for {hosts}."
        case ("hubs", name) if name == hub:
            return f"The relay hub, with the settings of {like}."
        case ("hubs", name, *_) if name == hub:
            return f"It takes the mail of {hosts} and no other, with the rights that {like} gave."
        case ("hubs", *_):
            return f"{like} takes that mail no longer."
        case ("send_connectors", *_):
            return f"If {hub} were no source server, it would hand its mail to {like}."
        case ("egress", _):
            return (
                f"The public IP of {hub}, from another allocation and network, so that no listing "
                "is widened across. It is new: until the large providers know it, they take little "
                "mail from it."
            )
        case ("mailboxes",) if "site" in design.tables[table]:
            return (
                "The site of the mailbox server. The relay hub has a site of its own: within one, "
                "front ends spread mail over all servers, and the relay hub would not be dedicated."
            )
        case ("mailboxes",):
            return (
                "Without this the mailbox server would spread the users' mail over all hubs, and "
                "the relay hub would not be dedicated."
            )
    return f"{hosts} sends to the relay hub."


def _comment_lines(prose: str) -> str:
    return filled(prose, "# ", "# ", _WIDTH) + "\n"


def _lines(values: Mapping[str, Any]) -> str:
    lines = []
    for key, value in values.items():
        line = f"{dotted((key,))} = {_toml(value)}"
        lines.append(f"{line:<34} # {_MARKED[key]}\n" if key in _MARKED else f"{line}\n")
    return "".join(lines)


def _toml(value: Any) -> str:
    """Return a value as TOML: text, numbers, true and false, lists, inline tables."""
    match value:
        case str() if "\\" in value and not re.search(r"['\x00-\x1f\x7f]", value):
            return f"'{value}'"
        case list():
            return f"[{', '.join(map(_toml, value))}]"
        case dict():
            pairs = (f"{dotted((key,))} = {_toml(item)}" for key, item in value.items())
            return f"{{ {', '.join(pairs)} }}"
    return json.dumps(value, ensure_ascii=False)
