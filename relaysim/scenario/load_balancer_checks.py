"""Names and addresses of load balancers: hubs that exist, and addresses of their own."""

from collections.abc import Callable
from typing import Any

from relaysim.mail.address import parse_ip
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
    """Report an address that a hub or another load balancer has."""
    owner: dict[Any, str] = {
        parsed(parse_ip, text): hub
        for hub, table in named(raw, "hubs")
        for _, text in texts(table.get("addresses"))
    }
    for name, address in balancer_addresses(raw).items():
        if owner.setdefault(address, name) != name:
            yield Problem(
                ("load_balancers", name, "address"), f"{owner[address]} has this address already"
            )


def _own_name(raw: Raw) -> Found:
    """Report a name that DNS or a hub has too: `server` and `smart_hosts` refer to it."""
    for name in at(raw, "load_balancers"):
        for group, what in (("dns", "a name in [dns]"), ("hubs", "a hub")):
            if name in at(raw, group):
                yield Problem(("load_balancers", name), f"{what} is called so: choose another name")


LOAD_BALANCER_CHECKS: tuple[Callable[[Raw], Found], ...] = (_hubs, _own_address, _own_name)
