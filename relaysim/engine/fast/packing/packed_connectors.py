"""Receive connectors as rows."""

from itertools import accumulate
from typing import Any

from relaysim.engine.fast.flat_arrays import fields, limits
from relaysim.engine.fast.layout import WORDED
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


def packed_connectors(plan: Plan, texts: ReplyTexts) -> dict[str, Any]:
    """Return the receive connectors and the hubs to which front ends proxy."""
    takers = [hub for connector in plan.connectors for hub in connector.proxies_to]
    ends = accumulate(len(connector.proxies_to) for connector in plan.connectors)
    connectors = [
        {
            **fields(
                connector,
                *("hub", "station", "max_inbound_connection_percentage_per_source"),
                *("message_rate_per", "max_recipients_per_message"),
                "max_acknowledgement_delay",
            ),
            **limits(
                connector,
                *("max_inbound_connection", "max_inbound_connection_per_source"),
                *("message_rate_limit", "max_message_size"),
            ),
            **{name: _worded(name, connector.wording, texts) for name in WORDED},
            "first_taker": end - len(connector.proxies_to),
            "taker_count": len(connector.proxies_to),
        }
        for connector, end in zip(plan.connectors, ends, strict=True)
    ]
    return {"connectors": connectors, "takers": takers}


def _worded(name: str, wording: reply.Wording, texts: ReplyTexts) -> int:
    text = str(reply.worded(_WORDED[name], wording))
    return texts.number(text.format(message_id="id"))
