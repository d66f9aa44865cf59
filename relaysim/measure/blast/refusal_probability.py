"""Reach: the probability that a new message of a stream would be refused, over time.

It depends on the published listings (later by the delay of a mirror), the policies of the domains,
and the blocks of mailbox providers; it does not depend on the mail that was sent, so it varies less
than counted refusals. It leaves out the caches of receivers, by which they see both the beginning
and the end of a listing late.
"""

from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np

from relaysim.mail.provider_state import State
from relaysim.mail.registered_domain import registered_domain
from relaysim.measure.blast.delivering_ips import Target, targets
from relaysim.measure.blast.incident_spans import OPEN, spans
from relaysim.measure.blast.innocent_mail import Floats, Innocents
from relaysim.measure.measured_window import HOUR, Window
from relaysim.measure.recipient_groups import INTERNAL
from relaysim.measure.recipients import streams
from relaysim.plan.names import Party
from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import Mask
from relaysim.trace.columns import Column
from relaysim.trace.tables import Names, Trace
from relaysim.traffic.list_policies import ACTIONS, STAGES
from relaysim.traffic.workload import Draws

REJECT, GREETING = ACTIONS.index("reject"), STAGES.index("greeting")
AGAINST_CULPRITS = 2


@dataclass(frozen=True)
class Reach:
    """The probability of a refusal for each innocent stream, as a step function of time.

    `refused[i]` holds from `times[i]` on, with one column for each stream. `outside` is the share
    of the recipients of the stream that are external.
    """

    streams: tuple[str, ...]
    times: Column
    refused: Floats
    outside: Floats

    @classmethod
    def of(cls, trace: Trace, scenario: Scenario, draws: Draws) -> Self:
        """Return the reach in one run with these draws."""
        guilty, names = culprits(scenario), trace.names
        innocents = tuple(name for name in draws.streams if name not in guilty)
        published = _Published(trace, scenario)
        refused = np.zeros((len(published.times), len(innocents)))
        for target in targets(scenario, draws, names):
            if target.stream in innocents:
                refused[:, innocents.index(target.stream)] += target.share * published.refused(
                    target, draws, names
                )
        known = streams(scenario)
        outside = np.array([1.0 - known[name].to.get(INTERNAL, 0.0) for name in innocents])
        return cls(innocents, published.times, refused, outside)

    def area(self, time: Column) -> Floats:
        """Return the integral from 0 to each time, in microseconds.

        One row a time, one column a stream.
        """
        spans = np.diff(self.times)[:, None] * self.refused[:-1]
        before = np.concatenate((np.zeros((1, len(self.streams))), np.cumsum(spans, axis=0)))
        # The first time is 0, so the row is never -1.
        row = np.searchsorted(self.times, time, "right") - 1
        area: Floats = before[row] + self.refused[row] * (time - self.times[row])[:, None]
        return area

    def hours(self, window: Window) -> Floats:
        """Return the integral over the window for each stream, in hours."""
        start, end = self.area(np.array([window.start, window.end], np.int64))
        return np.asarray((end - start) / HOUR)

    def by_hour(self, window: Window) -> tuple[Column, Floats]:
        """Return the edges of the hours in the window (microseconds), and the mean of each hour."""
        first, last = window.start // HOUR, -(-window.end // HOUR)
        edges = np.clip(np.arange(first, last + 1) * HOUR, window.start, window.end)
        return edges, np.diff(self.area(edges), axis=0) / np.diff(edges)[:, None]

    def expected(self, innocents: Innocents, window: Window) -> Floats:
        """Return the expected refused recipients of each stream, by the mail of each hour."""
        edges, mean = self.by_hour(window)
        internal = [name == INTERNAL for name in innocents.names.destinations]
        out = ~np.array(internal)[innocents.recipients.destination]
        place = {name: i for i, name in enumerate(self.streams)}
        of = np.array([place.get(name, -1) for name in innocents.names.streams], np.int64)
        stream = of[innocents.recipients.stream[out]]
        hour = np.searchsorted(edges, innocents.recipients.created[out], "right") - 1
        count = np.zeros(mean.shape)
        # `count[hour, stream] += 1` would count several recipients of one hour and stream once.
        np.add.at(count, (hour, stream), 1.0)
        # Reach is a share of all recipients of a stream; only external ones can be refused.
        share = np.divide(mean, self.outside, out=np.zeros(mean.shape), where=self.outside > 0)
        return np.asarray((count * share).sum(axis=0))


class _Published:
    """The published state of each public IP over time: `times` are the times of changes."""

    def __init__(self, trace: Trace, scenario: Scenario) -> None:
        rows = trace.listings
        chosen = rows["against"] != AGAINST_CULPRITS
        self.egress, self.blocklist = rows["egress"][chosen], rows["blocklist"][chosen]
        self.sender = rows["sender_domain"][chosen]
        self.of_domains = np.array(
            [scenario.blocklists[name].lists == "domain" for name in trace.names.blocklists], bool
        )
        self.lists = len(trace.names.blocklists)
        start, end = rows["start"][chosen], rows["end"][chosen]
        end = np.where(end >= 0, end, OPEN)
        delays = [scenario.blocklists[name].mirror_delay or 0 for name in trace.names.blocklists]
        late = np.array(delays, np.int64)[self.blocklist]
        self.spans = {False: (start, end), True: (start + late, end + late)}
        account, began, until, state = spans(trace)
        names = trace.names
        innocent = np.array(
            [party is not Party.CULPRITS for party in names.provider_state_party], bool
        )
        blocked = (state == State.BLOCK) & innocent[account]
        accounts = account[blocked].tolist()
        self.blocks = list(
            zip(
                [names.provider_state_destination[number] for number in accounts],
                [names.provider_state_egress[number] for number in accounts],
                [names.provider_state_sender[number] for number in accounts],
                began[blocked].tolist(),
                until[blocked].tolist(),
                strict=True,
            )
        )
        changes = [*self.spans[False], *self.spans[True], began[blocked], until[blocked]]
        times = np.unique(np.concatenate([np.zeros(1, np.int64), *changes]))
        # OPEN is no time of the run.
        self.times = times[times < OPEN]
        # Many targets share an IP and a sender.
        self.listed = cache(self._listed)

    def _listed(self, egress: int, sender: int, mirrored: bool) -> Mask:
        """Return [times, lists] whether IP or domain is on the list, at a mirror or at the source.

        `sender` is the registered domain, -1 for none.
        """
        start, end = self.spans[mirrored]
        on = np.zeros((len(self.times), self.lists), bool)
        of_sender = (self.sender == sender) & (sender >= 0)
        for row in np.flatnonzero((self.egress == egress) | of_sender):
            on[(self.times >= start[row]) & (self.times < end[row]), self.blocklist[row]] = True
        return on

    def refused(self, target: Target, draws: Draws, names: Names) -> Floats:
        """Return the share of the domains of a target that refuse its mail, from each time on."""
        rows = slice(target.domains.start, target.domains.stop)
        rejects = draws.action[rows] == REJECT
        uses = draws.uses[rows].copy()
        if target.skips_greeting:
            # Lists of domains are asked at MAIL FROM at the earliest.
            uses[draws.stage[rows] == GREETING] &= self.of_domains
        registered = registered_domain(target.sender)
        known = names.registered_domains
        sender = known.index(registered) if registered in known else -1
        share = np.zeros(len(self.times))
        policies = np.column_stack((draws.mirrors[rows], uses))[rejects]
        # A destination may have very many domains, but their policies are of few kinds.
        kinds, counts = np.unique(policies, axis=0, return_counts=True)
        for kind, count in zip(kinds, counts, strict=True):
            on = self.listed(target.egress, sender, bool(kind[0]))
            met = (on & kind[1:]).any(axis=1)
            share += met * (count / len(target.domains))
        for destination, egress, sender, start, end in self.blocks:
            if (destination, egress, sender) == (target.destination, target.egress, target.sender):
                # A provider that blocks refuses all its domains' mail, whatever the lists say.
                share[(self.times >= start) & (self.times < end)] = 1.0
        return share
