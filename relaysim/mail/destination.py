"""Destination profiles: how a class of receiving domains behaves, as a scenario file spells it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from relaysim.mail.blocklists import ZONES
from relaysim.mail.reputation import REPUTATIONS
from relaysim.mail.spelling import look_up
from relaysim.mail.value import Certainty, Value, plain

Table = Mapping[str, Value]

_TEMPORARY = (
    "a healthy receiver; over all receivers 13 % of first attempts fail, a third of them for a "
    "time, mostly for the sender's reputation (Bounce in the Wild, 2024)"
)
_USE = "nobody measured who refuses on which list; together they give the published 50 % of bounces"
_NO_LIMIT = "none documented"
_TTL = "as long as the zones' TTLs are guessed to be; Postfix's postscreen keeps it 60 s to 1 h"
_CONTENT = (
    "SpamAssassin gives 3.3 of the 5 points of junk for CSS and 1.3 for SpamCop, so no list is "
    "enough alone; of mail with 0 points of its own (deviation 1) CSS junks 5 %, with 2 points 63 %"
)
_FEED = "large receivers need the data feed: the public mirrors are for low volumes"


def _confirmed(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.CONFIRMED)


def _one_source(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.ONE_SOURCE)


def _assumed(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.ASSUMPTION)


def _off(value: Any) -> Value:
    return Value(value, "nothing ever happens", Certainty.DEFINITION)


def _lognormal(mean: str, cv: float) -> Value:
    law = {"distribution": "lognormal", "mean": mean, "cv": cv}
    return _assumed(law, "typical of this class; no measurement was found")


def _uses(zen: float, **others: float) -> dict[str, float]:
    """Share of domains that refuse on each list; ZEN's counts for each of the Spamhaus lists."""
    spamhaus = {name: zen for name, zone in ZONES.items() if zone == ZONES["spamhaus-css"]}
    return spamhaus | {name.replace("_", "-"): share for name, share in others.items()}


def _receiver(
    response: str, cv: float, connect_failure: float, defer: float, mirrors: float = 1.0
) -> Table:
    """What the classes have in common; a class lays its own over it."""
    return {
        "connect_time": _lognormal("0.4 s", 0.8),
        "response_time": _lognormal(response, cv),
        "connect_failure": _assumed(connect_failure, _TEMPORARY),
        "defer": _assumed(defer, _TEMPORARY),
        "max_connections_per_ip": _assumed("unlimited", _NO_LIMIT),
        "max_messages_per_connection": _assumed("unlimited", _NO_LIMIT),
        "refuses_on": _assumed({}, _USE),
        "refusal_stage": _assumed("rcpt", "where Postfix and most gateways refuse"),
        "refusal_action": _assumed("reject", "the usual action on a list that is trusted"),
        "junk_share": _assumed(0.1, _CONTENT),
        "dnsbl_ttl": _assumed("15 min", _TTL),
        "dnsbl_negative_ttl": _assumed("15 min", _TTL),
        "mirrors": _assumed(mirrors, _FEED),
    }


_NO_REPUTATION: Table = {
    "reputation": _assumed("none", "only of the large providers is it known that they keep one")
}

DESTINATIONS: Mapping[str, Table] = MappingProxyType(
    {
        "gmail": {
            **_receiver("0.8 s", 0.8, 0.0005, 0.002),
            "max_connections_per_ip": _assumed(
                "unlimited", "operators keep to 5 by their own choice (KumoMTA's shaping file)"
            ),
            "max_messages_per_connection": _assumed(
                "unlimited", "operators keep to 50 by their own choice (KumoMTA's shaping file)"
            ),
            "refuses_on": _one_source(
                _uses(1.0), "Return Path: a Spamhaus listing costs inbox placement"
            ),
            "refusal_action": _one_source("score", "Return Path: accepts and junks"),
            "junk_share": _one_source(
                0.58, "Return Path: up to 58 % less in the inbox on Spamhaus listings"
            ),
        },
        "outlook": {
            **_receiver("0.7 s", 0.8, 0.0005, 0.002),
            "max_connections_per_ip": _confirmed(500, "Microsoft, policies for senders"),
            "refuses_on": _assumed(_uses(1.0), "refusals that cite Spamhaus are common"),
            "refusal_stage": _one_source("mail", "virtbiz.com: S3140 comes at MAIL FROM"),
        },
        "yahoo": {
            **_receiver("1.0 s", 0.8, 0.0005, 0.005),
            "max_messages_per_connection": _one_source(
                20, "Validity knowledge base: the server then closes"
            ),
            "refuses_on": _assumed(_uses(1.0), "its refusals name Spamhaus's list"),
            "refusal_stage": _one_source(
                "mail", "github.com/chenjj/espoofer/issues/15: a session of 2021"
            ),
        },
        "m365-business": {
            **_receiver("0.7 s", 0.8, 0.0005, 0.002),
            "refuses_on": _assumed(_uses(0.7), _USE),
            "refusal_stage": _one_source("rcpt", "pastebin.com/EH1TUb0X: 550 5.7.606 at RCPT TO"),
        },
        "secure-gateway": {
            **_receiver("1.2 s", 1.5, 0.001, 0.01),
            "refuses_on": _assumed(
                _uses(0.7, spamcop=0.10, barracuda=0.15, uceprotect_1=0.01, abusix=0.10), _USE
            ),
            "refusal_action": _assumed(
                {"reject": 0.7, "defer": 0.3},
                "prospeo.io has a Barracuda gateway that defers; how many do is not known",
            ),
            **_NO_REPUTATION,
        },
        "small-business-gateway": {
            **_receiver("1.5 s", 1.5, 0.01, 0.02, mirrors=0.0),
            "refuses_on": _assumed(
                _uses(
                    0.6,
                    spamcop=0.12,
                    barracuda=0.12,
                    uceprotect_1=0.03,
                    uceprotect_2=0.01,
                    abusix=0.03,
                ),
                _USE,
            ),
            "refusal_stage": _assumed(
                {"rcpt": 0.9, "greeting": 0.1},
                "Postfix delays refusals to RCPT TO; a few turn the connection away",
            ),
            "refusal_action": _assumed(
                {"reject": 0.8, "score": 0.2}, "some leave it to SpamAssassin's points"
            ),
            **_NO_REPUTATION,
        },
        "isp": {
            **_receiver("1.0 s", 0.8, 0.002, 0.01, mirrors=0.5),
            "refuses_on": _assumed(
                _uses(
                    0.6,
                    spamcop=0.05,
                    barracuda=0.02,
                    uceprotect_1=0.03,
                    uceprotect_2=0.01,
                    abusix=0.05,
                ),
                _USE,
            ),
            "refusal_stage": _assumed("greeting", "554 and 421 greetings are seen at providers"),
            **_NO_REPUTATION,
        },
        "none": {
            "connect_time": _off("0 s"),
            "response_time": _off("0 s"),
            "connect_failure": _off(0.0),
            "defer": _off(0.0),
            "max_connections_per_ip": _off("unlimited"),
            "max_messages_per_connection": _off("unlimited"),
            "refuses_on": _off({}),
            "refusal_stage": _off("rcpt"),
            "refusal_action": _off("reject"),
            "junk_share": _off(0.0),
            "dnsbl_ttl": _off("0 s"),
            "dnsbl_negative_ttl": _off("0 s"),
            "mirrors": _off(0.0),
            "reputation": _off("none"),
        },
    }
)
"""The profiles by name; what a provider makes of an IP stands in `REPUTATIONS`.

`refuses_on` goes by blocklist profile, see `blocklists.ZONES`. `refusal_stage` and `refusal_action`
are a word or the shares of domains that go by each. `junk_share`: share of the copies from a listed
IP that a domain which scores puts into the junk folder. `dnsbl_ttl`, `dnsbl_negative_ttl`: how long
a domain believes that an IP is listed, or not. `mirrors`: share of domains that ask a local copy.
"""


def destination_defaults(profile: str) -> dict[str, Any]:
    """The defaults of a destination, as a table of the scenario file. Raises ValueError."""
    table = plain(look_up(DESTINATIONS, profile, "a destination profile"))
    if profile in REPUTATIONS:
        table["reputation"] = plain(REPUTATIONS[profile])
    return table
