"""Paired recipients: those that two designs both delivered, with the latency in each.

Mail that is lost leaves the sample, and the remaining mail looks faster. So the mean latency and
its parts are compared over the recipients that both designs delivered or junked, and only over
them. Draws do not depend on the design, so a recipient is the same in both if stream, number and
recipient are.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields
from typing import NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from relaysim.measure.latency_metrics import ByLatency, Delivered, means, quantiles
from relaysim.measure.metric_catalogue import BOTH_DELIVERED, METRICS, PAIRED_LATENCY
from relaysim.measure.recipient_groups import mail_groups
from relaysim.measure.recipients import DSN, Recipients
from relaysim.scenario.model import Scenario
from relaysim.trace.columns import Column
from relaysim.trace.tables import Names

PAIRED_SCOPES = ("total", "class", "stream", "destination")
"""Scopes whose subjects hold the same recipients in every design, which a hub or an IP does not."""
Small = npt.NDArray[np.int32]
"""Numbers that need no 64 bits: samples go from process to process, and into the store."""


class Wait(NamedTuple):
    """A part of the latency where it is not 0: most recipients have few of the waits."""

    rows: Small
    time: Column
    """Microseconds."""


@dataclass(frozen=True)
class Sample:
    """The recipients of a run that were delivered or junked, and that count for the latency.

    DSNs are left out. `stream` and `destination` are indexes into `names`. `latency` is in
    microseconds; `waits` has its parts by the names of their means.
    """

    names: Names
    stream: Small
    number: Small
    recipient: Small
    destination: Small
    latency: Column
    waits: dict[str, Wait]

    @classmethod
    def of(cls, recipients: Recipients, names: Names) -> Self:
        """Return the sample of the recipients of a trace."""
        chosen = recipients.counted & ~recipients.dsn & recipients.judged
        delivered = recipients.where(chosen & (recipients.latency >= 0))
        return cls(
            names,
            stream=delivered.stream.astype(np.int32),
            number=delivered.number.astype(np.int32),
            recipient=delivered.recipient.astype(np.int32),
            destination=delivered.destination.astype(np.int32),
            latency=delivered.latency,
            waits={
                name: Wait(rows.astype(np.int32), time.astype(np.int64))
                for name, (rows, time) in Delivered.of(delivered).times.items()
                if name != "latency_mean"
            },
        )

    def __len__(self) -> int:
        return len(self.stream)

    def among(self, streams: AbstractSet[str]) -> "Sample":
        """Return the part of the sample that belongs to some streams, by full name."""
        chosen = np.array([name in streams for name in self.names.streams], bool)[self.stream]
        return self if chosen.all() else self.where(np.flatnonzero(chosen))

    def where(self, rows: Column) -> "Sample":
        """Return the recipients of some rows, in their order."""
        if np.array_equal(rows, np.arange(len(self))):
            return self
        place = np.full(len(self), -1, np.int64)
        place[rows] = np.arange(len(rows))
        waits = {}
        for name, wait in self.waits.items():
            at = place[wait.rows]
            # In the order of the recipients, so that a mean does not depend on the other rows.
            order = np.argsort(at, kind="stable")[np.count_nonzero(at < 0) :]
            waits[name] = Wait(at[order].astype(np.int32), wait.time[order])
        columns = (field.name for field in fields(self) if field.name not in ("names", "waits"))
        return Sample(
            self.names, **{name: getattr(self, name)[rows] for name in columns}, waits=waits
        )

    def keys(self, streams: tuple[str, ...]) -> tuple[Column, Column, Column]:
        """Return stream (by its place in `streams`), number and recipient of each recipient."""
        place = {name: i for i, name in enumerate(streams)}
        at = np.array([place.get(name, -1) for name in self.names.streams], np.int64)
        return at[self.stream], self.number.astype(np.int64), self.recipient.astype(np.int64)

    def latencies(self) -> tuple[ByLatency, Delivered]:
        """Return the latencies in order, and with their parts."""
        rows, latency = np.arange(len(self)), self.latency.astype(np.float64)
        times = {"latency_mean": (rows, latency)} | {
            name: (wait.rows.astype(np.int64), wait.time.astype(np.float64))
            for name, wait in self.waits.items()
        }
        return ByLatency.sorted(rows, latency), Delivered(np.ones_like(rows), times)


def paired(base: Sample, other: Sample, scenario: Scenario) -> pd.DataFrame:
    """Return the mean latency and its parts over recipients that both designs delivered or junked.

    Parameters
    ----------
    base, other : Sample
        The samples of two designs with the same streams (`Sample.among`).
    scenario : Scenario
        The base; recipients count under the subjects that they have in it.

    Returns
    -------
    pandas.DataFrame
        Columns `scope, subject, metric, base, value, recipients, unit`; seconds. Metrics end in
        `_both_delivered`.
    """
    base_rows, other_rows = _same(base, other)
    before, after = base.where(base_rows), other.where(other_rows)
    latencies = before.latencies(), after.latencies()
    rows = []
    mail = np.ones(len(before), bool)
    for group in mail_groups(before.stream, before.destination, mail, before.names, scenario):
        subjects = len(group.subjects)
        chosen = group.of >= 0
        recipients = np.bincount(group.of[chosen], minlength=subjects).tolist()
        base_latency, other_latency = (
            quantiles(judged, group.of, subjects) | means(delivered, group.of, subjects)
            for judged, delivered in latencies
        )
        rows += [
            (
                group.scope,
                subject,
                f"{name}{BOTH_DELIVERED}",
                base_latency[name][i],
                other_latency[name][i],
                recipients[i],
                METRICS[name].unit,
            )
            for i, subject in enumerate(group.subjects)
            if subject != DSN
            for name in PAIRED_LATENCY
        ]
    columns = ["scope", "subject", "metric", "base", "value", "recipients", "unit"]
    return pd.DataFrame(rows, columns=columns)


def _same(base: Sample, other: Sample) -> tuple[Column, Column]:
    """Return the rows of the recipients that are in both samples, pair by pair."""
    base_keys, other_keys = base.keys(base.names.streams), other.keys(base.names.streams)
    # The usual case, without the cost of a sort.
    if all(np.array_equal(a, b) for a, b in zip(base_keys, other_keys, strict=True)):
        every = np.arange(len(base))
        return every, every
    # One integer for (stream, number, recipient); both sides need the same multipliers.
    numbers = 1 + max(int(part[1].max(initial=0)) for part in (base_keys, other_keys))
    recipients = 1 + max(int(part[2].max(initial=0)) for part in (base_keys, other_keys))
    one, two = (
        (stream * numbers + number) * recipients + recipient
        for stream, number, recipient in (base_keys, other_keys)
    )
    _, in_base, in_other = np.intersect1d(one, two, assume_unique=True, return_indices=True)
    return in_base, in_other
