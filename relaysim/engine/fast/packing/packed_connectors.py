"""Receive connectors as rows."""

from collections.abc import Sequence
from typing import Any

from relaysim.engine.fast.flat_arrays import Row, fields, limits
from relaysim.engine.fast.layout import WORDED
from relaysim.engine.fast.packing.costs import Costs
from relaysim.engine.fast.packing.reply_texts import ReplyTexts
from relaysim.mail import reply
from relaysim.plan.plan import Plan

_WORDED = {
    "too_many_sessions": reply.TOO_MANY_CONNECTIONS,
    "too_many_sessions_of_source": reply.TOO_MANY_CONNECTIONS_PER_SOURCE,
    "insufficient_resources": reply.INSUFFICIENT_RESOURCES,
    "message_too_large": reply.MESSAGE_TOO_LARGE,
    "submission_rate_exceeded": reply.SUBMISSION_RATE_EXCEEDED,
    "queued": reply.QUEUED,
}
"""The replies of a receive connector by their names in the header, worded by its hub."""


def packed_connectors(plan: Plan, texts: ReplyTexts, costs: Costs) -> dict[str, Any]:
    """Return the receive connectors and the hubs to which front ends proxy."""
    takers = list[int]()
    connectors = [
        {
            **fields(
                connector,
                *("hub", "station", "max_inbound_connection_percentage_per_source"),
                *("message_rate_per", "max_recipients_per_message"),
                *("max_acknowledgement_delay", "relay", "receiver"),
            ),
            **limits(
                connector,
                *("max_inbound_connection", "max_inbound_connection_per_source"),
                *("message_rate_limit", "max_message_size"),
            ),
            "receive_cost": costs.number(connector.receive),
            **{name: _worded(name, connector.wording, texts) for name in WORDED},
            **_run(takers, connector.proxies_to, "first_taker", "taker_count"),
            **_run(
                takers,
                connector.proxies_to_mailboxes,
                *("first_mailbox_taker", "mailbox_taker_count"),
            ),
        }
        for connector in plan.connectors
    ]
    return {"connectors": connectors, "takers": takers, "has_mailboxes": plan.has_mailboxes}


def _run(into: list[int], numbers: Sequence[int], first: str, count: str) -> Row:
    """Append numbers to an array, and return the fields that have their place."""
    place = len(into)
    into += numbers
    return {first: place, count: len(numbers)}


def _worded(name: str, wording: reply.Wording, texts: ReplyTexts) -> int:
    text = str(reply.worded(_WORDED[name], wording))
    return texts.number(text.format(message_id="id"))
