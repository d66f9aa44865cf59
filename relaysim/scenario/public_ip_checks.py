"""Names of public IPs, pools, lines and of the mail that has limits of its own."""

from collections.abc import Callable
from typing import Any

from relaysim.mail.address import parse_ip
from relaysim.scenario.problem import KeyPath, Problem, unknown
from relaysim.scenario.raw_tables import Found, Raw, at, named, parsed


def _egress(raw: Raw) -> Found:
    known = {str(parsed(parse_ip, key)): key for key in at(raw, "egress")}
    pools = at(raw, "pools")
    for hub, table in named(raw, "hubs"):
        path: KeyPath = ("hubs", hub, "egress")
        by_sender = at(table, "egress_by_sender_domain")
        for where, value in (
            (path, table.get("egress")),
            *((("hubs", hub, "egress_by_sender_domain", key), by_sender[key]) for key in by_sender),
        ):
            name = str(parsed(parse_ip, value) or value)
            if isinstance(value, str) and name not in (*known, *pools):
                noun = "egress or pool" if pools else "egress"
                yield unknown(where, name, noun, (*known.values(), *pools))
    for pool, table in named(raw, "pools"):
        if (own := parsed(parse_ip, pool)) is not None:
            what = (
                "an IP of [egress] is called so" if str(own) in known else "this is an IP address"
            )
            yield Problem(("pools", pool), f"{what}: give the pool another name")
        for key in at(table, "members"):
            address = parsed(parse_ip, key)
            if address is not None and str(address) not in known:
                where = ("pools", pool, "members", key)
                yield unknown(where, key, "egress", known.values())
    lines = at(raw, "lines")
    for name, table in named(raw, "egress"):
        line = table.get("line")
        if isinstance(line, str) and line not in lines:
            yield unknown(("egress", name, "line"), line, "line", lines)


def _shaping(raw: Raw) -> Found:
    known = (*at(raw, "destinations"), *at(raw, "relays"))
    for hub, table in named(raw, "hubs"):
        for name in at(table, "shaping"):
            if name not in known:
                yield unknown(("hubs", hub, "shaping", name), name, "destination", known)


def _warm_up_plans(raw: Raw) -> Found:
    """Report plans for an IP without another one to which the rest could go."""
    warmed = {
        parsed(parse_ip, table.get("egress")): name for name, table in named(raw, "warm_up_plans")
    }
    pools = [
        {parsed(parse_ip, key) for key in at(table, "members")} for _, table in named(raw, "pools")
    ]
    # A pool without members is reported itself: what was meant is not known.
    unclear = not all(pools)
    of: dict[Any, str] = {}
    for name, table in named(raw, "warm_up_plans"):
        address, place = parsed(parse_ip, table.get("egress")), table.get("destination")
        path: KeyPath = ("warm_up_plans", name, "egress")
        if isinstance(place, str) and place not in at(raw, "destinations"):
            where = ("warm_up_plans", name, "destination")
            yield unknown(where, place, "destination", at(raw, "destinations"))
        # Without a destination the plan is for all of them.
        if address is None or not isinstance(place, str | None):
            continue
        others = [pool - warmed.keys() for pool in pools if address in pool]
        if not others and not unclear:
            yield Problem(
                path,
                "no pool has this IP: write a pool with it and an older IP as members, and the "
                "pool as egress of the hub",
            )
        elif others and not all(others):
            yield Problem(path, "each pool of this IP needs another IP without a warm-up plan")
        if of.setdefault((address, place), name) != name:
            yield Problem(path, f"the plan {of[address, place]} is for the same mail of this IP")


PUBLIC_IP_CHECKS: tuple[Callable[[Raw], Found], ...] = (_egress, _warm_up_plans, _shaping)
