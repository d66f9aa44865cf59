"""Names that refer to other tables: each must exist.

The checks read the tables as the files have them, so that a wrong name is reported beside a wrong
value. A value of a wrong type is skipped here; the model reports it.
"""

from collections.abc import Callable
from typing import Any

from relaysim.mail.address import parse_domain, parse_ip
from relaysim.mail.domains import is_authoritative, parse_domain_type, parse_pattern
from relaysim.mail.send_connector import balancer_named, hubs_named, smart_host_domain
from relaysim.profiles.collection import Collection
from relaysim.scenario.address_checks import ADDRESS_CHECKS
from relaysim.scenario.calendar_checks import CALENDAR_CHECKS
from relaysim.scenario.list_checks import LIST_CHECKS
from relaysim.scenario.load_balancer_checks import LOAD_BALANCER_CHECKS, balancer_addresses
from relaysim.scenario.problem import KeyPath, Problem, nearest, unknown
from relaysim.scenario.profile_checks import PROFILE_CHECKS
from relaysim.scenario.public_ip_checks import PUBLIC_IP_CHECKS
from relaysim.scenario.raw_tables import Found, Raw, at, named, parsed, streams, texts
from relaysim.scenario.server_checks import SERVER_CHECKS, table_name

INTERNAL = "internal"
SPAMTRAPS = "spamtraps"
"""The destination of the blocklist operators' traps: they answer at once and refuse no mail."""
SPAMTRAP_DOMAIN = "spamtrap.example"
ELSEWHERE = "elsewhere"
"""The destination of domains that no destination has (senders of bounced mail): they
answer at once and take everything (assumption)."""

_RESERVED = {
    INTERNAL: "the own mailboxes",
    SPAMTRAPS: "the traps of blocklist operators",
    ELSEWHERE: "domains that no destination has",
}
"""The destination that stands for the own mailboxes."""
_HUBS = "the hubs"
"""What describes a smart host that is a hub of the scenario."""
DSN = "dsn"
"""The class of delivery status notifications."""


def reference_problems(raw: Raw, filled: Raw, collection: Collection) -> list[Problem]:
    """Return all problems of names in a scenario: of its tables as written, and with defaults."""
    problems = [problem for check in _CHECKS for problem in check(raw)]
    for rule in PROFILE_CHECKS:
        problems += rule(raw, filled, collection)
    return problems


def _names_are_keys(raw: Raw) -> Found:
    """Report keys `name` and `properties`.

    The name of a thing is the key of its table, and its properties come with its profile.
    """
    both = ("name", "properties")
    groups: dict[tuple[str, ...], tuple[str, ...]] = {
        ("hubs",): both,
        **{("hubs", hub, "receive_connectors"): ("name",) for hub in at(raw, "hubs")},
        ("send_connectors",): ("name",),
        ("hosts",): ("properties",),
        ("destinations",): both,
        ("blocklists",): both,
        ("relays",): both,
    }
    for group, filled_in in groups.items():
        for name, table in named(raw, *group):
            for key in filled_in:
                if key in table:
                    yield Problem((*group, name, key), "unknown key")


def _names_are_free(raw: Raw) -> Found:
    """Report names that have another meaning in the results."""
    for host, table in at(raw, "hosts").items():
        if "." in host:
            yield Problem(("hosts", host), "the name of a host has no dot")
        for name in at(table, "streams"):
            path: KeyPath = ("hosts", host, "streams", name)
            if "." in name:
                yield Problem(path, "the name of a stream has no dot")
            if name == DSN and host in (*at(raw, "hubs"), *at(raw, "relays")):
                yield Problem(path, f"{host}.{DSN} is the stream of the hub's own notices")
    for host, name, stream in streams(raw):
        kind, path = stream.get("class"), ("hosts", host, "streams", name, "class")
        if kind == DSN:
            yield Problem(path, "this class is reserved for the notices that hubs send")
        elif isinstance(kind, str) and "." in kind:
            yield Problem(path, "the name of a class has no dot")
    for name, what in _RESERVED.items():
        for group in ("destinations", "relays"):
            if name in at(raw, group):
                yield Problem((group, name), f"this name is reserved for {what}")
    for name in at(raw, "relays"):
        for group, noun in (("hubs", "hub"), ("destinations", "destination")):
            if name in at(raw, group):
                yield Problem(("relays", name), f"a {noun} has this name: choose another one")


def _send_connectors(raw: Raw) -> Found:
    hubs = at(raw, "hubs")
    receive = [rf"{hub}\{name}" for hub in hubs for name in at(hubs, hub, "receive_connectors")]
    for name, table in named(raw, "send_connectors"):
        path = ("send_connectors", name)
        for position, server in texts(table.get("source_transport_servers")):
            if server not in hubs:
                yield unknown((*path, "source_transport_servers", position), server, "hub", hubs)
        link = table.get("linked_receive_connector")
        # Exchange ignores the case of names.
        if isinstance(link, str) and link.casefold() not in map(str.casefold, receive):
            yield unknown((*path, "linked_receive_connector"), link, "receive connector", receive)


def _smart_hosts(raw: Raw) -> Found:
    """Report smart hosts that nothing describes, and those of one connector of several things."""
    owner = _smart_host_owners(raw)
    balancers = balancer_addresses(raw)
    hubs = {name: _parsed(table.get("addresses")) for name, table in named(raw, "hubs")}
    dns = {name: _parsed(addresses) for name, addresses in at(raw, "dns").items()}
    for name, table in named(raw, "send_connectors"):
        first: str | None = None
        for position, text in texts(table.get("smart_hosts")):
            path = ("send_connectors", name, "smart_hosts", position)
            domain = smart_host_domain(text)
            balancer = balancer_named(text, balancers, dns)
            place = owner.get(domain) or (balancer and f"load balancer {balancer}")
            place = place or (_HUBS if hubs_named(text, hubs, dns) else None)
            if place is None:
                yield Problem(
                    path,
                    "nothing describes this smart host: write "
                    f'[relays.{table_name(domain)}] with names = ["{domain}"] and a profile such '
                    'as "m365-connector", "ses" or "filter", and the service delivers the mail; or '
                    f'write [destinations.smarthost] with domains = ["{domain}"] and profile = '
                    '"secure-gateway", and delivery ends there',
                    nearest=nearest(domain, [*owner, *hubs, *dns, *balancers]),
                )
            elif first is not None and place != first:
                yield Problem(
                    path,
                    f"this smart host is of {place}, the one before it of {first}: write the smart "
                    "hosts of a connector in one table",
                )
            first = first or place


def _parsed(addresses: Any) -> list[Any]:
    """Return the addresses that can be read."""
    found = (parsed(parse_ip, text) for _, text in texts(addresses))
    return [address for address in found if address is not None]


def _smart_host_owners(raw: Raw) -> dict[str, str]:
    """Return the table that describes each smart host, such as "destination gate"."""
    return {
        smart_host_domain(text): f"{noun} {name}"
        for group, noun, key in (
            ("destinations", "destination", "domains"),
            ("relays", "relay service", "names"),
        )
        for name, table in named(raw, group)
        for _, text in texts(table.get(key))
    }


def _signers(raw: Raw) -> Found:
    known = (*at(raw, "hosts"), *at(raw, "hubs"), *at(raw, "relays"))
    for domain, table in named(raw, "sender_domains"):
        for position, signer in texts(table.get("dkim")):
            if signer not in known:
                path = ("sender_domains", domain, "dkim", position)
                yield unknown(path, signer, "host, hub or relay service", known)


def _mailboxes(raw: Raw) -> Found:
    hubs, key = at(raw, "hubs"), "submission_server_override_list"
    for position, hub in texts(at(raw, "mailboxes").get(key)):
        if hub not in hubs:
            yield unknown(("mailboxes", key, position), hub, "hub", hubs)


def _recipients(raw: Raw) -> Found:
    known = (INTERNAL, *at(raw, "destinations"))
    for host, name, stream in streams(raw):
        for destination in at(stream, "to"):
            if destination not in known:
                path = ("hosts", host, "streams", name, "to", destination)
                yield unknown(path, destination, "destination", known)


def _own_mailboxes(raw: Raw) -> Found:
    """Report mail to the own mailboxes without a domain that has them."""
    types = at(raw, "organization", "domains").values()
    if not types or any(parsed(parse_domain_type, kind) == "Authoritative" for kind in types):
        return
    for host, name, stream in streams(raw):
        if at(stream, "to").get(INTERNAL):
            path = ("hosts", host, "streams", name, "to", INTERNAL)
            yield Problem(path, "no domain of [organization] is Authoritative")


def _domains(raw: Raw) -> Found:
    """Report domains that belong to two destinations, or to the organization too."""
    domains = {
        parsed(parse_pattern, name): parsed(parse_domain_type, kind)
        for name, kind in at(raw, "organization", "domains").items()
    }
    domains = {name: kind for name, kind in domains.items() if name and kind}
    owner: dict[str, KeyPath] = {}
    for destination, table in named(raw, "destinations"):
        for position, text in texts(table.get("domains")):
            domain = parsed(parse_domain, text)
            path: KeyPath = ("destinations", destination, "domains", position)
            if domain is None:
                continue
            if owner.setdefault(domain, path) != path:
                yield Problem(path, f"this domain is already in destination {owner[domain][1]}")
            if is_authoritative(domains, domain):
                yield Problem(path, f"this is a domain of the organization: use {INTERNAL}")
            if domain == SPAMTRAP_DOMAIN:
                yield Problem(path, f"this domain is reserved for {_RESERVED[SPAMTRAPS]}")
    for relay, table in named(raw, "relays"):
        for position, text in texts(table.get("names")):
            domain = parsed(parse_domain, text)
            path = ("relays", relay, "names", position)
            if domain is not None and owner.setdefault(domain, path) != path:
                group, other = owner[domain][:2]
                noun = "destination" if group == "destinations" else "relay service"
                yield Problem(path, f"this name is already in {noun} {other}")


def _lines(raw: Raw) -> tuple[str, ...]:
    """Return the names of all lines: the public IPs without a line have one of their own."""
    own = [name for name, table in named(raw, "egress") if "line" not in table]
    canonical = [str(parsed(parse_ip, name) or name) for name in own]
    return tuple(dict.fromkeys([*at(raw, "lines"), *own, *canonical]))


def _events(raw: Raw) -> Found:
    names: dict[tuple[str, str], tuple[str, tuple[str, ...]]] = {
        ("stop", "hub"): ("hub", tuple(at(raw, "hubs"))),
        ("listing", "of"): ("host", tuple(at(raw, "hosts"))),
        ("listing", "egress"): ("egress", tuple(at(raw, "egress"))),
        ("listing", "blocklist"): ("name in [blocklists]", tuple(at(raw, "blocklists"))),
        ("outage", "destination"): (
            "destination",
            (INTERNAL, *at(raw, "destinations"), *at(raw, "relays")),
        ),
        ("resolver_fault", "destination"): ("destination", tuple(at(raw, "destinations"))),
        ("outage", "line"): ("line", _lines(raw)),
        ("rate", "stream"): ("stream", tuple(f"{host}.{name}" for host, name, _ in streams(raw))),
    }
    events = raw.get("events")
    for position, event in enumerate(events if isinstance(events, list) else ()):
        for (kind, key), (noun, known) in names.items():
            word = at(event, kind).get(key)
            if isinstance(word, str) and word not in known:
                yield unknown(("events", position, kind, key), word, noun, known)


_CHECKS: tuple[Callable[[Raw], Found], ...] = (
    _names_are_keys,
    _names_are_free,
    *ADDRESS_CHECKS,
    *SERVER_CHECKS,
    *PUBLIC_IP_CHECKS,
    _send_connectors,
    _smart_hosts,
    _signers,
    _mailboxes,
    _recipients,
    _own_mailboxes,
    _domains,
    *LIST_CHECKS,
    *LOAD_BALANCER_CHECKS,
    _events,
    *CALENDAR_CHECKS,
)
