"""Reputation for random scenarios: signals, lists of all profiles, providers, administrators."""

from copy import deepcopy
from datetime import datetime
from itertools import cycle
from typing import Any

from hypothesis import strategies as st

from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import Kind
from worlds.random_pools import OTHERS

Tables = dict[str, Any]

_EXPONENTIAL = {"distribution": "exponential", "mean": "5 s"}
_FAST: dict[str, tuple[Any, ...]] = {
    "trap_share": (0.2, 1.0),
    "trap_delay": ("0 s", "1 s", _EXPONENTIAL),
    "window": ("10 s", "5 min", "7 d"),
    "relist_factor": (0.4, 1.0),
    "memory": ("1 min", "1 h", "30 d"),
    "threshold_ratio": (0.0, 0.2, 0.5, 1.0),
    "report_share": (0.5, 1.0),
    "hazard_rate": ("10000000/d",),
    "listing_time": ("0 s", "5 s", _EXPONENTIAL),
    "compromise_time": ("0 s", "10 s", _EXPONENTIAL),
    "lifetime": ("5 s", "1 min", "40 min"),
    "growth": (1.0, 2.0),
    "max_lifetime": ("2 min", "3 h"),
    "short_lifetime": ("3 s",),
    "alternation": ("1 min", _EXPONENTIAL),
    "build_interval": ("0 s", "7 s", "1 min"),
    "mirror_delay": ("0 s", "5 s", "1 min"),
    "delisting_time": ("0 s", "3 s", "10 min", _EXPONENTIAL),
    "max_requests": (1, 2, "unlimited"),
    "vicinity_listings": (1, 2),
    "vicinity_prefix": (24, 29),
    "vicinity_probability": (0.5, 1.0),
    "escalate_after": ("0 s", "10 s"),
    "escalate_rate": ("10000/d",),
    "neighbour_rate": ("1000/d",),
    "asn_addresses": (256,),
}
_TOLERANCES = st.sampled_from(
    (
        {"tolerated_rate": "none"},
        {"tolerated_rate": 0.05, "tolerated_deviations": 1.0},
        {"tolerated_rate": 0.3, "tolerated_deviations": "none"},
    )
)
"""Hits that the mail of an IP explains: none, one in twenty messages and a bit more, a third."""
_LISTS = BUILT_IN.tables(Kind.BLOCKLIST, "blocklist")
_PROFILES = tuple(sorted(_LISTS))
MONDAY = datetime(2010, 3, 1, 9)  # noqa: DTZ001 -- local time of the organization


@st.composite
def blocklists(draw: st.DrawFn) -> Tables:
    """`css` and up to four more of any profile, each with what its profile has, made fast."""
    profiles = draw(st.lists(st.sampled_from(_PROFILES), min_size=1, max_size=4, unique=True))
    if draw(st.booleans()):
        profiles.append("spamcop")  # to which users report
    if draw(st.booleans()) and "spamhaus-dbl" not in profiles:
        profiles.append("spamhaus-dbl")  # which lists domains
    profiles.append("none")  # which no refusal names
    result = {}
    for name, profile in {"css": "spamhaus-css", **{each: each for each in profiles}}.items():
        keys = sorted(_FAST.keys() & _LISTS[profile].keys())
        result[name] = {"profile": profile} | {
            key: draw(st.sampled_from(_FAST[key])) for key in keys
        }
        if _LISTS[profile]["trigger"].value == "count":
            result[name]["threshold"] = draw(st.integers(1, 3))
            result[name] |= draw(_TOLERANCES)
    return result


_REPUTATION: dict[str, tuple[Any, ...]] = {
    "complaint_limit": (0.1, 0.02, 0.5),
    "unknown_limit": (0.05, 0.01, 0.2),
    "trap_limit": (1, 1, 5),
    "half_life": ("1 h", "3 d"),
    "domain_weight": (0.0, 0.5, 1.0),
    "least_inboxed": (1, 3),
    "warn_junk": (0.1, 0.5),
    "throttle_junk": (0.0, 0.5),
    "throttle_rate": ("1/h", "10/h"),
    "cold_rate": ("1/h", "3/h", "1000/h"),
    "cold_growth": (1.0, 1.4),
    "idle_after": ("1 d", "30 d"),
    "recovery_time": ("15 min", "1 h"),
    "block_time": ("30 min", "1 h", "1 d"),
    "trap_share": (0.5, 0.0, 1.0),
    "widening": (0.0, 1.0),
}
_STRICT: Tables = {
    "complaint_limit": 0.02,
    "unknown_limit": 0.01,
    "trap_limit": 1,
    "trap_share": 1.0,
    "least_inboxed": 1,
    "half_life": "3 d",
    "throttle_rate": "1/h",
}
"""A provider that soon thinks ill of an IP."""
_STAGES = ("greeting", "greeting", "mail", "rcpt", "data", {"greeting": 0.5, "rcpt": 0.5})
_ACTIONS = (
    "reject",
    "reject",
    "defer",
    "score",
    "score",
    {"reject": 0.5, "defer": 0.3, "score": 0.2},
)


@st.composite
def receiving(draw: st.DrawFn, lists: tuple[str, ...]) -> Tables:
    """How a destination uses lists, some of which nobody runs, and perhaps judges an IP itself."""
    shares = st.sampled_from((0.5, 1.0))
    uses = st.dictionaries(st.sampled_from((*lists, *lists, *_PROFILES)), shares, max_size=4)
    result: Tables = {
        "refuses_on": {"css": draw(st.sampled_from((1.0, 0.0)))}
        | {"spamhaus-dbl": draw(st.sampled_from((1.0, 0.0)))}
        | draw(uses),
        "refusal_stage": draw(st.sampled_from(_STAGES)),
        "refusal_action": draw(st.sampled_from(_ACTIONS)),
        "junk_share": draw(st.sampled_from((0.0, 0.5, 1.0, 1.0))),
        "dnsbl_ttl": draw(st.sampled_from(("0 s", "5 s", "5 min"))),
        "dnsbl_negative_ttl": draw(st.sampled_from(("0 s", "5 s", "5 min"))),
        "mirrors": draw(st.sampled_from((0.0, 0.5, 1.0))),
    }
    if draw(st.sampled_from((True, True, True, False))):
        result["reputation"] = {k: draw(st.sampled_from(v)) for k, v in _REPUTATION.items()}
        if draw(st.sampled_from((False, True, False))):
            result["reputation"] |= _STRICT
        if draw(st.booleans()):
            result["reputation"] |= {"persistence": 0.5, "persistence_time": "1 h"}
        if draw(st.booleans()):
            result["reputation"]["mitigation_time"] = draw(st.sampled_from(("1 min", _EXPONENTIAL)))
        if draw(st.booleans()):
            result["reputation"] |= {
                "mitigation_complaint_limit": draw(st.sampled_from((0.001, 0.3))),
                "mitigation_good_days": draw(st.sampled_from((1, 2))),
            }
            result["requires"] = {"bulk_from": 1}
    return result


def _signals(suffix: str, culprit: bool) -> st.SearchStrategy[Tables]:
    return st.fixed_dictionaries(
        {
            f"trap_{suffix}": st.sampled_from((0.1, 0.4) if culprit else (0.0, 0.1)),
            "unknown_rate": st.sampled_from((0.4, 0.2, 0.0, 0.4)),
            "complaint_rate": st.sampled_from((0.0, 1.0)),
        }
    )


def _list(culprit: bool) -> st.SearchStrategy[Tables]:
    return st.builds(
        lambda signals, removals, addresses: (
            signals
            | {"bounce_removals": removals}
            | ({"addresses": addresses} if addresses else {})
        ),
        _signals("share", culprit),
        st.sampled_from((1, 1, 2)),
        st.sampled_from((30, 31, 0)),
    )


_HIJACKED = st.builds(
    lambda at, lasts: {
        "process": "compromise",
        "rate": "20/min",
        "at": f"{at} s",
        "lasts": f"{lasts} s",
    },
    st.integers(0, 250),
    st.sampled_from((10, 60)),
)


@st.composite
def sending(draw: st.DrawFn, hosts: Tables, guilty: bool | None = None) -> Tables:
    """The hosts with signals; each is a culprit with all its streams, or innocent with all.

    Mail that stays inside has no signals, so some of it goes out.
    """
    hosts = deepcopy(hosts)
    for host in hosts.values():
        culprit = draw(st.sampled_from((True, True, False))) if guilty is None else guilty
        for stream in host["streams"].values():
            stream["culprit"] = culprit
            stream["one_click_unsubscribe"] = draw(st.sampled_from((True, False)))
            if stream["to"] == {"internal": 1.0}:
                stream["to"] = {"sink": 0.5, "many": 0.5}
            if culprit and draw(st.sampled_from((False, False, True))):
                stream["arrivals"] = draw(_HIJACKED)
            if draw(st.sampled_from((True, True, False))):
                stream["recipients"] = 1
                stream["mailing_list"] = draw(_list(culprit))
            else:
                stream |= draw(_signals("rate", culprit))
    return hosts


@st.composite
def operations(draw: st.DrawFn, egress: tuple[str, ...]) -> Tables:
    """Return settings of administrators of any kind with short delays."""
    return {
        "monitor_every": draw(st.sampled_from(("10 s", "1 min", "1 h"))),
        "on_listing": draw(
            st.sampled_from(
                (
                    *("clean_list", "clean_list", "move_culprit", "move_culprit", "move_culprit"),
                    *("pause_culprit", "pause_culprit", "pause_culprit", "nothing"),
                )
            )
        ),
        "move_to": draw(st.sampled_from(egress)),
        "repair_time": draw(st.sampled_from(("0 s", "10 s", _EXPONENTIAL))),
        "ndr_time": draw(st.sampled_from(("0 s", "10 s", _EXPONENTIAL))),
        "back_off": draw(st.sampled_from(("source", "stream", "stream", "none"))),
        "delisting": draw(st.sampled_from(("after_repair", "at_once", "never"))),
        "cleaning": draw(st.sampled_from((0.5, 1.0))),
    }


_SWITCHES = (
    "listing",
    "widening",
    "provider_ip",
    "provider_domain",
    "back_off",
    "contention",
    "reaction",
)
COUPLING = st.fixed_dictionaries(
    {switch: st.sampled_from((True, True, True, True, False)) for switch in _SWITCHES}
)
_PLACE = {
    "198.51.100.10": ("198.51.100.8/29", "198.51.100.0/24"),
    "203.0.113.25": ("203.0.113.24/29", "203.0.113.0/25", "203.0.113.0/24"),
    "203.0.113.26": ("203.0.113.24/29", "203.0.113.0/25", "203.0.113.0/24"),
    **dict.fromkeys(OTHERS, ("203.0.113.24/29", "203.0.113.0/24")),
}


@st.composite
def whereabouts(draw: st.DrawFn, egress: Tables, asns: dict[str, tuple[int, ...]]) -> Tables:
    """Allocation, ASN and age of each IP; one without `asns` of its own may be in any."""
    return {
        ip: table
        | {
            "allocation": draw(st.sampled_from(_PLACE[ip])),
            "asn": draw(st.sampled_from(asns.get(ip, (64500, 64501)))),
            "age": draw(st.sampled_from(("0 s", "3 d", "400 d"))),
        }
        for ip, table in egress.items()
    }


def _listed(egress: str, host: str, blocklist: str) -> Tables:
    """What a scripted listing is about: the domains of a host on a list of domains, else an IP."""
    of_domains = "lists" in _LISTS.get(blocklist, {})
    return {"of": host} if of_domains else {"egress": egress}


def _listings(
    egress: tuple[str, ...], hosts: tuple[str, ...], lists: tuple[str, ...]
) -> st.SearchStrategy[list[Tables]]:
    """Scripted listings on blocklists of any profile."""
    one = st.builds(
        lambda at, length, ip, host, blocklist: {
            "at": f"{at} s",
            "listing": _listed(ip, host, blocklist)
            | {"blocklist": blocklist, "for": f"{length} s"},
        },
        st.integers(0, 120),
        st.sampled_from((300, 60, 10)),
        st.sampled_from(egress),
        st.sampled_from(hosts),
        st.sampled_from(lists),
    )
    return st.lists(one, min_size=1, max_size=4)


@st.composite
def listed_for_good(
    draw: st.DrawFn,
    destinations: Tables,
    egress: tuple[str, ...],
    hosts: tuple[str, ...],
    lists: tuple[str, ...],
) -> tuple[Tables, list[Tables]]:
    """Destinations that each act on one blocklist, and the listings of all IPs on it."""
    acting: tuple[Tables, ...] = (
        *[{"refusal_action": {"reject": 0.85, "defer": 0.15}}] * 4,
        {"refusal_action": "score", "junk_share": 1.0},
    )
    actions = draw(st.sampled_from(acting))
    refusing = {
        name: table | actions | {"refuses_on": {draw(st.sampled_from((*lists, "none"))): 1.0}}
        for name, table in destinations.items()
    }
    listings: list[Tables] = [
        {
            "at": "0 s",
            "listing": _listed(ip, host, blocklist) | {"blocklist": blocklist, "for": "300 s"},
        }
        for ip, host in zip(egress, cycle(hosts))
        for blocklist in lists
    ]
    return refusing, listings


@st.composite
def reputed(draw: st.DrawFn, tables: Tables) -> Tables:
    """A scenario, and all that may come of what is sent in it. It begins when people are awake."""
    egress = tuple(sorted(tables["egress"]))
    lists = draw(blocklists())
    hosts = tuple(sorted(tables["hosts"]))
    listings = draw(_listings(egress, hosts, tuple(lists)))
    destinations = {
        name: table | draw(receiving(tuple(lists)))
        for name, table in tables["destinations"].items()
    }
    if draw(st.booleans()):
        others = tuple(name for name in lists if name != "css")
        destinations, listings = draw(listed_for_good(destinations, egress, hosts, others))
    return tables | {
        "run": tables["run"] | {"start": MONDAY},
        "egress": draw(whereabouts(tables["egress"], {})),
        "hosts": draw(sending(tables["hosts"])),
        "destinations": destinations,
        "blocklists": lists,
        "events": [*tables["events"], *listings],
        "operations": draw(operations(egress)),
        "coupling": draw(COUPLING),
    }


@st.composite
def kept_apart(draw: st.DrawFn, tables: Tables, culprit: str) -> Tables:
    """The same for a host that alone is a culprit and shares no hub, line, IP or sender domain.

    Nobody reacts, and nobody backs off for others.
    """
    result = draw(reputed(tables))
    hosts = draw(sending(tables["hosts"], guilty=False))
    hosts |= draw(sending({culprit: tables["hosts"][culprit]}, guilty=True))
    for stream in hosts[culprit]["streams"].values():
        stream["sender"] = "news@bulk.example"
    asns: dict[str, tuple[int, ...]] = {
        ip: (64500,) if ip.startswith("198.51.100.") else (64501,) for ip in tables["egress"]
    }
    return result | {
        "hosts": hosts,
        "egress": draw(whereabouts(tables["egress"], asns)),
        "coupling": result["coupling"] | {"reaction": False, "back_off": False},
    }


def unlisted(tables: Tables) -> Tables:
    """The same without blocklists: the run ends with its last recipient."""
    uses = ("refuses_on", "refusal_stage", "refusal_action", "junk_share")
    uses = (*uses, "dnsbl_ttl", "dnsbl_negative_ttl", "mirrors")
    destinations = {
        name: {key: value for key, value in table.items() if key not in uses}
        for name, table in tables["destinations"].items()
    }
    return {key: value for key, value in tables.items() if key != "blocklists"} | {
        "destinations": destinations,
        "events": [event for event in tables["events"] if "listing" not in event],
    }


def slowed(tables: Tables) -> Tables:
    """The same in minutes for seconds: long enough for providers and human operators to think.

    Nothing is tried again for longer than ten minutes, so that a run stays short.
    """
    hosts = {
        name: host
        | {
            "streams": {
                short: stream | {"arrivals": _slow(stream["arrivals"])}
                for short, stream in host["streams"].items()
            }
        }
        for name, host in tables["hosts"].items()
    }
    hubs = {
        name: hub
        | ({} if hub.get("mta") == "postfix" else {"message_retry_interval": "1 min"})
        | {"message_expiration_timeout": hub.get("message_expiration_timeout", "10 min")}
        for name, hub in tables["hubs"].items()
    }
    return tables | {
        "run": tables["run"] | {"duration": _slow(tables["run"]["duration"])},
        "hubs": hubs,
        "hosts": hosts,
        "events": [_slow(event) for event in tables["events"]],
    }


def slower(tables: Tables) -> Tables:
    """The same in hours for minutes: days, in which the volume of a day counts.

    Nothing is looked at every few seconds.
    """
    result = slowed(tables)
    for host in result["hosts"].values():
        host["on_failure"] = {"retry_every": "20 min", "give_up_after": "3 h"}
    for hub in result["hubs"].values():
        hub.pop("back_pressure", None)
    operations = tables["operations"] | {"monitor_every": "1 h"}
    return result | {"operations": operations}


_LONGER = (("/h", "/d"), ("/min", "/h"), ("/s", "/min"), (" min", " h"), (" s", " min"))


def _slow(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _slow(each) for key, each in value.items()}
    if not isinstance(value, str):
        return value
    for unit, longer in _LONGER:
        if value.endswith(unit):
            return value.removesuffix(unit) + longer
    return value
