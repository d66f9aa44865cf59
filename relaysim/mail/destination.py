"""Destination profiles: how a class of receiving domains behaves, as a scenario file spells it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from relaysim.mail.blocklists import ZONES
from relaysim.mail.spelling import look_up
from relaysim.mail.value import Certainty, Value, plain

Table = Mapping[str, Value]

_TEMPORARY = (
    "a healthy receiver; over all receivers 13 % of first attempts fail, a third of them for a "
    "time, mostly for the sender's reputation (Bounce in the Wild, 2024)"
)
_USE = "nobody measured who refuses on which list; together they give the published 50 % of bounces"
_NO_LIMIT = "none documented"


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


def _receiver(response: str, cv: float, connect_failure: float, defer: float) -> Table:
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
                {}, "Return Path: a Spamhaus listing costs inbox placement, mail is not refused"
            ),
            "refusal_action": _one_source("score", "Return Path: accepts and junks"),
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
        },
        "small-business-gateway": {
            **_receiver("1.5 s", 1.5, 0.01, 0.02),
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
        },
        "isp": {
            **_receiver("1.0 s", 0.8, 0.002, 0.01),
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
        },
    }
)
"""The profiles by name. `refuses_on` goes by blocklist profile, see `blocklists.ZONES`."""


def destination_defaults(profile: str) -> dict[str, Any]:
    """The defaults of a destination, as a table of the scenario file. Raises ValueError."""
    return plain(look_up(DESTINATIONS, profile, "a destination profile"))
