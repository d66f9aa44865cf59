"""Hosts, their servers and the replies to them as rows."""

from itertools import accumulate
from typing import Any

import numpy as np

from relaysim.engine.fast.flat_arrays import NONE, Row, fields
from relaysim.engine.fast.packing.reply_texts import ReplyTexts
from relaysim.plan.plan import Plan


def packed_hosts(plan: Plan, texts: ReplyTexts) -> dict[str, Any]:
    """Return the hosts, their servers and targets, and the replies to clients."""
    replies = [texts.number(text) for text in plan.replies]
    hosts, targets, servers, verdicts = list[Row](), list[Row](), list[Row](), list[Row]()
    mail, rcpt = list[list[int]](), list[list[int]]()
    verdict_of = np.full((len(plan.hosts), len(plan.connectors)), NONE, dtype=np.int64)
    for number, host in enumerate(plan.hosts):
        row = fields(
            host,
            *("by_mailbox_server", "outside", "account", "sessions"),
            "messages_per_connection",
            *("retry_every", "give_up_after", "data_done_timeout", "round_trip", "bandwidth"),
        )
        row |= {"first_target": len(targets), "target_count": len(host.submission_targets)}
        row |= {"first_server": len(servers), "server_count": len(host.servers)}
        hosts.append(row)
        # The targets of all hosts stand in one array.
        servers += [
            server._replace(first=len(targets) + server.first)._asdict() for server in host.servers
        ]
        targets += [target._asdict() for target in host.submission_targets]
        for connector, verdict in host.verdicts.items():
            if connector < 0:  # no connector answers, so nothing follows the greeting
                continue
            verdict_of[number, connector] = len(verdicts)
            timing = fields(
                verdict.timing,
                *("opening_time", "mail", "recipient", "content", "round_trip", "bandwidth"),
                *("error_delay", "pipelining"),
            )
            verdicts.append(timing | fields(verdict, "bypasses_size_limit", "relays"))
            of_stream = [NONE] * len(plan.streams)
            for stream, given in verdict.mail.items():
                of_stream[stream] = replies[given] if given >= 0 else NONE
            mail.append(of_stream)
            of_domain = [replies[given] if given >= 0 else NONE for given in verdict.rcpt]
            # No message is addressed to the domains of smart hosts.
            rcpt.append(of_domain + [NONE] * (len(plan.domains) - len(of_domain)))
    # After the verdicts for hosts those for hubs that are clients, as `packed_queues` numbers them.
    for queue in plan.queues:
        for session in filter(None, queue.sessions):
            of_stream = [replies[each] if each >= 0 else NONE for each in session.mail]
            mail.append(of_stream + [NONE] * (len(plan.streams) - len(of_stream)))
            of_domain = [replies[each] if each >= 0 else NONE for each in session.rcpt]
            rcpt.append(of_domain + [NONE] * (len(plan.domains) - len(of_domain)))
    return {
        "hosts": hosts,
        "targets": targets,
        "servers": servers,
        "verdict_of": verdict_of,
        "verdicts": verdicts,
        "mail_replies": mail,
        "rcpt_replies": rcpt,
    }


def packed_balancers(plan: Plan) -> dict[str, Any]:
    """Return the load balancers and their hubs."""
    ends = accumulate(len(balancer.hubs) for balancer in plan.balancers)
    balancers = [
        {
            "first_hub": end - len(balancer.hubs),
            "hub_count": len(balancer.hubs),
            **fields(balancer, "least_connections", "health_check_interval"),
        }
        for balancer, end in zip(plan.balancers, ends, strict=True)
    ]
    hubs = [hub for balancer in plan.balancers for hub in balancer.hubs]
    return {"balancers": balancers, "balanced_hubs": hubs}
