"""Reputation: what large mailbox providers count of an IP and a sender domain, and what they do.

`mail.provider_state` has the rules. No provider publishes its own, so most of these are assumptions
that lean on what providers ask of senders and on what operators set in answer.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from relaysim.mail.value import Certainty, Value

Table = Mapping[str, Value]


def _one_source(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.ONE_SOURCE)


def _assumed(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.ASSUMPTION)


_SCHEDULE = "SendGrid's schedule for automated warm-up: 20 an hour, times 1.4 each day"
_OUTCOME = "Microsoft's SNDS calls 10 to 90 % in the junk folder yellow: between good and bad"
_UNKNOWN_RULE = "nothing published"
_MICROSOFTS_TRAPS = "share of all spam traps that are Microsoft's own; nothing published"

_COMMON: Table = {
    "complaint_limit": _assumed(0.001, "as Gmail and Microsoft, for want of a number"),
    "unknown_limit": _assumed(0.05, "Amazon SES reviews senders from 5 % bounces on"),
    "trap_limit": _assumed(1, "any trap hit is worth worrying"),
    "half_life": _assumed("3 d", _UNKNOWN_RULE),
    "domain_weight": _assumed(0.3, "the IP counts more than the domain"),
    "least_inboxed": _assumed(1000, "with less mail a single complaint would exceed the limit"),
    "warn_junk": _assumed(0.2, _OUTCOME),
    "throttle_junk": _assumed(0.6, _OUTCOME),
    "throttle_rate": _assumed(
        "60/h", "KumoMTA's shaping file: operators then send one message a minute"
    ),
    "cold_rate": _assumed("20/h", _SCHEDULE),
    "cold_growth": _assumed(1.4, _SCHEDULE),
    "idle_after": _one_source("30 d", "SendGrid, warming up an IP: after more than 30 idle days"),
    "recovery_time": _assumed("1 d", _UNKNOWN_RULE),
    "block_time": _assumed("7 d", _UNKNOWN_RULE),
    "trap_share": _assumed(0.05, "share of all spam traps that are its own; nothing published"),
    "widening": _assumed(0.0, "it speaks of single addresses"),
}

REPUTATIONS: Mapping[str, Table] = MappingProxyType(
    {
        "gmail": {
            **_COMMON,
            "complaint_limit": _one_source(0.001, "egressif.io quotes Google: stay below 0.10 %"),
            "domain_weight": _assumed(0.7, "Google's rules for bulk senders go by domain"),
            "throttle_rate": _assumed(
                "600/h", "KumoMTA's community shaping file: operators then send ten a minute"
            ),
            "block_time": _assumed(
                "7 d", "senders say that a week below 0.3 % makes eligible for mitigation again"
            ),
        },
        "outlook": {
            **_COMMON,
            "complaint_limit": _one_source(0.001, "willitinbox.com, guide to SNDS: above 0.1 %"),
            "trap_limit": _one_source(1, "willitinbox.com, guide to SNDS: any trap hit"),
            "persistence": _assumed(
                3.0, "Microsoft on mailop, 2026: blocked for not slowing down; the number is ours"
            ),
            "persistence_time": _assumed(
                "6 h", "Microsoft on mailop, 2026: blocked for not slowing down; the time is ours"
            ),
            "mitigation_time": _one_source(
                {"distribution": "uniform", "low": "24 h", "high": "96 h"},
                "virtbiz.com: an answer takes 24 to 48 h; foxpa.ws: the fix as long again",
            ),
            "trap_share": _assumed(0.10, _MICROSOFTS_TRAPS),
            "widening": _assumed(
                0.1, "its refusal says that part of the network is blocked; the share is ours"
            ),
        },
        "yahoo": {
            **_COMMON,
            "domain_weight": _assumed(0.5, "it counts both, how is not published"),
            "throttle_rate": _one_source("100/h", "SendGrid support: what Yahoo takes by default"),
            "cold_rate": _one_source("100/h", "SendGrid support: what Yahoo takes by default"),
            "recovery_time": _assumed(
                "4 h", "Yahoo's help: try again after 4 h; operators pause for 2 to 4 h"
            ),
            "block_time": _assumed("2 d", "Yahoo's help: what lasts 48 h does not end by itself"),
        },
        "m365-business": {
            **_COMMON,
            "trap_share": _assumed(0.10, _MICROSOFTS_TRAPS),
        },
    }
)
"""The providers by destination profile; other destinations have no such rules.

`complaint_limit`: complaints per message in the inbox that are badness 1. `unknown_limit`: the same
for unknown users per message tried. `trap_limit`: for hits of its own traps. `half_life`: how fast
counters fade. `domain_weight`: what the sender's domain counts against the IP. `least_inboxed`:
mail in the inbox below which nothing is judged. `warn_junk`, `throttle_junk`: share of mail that
goes to the junk folder then. `throttle_rate`: messages an hour that a throttled IP may send.
`cold_rate`, `cold_growth`: the same for a new IP, and its growth a day with traffic; `idle_after`
so long without traffic an IP is new again. `persistence`, `persistence_time`: who tries so many
times the throttled rate for so long is blocked. `recovery_time`, `block_time`: how long badness
must be low before a throttle or a block ends; `mitigation_time`: a block ended on request.
`trap_share`: share of all spam traps that are its own. `widening`: probability that a block spreads
to each other address of the /24.
"""
