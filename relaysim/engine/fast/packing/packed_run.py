"""The run, its streams and its script as rows."""

from typing import Any

from relaysim.engine.fast.flat_arrays import fields
from relaysim.engine.fast.layout import BACK_OFF
from relaysim.engine.fast.packing.laws import Laws
from relaysim.engine.fast.packing.packed_senders import SenderDomains, packed_sender
from relaysim.engine.fast.packing.reply_texts import ReplyTexts
from relaysim.mail import remote_reply as remote
from relaysim.mail import reply
from relaysim.plan.plan import Plan

_SCRIPTED = ("stop", "outage", "listing", "resolver_fault", "mx outage", "line outage")
_NAMED = {
    "unable_to_connect": reply.UNABLE_TO_CONNECT,
    "accepted": remote.ACCEPTED,
    "message_expired": reply.MESSAGE_EXPIRED,
    "connection_dropped": reply.CONNECTION_DROPPED,
    "service_not_available": reply.SERVICE_NOT_AVAILABLE,
    "queued": reply.QUEUED.filled(message_id="id"),
    "insufficient_resources": reply.INSUFFICIENT_RESOURCES,
    "no_route_for_size": reply.NO_ROUTE_FOR_SIZE,
    "temporary_server_error": reply.TEMPORARY_SERVER_ERROR,
    "connection_timed_out": reply.CONNECTION_TIMED_OUT,
    "too_many_connections": remote.TOO_MANY_CONNECTIONS,
}
"""The replies that an engine gives by itself, by their names in the header."""


def packed_run(plan: Plan, texts: ReplyTexts, laws: Laws, domains: SenderDomains) -> dict[str, Any]:
    """Return the run, its streams, operators and script."""
    law = laws.number
    triggers = [blocklist.trigger for blocklist in plan.blocklists]
    run = {
        **fields(plan, "duration", "horizon", "linked"),
        "mailbox_time": law(plan.mailbox_time),
        "complaint_delay": law(plan.complaint_delay),
        "feedback_delay": law(plan.feedback_delay),
        "from_domains": len(plan.from_domains),
        "back_off": BACK_OFF.index(plan.operations.back_off),
        "week_offset": plan.operations.offset,
        "reacts": plan.operations.reacts,
        "counts_volume": any(blocklist.counts_volume for blocklist in plan.blocklists),
        "detects_compromise": any(
            blocklist.trigger == "compromise" and blocklist.compromise_time is not None
            for blocklist in plan.blocklists
        ),
        **{name: texts.number(str(text)) for name, text in _NAMED.items()},
        "ips": len(texts.ips),
        "header_domains": len(domains.header),
        "primary_domains": len(domains.primary),
        "registered_domains": len(plan.registered_domains),
    }
    streams = [
        fields(
            stream,
            *("host", "priority", "sender_domain", "sender_is_authoritative", "culprit"),
            *("counted", "compromised", "bounce_removals", "listing_party", "ip_party"),
            *("from_domain", "domain_party", "bulk", "registered_domain"),
        )
        | packed_sender(stream.sender, domains)
        for stream in plan.streams
    ]
    script = [
        {
            **fields(event, "at", "until", "subject", "share", "count"),
            "what": _SCRIPTED.index(event.what),
        }
        for event in plan.script
    ]
    return {
        "run": [run],
        "streams": streams,
        "operators": [{"trap_delay": law(operator.trap_delay)} for operator in plan.operators],
        "reporting": [n for n, trigger in enumerate(triggers) if trigger == "scored_ratio"],
        "script": script,
    }
