"""The draws of a replication as flat arrays."""

import numpy as np

from relaysim.engine.fast.flat_arrays import Arrays, arrays, fields
from relaysim.engine.fast.layout import DRAWS
from relaysim.engine.reputation.listings import PARTIES
from relaysim.engine.reputation.receiver import RCPT, REJECT
from relaysim.engine.reputation.resolver_faults import resolvers
from relaysim.plan.plan import Plan
from relaysim.traffic.workload import Draws


def pack_draws(plan: Plan, draws: Draws) -> Arrays:
    """Return the draws of a replication as flat arrays.

    The last two arrays are the listings in force, which the watchers write.
    """
    index = np.array([plan.stream_index[name] for name in draws.streams], dtype=np.int64)
    bounds = np.searchsorted(draws.stream, np.arange(len(draws.streams) + 1))
    lists = np.zeros((len(plan.streams), 2), dtype=np.int64)
    lists[index, 0] = draws.first_recipient[bounds[:-1]]
    lists[index, 1] = draws.list_size
    sources = [
        {"stream": number, "host": plan.streams[number].host, "first": first, "last": last}
        for number, first, last in zip(index, bounds[:-1], bounds[1:], strict=True)
    ]
    # Domains without recipients, such as smart hosts, are not among the draws.
    extra = len(plan.domains) - len(draws.stage)
    domains, uses = np.nonzero(draws.uses)
    use_counts = np.bincount(domains, minlength=len(plan.domains))
    keeps = np.array([receiver.reputation is not None for receiver in plan.receivers])
    judges = keeps[list(plan.receiver_of)] | (use_counts > 0)
    greylists = np.concatenate((draws.greylists, np.zeros(extra, dtype=np.bool_)))
    watched = judges | greylists
    watched[draws.domain[draws.signal > 0]] = True
    watched[[queue.domain for queue in plan.queues if queue.relay >= 0]] = True
    junks = [
        (plan.unauthenticated and bool(receiver.requires)) or receiver.bulk_junk > 0
        for receiver in plan.receivers
    ]
    watched |= np.array(junks)[list(plan.receiver_of)]
    faulty = any(event.what == "resolver_fault" for event in plan.script)
    numbers = (len(plan.egress) + len(plan.registered_domains)) * PARTIES
    board = np.zeros((2, numbers * len(plan.blocklists)), dtype=np.int64)
    values = {
        **fields(
            draws,
            *("created", "size", "first_recipient", "domain", "key", "signal"),
            *("trap_recipient", "trap_operator"),
        ),
        "sources": sources,
        "lists": lists,
        "stage": [*draws.stage.tolist(), *[RCPT] * extra],
        "action": [*draws.action.tolist(), *[REJECT] * extra],
        "mirrors": [*draws.mirrors.tolist(), *[False] * extra],
        "greylists": greylists,
        "first_use": np.concatenate(([0], np.cumsum(use_counts))),
        "uses": uses,
        "judges": judges,
        "watched": watched,
        "resolvers": resolvers(plan, draws) if faulty else np.zeros(len(plan.domains), np.int64),
        "direct": board[0],
        "mirrored": board[1],
    }
    return arrays(DRAWS, values)
