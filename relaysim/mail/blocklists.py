"""Blocklists: the zone that receivers ask, and what is known of how each operator works.

The operators' parameters are read, so that scenario files are checked against them, but nothing
acts on them yet: only scripted listings do.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from relaysim.mail.spelling import look_up
from relaysim.mail.value import Certainty, Value, plain

Table = Mapping[str, Value]

ZONES: Mapping[str, str] = MappingProxyType(
    {
        "spamhaus-css": "zen.spamhaus.org",
        "spamhaus-sbl": "zen.spamhaus.org",
        "spamhaus-xbl": "zen.spamhaus.org",
        "spamcop": "bl.spamcop.net",
        "barracuda": "b.barracudacentral.org",
        "uceprotect-1": "dnsbl-1.uceprotect.net",
        "uceprotect-2": "dnsbl-2.uceprotect.net",
        "abusix": "combined.mail.abusix.zone",
        "psbl": "psbl.surriel.com",
    }
)
"""The DNS zone of each list.

The Spamhaus lists are one zone: a receiver asks ZEN once, so a domain that uses one of them uses
all three. Whether a domain uses a list is therefore one decision per domain and *zone*.
"""


def _published(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.CONFIRMED)


def _said(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.ONE_SOURCE)


def _assumed(value: Any, source: str = "nothing published") -> Value:
    return Value(value, source, Certainty.ASSUMPTION)


def _uniform(low: str, high: str) -> dict[str, Any]:
    return {"distribution": "uniform", "low": low, "high": high}


_UCEPROTECT_1: Table = {
    "trigger": _published("count", "UCEPROTECT, level 1 policy"),
    "trap_share": _assumed(0.02),
    "window": _published("7 d", "UCEPROTECT, level 1 policy"),
    "threshold": _assumed(2, "50 hits always list; fewer depend on rDNS and neighbourhood"),
    "lifetime": _said("7 d", "Validity knowledge base"),
    "build_interval": _assumed("60 min"),
    "widening": Value("none", "level 1 lists single addresses", Certainty.CONFIRMED),
}

BLOCKLISTS: Mapping[str, Table] = MappingProxyType(
    {
        "spamhaus-css": {
            "trigger": _published("count", "Spamhaus CSS FAQ: several events, heuristics"),
            "trap_share": _assumed(0.25),
            "window": _assumed("7 d"),
            "threshold": _assumed(5),
            "relist_factor": _assumed(0.4),
            "lifetime": _published("3 d", "Spamhaus, an older CSS page"),
            "growth": _assumed(2.0),
            "max_lifetime": _assumed("14 d"),
            "build_interval": _assumed("5 min"),
            "mirror_delay": _assumed("15 min"),
            "delisting_time": _assumed("30 min"),
            "max_requests": _assumed(3),
            "widening": _assumed("vicinity", "an older CSS page speaks of the vicinity"),
        },
        "spamhaus-sbl": {
            "trigger": _published("hazard", "Spamhaus SBL policy: human decision"),
            "window": _assumed("30 d"),
            "build_interval": _assumed("15 min"),
            "delisting_time": _assumed(
                {"distribution": "lognormal", "median": "12 h", "sigma": 1.0}, "done by hand"
            ),
            "widening": _published("escalate", "Spamhaus SBL policy: escalation listings"),
        },
        "spamhaus-xbl": {
            "trigger": _published("compromise", "CBL FAQ: infected or hijacked hosts"),
            "threshold": _assumed(1),
            "lifetime": _said("2 d", "a host that reports a forced 48 h in 2015"),
            "growth": _assumed(1.5),
            "max_lifetime": _assumed("7 d"),
            "build_interval": _assumed("15 min"),
            "delisting_time": _assumed("1 h"),
            "max_requests": _assumed(3),
            "widening": _assumed("none"),
        },
        "spamcop": {
            "trigger": _published("scored_ratio", "SpamCop, rules of the blocking list"),
            "trap_share": _assumed(0.05),
            "window": _published("7 d", "SpamCop, rules of the blocking list"),
            "threshold": _assumed(8.0),
            "threshold_ratio": Value(0.02, "often quoted", Certainty.UNCONFIRMED),
            "lifetime": _published("24 h", "SpamCop forum, announced by staff"),
            "growth": _published(1.0, "SpamCop: the list has no memory"),
            "build_interval": _assumed("30 min"),
            "widening": _published("none", "SpamCop lists single addresses"),
        },
        "barracuda": {
            "trigger": _said("count", "Validity knowledge base"),
            "trap_share": _assumed(0.08),
            "window": _assumed("3 d"),
            "threshold": _assumed(2),
            "relist_factor": _assumed(0.5),
            "lifetime": _assumed("7 d"),
            "growth": _assumed(2.0),
            "max_lifetime": _assumed("30 d"),
            "build_interval": _assumed("15 min"),
            "delisting_time": _said(_uniform("12 h", "24 h"), "prospeo.io, Barracuda removal"),
            "max_requests": _assumed(1),
            "widening": _assumed("none"),
        },
        "uceprotect-1": _UCEPROTECT_1,
        "uceprotect-2": {
            **_UCEPROTECT_1,
            "widening": _published("allocation_count", "UCEPROTECT, level 2 policy"),
        },
        "abusix": {
            "trigger": _published("count", "Abusix, production zones"),
            "trap_share": _assumed(0.10),
            "window": _published("5.2 d", "Abusix, production zones"),
            "threshold": _published(1, "Abusix, production zones"),
            "lifetime": _published("5.2 d", "Abusix, production zones"),
            "growth": _assumed(1.0),
            "build_interval": _published("1 min", "Abusix, how delisting works"),
            "mirror_delay": _published("15 min", "Abusix, how delisting works"),
            "delisting_time": _published("3 min", "Abusix, how delisting works"),
            "max_requests": _published("unlimited", "Abusix, how delisting works"),
            "widening": _published("vicinity", "Abusix, production zones"),
        },
        "psbl": {
            "trigger": _published("count", "PSBL: one mail to one trap"),
            "trap_share": _assumed(0.05),
            "threshold": _published(1, "PSBL: one mail to one trap"),
            "lifetime": _said("14 d", "Return Path: 30 % of listings last the full two weeks"),
            "growth": _assumed(1.0),
            "build_interval": _assumed("30 min"),
            "delisting_time": _assumed("30 min", "anyone may remove anyone at any time"),
            "max_requests": _published("unlimited", "PSBL: anyone may remove anyone at any time"),
            "widening": _published("none", "PSBL: planned only"),
        },
    }
)
"""The lists by profile name.

`trap_share`: share of all spam traps that report to it. `trigger`: how it lists. `window`: how far
back it counts. `threshold`: hits (or score) that list; `relist_factor` times that within a month of
an earlier listing. `lifetime`: from the last hit; times `growth` at each relisting from the third
listing on, up to `max_lifetime`. `build_interval`, `mirror_delay`: publication. `delisting_time`,
`max_requests`: removal on request, and how often in a month. `widening`: how neighbours are listed.
"""


def blocklist_defaults(profile: str) -> dict[str, Any]:
    """The parameters of a list, as a table of the scenario file. Raises ValueError."""
    return plain(look_up(BLOCKLISTS, profile, "a blocklist profile"))
