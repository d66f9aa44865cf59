"""Checks of what an MTA profile says about the version of the product."""

from collections.abc import Iterator

from pydantic import TypeAdapter

from relaysim.audit.finding import Finding, Severity
from relaysim.mail.watched_drive import Resource
from relaysim.profiles.defaults import receive_connector_table, send_connector_table
from relaysim.profiles.kind import Kind
from relaysim.profiles.profile import Table as Defaults
from relaysim.profiles.value import Value
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import KeyPath, dotted
from relaysim.scenario.table import Table
from relaysim.scenario.written import field_type
from relaysim.wording import listed


def out_of_support(scenario: Scenario) -> Iterator[Finding]:
    """The maker no longer supports the version of a hub; one finding for each version."""
    hubs: dict[str, list[str]] = {}
    for name, hub in scenario.hubs.items():
        if hub.properties.end_of_support:
            hubs.setdefault(hub.mta, []).append(name)
    for mta, names in hubs.items():
        since = scenario.hubs[names[0]].properties.end_of_support
        yield Finding(
            Severity.INFO,
            dotted(("hubs", names[0], "mta")),
            f"{listed(names)}: {mta} is out of support since {since}.",
            "Compare the design with a supported version, such as exchange-se.",
        )


def documents_disagree(scenario: Scenario) -> Iterator[Finding]:
    """Documents of the maker disagree about a default that is in force and has an effect."""
    found: dict[tuple[str, str], tuple[Value, list[str]]] = {}
    for path, table, defaults in _tables(scenario):
        for key, default in defaults.items():
            if default.other is not None and _is_in_force(table, key, default):
                place = dotted((*path, key))
                found.setdefault((key, default.source), (default, []))[1].append(place)
    for (key, _), (default, places) in found.items():
        other = default.other
        if other is not None:
            more = f" The same holds for {listed(places[1:])}." if places[1:] else ""
            yield Finding(
                Severity.INFO,
                places[0],
                f"Documents disagree: {_shown(default.value)} is the default here "
                f"({default.source}), {_shown(other.value)} another one ({other.source}). "
                f"{other.effect}.{more}",
                f"Look up {key} at your server, and write another value if it has one.",
            )


def _tables(scenario: Scenario) -> Iterator[tuple[KeyPath, Table, Defaults]]:
    """Yield the tables with defaults of MTA profiles, those of back pressure that act."""
    known = scenario.profiles
    mtas = {name: known.profile(Kind.MTA, hub.mta) for name, hub in scenario.hubs.items()}
    for name, hub in scenario.hubs.items():
        yield ("hubs", name), hub, mtas[name].table("hub")
        pressure = mtas[name].table("back_pressure")
        acting = {key: value for key, value in pressure.items() if _acts(hub, key)}
        yield ("hubs", name, "back_pressure"), hub.back_pressure, acting
        for title, connector in hub.receive_connectors.items():
            path = ("hubs", name, "receive_connectors", title)
            yield path, connector, receive_connector_table(mtas[name], name, title)
    for name, sender in scenario.send_connectors.items():
        servers = [mtas[hub] for hub in sender.source_transport_servers]
        yield ("send_connectors", name), sender, send_connector_table(servers)


def _acts(hub: Hub, key: str) -> bool:
    """Return whether the hub watches what a key of back pressure is about."""
    watched = {drive.resource for drive in hub.back_pressure.drives()}
    if key.startswith("log_"):
        return Resource.LOG in watched
    if key.startswith("database_"):
        return Resource.DATABASE in watched
    if key.startswith("submission_queue_"):
        return hub.back_pressure.submission_queue_watched
    delays = hub.back_pressure.submission_queue_watched and key.startswith("smtp_")
    return delays or hub.back_pressure.version_bucket_size is not None


def _is_in_force(table: Table, key: str, default: Value) -> bool:
    """Return whether a key has its default."""
    kind = field_type(type(table).model_fields[key])
    return bool(TypeAdapter(kind).validate_python(default.value) == getattr(table, key))


def _shown(value: object) -> str:
    return (
        ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
    )
