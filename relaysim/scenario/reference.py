"""Names that tie things together: each must lead somewhere.

The checks read the tables as the files have them, so that a wrong name is reported beside a wrong
value. Whatever is of a wrong type is passed over here; the model reports it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from relaysim import units
from relaysim.mail.address import parse_domain, parse_ip
from relaysim.mail.blocklists import BLOCKLISTS
from relaysim.mail.destination import DESTINATIONS
from relaysim.mail.domains import is_authoritative, parse_domain_type, parse_pattern
from relaysim.scenario.model import Run
from relaysim.scenario.problem import KeyPath, Problem, unknown

Raw = Mapping[str, Any]
Found = Iterator[Problem]

INTERNAL = "internal"
"""The destination that stands for the own mailboxes."""
DSN = "dsn"
"""The class of delivery status notifications."""


def reference_problems(raw: Raw) -> list[Problem]:
    """Everything that a name of a scenario gets wrong; `raw` holds its tables without defaults."""
    return [problem for check in _CHECKS for problem in check(raw)]


def _table(raw: Any, *path: str) -> Raw:
    for key in path:
        raw = raw.get(key) if isinstance(raw, Mapping) else None
    return raw if isinstance(raw, Mapping) else {}


def _tables(raw: Any, *path: str) -> Iterator[tuple[str, Raw]]:
    """The tables of a table of named things, by name."""
    for name, value in _table(raw, *path).items():
        if isinstance(value, Mapping):
            yield name, value


def _texts(value: Any) -> Iterator[tuple[int, str]]:
    """The texts of a list, each with its position."""
    for position, item in enumerate(value if isinstance(value, list) else ()):
        if isinstance(item, str):
            yield position, item


def _streams(raw: Raw) -> Iterator[tuple[str, str, Raw]]:
    for host, table in _tables(raw, "hosts"):
        for name, stream in _tables(table, "streams"):
            yield host, name, stream


def _parsed(parse: Callable[[object], Any], value: Any) -> Any:
    """What the text means; None where it is wrong, which the model reports."""
    try:
        return parse(value)
    except ValueError:
        return None


def _names_are_keys(raw: Raw) -> Found:
    """The name of a thing is its key; a key `name` inside is none of the file's keys."""
    groups: list[tuple[str, ...]] = [
        ("hubs",),
        *(("hubs", hub, "receive_connectors") for hub in _table(raw, "hubs")),
        ("send_connectors",),
        ("destinations",),
        ("blocklists",),
    ]
    for group in groups:
        for name, table in _tables(raw, *group):
            if "name" in table:
                yield Problem((*group, name, "name"), "unknown key")


def _names_are_free(raw: Raw) -> Found:
    """Names that would be taken for something else in the results."""
    for host, table in _table(raw, "hosts").items():
        if "." in host:
            yield Problem(("hosts", host), "the name of a host has no dot")
        for name in _table(table, "streams"):
            path: KeyPath = ("hosts", host, "streams", name)
            if "." in name:
                yield Problem(path, "the name of a stream has no dot")
            if name == DSN and host in _table(raw, "hubs"):
                yield Problem(path, f"{host}.{DSN} is the stream of the hub's own notices")
    for host, name, stream in _streams(raw):
        kind, path = stream.get("class"), ("hosts", host, "streams", name, "class")
        if kind == DSN:
            yield Problem(path, "this class is reserved for the notices that hubs send")
        elif isinstance(kind, str) and "." in kind:
            yield Problem(path, "the name of a class has no dot")
    if INTERNAL in _table(raw, "destinations"):
        yield Problem(("destinations", INTERNAL), "this name is reserved for the own mailboxes")


def _addresses_are_of_one_hub(raw: Raw) -> Found:
    owner: dict[Any, str] = {}
    for hub, table in _tables(raw, "hubs"):
        for position, text in _texts(table.get("addresses")):
            address = _parsed(parse_ip, text)
            if address is not None and owner.setdefault(address, hub) != hub:
                path = ("hubs", hub, "addresses", position)
                yield Problem(path, f"{owner[address]} has this address already")


def _servers(raw: Raw) -> Found:
    names = _table(raw, "dns")
    addresses = {
        _parsed(parse_ip, text)
        for _, hub in _tables(raw, "hubs")
        for _, text in _texts(hub.get("addresses"))
    }
    for host, table in _tables(raw, "hosts"):
        server, path = table.get("server"), ("hosts", host, "server")
        if not isinstance(server, str) or server in names:
            continue
        address = _parsed(parse_ip, server)
        if address is None:
            yield unknown(path, server, "name in [dns]", names)
        elif address not in addresses:
            yield Problem(path, "no hub has this address")


def _egress(raw: Raw) -> Found:
    known = {_parsed(parse_ip, key): key for key in _table(raw, "egress")}
    for hub, table in _tables(raw, "hubs"):
        address = _parsed(parse_ip, table.get("egress"))
        if address is not None and address not in known:
            path = ("hubs", hub, "egress")
            yield unknown(path, str(address), "egress", known.values())
    lines = _table(raw, "lines")
    for name, table in _tables(raw, "egress"):
        line = table.get("line")
        if isinstance(line, str) and line not in lines:
            yield unknown(("egress", name, "line"), line, "line", lines)


def _send_connectors(raw: Raw) -> Found:
    hubs = _table(raw, "hubs")
    receive = [rf"{hub}\{name}" for hub in hubs for name in _table(hubs, hub, "receive_connectors")]
    for name, table in _tables(raw, "send_connectors"):
        path = ("send_connectors", name)
        for position, server in _texts(table.get("source_transport_servers")):
            if server not in hubs:
                yield unknown((*path, "source_transport_servers", position), server, "hub", hubs)
        link = table.get("linked_receive_connector")
        if isinstance(link, str) and link.casefold() not in map(str.casefold, receive):
            yield unknown((*path, "linked_receive_connector"), link, "receive connector", receive)


def _mailboxes(raw: Raw) -> Found:
    hubs, key = _table(raw, "hubs"), "submission_server_override_list"
    for position, hub in _texts(_table(raw, "mailboxes").get(key)):
        if hub not in hubs:
            yield unknown(("mailboxes", key, position), hub, "hub", hubs)


def _recipients(raw: Raw) -> Found:
    known = (INTERNAL, *_table(raw, "destinations"))
    for host, name, stream in _streams(raw):
        for destination in _table(stream, "to"):
            if destination not in known:
                path = ("hosts", host, "streams", name, "to", destination)
                yield unknown(path, destination, "destination", known)


def _own_mailboxes(raw: Raw) -> Found:
    """Mail to the own mailboxes needs a domain that has them."""
    types = _table(raw, "organization", "domains").values()
    if not types or any(_parsed(parse_domain_type, each) == "Authoritative" for each in types):
        return
    for host, name, stream in _streams(raw):
        if _table(stream, "to").get(INTERNAL):
            path = ("hosts", host, "streams", name, "to", INTERNAL)
            yield Problem(path, "no domain of [organization] is Authoritative")


def _domains(raw: Raw) -> Found:
    """A domain belongs to one destination, and not to the organization."""
    own = {
        _parsed(parse_pattern, name): _parsed(parse_domain_type, kind)
        for name, kind in _table(raw, "organization", "domains").items()
    }
    own = {name: kind for name, kind in own.items() if name and kind}
    owner: dict[str, KeyPath] = {}
    for destination, table in _tables(raw, "destinations"):
        for position, text in _texts(table.get("domains")):
            domain = _parsed(parse_domain, text)
            path: KeyPath = ("destinations", destination, "domains", position)
            if domain is None:
                continue
            if owner.setdefault(domain, path) != path:
                yield Problem(path, f"this domain is already in destination {owner[domain][1]}")
            if is_authoritative(own, domain):
                yield Problem(path, f"this is a domain of the organization: use {INTERNAL}")


def _profiles(raw: Raw) -> Found:
    for group, noun, profiles in (
        ("destinations", "destination profile", tuple(DESTINATIONS)),
        ("blocklists", "blocklist profile", tuple(BLOCKLISTS)),
    ):
        for name, table in _tables(raw, group):
            profile = table.get("profile")
            if isinstance(profile, str) and profile not in profiles:
                yield unknown((group, name, "profile"), profile, noun, profiles)


def _blocklist_parameters(raw: Raw) -> Found:
    """Each list has the parameters of its profile; others exist, but mean nothing to it."""
    every = {key for profile in BLOCKLISTS.values() for key in profile}
    for name, table in _tables(raw, "blocklists"):
        profile = table.get("profile")
        known = BLOCKLISTS.get(profile, every) if isinstance(profile, str) else every
        for key in table:
            if key in every and key not in known:
                message = f"{profile} has no such parameter"
                yield Problem(("blocklists", name, key), message, tuple(known))


def _uses_of_blocklists(raw: Raw) -> Found:
    known = tuple(dict.fromkeys([*_table(raw, "blocklists"), *BLOCKLISTS]))
    for name, table in _tables(raw, "destinations"):
        for blocklist in _table(table, "refuses_on"):
            if blocklist not in known:
                path = ("destinations", name, "refuses_on", blocklist)
                yield unknown(path, blocklist, "blocklist", known)


def _events(raw: Raw) -> Found:
    names: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
        ("stop", "hub"): ("hub", tuple(_table(raw, "hubs"))),
        ("listing", "of"): ("host", tuple(_table(raw, "hosts"))),
        ("listing", "egress"): ("egress", tuple(_table(raw, "egress"))),
        ("listing", "blocklist"): ("name in [blocklists]", tuple(_table(raw, "blocklists"))),
        ("outage", "destination"): ("destination", tuple(_table(raw, "destinations"))),
        ("rate", "stream"): ("stream", tuple(f"{host}.{name}" for host, name, _ in _streams(raw))),
    }
    events = raw.get("events")
    for position, event in enumerate(events if isinstance(events, list) else ()):
        for (kind, key), (noun, known) in names.items():
            word = _table(event, kind).get(key)
            if isinstance(word, str) and word not in known:
                yield unknown(("events", position, kind, key), word, noun, known)
        at = _parsed(units.duration, _table(event).get("at"))
        horizon = _horizon(raw)
        if at is not None and horizon is not None and at >= horizon:
            end = units.format_duration(horizon)
            yield Problem(("events", position, "at"), f"the run ends at {end} (duration and drain)")


def _horizon(raw: Raw) -> int | None:
    run = _table(raw, "run")
    lengths = [
        _parsed(units.duration, run[key]) if key in run else Run.model_fields[key].default
        for key in ("duration", "drain")
    ]
    return None if None in lengths else sum(lengths)


_CHECKS: tuple[Callable[[Raw], Found], ...] = (
    _names_are_keys,
    _names_are_free,
    _addresses_are_of_one_hub,
    _servers,
    _egress,
    _send_connectors,
    _mailboxes,
    _recipients,
    _own_mailboxes,
    _domains,
    _profiles,
    _blocklist_parameters,
    _uses_of_blocklists,
    _events,
)
