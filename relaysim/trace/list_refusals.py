"""INV-8: nobody delivers to a domain that sees the sender on a list that it refuses on."""

from collections import defaultdict
from collections.abc import Iterator

import numpy as np

from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Status, Trace
from relaysim.traffic.workload import Draws

_GREETING, _SCORE = 0, 2
_FIRST = 3

Key = tuple[int, int, int]
"""Egress, domain, against."""


def inv_8(trace: Trace, draws: Draws, scenario: Scenario) -> list[str]:
    """No recipient is delivered from an IP to a domain that refuses on a list with the IP.

    What a domain sees is what it was told when it last asked, for as long as it believes that. So
    two things must hold: each answer is what was published at that moment (later by the delay of
    a mirror), and each delivery had an answer to go by that did not have the IP on a list. A
    connection that the greeting let in is judged by the attempt that opened it.
    """
    return [*_wrong_answers(trace, draws, scenario), *_in_spite(trace, draws, scenario)][:_FIRST]


def _wrong_answers(trace: Trace, draws: Draws, scenario: Scenario) -> Iterator[str]:
    listings, lookups = trace.listings, trace.lookups
    delay = [scenario.blocklists[name].mirror_delay or 0 for name in sorted(scenario.blocklists)]
    spells = defaultdict(list)
    for egress, blocklist, start, end, against in zip(
        *(listings[name].tolist() for name in ("egress", "blocklist", "start", "end", "against")),
        strict=True,
    ):
        spells[egress, against].append((blocklist, start, trace.end + 1 if end < 0 else end))
    columns = ("egress", "domain", "time", "listed", "against")
    rows = zip(*(lookups[name].tolist() for name in columns), strict=True)
    for row, (egress, domain, time, listed, against) in enumerate(rows):
        late = bool(draws.mirrors[domain])
        since = [
            (start + late * delay[blocklist], end + late * delay[blocklist])
            for blocklist, start, end in spells[egress, against]
            if draws.uses[domain, blocklist]
        ]
        # At the tick of a change both answers are right: the trace does not say which came first.
        if listed and not any(start <= time <= end for start, end in since):
            yield f"lookups row {row}: told that it is listed, which was not published"
        if not listed and any(start < time < end for start, end in since):
            yield f"lookups row {row}: told that it is not listed, which was published"


def _in_spite(trace: Trace, draws: Draws, scenario: Scenario) -> Iterator[str]:
    lookups: dict[Key, list[tuple[int, int, int]]] = defaultdict(list)
    columns = ("egress", "domain", "against", "time", "until", "listed")
    rows = zip(*(trace.lookups[name].tolist() for name in columns), strict=True)
    for egress, domain, against, time, until, listed in rows:
        lookups[egress, domain, against].append((time, until, listed))
    times = {key: [entry[0] for entry in entries] for key, entries in lookups.items()}
    for transaction, key, start, end in _deliveries(trace, draws, scenario):
        entries = lookups.get(key, [])
        # Answers overlap by no more than a tick, so only the last few before `end` matter.
        last = int(np.searchsorted(times.get(key, []), end, side="right"))
        fine = False
        for time, until, listed in reversed(entries[:last]):
            if max(until, time + 1) <= start:
                break
            if not listed:
                fine = True
                break
        if not fine:
            yield f"transactions row {transaction}: delivered without a clean answer of its domain"


def _deliveries(
    trace: Trace, draws: Draws, scenario: Scenario
) -> Iterator[tuple[int, Key, int, int]]:
    """Deliveries to domains that refuse: transaction, who asked about whom, start and end."""
    recipients, attempts, names = trace.recipients, trace.attempts, trace.names
    # The domain that answers is that of the next hop, which may be a smart host.
    hop = np.array(names.queue_domain, np.int64)
    refuses = np.zeros(len(names.domains), bool)
    greets = np.zeros(len(names.domains), bool)
    known = len(draws.domains)
    refuses[:known] = draws.uses.any(axis=1) & (draws.action != _SCORE)
    greets[:known] = draws.stage == _GREETING
    guilty = culprits(scenario)
    # DSNs are no culprit's mail: with the listings of the two kinds apart they count as innocent.
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
        if not refuses[domain] or (greets[domain] and not attempts["opened"][row]):
            continue
        stream = int(trace.messages["stream"][trace.transactions["message"][transaction]])
        key = (int(attempts["egress"][row]), domain, party[stream])
        yield transaction, key, int(attempts["start"][row]), int(attempts["end"][row])
