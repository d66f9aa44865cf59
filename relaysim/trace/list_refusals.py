"""INV-8: no delivery to a domain that refuses on a list that has the IP, or the sender domain."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Status, Trace
from relaysim.traffic.workload import Draws

_GREETING, _SCORE = 0, 2
"""Values of `Draws.stage` and `Draws.action`."""
_FIRST = 3
"""The largest number of texts."""

Key = tuple[int, int, int, int]
"""Egress, registered domain (one of them -1), receiving domain, and the party of a listing."""


def check_list_refusals(trace: Trace, draws: Draws, scenario: Scenario) -> list[str]:
    """INV-8: no mail is delivered to a domain that refuses on a list with its IP or sender domain.

    A domain keeps the answer to its last DNSBL query for the time to live of the answer. So two
    things must hold: each answer is what was published at the time of the query (later by the delay
    of a mirror), and for each delivery the domain had an answer without a listing of the IP. If the
    domain refuses at the greeting, the attempt that opened the connection counts.
    """
    return [*_wrong_answers(trace, draws, scenario), *_listed_deliveries(trace, draws, scenario)][
        :_FIRST
    ]


def _wrong_answers(trace: Trace, draws: Draws, scenario: Scenario) -> Iterator[str]:
    """Yield a text for each answer to a DNSBL query that differs from what was published."""
    listings, lookups = trace.listings, trace.lookups
    delay = [scenario.blocklists[name].mirror_delay or 0 for name in sorted(scenario.blocklists)]
    listed_spans = defaultdict(list)
    columns: tuple[str, ...] = ("egress", "sender_domain", "blocklist", "start", "end", "against")
    for egress, sender, blocklist, start, end, against in zip(
        *(listings[name].tolist() for name in columns), strict=True
    ):
        until = trace.end + 1 if end < 0 else end
        listed_spans[egress, sender, against].append((blocklist, start, until))
    columns = ("egress", "sender_domain", "domain", "time", "listed", "against")
    rows = zip(*(lookups[name].tolist() for name in columns), strict=True)
    for row, (egress, sender, domain, time, listed, against) in enumerate(rows):
        late = bool(draws.mirrors[domain])
        since = [
            (start + late * delay[blocklist], end + late * delay[blocklist])
            for blocklist, start, end in listed_spans[egress, sender, against]
            if draws.uses[domain, blocklist]
        ]
        # At the tick of a change both answers are right: the trace does not say which came first.
        if listed and not any(start <= time <= end for start, end in since):
            yield f'lookups row {row}: answered "listed", which was not published'
        if not listed and any(start < time < end for start, end in since):
            yield f'lookups row {row}: answered "not listed", but the listing was published'


def _listed_deliveries(trace: Trace, draws: Draws, scenario: Scenario) -> Iterator[str]:
    """Yield a text for each delivery for which the domain had no answer without a listing."""
    lookups: dict[Key, list[tuple[int, int, int]]] = defaultdict(list)
    columns = ("egress", "sender_domain", "domain", "against", "time", "until", "listed")
    rows = zip(*(trace.lookups[name].tolist() for name in columns), strict=True)
    for egress, sender, domain, against, time, until, listed in rows:
        lookups[egress, sender, domain, against].append((time, until, listed))
    times = {key: [entry[0] for entry in entries] for key, entries in lookups.items()}
    for transaction, key, start, end in _deliveries(trace, draws, scenario):
        entries = lookups.get(key, [])
        # Answers overlap by no more than a tick, so only the last few before `end` matter.
        last = int(np.searchsorted(times.get(key, []), end, side="right"))
        clean = False
        for time, until, listed in reversed(entries[:last]):
            if max(until, time + 1) <= start:
                break
            if not listed:
                clean = True
                break
        if not clean:
            yield f"transactions row {transaction}: delivered without a clean answer of its domain"


def _deliveries(
    trace: Trace, draws: Draws, scenario: Scenario
) -> Iterator[tuple[int, Key, int, int]]:
    """Yield deliveries to domains that refuse: transaction, key of a query, start and end."""
    recipients, attempts, names = trace.recipients, trace.attempts, trace.names
    # The domain of the next hop answers; the next hop may be a smart host.
    hop = np.array(names.queue_domain, np.int64)
    by_ip = np.zeros(len(names.domains), bool)
    by_sender, greets = by_ip.copy(), by_ip.copy()
    known, refuses = len(draws.domains), (draws.action != _SCORE)[:, None]
    of_domains = np.array(
        [scenario.blocklists[n].lists == "domain" for n in names.blocklists], bool
    )
    by_ip[:known] = (draws.uses & refuses)[:, ~of_domains].any(axis=1)
    by_sender[:known] = (draws.uses & refuses)[:, of_domains].any(axis=1)
    greets[:known] = draws.stage == _GREETING
    guilty = culprits(scenario)
    # DSNs are not mail of a culprit: where listings are separate by party, DSNs are innocent.
    party = {
        i: 0 if scenario.coupling.listing else 2 if name in guilty else 1
        for i, name in enumerate(names.streams)
    }
    took = np.isin(recipients["status"], (Status.DELIVERED, Status.JUNKED)) & (
        recipients["transaction"] >= 0
    )
    done = np.zeros(len(trace.transactions), bool)
    done[recipients["transaction"][took]] = True
    last: dict[int, int] = {}
    ended = np.flatnonzero((attempts["end"] >= 0) & (attempts["egress"] >= 0))
    for row in ended[np.argsort(attempts["end"][ended], kind="stable")].tolist():
        last[int(attempts["transaction"][row])] = row
    for transaction in np.flatnonzero(done).tolist():
        row = last.get(transaction, -1)
        if row < 0:
            continue
        domain = int(hop[attempts["queue"][row]])
        stream = int(trace.messages["stream"][trace.transactions["message"][transaction]])
        start, end = int(attempts["start"][row]), int(attempts["end"][row])
        if by_ip[domain] and (not greets[domain] or attempts["opened"][row]):
            key = (int(attempts["egress"][row]), -1, domain, party[stream])
            yield transaction, key, start, end
        sender = names.stream_registered_domain[stream]
        if by_sender[domain] and sender >= 0:
            yield transaction, (-1, sender, domain, party[stream]), start, end
