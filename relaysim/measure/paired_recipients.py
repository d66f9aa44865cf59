"""Paired recipients: those that two designs both delivered, with the latency in each.

Mail that is lost leaves the sample, and the remaining mail looks faster. So the mean latency and
its parts are compared over the recipients that both designs delivered or junked, and only over
them. Draws do not depend on the design, so a recipient is the same in both if stream, number and
recipient are.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Self

import numpy as np
import pandas as pd

from relaysim.measure.latency_metrics import ByLatency, Delivered, means, quantiles
from relaysim.measure.metric_catalogue import BOTH_DELIVERED, METRICS, PAIRED_LATENCY
from relaysim.measure.recipient_groups import groups
from relaysim.measure.recipients import DSN, Recipients
from relaysim.scenario.model import Scenario
from relaysim.trace.tables import Column, Names

PAIRED_SCOPES = ("total", "class", "stream", "destination")
"""Scopes whose subjects hold the same recipients in every design, which a hub or an IP does not."""


@dataclass(frozen=True)
class Sample:
    """The recipients of one run that count, without DSNs, and the names of its trace."""

    recipients: Recipients
    names: Names

    @classmethod
    def of(cls, recipients: Recipients, names: Names) -> Self:
        """Return the sample of the recipients of a trace."""
        return cls(recipients.where(recipients.counted & ~recipients.dsn), names)

    def among(self, streams: AbstractSet[str]) -> "Sample":
        """Return the part of the sample that belongs to some streams, by full name."""
        chosen = np.array([name in streams for name in self.names.streams], bool)
        if chosen[self.recipients.stream].all():
            return self
        return Sample(self.recipients.where(chosen[self.recipients.stream]), self.names)

    def keys(self, streams: tuple[str, ...]) -> tuple[Column, Column, Column]:
        """Return stream (by its place in `streams`), number and recipient of each recipient."""
        place = {name: i for i, name in enumerate(streams)}
        at = np.array([place.get(name, -1) for name in self.names.streams], np.int64)
        return at[self.recipients.stream], self.recipients.number, self.recipients.recipient


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
    both = (base.recipients.latency[base_rows] >= 0) & (other.recipients.latency[other_rows] >= 0)
    both &= base.recipients.judged[base_rows] & other.recipients.judged[other_rows]
    before, after = base.recipients.where(base_rows[both]), other.recipients.where(other_rows[both])
    samples = [(ByLatency.of(sample), Delivered.of(sample)) for sample in (before, after)]
    rows = []
    for group in groups(before, base.names, scenario):
        if group.scope not in PAIRED_SCOPES:
            continue
        subjects = len(group.subjects)
        chosen = group.of >= 0
        recipients = np.bincount(group.of[chosen], minlength=subjects).tolist()
        base_latency, other_latency = (
            quantiles(judged, group.of, subjects) | means(delivered, group.of, subjects)
            for judged, delivered in samples
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
        every = np.arange(len(base.recipients))
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
