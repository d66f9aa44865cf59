"""Addresses of machines: those that no machine has, and those that two hubs have."""

from collections.abc import Callable, Iterator
from typing import Any

from relaysim.mail.address import parse_ip, unusual
from relaysim.scenario.problem import KeyPath, Problem
from relaysim.scenario.raw_tables import Found, Raw, named, parsed, texts


def _addresses(raw: Raw) -> Iterator[tuple[KeyPath, Any, str]]:
    """Return all addresses of machines, each with its path and what the address is."""
    for name, table in named(raw, "hosts"):
        yield ("hosts", name, "address"), table.get("address"), "that it connects from"
    for name, table in named(raw, "hubs"):
        for position, text in texts(table.get("addresses")):
            yield ("hubs", name, "addresses", position), text, "that clients connect to"
    for name, table in named(raw, "load_balancers"):
        yield ("load_balancers", name, "address"), table.get("address"), "that clients connect to"
    for name, _ in named(raw, "egress"):
        yield ("egress", name), name, "that receivers see"


def _of_no_machine(raw: Raw) -> Found:
    """Report addresses that no machine of a network has.

    A host and a hub may be one machine and use its loopback address.
    """
    for path, text, use in _addresses(raw):
        address = parsed(parse_ip, text)
        what = None if address is None else unusual(address)
        one_machine = path[0] in ("hosts", "hubs") and address is not None and address.is_loopback
        if what is not None and not one_machine:
            yield Problem(path, f"this address {what}: write the one {use}")


def _of_one_hub(raw: Raw) -> Found:
    """Report an address that an earlier hub has too."""
    owner: dict[Any, str] = {}
    for hub, table in named(raw, "hubs"):
        for position, text in texts(table.get("addresses")):
            address = parsed(parse_ip, text)
            # The first hub keeps the address; each later one is reported.
            if address is not None and owner.setdefault(address, hub) != hub:
                path = ("hubs", hub, "addresses", position)
                yield Problem(path, f"{owner[address]} has this address already")


ADDRESS_CHECKS: tuple[Callable[[Raw], Found], ...] = (_of_no_machine, _of_one_hub)
