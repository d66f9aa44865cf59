"""Named things, such as hubs: `--set` changes only those that the scenario has.

A new one needs all keys, or a profile. A misspelled name would make a thing that nothing uses.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from relaysim.profiles.collection import Collection
from relaysim.profiles.kind import LIMITS, Kind
from relaysim.scenario.problem import Problem, dotted, unknown
from relaysim.scenario.raw_tables import Raw, at

_NOUNS = {
    ("hubs",): "hub",
    ("hubs", "*", "receive_connectors"): "receive connector",
    ("hubs", "*", "shaping"): "destination to shape",
    ("send_connectors",): "send connector",
    ("load_balancers",): "load balancer",
    ("lines",): "line",
    ("egress",): "egress",
    ("pools",): "pool",
    ("warm_up_plans",): "warm-up plan",
    ("hosts",): "host",
    ("hosts", "*", "streams"): "stream",
    ("destinations",): "destination",
    ("blocklists",): "blocklist",
    ("relays",): "relay service",
    ("relays", "*", "limits"): "limit",
    ("sender_domains",): "sender domain",
}
"""Tables of named things, each a table itself, and the word for one; * is any name."""


def missing(raw: Raw, path: tuple[str, ...], collection: Collection) -> Problem | None:
    """Return the problem of a path through a named thing that these tables lack."""
    for group, noun in _groups(path):
        name = path[len(group)]
        known = list(dict.fromkeys([*at(raw, *group), *_given(raw, group, collection)]))
        begins = path[len(group) + 1 :] == ("profile",)
        if name not in known and not begins:
            here = (*group, name)
            # A setting is for all designs of a comparison: which of them lacks it?
            of = f" in {raw['name']}" if isinstance(raw.get("name"), str) else ""
            problem = unknown(here, name, f"{noun}{of}", known)
            whole = f"{problem.message}, and a new one is given whole: {dotted(here)}={{...}}"
            return problem if problem.nearest else replace(problem, message=whole)
    return None


def _given(raw: Raw, group: tuple[str, ...], collection: Collection) -> Iterable[str]:
    """Return the names that profiles give a group: blocklists, and limits of a relay service."""
    if group == ("blocklists",):
        return collection.names(Kind.BLOCKLIST)
    profile = at(raw, *group[:2]).get("profile")
    if len(group) > 1 and group[0] == "relays" and profile in collection.names(Kind.RELAY):
        return collection.profile(Kind.RELAY, str(profile)).table(LIMITS)
    return ()


def _groups(path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Return the tables of named things along a path, with the word for one of them."""
    for at_step in range(1, len(path) - 1):
        group = path[:at_step]
        noun = _NOUNS.get(tuple("*" if i == 1 else step for i, step in enumerate(group)))
        if noun is not None:
            yield group, noun
