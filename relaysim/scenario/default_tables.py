"""Defaults: a profile is a table below the user's table, merged key by key.

All functions work on the tables as a file has them, before they are checked, and skip values of a
wrong type: the check that follows reports them.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from types import MappingProxyType
from typing import Any

from relaysim.mail.relay_limits import external_recipient_limit
from relaysim.mail.usage import parse_usage, usage_defaults
from relaysim.profiles.collection import Collection
from relaysim.profiles.defaults import (
    blocklist_defaults,
    destination_defaults,
    host_defaults,
    hub_defaults,
    receive_connector_defaults,
    relay_defaults,
    send_connector_table,
)
from relaysim.profiles.kind import Kind
from relaysim.profiles.profile import Profile
from relaysim.profiles.properties import DestinationProperties
from relaysim.profiles.value import Certainty, Value, plain
from relaysim.scenario.destination import PANEL
from relaysim.scenario.name_checks import folded
from relaysim.scenario.raw_tables import at, parsed, texts
from relaysim.scenario.requirement import Requires
from relaysim.scenario.run_end import default_deadline, default_drain
from relaysim.units import format_duration

Raw = dict[str, Any]

_KINDS = ("distribution", "process")
BY_LICENCES = "licences"
"""The word for a limit of a relay service that follows from its licences."""
_WHOLE = ("to", "refusal_stage", "refusal_action", *Requires.model_fields)
"""Tables of shares of one whole: half of another one would add up to something else."""
_LAW = (("mean", "median"), ("cv", "sigma"))
_DESTINATION = (("domains", "domain_count"),)
_EGRESS = (("line", "bandwidth"),)
_ONSET = (("at", "per_year"),)


def _assumed(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.ASSUMPTION)


_ADMINISTRATORS = "nothing is published on how long administrators take"

MAILBOXES: Mapping[str, Value] = MappingProxyType(
    {
        "delivery_time": _assumed(
            {"distribution": "lognormal", "mean": "150 ms", "cv": 1.0},
            "nothing is published on delivery to mailboxes",
        )
    }
)
RELAY_EGRESS: Mapping[str, Value] = MappingProxyType(
    {"age": _assumed("3650 d", "receivers have known the large services for years")}
)
_POSTGREY = "postgrey, its manual and source"
GREYLISTING: Mapping[str, Value] = MappingProxyType(
    {
        "share": Value(1.0, "all, unless a share is given", Certainty.DEFINITION),
        "delay": Value("5 min", _POSTGREY, Certainty.CONFIRMED),
        "retry_window": Value("2 d", _POSTGREY, Certainty.CONFIRMED),
        "max_age": Value("35 d", _POSTGREY, Certainty.CONFIRMED),
        "auto_whitelist_clients": Value(5, _POSTGREY, Certainty.CONFIRMED),
        "reply": Value(
            "450 4.2.0 <recipient>: Recipient address rejected: Greylisted",
            "postgrey at Postfix 2.3 and later, without its link",
            Certainty.CONFIRMED,
        ),
    }
)
"""What a table of greylisting has that a file does not write."""
OPERATIONS: Mapping[str, Value] = MappingProxyType(
    {
        "monitor_every": _assumed("6 h", "monitors of blocklists look every 6 to 12 h"),
        "on_listing": _assumed("nothing", _ADMINISTRATORS),
        "repair_time": _assumed(
            {"distribution": "lognormal", "median": "4 h", "sigma": 1.0}, _ADMINISTRATORS
        ),
        "ndr_time": _assumed({"distribution": "exponential", "mean": "1 h"}, _ADMINISTRATORS),
        "back_off": _assumed("source", "what waits when a provider throttles is the sender's way"),
        "delisting": _assumed("after_repair", "operators ask for the repair first"),
        "cleaning": _assumed(0.9, "how many traps a cleaned list loses is not published"),
    }
)


def merged(below: Mapping[str, Any], above: Mapping[str, Any], path: tuple[str, ...] = ()) -> Raw:
    """Return `above` merged over `below`, key by key; lists are replaced.

    Parameters
    ----------
    below, above
        Tables of a scenario file.
    path
        Their path.

    Notes
    -----
    A distribution or arrival process of another kind replaces the one below it whole, since the
    parameters of one mean nothing to the other. Of keys that exclude each other, such as `mean` and
    `median`, the one above replaces the other one below.
    """
    if any(isinstance(above.get(key), str) and above[key] != below.get(key) for key in _KINDS):
        return dict(above)
    result = without_rivals(below, above, path)
    for key, value in above.items():
        lower = None if key in _WHOLE else below.get(key)
        if isinstance(lower, Mapping) and isinstance(value, Mapping):
            value = merged(lower, value, (*path, key))
        result[key] = value
    return result


def without_rivals(table: Mapping[str, Any], keys: Iterable[str], path: tuple[str, ...]) -> Raw:
    """Return the table at `path` without these `keys` and the keys that they exclude."""
    written = set(keys)
    replaced = {key for pair in _rivals(table, path) if written & set(pair) for key in pair}
    return {key: value for key, value in table.items() if key not in replaced}


def _rivals(below: Mapping[str, Any], path: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Return pairs of keys of this table that exclude each other."""
    if "distribution" in below:
        return _LAW
    if below.get("process") == "compromise":
        return _ONSET
    match path:
        case ("destinations", _):
            return _DESTINATION
        case ("egress", _):
            return _EGRESS
    return ()


def with_defaults(raw: Mapping[str, Any], collection: Collection) -> Raw:
    """Return the tables of a scenario with all defaults below, and the `name` of every named thing.

    A profile that does not exist is replaced by another one, so that only its name is reported.
    """
    deadline = format_duration(default_deadline(raw))
    fillers: dict[str, Callable[[str, Mapping[str, Any]], Raw]] = {
        "hubs": partial(_hub, collection),
        "send_connectors": partial(_send_connector, collection, raw.get("hubs")),
        "hosts": partial(_host, collection, deadline, _servers(raw), service_of(raw)),
        "destinations": partial(_destination, collection),
        "blocklists": partial(_blocklist, collection),
        "relays": partial(_relay, collection),
    }
    filled = {
        **raw,
        "run": _over({"drain": format_duration(default_drain(raw))}, raw.get("run", {})),
        "mailboxes": _over(plain(MAILBOXES), raw.get("mailboxes", {})),
        "operations": _over(plain(OPERATIONS), raw.get("operations", {})),
    }
    for group, fill in fillers.items():
        if group in raw:
            filled[group] = _each(raw[group], fill)
    if "relays" in raw:
        filled["egress"] = _over(_relay_egress(filled["relays"]), raw.get("egress", {}))
    return filled


GROUPS = {
    Kind.MTA: "hubs",
    Kind.HOST: "hosts",
    Kind.DESTINATION: "destinations",
    Kind.BLOCKLIST: "blocklists",
    Kind.RELAY: "relays",
}
"""The tables of a scenario whose entries have a profile of each kind."""
PROFILE_KEYS = {
    Kind.MTA: "mta",
    Kind.HOST: "kind",
    Kind.DESTINATION: "profile",
    Kind.BLOCKLIST: "profile",
    Kind.RELAY: "profile",
}
"""The key of an entry that names its profile."""


def _profile(collection: Collection, kind: Kind, table: Any) -> Profile:
    """Return the profile that a table names; the first one if there is no such profile."""
    name, known = at(table).get(PROFILE_KEYS[kind]), collection.names(kind)
    return collection.profile(kind, name if name in known else known[0])


def _each(tables: Any, fill: Callable[[str, Mapping[str, Any]], Raw]) -> Any:
    if not isinstance(tables, Mapping):
        return tables
    return {
        name: fill(name, table) if isinstance(table, Mapping) else table
        for name, table in tables.items()
    }


def _over(below: Raw, above: Any) -> Any:
    return merged(below, above) if isinstance(above, Mapping) else above


def _hub(collection: Collection, name: str, table: Mapping[str, Any]) -> Raw:
    profile = _profile(collection, Kind.MTA, table)
    hub = merged(hub_defaults(profile), table)

    def connector(own_name: str, table: Mapping[str, Any]) -> Raw:
        # The usage replaces defaults of the profile, and the keys of the file replace both.
        below = receive_connector_defaults(profile, name, own_name) | _of_usage(table.get("usage"))
        return merged(below, table) | {"name": own_name}

    if "receive_connectors" in table:
        hub["receive_connectors"] = _each(table["receive_connectors"], connector)
    return hub | {"name": name, "properties": profile.properties}


def _send_connector(collection: Collection, hubs: Any, name: str, table: Mapping[str, Any]) -> Raw:
    """Return the connector over the defaults of its source servers; smart hosts need no DNS."""
    # "" is no hub: its defaults are those of the first profile.
    servers = [server for _, server in texts(table.get("source_transport_servers"))] or [""]
    profiles = [_profile(collection, Kind.MTA, at(hubs, server)) for server in servers]
    below = plain(send_connector_table(profiles))
    if table.get("smart_hosts"):
        below["dns_routing_enabled"] = False
    return {**below, **table, "name": name}


def _of_usage(usage: Any) -> Raw:
    known = None if usage is None else parsed(parse_usage, usage)
    return {} if known is None else usage_defaults(known)


def service_of(raw: Mapping[str, Any]) -> dict[str, str]:
    """Return the relay service of each name that a host may have as `server`, without case."""
    relays = at(raw, "relays")
    names = {
        folded(text): name
        for name, relay in relays.items()
        for _, text in texts(at(relay).get("names"))
    }
    return names | {folded(name): name for name in relays}


def _servers(raw: Mapping[str, Any]) -> dict[str, str]:
    """Return the names that hosts submit to, by their form without case."""
    relays = at(raw, "relays")
    names = [text for relay in relays.values() for _, text in texts(at(relay).get("names"))]
    known = (*names, *relays, *at(raw, "dns"), *at(raw, "load_balancers"))
    return {folded(name): name for name in known}


def _host(
    collection: Collection,
    deadline: str,
    servers: Mapping[str, str],
    services: Mapping[str, str],
    _name: str,
    table: Mapping[str, Any],
) -> Raw:
    profile = _profile(collection, Kind.HOST, table)
    # Services take mail of applications at the port of submission (RFC 6409).
    port = 587 if "account" in table or folded(table.get("server")) in services else 25
    host = merged(host_defaults(profile) | {"port": port}, table)
    if "streams" in host:
        host["streams"] = _each(
            host["streams"], lambda _, table: {"deadline": deadline} | dict(table)
        )
    if isinstance(host.get("server"), str):
        host["server"] = servers.get(folded(host["server"]), host["server"])
    return host | {"properties": profile.properties}


def _destination(collection: Collection, name: str, table: Mapping[str, Any]) -> Raw:
    profile = _profile(collection, Kind.DESTINATION, table)
    filled = merged(destination_defaults(profile), table)
    if isinstance(filled.get("greylisting"), Mapping):
        filled["greylisting"] = merged(plain(GREYLISTING), filled["greylisting"])
    properties = profile.properties
    assert isinstance(properties, DestinationProperties)
    if filled.get("bulk_junk") == PANEL and properties.panel_junk:
        filled["bulk_junk"] = properties.panel_junk
    return filled | {"name": name, "properties": properties}


def _blocklist(collection: Collection, name: str, table: Mapping[str, Any]) -> Raw:
    profile = _profile(collection, Kind.BLOCKLIST, table)
    filled = merged(blocklist_defaults(profile), table)
    return filled | {"name": name, "properties": profile.properties}


def _relay(collection: Collection, name: str, table: Mapping[str, Any]) -> Raw:
    profile = _profile(collection, Kind.RELAY, table)
    filled = merged(relay_defaults(profile), table)
    licences = filled.get("licences")
    if isinstance(licences, int) and not isinstance(licences, bool) and licences > 0:
        number = external_recipient_limit(licences)
        filled["limits"] = {
            key: {**limit, "limit": number} if at(limit).get("limit") == BY_LICENCES else limit
            for key, limit in at(filled, "limits").items()
        }
    return filled | {"name": name, "properties": profile.properties}


def _relay_egress(relays: Any) -> Raw:
    """Return the public IPs of relay services, which no file needs to write."""
    addresses = (at(relay).get("egress") for relay in at(relays).values())
    return {address: plain(RELAY_EGRESS) for address in addresses if isinstance(address, str)}
