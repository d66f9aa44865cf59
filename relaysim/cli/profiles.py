"""`relaysim profiles`: every default with its value, its source and how sure it is."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from relaysim.cli.command_errors import told
from relaysim.cli.options import Json
from relaysim.cli.output import print_json

if TYPE_CHECKING:
    from relaysim.mail.value import Value

    Sections = Mapping[str, Mapping[str, Value]]


class Kind(StrEnum):
    """Kinds of profile."""

    MTA = "mta"
    HOST = "host"
    DESTINATION = "destination"
    BLOCKLIST = "blocklist"


def profiles(
    kind: Annotated[Kind, typer.Argument(help="Whose defaults.")],
    name: Annotated[str | None, typer.Argument(metavar="NAME", help="One profile only.")] = None,
    json: Json = False,
) -> None:
    """Print the defaults of a profile: value, source, and how sure it is.

    "confirmed": in the maker's documentation or a record of a real server. "one source": somebody
    says so. "unconfirmed": best knowledge. "assumption": chosen for this simulator. "definition":
    true by the meaning of the profile.
    """
    known = _known(kind)
    if name is not None:
        from relaysim.mail.spelling import look_up

        with told(ValueError):
            known = {name: look_up(known, name, f"a profile of kind {kind.value}")}
    if json:
        _print_json(kind, known)
    else:
        from relaysim.present.text.profile_tables import text

        typer.echo(text(known))


def _known(kind: Kind) -> "dict[str, Sections]":
    """All profiles of a kind, each in the sections that a scenario file has for it."""
    if kind is Kind.MTA:
        from relaysim.mail.profiles import MTA_PROFILES

        return {
            name: {
                "hubs.NAME": profile.hub,
                "hubs.NAME.back_pressure": profile.back_pressure,
                "receive_connectors.NAME": profile.receive_connector,
                'receive_connectors."Default HUB"': profile.default_connector,
                'receive_connectors."Client HUB"': profile.client_connector,
            }
            for name, profile in MTA_PROFILES.items()
        }
    if kind is Kind.HOST:
        from relaysim.mail.hosts import HOST_KINDS

        return {name: {"hosts.NAME": table} for name, table in HOST_KINDS.items()}
    if kind is Kind.DESTINATION:
        from relaysim.mail.destination import DESTINATIONS
        from relaysim.mail.reputation import REPUTATIONS

        known = {name: {"destinations.NAME": table} for name, table in DESTINATIONS.items()}
        for name, table in REPUTATIONS.items():
            known[name]["destinations.NAME.reputation"] = table
        return dict(known)
    from relaysim.mail.blocklists import BLOCKLISTS

    return {name: {"blocklists.NAME": table} for name, table in BLOCKLISTS.items()}


def _print_json(kind: Kind, known: "Mapping[str, Sections]") -> None:
    import relaysim

    def entry(value: "Value") -> dict[str, Any]:
        return {"value": value.value, "source": value.source, "certainty": value.certainty.value}

    tables = {
        name: {
            section: {key: entry(value) for key, value in table.items()}
            for section, table in sections.items()
        }
        for name, sections in known.items()
    }
    print_json({"relaysim": relaysim.__version__, "kind": kind.value, "profiles": tables})
