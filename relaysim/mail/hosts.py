"""Kinds of host: the defaults of a machine that submits mail, as a scenario file spells them.

Almost all of it is assumed: nobody publishes how many sessions a SharePoint opens.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from relaysim.mail.spelling import look_up
from relaysim.mail.value import Certainty, Value, plain

Table = Mapping[str, Value]

_RETRY: dict[str, Any] = {"retry_every": "5 min", "give_up_after": "1 d"}
_DROP = "simple SMTP clients report the error to their own log and forget the mail"
_ONE_EACH = "simple SMTP clients open a connection for each mail"
_ROUNDS = "an application with a queue of its own"


def _assumed(value: Any, source: str) -> Value:
    return Value(value, source, Certainty.ASSUMPTION)


_LAN: Table = {
    "round_trip": _assumed("1 ms", "a local network"),
    "bandwidth": _assumed("100 Mbit/s", "a local network, per session"),
}


def _client(sessions: int) -> Table:
    """A program on the local network that tries once."""
    return {
        "sessions": _assumed(sessions, "a guess at its worker threads"),
        "messages_per_connection": _assumed(1, _ONE_EACH),
        "on_failure": _assumed("drop", _DROP),
        **_LAN,
    }


HOST_KINDS: Mapping[str, Table] = MappingProxyType(
    {
        "sharepoint": _client(4),
        "antivirus": _client(2),
        "monitoring": _client(2),
        "application": {**_client(4), "on_failure": _assumed(_RETRY, _ROUNDS)},
        "printer": _client(1),
        "backup": _client(1),
        "bulk_marketing": {
            **_client(20),
            "messages_per_connection": _assumed(
                100, "KumoMTA's default of deliveries a connection, taken for mailers in general"
            ),
            "on_failure": _assumed(_RETRY, _ROUNDS),
        },
        "mailbox_users": {
            "sessions": _assumed("unlimited", "the hub's MaxConcurrentMailboxSubmissions binds"),
            "messages_per_connection": _assumed("unlimited", "mailbox submission, not SMTP"),
            "on_failure": _assumed(
                {"retry_every": "1 min", "give_up_after": "2 d"},
                "the mail stays in the mailbox until a hub takes it",
            ),
            **_LAN,
        },
        "internet": {
            "sessions": _assumed("unlimited", "very many sources"),
            "messages_per_connection": _assumed(1, "most sources have one mail at a time"),
            "on_failure": _assumed(
                {"retry_every": "15 min", "give_up_after": "5 d"},
                "MTAs retry: Exim every 15 min at first and for 4 d, Postfix after 5 min to 67 min "
                "and for 5 d",
            ),
            "round_trip": _assumed("50 ms", "the Internet within a continent"),
            "bandwidth": _assumed("10 Mbit/s", "one TCP connection over the Internet"),
        },
        "none": {
            "sessions": Value("unlimited", "no limit", Certainty.DEFINITION),
            "messages_per_connection": Value("unlimited", "no limit", Certainty.DEFINITION),
            "on_failure": Value("drop", "no retry", Certainty.DEFINITION),
            "round_trip": Value("0 s", "no delay", Certainty.DEFINITION),
            "bandwidth": Value("unlimited", "no limit", Certainty.DEFINITION),
        },
    }
)
"""The kinds by name. `bandwidth` is per session."""


def host_defaults(kind: str) -> dict[str, Any]:
    """The defaults of a kind of host, as a table of the scenario file. Raises ValueError."""
    return plain(look_up(HOST_KINDS, kind, "a kind of host"))
