"""A quantity: one number of a run that a study is about, such as `class.bulk.on_time`."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self

import numpy as np
import pandas as pd

from relaysim.mail.spelling import unknown
from relaysim.measure.metric_catalogue import BLAST_SCOPES, METRICS, SCOPES
from relaysim.renamed import METRICS as RENAMED
from relaysim.renamed import sentence
from relaysim.scenario.model import Scenario
from relaysim.stats.bootstrap import suited_estimates
from relaysim.stats.interval import CONFIDENCE, Estimates, Floats
from relaysim.stats.metric import Metric
from relaysim.stats.proportion import chances
from relaysim.stats.ratio_of_sums import linearized

ORDINARY = ("on_time", "latency_p50")
"""What is asked of each class unless something else is: both have a meaning in any scenario."""


class QuantityError(ValueError):
    """An unknown quantity; the message names the nearest."""


class Quantity(NamedTuple):
    """A metric of a subject of a scope; `str` writes it as `SCOPE.SUBJECT.METRIC`."""

    scope: str
    subject: str
    metric: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the quantity of a text: `SCOPE.SUBJECT.METRIC`, or `total.METRIC`.

        Subjects may have dots.

        Raises
        ------
        QuantityError
            If there is no such scope or metric.
        """
        scope, _, rest = text.strip().partition(".")
        subject, _, metric = rest.rpartition(".")
        # `total` has one subject of the same name, which may be left out.
        if scope == "total" and not subject:
            subject = "total"
        if scope not in SCOPES:
            raise _unknown(scope, "a scope (write SCOPE.SUBJECT.METRIC)", SCOPES)
        if not subject:
            raise QuantityError(f'"{text}" names no metric: write {scope}.SUBJECT.METRIC')
        metrics = SCOPES[scope][1] + BLAST_SCOPES.get(scope, ("", ()))[1]
        if metric in RENAMED:
            now = f"{scope}.{subject}.{RENAMED[metric]}"
            raise QuantityError(f"{sentence(metric, RENAMED)}: write {now}")
        if metric not in metrics:
            raise _unknown(metric, f"a metric of the scope {scope}", metrics)
        return cls(scope, subject, metric)

    @property
    def of(self) -> Metric:
        """The metric in the catalogue."""
        return METRICS[self.metric]

    @property
    def needs_blast(self) -> bool:
        """Whether the quantity needs coupled runs."""
        return self.metric in BLAST_SCOPES.get(self.scope, ("", ()))[1]

    def value(self, metrics: pd.DataFrame) -> float:
        """Return the value in the metrics of one replication; NaN if there is none."""
        chosen = (
            (metrics["metric"] == self.metric)
            & (metrics["subject"] == self.subject)
            & (metrics["scope"] == self.scope)
        )
        result = metrics.loc[chosen, "value"]
        return float(result.iloc[0]) if len(result) else np.nan

    def denominator(self, metrics: pd.DataFrame) -> float:
        """Return its denominator in the metrics of one replication, NaN where it has none."""
        return self._replace(metric=self.of.denominator).value(metrics)

    def row(self, seen: Sequence[tuple[float, float]]) -> Floats:
        """Return its (value, denominator) in each replication as values to be averaged.

        Returns
        -------
        array of float, shape (replications,)
            The values or, for a share with a denominator, `stats.ratio_of_sums.linearized` of them.
        """
        values, denominators = np.array(seen, np.float64).reshape(len(seen), 2).T
        return linearized(values[None], denominators[None]).ravel()

    def estimates(self, values: Floats, confidence: float = CONFIDENCE) -> Estimates:
        """Return the means of rows of values with their intervals, as in the frame `metrics`.

        Parameters
        ----------
        values : float array, shape (rows, replications)
            Values of the quantity. Values of a share with a denominator are those that `row`
            returns.
        confidence : float
            The confidence of the intervals.
        """
        return (chances if self.of.chance else suited_estimates)(values, confidence)

    def __str__(self) -> str:
        return ".".join(self[1:] if self.scope == self.subject else self)


def require_measured(quantity: Quantity, *metrics: pd.DataFrame) -> None:
    """Raise QuantityError if no metrics have the subject of a quantity.

    The message names the nearest.
    """
    subjects = {
        str(subject): None
        for frame in metrics
        for subject in frame.loc[frame["scope"] == quantity.scope, "subject"].unique()
    }
    if quantity.subject not in subjects:
        raise unknown_subject(quantity, subjects, len(metrics))


def unknown_subject(quantity: Quantity, known: Iterable[str], designs: int) -> QuantityError:
    """Return the error for a subject that no design has; the message names the nearest.

    Parameters
    ----------
    quantity : Quantity
        The quantity with the unknown subject.
    known : iterable of str
        The subjects of its scope.
    designs : int
        The number of designs.
    """
    designs_text = "this scenario" if designs == 1 else "any of the designs"
    article = "an" if quantity.scope == "egress" else "a"
    return _unknown(quantity.subject, f"{article} {quantity.scope} of {designs_text}", known)


def _unknown(value: str, noun: str, known: Iterable[str]) -> QuantityError:
    return QuantityError(str(unknown(value, noun, known)))


def ordinary(designs: Iterable[Scenario]) -> tuple[Quantity, ...]:
    """Return the quantities of each class of the designs that a study has by default."""
    classes = {
        stream.class_
        for design in designs
        for host in design.hosts.values()
        for stream in host.streams.values()
    }
    return tuple(Quantity("class", name, item) for name in sorted(classes) for item in ORDINARY)
