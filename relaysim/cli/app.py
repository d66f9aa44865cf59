"""The commands put together."""

from typing import Annotated

import typer

import relaysim
from relaysim.cli.check import check
from relaysim.cli.compare import compare
from relaysim.cli.errors import Commands
from relaysim.cli.explain import explain
from relaysim.cli.profiles import profiles
from relaysim.cli.run import run
from relaysim.cli.sensitivity import sensitivity
from relaysim.cli.size import size
from relaysim.cli.sweep import sweep
from relaysim.cli.warmup import warmup

app = typer.Typer(
    cls=Commands,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for command in (check, explain, run, compare, sweep, size, sensitivity, warmup, profiles):
    app.command()(command)


def _version(wanted: bool) -> None:
    if wanted:
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
