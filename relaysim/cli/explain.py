"""`relaysim explain`: why a message is accepted or refused, and its next hops."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from relaysim.cli.command_errors import UserError, as_user_error
from relaysim.cli.completion import hosts
from relaysim.cli.number_options import number
from relaysim.cli.options import File, Json, Profiles, Set, read
from relaysim.cli.output import print_json

if TYPE_CHECKING:
    from relaysim.scenario.model import Scenario

_Text = str | None


def explain(
    scenario: File,
    host: Annotated[
        _Text,
        typer.Option(
            metavar="NAME",
            autocompletion=hosts,
            help="The host that sends, or a hub that hands mail to another hub.",
        ),
    ] = None,
    to: Annotated[
        list[str] | None,
        typer.Option("--to", metavar="ADDRESS", help="A recipient. May be repeated."),
    ] = None,
    sender: Annotated[
        _Text,
        typer.Option("--from", metavar="ADDRESS", help="The sender; by default the stream's."),
    ] = None,
    stream: Annotated[
        _Text, typer.Option(metavar="NAME", help="The stream of the host; by default its first.")
    ] = None,
    size: Annotated[_Text, typer.Option(metavar="SIZE", help='The size, such as "2 MB".')] = None,
    address: Annotated[
        _Text, typer.Option(metavar="IP", help="The address that sends, instead of a host.")
    ] = None,
    server: Annotated[
        _Text,
        typer.Option(
            metavar="NAME",
            help="Where it connects to: a DNS name or an address; a hub connects to another hub.",
        ),
    ] = None,
    port: Annotated[
        int | None,
        typer.Option(
            parser=number(int, "--port", 1, 65535),
            metavar="N",
            help="The port that it connects to.",
        ),
    ] = None,
    connector: Annotated[
        _Text, typer.Option(metavar="NAME", help="Print the rights at this receive connector.")
    ] = None,
    settings: Set = None,
    profiles: Profiles = None,
    json: Json = False,
) -> None:
    """Show the SMTP dialogue of a message: connector, rights, replies, next hops.

    With --connector, show the rights of each user at a receive connector, as Get-ADPermission does.
    """
    from relaysim.explanation import explain as explained

    if connector is not None and (host or address or to):
        raise UserError("--connector stands alone: leave out --host, --address and --to")
    if connector is None:
        _require_sender_and_recipient(host, address, server, to)
    design = read(scenario, settings, profiles, to_run=False)
    with as_user_error(ValueError):
        if connector is not None:
            _rights(design, connector, json)
            return
        explanation = explained(
            design,
            host,
            to or (),
            sender=sender,
            size=size,
            stream=stream,
            from_address=address,
            server=server,
            port=port,
        )
    if json:
        _print(explanation.as_dict())
    else:
        typer.echo(str(explanation))


def _require_sender_and_recipient(
    host: _Text, address: _Text, server: _Text, to: list[str] | None
) -> None:
    """Raise UserError unless the sender and a recipient are given."""
    from relaysim.mail.address import parse_ip

    if not (host or address):
        raise UserError("who sends? give --host NAME, or --address IP with --server NAME")
    if host and address:
        raise UserError("who sends? give --host or --address, not both")
    if address:
        with as_user_error(ValueError):
            parse_ip(address)
        if not server:
            raise UserError(
                "where does it connect to? give --server NAME: a name in [dns] or an address"
            )
    if not to:
        raise UserError("to whom? give --to ADDRESS")


def _rights(design: "Scenario", connector: str, json: bool) -> None:
    from relaysim.explanation import connector_grants, explain_connector

    if not json:
        typer.echo(explain_connector(design, connector))
        return
    rights = [
        {
            "connector": identity,
            "user": grant.user,
            "extended_right": grant.right.value,
            "from": grant.source,
        }
        for identity, grant in connector_grants(design, connector)
    ]
    _print({"connector": connector, "rights": rights})


def _print(content: dict[str, Any]) -> None:
    import relaysim

    print_json({"relaysim": relaysim.__version__, **content})
