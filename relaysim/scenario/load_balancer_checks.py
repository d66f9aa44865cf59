"""Names and addresses of load balancers: hubs that exist, and addresses of their own."""

from collections.abc import Callable
from typing import Any

from relaysim.mail.address import parse_ip
from relaysim.scenario.name_checks import folded
from relaysim.scenario.problem import Problem, unknown
from relaysim.scenario.raw_tables import Found, Raw, at, named, parsed, texts


def balancer_addresses(raw: Raw) -> dict[str, Any]:
    """Return the address of each load balancer, without those that cannot be read."""
    addresses = {
        name: parsed(parse_ip, table.get("address")) for name, table in named(raw, "load_balancers")
    }
    return {name: address for name, address in addresses.items() if address is not None}


def _hubs(raw: Raw) -> Found:
    """Report hubs that do not exist, and those that are named twice."""
    known = at(raw, "hubs")
    for name, table in named(raw, "load_balancers"):
        before = set[str]()
        for position, hub in texts(table.get("hubs")):
            path = ("load_balancers", name, "hubs", position)
            if hub not in known:
                yield unknown(path, hub, "hub", known)
            elif hub in before:
                yield Problem(path, "this hub is there already")
            before.add(hub)


def _own_address(raw: Raw) -> Found:
    """Report an address that something else has."""
    owner: dict[Any, str] = {parsed(parse_ip, name): "[egress]" for name in at(raw, "egress")}
    for group in ("hosts", "hubs"):
        for name, table in named(raw, group):
            given = [table.get("address"), *(text for _, text in texts(table.get("addresses")))]
            owner |= {parsed(parse_ip, text): name for text in given}
    for name, address in balancer_addresses(raw).items():
        path = ("load_balancers", name, "address")
        if owner.setdefault(address, name) != name:
            yield Problem(path, f"{owner[address]} has this address already")


def _own_name(raw: Raw) -> Found:
    """Report a name that DNS or a hub has too: `server` and `smart_hosts` refer to it."""
    for group, what in (("dns", "a name in [dns]"), ("hubs", "a hub")):
        taken = {folded(name): name for name in at(raw, group)}
        for name in at(raw, "load_balancers"):
            other = taken.get(folded(name))
            if other is not None:
                called = "so" if other == name else other
                text = f"{what} is called {called}: choose another name"
                yield Problem(("load_balancers", name), text)


LOAD_BALANCER_CHECKS: tuple[Callable[[Raw], Found], ...] = (_hubs, _own_address, _own_name)
