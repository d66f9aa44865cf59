"""Relay services as rows."""

from typing import Any

from relaysim.engine.fast.flat_arrays import Row, fields
from relaysim.engine.fast.packing.reply_texts import ReplyTexts
from relaysim.mail.transport_enforcement import STAGES
from relaysim.plan.plan import Plan


def packed_relays(plan: Plan, texts: ReplyTexts) -> dict[str, Any]:
    """Return the relay services and their limits."""
    relays, limits = list[Row](), list[Row]()
    for relay in plan.relays:
        first, count = len(limits), len(relay.connections)
        relays.append(
            {
                "first_connection": first,
                "connection_count": count,
                "first_mail": first + count,
                "mail_count": len(relay.mail),
            }
        )
        limits += [
            {
                **fields(limit, *("counter", "counts", "per_ip", "window", "rolls", "limit")),
                **fields(limit, "over", "counts_refused"),
                "reply": texts.number(limit.reply),
            }
            for limit in (*relay.connections, *relay.mail)
        ]
    stages = [
        {
            **fields(stage, "day", "throttled", "blocked"),
            "throttle": texts.number(str(stage.throttle)),
            "block": texts.number(str(stage.block)),
        }
        for stage in STAGES
    ]
    return {
        "relays": relays,
        "relay_limits": limits,
        "stages": stages,
        "external": plan.external,
    }
