"""Receivers as rows."""

from itertools import accumulate
from typing import Any

import numpy as np

from relaysim.engine.fast.flat_arrays import NONE, fields
from relaysim.engine.fast.layout import GREYLIST, PROVIDER_RULES
from relaysim.engine.fast.packing.laws import Laws
from relaysim.engine.fast.packing.reply_texts import ReplyTexts
from relaysim.plan.plan import Plan


def packed_receivers(plan: Plan, texts: ReplyTexts, laws: Laws) -> dict[str, Any]:
    """Return the receivers and their refusals by blocklists."""
    text = texts.number
    ends = accumulate(len(receiver.requires) for receiver in plan.receivers)
    receivers = [
        {
            **fields(
                receiver,
                *("connect_failure", "mx_hosts", "unreachable_mx_hosts"),
                *("defer", "connections_per_ip", "connection_backlog", "drops_surplus"),
                "junk_share",
                *("dnsbl_ttl", "dnsbl_negative_ttl"),
            ),
            "connect_time": laws.number(receiver.connect_time),
            "response_time": laws.number(receiver.response_time),
            "deferral": text(receiver.deferral),
            "unknown_user": text(receiver.unknown_user),
            "greylisted": text(receiver.greylisted),
            **{name: getattr(receiver.greylist, name, 0) for name in GREYLIST},
            "keeps_reputation": receiver.reputation is not None,
            "throttled": text(receiver.reputation.throttled if receiver.reputation else ""),
            "cold": text(receiver.reputation.cold if receiver.reputation else ""),
            "blocked": text(receiver.reputation.blocked if receiver.reputation else ""),
            **{name: getattr(receiver.reputation, name, 0) for name in PROVIDER_RULES},
            "first_requirement": end - len(receiver.requires),
            "requirement_count": len(receiver.requires) if plan.unauthenticated else 0,
            **fields(receiver, "bulk_from", "bulk_junk"),
        }
        for receiver, end in zip(plan.receivers, ends, strict=True)
    ]
    # Without a list of domains no reply has the domain of the sender.
    domains = [domain.name for domain in plan.registered_domains] or [""]
    shape = len(plan.receivers), len(plan.blocklists), 2, len(domains)
    refusals = np.full(shape, NONE, dtype=np.int64)
    for place, refusal in plan.refusals.items():
        refusals[place] = [text(refusal.replace("{domain}", domain)) for domain in domains]
    return {"receivers": receivers, "receiver_of": plan.receiver_of, "refusals": refusals}
