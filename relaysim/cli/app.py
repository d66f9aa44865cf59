"""All commands together."""

import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

import relaysim
from relaysim.cli.check import check
from relaysim.cli.command_errors import Commands
from relaysim.cli.compare import compare
from relaysim.cli.explain import explain
from relaysim.cli.new import new
from relaysim.cli.profiles import profiles
from relaysim.cli.qshape import qshape
from relaysim.cli.report import report
from relaysim.cli.run import run
from relaysim.cli.sensitivity import sensitivity
from relaysim.cli.size import size
from relaysim.cli.sweep import sweep
from relaysim.cli.trace import trace
from relaysim.cli.warm_up import warmup

COMMANDS: dict[str, tuple[Callable[..., None], ...]] = {
    "A design": (new, check, explain),
    "Its mail": (run, trace, qshape, compare, report),
    "Load, size and assumptions": (sweep, size, sensitivity, warmup),
    "Defaults": (profiles,),
}
"""The commands in the order of their help, by subject."""

_FIRST = """\
 Three commands to begin with:
   relaysim new acme                                a company, one shared hub
   relaysim new acme-dedicated --extends acme.toml  a second design
   relaysim compare acme.toml acme-dedicated.toml   what it changes"""


class _Group(Commands):
    """The commands, whose help ends with what to type first."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Print the help."""
        super().format_help(ctx, formatter)
        # No epilogue, of which some versions of typer make one paragraph.
        typer.echo(_FIRST)


def _help(command: Callable[..., Any]) -> str:
    """Return the help of a command, each paragraph in one line: the terminal breaks it."""
    paragraphs = (inspect.getdoc(command) or "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


app = typer.Typer(
    cls=_Group,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for panel, commands in COMMANDS.items():
    for command in commands:
        app.command(help=_help(command), rich_help_panel=panel)(command)


def _version(requested: bool) -> None:
    if requested:
        typer.echo(f"relaysim {relaysim.__version__}")
        raise typer.Exit


@app.callback()
def relaysim_(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Simulate how a company's mail gets out: connectors, hubs, queues, public IPs, blocklists."""
