"""Blocklists: the zone that receivers ask, and how each operator works."""

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
        "uceprotect-3": "dnsbl-3.uceprotect.net",
        "abusix": "combined.mail.abusix.zone",
        "psbl": "psbl.surriel.com",
    }
)
"""The DNS zone of each list; the profile "none" has none.

The Spamhaus lists are one zone: a receiver asks ZEN once, so a domain that uses one of them uses
all three. Whether a domain uses a list is therefore one decision per domain and *zone*.
"""


def _published(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.CONFIRMED)


def _said(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.ONE_SOURCE)


def _assumed(value: Any, source: str = "nothing published") -> Value:
    return Value(value, source, Certainty.ASSUMPTION)


def _meant(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.DEFINITION)


def _exponential(mean: str) -> dict[str, Any]:
    return {"distribution": "exponential", "mean": mean}


def _traps(share: float) -> Table:
    return {
        "trap_share": _assumed(share, "no operator says how many traps it has; together 0.55"),
        "trap_delay": _assumed(
            _exponential("2 min"), "nothing published; a small list, TQMcube, claims 1 to 60 s"
        ),
    }


def _vicinity(source: str) -> Table:
    return {
        "widening": _published("vicinity", source),
        "vicinity_listings": _assumed(2, "the rule exists, its numbers are not published"),
        "vicinity_prefix": _assumed(29, "the usual allocation of a small company"),
        "vicinity_probability": _assumed(0.1, "the rule exists, its numbers are not published"),
    }


_MONTH = _assumed("30 d", "operators say that relapses count, not for how long")
_SAME_AGAIN = "the same number of hits lists again"
_SAME_LENGTH = "each listing lasts as long"
_ALONE = "lists single addresses"

# Spamhaus's README of its SpamAssassin plug-in: its mirrors and its feed are a minute behind.
_SPAMHAUS: Table = {
    "build_interval": _published("1 min", "Spamhaus, spamassassin-dqs: mirrors lag by a minute"),
    "mirror_delay": _assumed("15 min", "how often a receiver fetches the feed is its own affair"),
}

_UCEPROTECT: Table = {
    **_traps(0.02),
    "trigger": _published("count", "UCEPROTECT, level 1 policy"),
    "window": _published("7 d", "UCEPROTECT, level 1 policy"),
    "threshold": _assumed(2, "50 hits always list; fewer depend on rDNS and neighbourhood"),
    "relist_factor": _assumed(1.0, _SAME_AGAIN),
    "memory": _MONTH,
    "lifetime": _said("7 d", "Validity knowledge base"),
    "growth": _assumed(1.0, _SAME_LENGTH),
    "build_interval": _said("60 min", "suped.com, UCEPROTECT level 2: rebuilt hourly"),
}

_NEIGHBOURS: Table = {
    "neighbour_rate": _assumed(
        "0.001/d",
        "newly listed ones of 256 addresses; from UCEPROTECT's level 1 of 63,378 (2024) to 187,089 "
        "(2016) addresses, 7 d each, of some 3.7e9 routed ones: 0.0006 to 0.0018",
    ),
}

BLOCKLISTS: Mapping[str, Table] = MappingProxyType(
    {
        "spamhaus-css": {
            **_traps(0.25),
            "trigger": _published("count", "Spamhaus CSS FAQ: several events, heuristics"),
            "window": _assumed("7 d"),
            "threshold": _assumed(5, "several events, Spamhaus says"),
            "relist_factor": _assumed(0.4, "Spamhaus CSS FAQ: relists quickly, not how quickly"),
            "memory": _MONTH,
            "lifetime": _published("3 d", "Spamhaus, an older CSS page"),
            "growth": _assumed(2.0, "operators' practice, see the manual of falon/RBL"),
            "max_lifetime": _assumed("14 d"),
            **_SPAMHAUS,
            "delisting_time": _assumed("30 min", "Spamhaus CSS FAQ: fast, no questions asked"),
            "max_requests": _assumed(3, "Spamhaus CSS FAQ: within limits"),
            **_vicinity("Spamhaus, an older CSS page: spam from the vicinity counts"),
        },
        "spamhaus-sbl": {
            **_traps(0.25),
            "trigger": _published("hazard", "Spamhaus SBL policy: human decision"),
            "window": _assumed("30 d"),
            "hazard_rate": _assumed("0.02/d", "how soon people list is not published"),
            "hazard_hits": _assumed(20, "how much people must see is not published"),
            **_SPAMHAUS,
            "delisting_time": _assumed(
                {"distribution": "lognormal", "median": "12 h", "sigma": 1.0},
                "by hand, once the cause is gone; Spamhaus SBL: normally fast, around the clock",
            ),
            "widening": _published("escalate", "Spamhaus SBL policy: escalation listings"),
            "escalate_after": _assumed("7 d", "Spamhaus SBL policy: ignored for long"),
            "escalate_rate": _assumed("0.1/d"),
        },
        "spamhaus-xbl": {
            "trigger": _published("compromise", "CBL FAQ: infected or hijacked hosts"),
            "compromise_time": _assumed(_exponential("6 h")),
            "memory": _MONTH,
            "lifetime": _said("2 d", "a host that reports a forced 48 h in 2015"),
            "growth": _assumed(1.5),
            "max_lifetime": _assumed("7 d"),
            **_SPAMHAUS,
            "delisting_time": _assumed("1 h", "CBL FAQ: on the look-up page"),
            "max_requests": _assumed(3),
            "widening": _assumed("none", "none is known"),
        },
        "spamcop": {
            **_traps(0.05),
            "trigger": _published("scored_ratio", "SpamCop, rules of the blocking list"),
            "window": _published("7 d", "SpamCop, rules of the blocking list"),
            "threshold": _assumed(8.0, "balanced by hand and not published"),
            "threshold_ratio": Value(0.02, "often quoted", Certainty.UNCONFIRMED),
            "visibility": _assumed(
                0.05, "no one knows how much of an IP's mail meets users of the list"
            ),
            "report_share": _assumed(0.002, "no one knows how many complaints go to SpamCop too"),
            "lifetime": _published("24 h", "SpamCop forum, announced by staff"),
            "short_lifetime": _published("12 h", "SpamCop forum: if there are just two reports"),
            "growth": _published(1.0, "SpamCop: the list has no memory"),
            "build_interval": _assumed("30 min"),
            "widening": _published("none", f"SpamCop {_ALONE}"),
        },
        "barracuda": {
            **_traps(0.08),
            "trigger": _said("count", "Validity knowledge base"),
            "window": _assumed("3 d"),
            "threshold": _assumed(2, "Validity knowledge base: a trap hit, or a bad score"),
            "relist_factor": _assumed(0.5),
            "memory": _MONTH,
            "lifetime": _assumed("7 d"),
            "growth": _assumed(2.0, "prospeo.io: repeated requests take longer"),
            "max_lifetime": _assumed("30 d"),
            "build_interval": _assumed("15 min"),
            "delisting_time": _said(
                {"distribution": "uniform", "low": "12 h", "high": "24 h"},
                "prospeo.io, Barracuda removal",
            ),
            "max_requests": _assumed(1),
            "widening": _assumed("none", "none is known"),
        },
        "uceprotect-1": {
            **_UCEPROTECT,
            "widening": _meant("none", f"level 1 {_ALONE}"),
        },
        "uceprotect-2": {
            **_UCEPROTECT,
            "widening": _published("allocation_count", "UCEPROTECT, level 2 policy"),
            **_NEIGHBOURS,
        },
        "uceprotect-3": {
            **_UCEPROTECT,
            "widening": _published("asn_score", "UCEPROTECT, level 3 policy"),
            **_NEIGHBOURS,
            "asn_addresses": _assumed(65536, "an access provider of middling size, a /16"),
        },
        "abusix": {
            **_traps(0.10),
            "trigger": _published("count", "Abusix, production zones"),
            "window": _published("5.2 d", "Abusix, production zones"),
            "threshold": _published(1, "Abusix, production zones"),
            "relist_factor": _published(1.0, "Abusix, how delisting works: relisted at once"),
            "memory": _MONTH,
            "lifetime": _published("5.2 d", "Abusix, production zones"),
            "growth": _assumed(1.0, _SAME_LENGTH),
            "build_interval": _published("1 min", "Abusix, how delisting works"),
            "mirror_delay": _published("15 min", "Abusix, how delisting works"),
            "delisting_time": _published("3 min", "Abusix, how delisting works"),
            "max_requests": _published("unlimited", "Abusix, how delisting works"),
            **_vicinity("Abusix, production zones: hosts in the vicinity"),
        },
        "psbl": {
            **_traps(0.05),
            "trigger": _published("count", "PSBL: one mail to one trap"),
            "threshold": _published(1, "PSBL: one mail to one trap"),
            "relist_factor": _meant(1.0, "one hit lists anyway"),
            "memory": _MONTH,
            "lifetime": _said("14 d", "Return Path: 30 % of listings last the full two weeks"),
            "growth": _assumed(1.0, _SAME_LENGTH),
            "build_interval": _assumed("30 min"),
            "delisting_time": _assumed("30 min", "anyone may remove anyone at any time"),
            "max_requests": _published("unlimited", "PSBL: anyone may remove anyone at any time"),
            "widening": _published("none", "PSBL: planned only"),
        },
        "none": {
            "trigger": _meant("none", "only the script lists"),
            "build_interval": _meant("0 s", "published at once"),
            "mirror_delay": _meant("0 s", "in copies too"),
            "widening": _meant("none", _ALONE),
        },
    }
)
"""The lists by profile name. A parameter that a list has not got is absent.

What it sees: `trap_share` of all spam traps report to the operator, `trap_delay` after the mail.
`trigger`: what makes it list an IP. "count": `threshold` hits within `window`, or `relist_factor`
times that, rounded up, within `memory` of an earlier listing. "scored_ratio": a score of
`threshold` within `window`, and `threshold_ratio` times the mail that users of the list see, which
is `visibility` times what the IP sends; `report_share` of complaints are reported here too.
"hazard": people look at the hits within `window` and list at `hazard_rate` times hits over
`hazard_hits`. "compromise": a hijacked host is found after `compromise_time`. "none": only the
script lists.

How long: `lifetime` from the last hit (`short_lifetime` if just two reports or hits list), times
`growth` at each listing within `memory` from the third on, up to `max_lifetime`; without a lifetime
until it is removed. `build_interval`, `mirror_delay`: when it is published, and seen in local
copies. `delisting_time`: removal on request, `max_requests` times within `memory`; without it
nobody is removed on request.

`widening`: whom else. "vicinity": at the `vicinity_listings`-th listing within `memory` each other
address of the /`vicinity_prefix` with `vicinity_probability`. "escalate": while a listing stays
unrepaired, from `escalate_after` on at `escalate_rate` the whole allocation. "allocation_count":
not the IP itself, but its allocation, if enough of its addresses meet the trigger; "asn_score": its
ASN of `asn_addresses`, if they have enough hits (`mail.escalation`). Foreign addresses have one,
and are listed for it, at `neighbour_rate` for 256 addresses.
"""

OPERATORS: Mapping[str, str] = MappingProxyType(
    {name: name.partition("-")[0] for name in BLOCKLISTS}
)
"""The operator whose spam traps a list uses, by profile: the lists of one operator share them."""


def blocklist_defaults(profile: str) -> dict[str, Any]:
    """The parameters of a list, as a table of the scenario file. Raises ValueError."""
    return plain(look_up(BLOCKLISTS, profile, "a blocklist profile"))
