"""Delivery queues, routes and choices of a public IP as rows."""

from itertools import accumulate
from typing import Any

import numpy as np

from relaysim.engine.fast.flat_arrays import NONE, Row, fields
from relaysim.engine.fast.packing.costs import Costs
from relaysim.engine.fast.packing.reply_texts import ReplyTexts
from relaysim.plan.plan import Plan

_NO_ROUTE = -2
_OF_SESSION = ("connector", "source", "bypasses_size_limit", "error_delay", "verdict")
"""The session of a hub at a smart host; all -1 at another hub."""


def packed_queues(plan: Plan, texts: ReplyTexts, costs: Costs) -> dict[str, Any]:
    """Return the delivery queues, the hubs that they lead to, and what proxies their mail."""
    queues, peers, proxies = list[Row](), list[Row](), list[Row]()
    rows = sum(len(host.verdicts) - (-1 in host.verdicts) for host in plan.hosts)
    for queue in plan.queues:
        row = fields(
            queue,
            *("hub", "reachable", "connections", "per_connection", "per_further_connection"),
            *(
                "rate_delay",
                "message_retry_interval",
                "receiver",
                "domain",
                "egress",
                "line",
                "relay",
                "balancer",
            ),
            *("tls", "below_baseline"),
        )
        row |= {"first_peer": len(peers), "peer_count": len(queue.to_hubs)}
        row |= {"first_proxy": len(proxies), "proxy_count": len(queue.proxies)}
        proxies += [proxy._asdict() for proxy in queue.proxies]
        row |= {"send_cost": costs.number(queue.send)}
        queues.append(row | {"has_sessions": bool(queue.sessions)})
        sessions = queue.sessions or (None,) * len(queue.to_hubs)
        receive = queue.receive or (None,) * len(queue.to_hubs)
        parts = zip(queue.to_hubs, queue.refusals, sessions, receive, strict=True)
        for hub, text, session, cost in parts:
            peer = dict.fromkeys(_OF_SESSION, NONE)
            if session is not None:
                peer = fields(session, *_OF_SESSION[:-1]) | {"verdict": rows}
                rows += 1
            peer |= {"receive_cost": costs.number(cost)}
            peers.append({"hub": hub, "refusal": texts.number(text)} | peer)
    moved = [plan.moved.get(number, NONE) for number in range(len(queues))]
    return {"queues": queues, "peers": peers, "proxies": proxies, "moved": moved}


def packed_ip_choices(plan: Plan) -> dict[str, Any]:
    """Return the choices of a public IP and the warm-ups."""
    # Without any choice the array is empty, as in most plans.
    shape = len(plan.queues) if plan.ip_choices else 0, len(plan.from_domains) + 1
    choice_of = np.full(shape, NONE, dtype=np.int64)
    choices, members = list[Row](), list[Row]()
    for (queue, sender), by_ip in plan.ip_choices.items():
        choice_of[queue, sender + 1] = len(choices)
        choices.append({"first": len(members), "length": len(by_ip)})
        members += [choice._asdict() for choice in by_ip]
    ends = accumulate(len(warm_up.volumes) for warm_up in plan.warm_ups)
    warm_ups = [
        fields(warm_up, "egress", "receiver")
        | {"first": end - len(warm_up.volumes), "length": len(warm_up.volumes)}
        for warm_up, end in zip(plan.warm_ups, ends, strict=True)
    ]
    return {
        "choice_of": choice_of,
        "choices": choices,
        "choice_members": members,
        "warm_ups": warm_ups,
        "volumes": [volume for warm_up in plan.warm_ups for volume in warm_up.volumes],
    }


def packed_routes(plan: Plan) -> dict[str, Any]:
    """Return the routes of each hub."""
    connectors = len(plan.connectors) + 1 if plan.linked else 1
    shape = len(plan.hubs), connectors, len(plan.bands) + 1, len(plan.domains)
    routes = np.full(shape, _NO_ROUTE, dtype=np.int64)
    for (hub, connector), tables in plan.routes.items():
        for band, table in enumerate(tables):
            routes[hub, connector + 1, band, : len(table)] = table
    return {"routes": routes}
