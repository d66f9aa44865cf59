"""The commands, their arguments and options, as `--help` has them."""

from collections.abc import Iterator
from typing import Any

import typer

from relaysim.cli import app
from relaysim.cli.app import COMMANDS


def markdown() -> str:
    """A section for each command, in the order of the help."""
    group: Any = typer.main.get_command(app)
    context = group.context_class(group, info_name="relaysim")
    lines: list[str] = []
    for question, commands in COMMANDS.items():
        for function in commands:
            name = function.__name__
            command = group.commands[name]
            inner = command.context_class(command, info_name=name, parent=context)
            lines += ["", f"## relaysim {name}", "", f"*{question}.*", "", command.help or "", ""]
            lines += ["```text", " ".join(_usage(command, inner)), "```", ""]
            lines += _options(command, inner)
    return "\n".join(lines)


def _usage(command: Any, context: Any) -> Iterator[str]:
    yield f"relaysim {command.name}"
    yield from command.collect_usage_pieces(context)


def _options(command: Any, context: Any) -> Iterator[str]:
    for parameter in command.get_params(context):
        found = parameter.get_help_record(context)
        if found is None or "--help" in parameter.opts:
            continue
        name, told = found
        yield f"`{' '.join(name.split())}`"
        yield f": {_plain(told) or _plain(parameter.help)}"
        yield ""


def _plain(text: str | None) -> str:
    """Text in one line, with what Markdown would read as markup kept as it is."""
    return (
        " ".join((text or "").split()).replace("[", "\\[").replace("<", "\\<").replace("*", "\\*")
    )
