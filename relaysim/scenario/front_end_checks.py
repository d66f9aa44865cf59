"""Checks of servers that have a front end, as Exchange 2013 and later, and of others."""

from collections.abc import Callable, Iterator
from itertools import combinations

from relaysim import units
from relaysim.mail.address import Binding, parse_binding
from relaysim.mail.receive_connector import TransportRole, parse_transport_role
from relaysim.profiles.collection import Collection
from relaysim.scenario.problem import KeyPath, Problem, unknown
from relaysim.scenario.raw_tables import Found, Raw, at, named, parsed, texts
from relaysim.scenario.table import DEFAULT_SITE
from relaysim.wording import listed


def _hubs(filled: Raw) -> Iterator[tuple[str, Raw, bool]]:
    """Return the hubs with their defaults, and whether each has a front end."""
    for name, table in named(filled, "hubs"):
        yield name, table, table["properties"].front_end


def _roles(_raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report connectors of a front end on servers that have none."""
    for hub, table, front_end in _hubs(filled):
        for name, connector in named(table, "receive_connectors"):
            role = parsed(parse_transport_role, connector.get("transport_role"))
            if role is TransportRole.FRONTEND_TRANSPORT and not front_end:
                text = f"{hub} is {table.get('mta')}, which has no front end: leave the key out"
                yield Problem((*_place(hub, name), "transport_role"), text)


def _outbound(raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report send connectors that front ends should proxy, of servers that have none.

    Microsoft, Set-SendConnector: FrontendProxyEnabled came with the front end of Exchange 2013.
    """
    mtas = {hub: table.get("mta") for hub, table, has in _hubs(filled) if not has}
    for name, table in named(raw, "send_connectors"):
        if table.get("frontend_proxy_enabled") is not True:
            continue
        for _, hub in texts(table.get("source_transport_servers")):
            if hub in mtas:
                yield Problem(
                    ("send_connectors", name, "frontend_proxy_enabled"),
                    f"{hub} is {mtas[hub]}, which has no front end to send through (Exchange has "
                    "one from 2013 on, Edge servers and other relays have none): leave the key "
                    "out, or take the server out of source_transport_servers",
                )


def _ports(_raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report ports of one server that both of its services would listen on.

    Microsoft, NDRs of Exchange: a connector of the Transport service at port 25 beside the front
    end leads to `421 4.3.2 Service not available`.
    """
    for hub, table, _ in _hubs(filled):
        listening = [
            (name, parsed(parse_transport_role, connector.get("transport_role")), place, binding)
            for name, connector in named(table, "receive_connectors")
            for place, text in texts(connector.get("bindings"))
            if (binding := parsed(parse_binding, text)) is not None
        ]
        for first, second in combinations(listening, 2):
            # The connector of the Transport service is the one to change.
            front, back = sorted((first, second), key=lambda entry: str(entry[1]))
            apart = front[1] is not back[1] and None not in (front[1], back[1])
            if apart and _overlap(front[3], back[3]):
                yield Problem(
                    (*_place(hub, back[0]), "bindings", back[2]),
                    f"the front end listens at port {back[3].port} too, by {front[0]}: clients "
                    "would get 421 4.3.2 Service not available. Give this connector of the "
                    'Transport service another port, or transport_role = "FrontendTransport"',
                )


def _overlap(one: Binding, other: Binding) -> bool:
    if one.port != other.port or one.address.version != other.address.version:
        return False
    return one.address == other.address or any(
        binding.address.is_unspecified for binding in (one, other)
    )


def _delays(_raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report a delayed acknowledgement of a server that has none."""
    for hub, table, front_end in _hubs(filled):
        for name, connector in named(table, "receive_connectors"):
            delay = parsed(units.duration, connector.get("max_acknowledgement_delay"))
            if delay and front_end:
                text = (
                    f"{hub} is {table.get('mta')}, which stores this parameter and does not use "
                    "it: the 250 waits for a copy on another server, not for delivery"
                )
                yield Problem((*_place(hub, name), "max_acknowledgement_delay"), text)


def _override_list(raw: Raw, filled: Raw, _collection: Collection) -> Found:
    """Report a list of hubs for users' mail where Microsoft reserves the parameter."""
    mtas = {hub: table.get("mta") for hub, table, front_end in _hubs(filled) if front_end}
    for place, hub in texts(at(raw, "mailboxes").get("submission_server_override_list")):
        if hub in mtas:
            yield Problem(
                ("mailboxes", "submission_server_override_list", place),
                f"{hub} is {mtas[hub]}, and Microsoft reserves this parameter after Exchange "
                "2010: keep users' mail off a hub by a site of its own (hubs.NAME.site, "
                "mailboxes.site)",
            )


def _sites(raw: Raw, _filled: Raw, _collection: Collection) -> Found:
    """Report a missing or unknown site of the mailboxes."""
    sites: dict[str, str] = {}
    for _, hub in named(raw, "hubs"):
        site = hub.get("site", DEFAULT_SITE)
        if isinstance(site, str):
            sites.setdefault(site.casefold(), site)
    site = at(raw, "mailboxes").get("site")
    if isinstance(site, str) and site.casefold() not in sites:
        yield unknown(("mailboxes", "site"), site, "site of a hub", tuple(sites.values()))
    elif site is None and len(sites) > 1:
        known = listed(sites.values())
        text = f"missing key: hubs are in the sites {known}, so write that of the mailbox server"
        yield Problem(("mailboxes", "site"), text)


def _place(hub: str, connector: str) -> KeyPath:
    return ("hubs", hub, "receive_connectors", connector)


FRONT_END_CHECKS: tuple[Callable[[Raw, Raw, Collection], Found], ...] = (
    _roles,
    _outbound,
    _ports,
    _delays,
    _override_list,
    _sites,
)
