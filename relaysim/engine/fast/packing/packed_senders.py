"""Senders and what receivers require of them as rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from relaysim.engine.fast.flat_arrays import NONE, Row, fields
from relaysim.engine.fast.packing.reply_texts import ReplyTexts
from relaysim.plan.plan import Plan
from relaysim.plan.requirement_plan import SenderPlan


@dataclass(frozen=True, slots=True)
class SenderDomains:
    """The domains of senders, by number: those of the header, and registered ones."""

    header: tuple[str, ...]
    primary: tuple[str, ...]


def sender_domains(plan: Plan) -> SenderDomains:
    """Return the domains of the senders of a plan, each once."""
    senders = [stream.sender for stream in plan.streams if stream.sender is not None]
    return SenderDomains(
        tuple(dict.fromkeys(sender.of.domain for sender in senders)),
        tuple(dict.fromkeys(sender.primary for sender in senders)),
    )


def packed_sender(sender: SenderPlan | None, domains: SenderDomains) -> Row:
    """Return the fields of a stream about its sender; None is the sender of DSNs."""
    if sender is None:
        keys = "aligned", "dmarc", "always_signed", "primary", "bulk_sender", "unsubscribe"
        return dict.fromkeys(keys, 0) | {"header_domain": NONE}
    return {
        "header_domain": domains.header.index(sender.of.domain),
        **fields(sender.of, "aligned", "dmarc"),
        "always_signed": sender.signed,
        "primary": domains.primary.index(sender.primary),
        **fields(sender, "bulk_sender", "unsubscribe"),
    }


def packed_requirements(plan: Plan, texts: ReplyTexts, domains: SenderDomains) -> dict[str, Any]:
    """Return what receivers require, and whether SPF passes and who signs."""
    required = [each for receiver in plan.receivers for each in receiver.requires]
    replies = [
        texts.number(text.replace("{domain}", domain))
        for each in required
        for domain in domains.header
        for text in (each.deferral, each.refusal)
    ]
    spf = np.ones((len(plan.streams), len(plan.egress)), dtype=np.int64)
    signs = np.zeros((len(plan.streams), len(plan.hubs)), dtype=np.int64)
    for number, stream in enumerate(plan.streams):
        if stream.sender is not None:
            spf[number] = stream.sender.spf
            signs[number, list(stream.sender.signers)] = 1
    return {
        "requirements": [
            fields(each, "lacking", "of_bulk", "defer", "refuse", "junk") for each in required
        ],
        "requirement_replies": replies,
        "spf": spf,
        "signs": signs,
    }
