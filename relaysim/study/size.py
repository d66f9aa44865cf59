"""Size: the smallest value of a setting with which a design meets its targets."""

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from relaysim.measure.estimate import Estimate
from relaysim.measure.quantity import ask_there
from relaysim.measure.target import Target
from relaysim.study.jobs import Jobs, Progress, in_order
from relaysim.study.provenance import Provenance, now
from relaysim.study.replicate import Wanted, replicate, settled
from relaysim.study.store import Store
from relaysim.study.task import Task
from relaysim.study.vary import Vary, design, varied
from relaysim.study.warmup import settle

MET, MISSED, UNDECIDED = "met", "missed", "undecided"
FIRST, MOST = 5, 80
"""Replications of the first look at a value, and the most; each look has twice as many."""


class SizeError(Exception):
    """No value in the range meets the targets; the message has the evidence."""


@dataclass(frozen=True)
class Size:
    """The smallest value that meets all targets, and the evidence.

    `evidence` has one row for each value that was tried and each target: `value, target, mean, low,
    high, replications, verdict`, where the interval is that of the last look and the verdict is
    `met`, `missed` or `undecided`. `sure` is False if the next smaller value is undecided: it may
    do as well. `rising` says whether the values are numbers from the smallest to the largest; if
    not, the first in the order given takes the place of the smallest.
    """

    scenario: str
    path: str
    value: str
    sure: bool
    rising: bool
    targets: tuple[Target, ...]
    confidence: float
    evidence: pd.DataFrame = field(repr=False)
    provenance: Provenance


def size(
    file: str | os.PathLike[str],
    vary: Mapping[str, Iterable[Any]] | Vary,
    targets: Sequence[Target | str],
    *,
    confidence: float = 0.95,
    most: int = MOST,
    settings: Iterable[str] = (),
    seed: int | None = None,
    jobs: Jobs = None,
    store: Store | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> Size:
    """Bisect the values of one path, which go from the weakest design to the strongest.

    A value meets a target if a one-sided interval of the mean over replications keeps it, and
    misses it if the interval on the other side does not; else there are twice as many replications,
    up to `most`. The probability of error is shared evenly among looks and targets (Bonferroni), so
    that with the `confidence` a single verdict is right. All values see the same draws. That a
    stronger design does no worse is assumed. What stays undecided counts as missed. SizeError if no
    value does it, ValueError for numbers that make no sense.
    """
    started = now()
    (vary,) = varied(vary) if isinstance(vary, Mapping) else (vary,)
    asked = [Target.parse(each) if isinstance(each, str) else each for each in targets]
    if not asked:
        raise ValueError("a size takes at least one target")
    if not 0.5 <= confidence < 1.0:
        raise ValueError(f"a confidence of {confidence:g}: give one from 0.5 to below 1")
    if most < FIRST:
        raise ValueError(f"at most {most} replications of a value: give at least {FIRST}")
    settings = tuple(settings)
    designs = [design(Path(file), settings, {vary.path: value}) for value in vary.values]
    _, seed = settled(designs[0], None, seed)
    for each in designs[1:]:
        settled(each, None, seed)
    if designs[0].run.warm_up_auto:
        designs = [settle(each, seed=seed, jobs=jobs, store=store) for each in designs]
    looks = [min(FIRST * 2**look, most) for look in range(math.ceil(math.log2(most / FIRST)) + 1)]
    keep = Wanted(blast=any(target.quantity.needs_blast for target in asked))
    trials = _Trials(vary.values, asked, looks, 1.0 - confidence)

    def meets(at: int) -> bool:
        """Look at a value with more and more replications until all targets are decided."""
        done = 0
        for look in looks:
            tasks = [Task(replicate, designs[at], (i, seed, keep)) for i in range(done, look)]
            runs = in_order(tasks, jobs, store=store)
            verdict = trials.look(at, [run.metrics for run in runs])
            done = look
            if progress is not None:
                progress(trials.replications, trials.at_most())
            if verdict != UNDECIDED:
                break
        return verdict == MET

    low, high = -1, len(designs) - 1
    if not meets(high):
        raise SizeError(trials.failure(high))
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if meets(middle) else (middle, high)
    scenario = designs[high]
    return Size(
        scenario=scenario.name,
        path=vary.path,
        value=vary.values[high],
        sure=low < 0 or trials.verdict(low) == MISSED,
        rising=vary.rising,
        targets=tuple(asked),
        confidence=confidence,
        evidence=trials.frame(),
        provenance=Provenance.of([scenario], seed, max(trials.counts()), command, started),
    )


class _Trials:
    """What is known of the values that were tried."""

    def __init__(
        self,
        values: Sequence[str],
        targets: Sequence[Target],
        looks: Sequence[int],
        error: float,
    ) -> None:
        self.values, self.targets, self.most = values, targets, looks[-1]
        # An interval has two ends, and each verdict rests on one of them.
        self.confidence = 1.0 - 2.0 * error / (len(looks) * len(targets))
        self.seen: dict[int, list[list[float]]] = {}

    def look(self, at: int, metrics: Sequence[pd.DataFrame]) -> str:
        """Add replications of a value; the verdict on all targets together."""
        seen = self.seen.setdefault(at, [[] for _ in self.targets])
        for frame in metrics:
            for target, values in zip(self.targets, seen, strict=True):
                ask_there(target.quantity, frame)
                values.append(target.quantity.value(frame))
        return self.verdict(at)

    def verdict(self, at: int) -> str:
        """`met` if all targets are, `missed` if one is."""
        found = {self._verdict(at, number) for number in range(len(self.targets))}
        return MISSED if MISSED in found else UNDECIDED if UNDECIDED in found else MET

    def _verdict(self, at: int, number: int) -> str:
        holds = self.targets[number].verdict(self._estimate(at, number))
        return UNDECIDED if holds is None else MET if holds else MISSED

    def _estimate(self, at: int, number: int) -> Estimate:
        values = np.array([self.seen[at][number]])
        value, low, high, n = self.targets[number].quantity.estimates(values, self.confidence)
        return Estimate(float(value[0]), float(low[0]), float(high[0]), int(n[0]))

    def counts(self) -> list[int]:
        """The replications of each value that was tried."""
        return [len(values[0]) for values in self.seen.values()]

    @property
    def replications(self) -> int:
        """All of them."""
        return sum(self.counts())

    def at_most(self) -> int:
        """How many there would be if every look at each value of the bisection were needed."""
        left = math.ceil(math.log2(len(self.values))) + 1 - len(self.seen)
        return self.replications + max(0, left) * self.most

    def frame(self) -> pd.DataFrame:
        """The evidence, from the smallest value to the largest."""
        rows = []
        for at in sorted(self.seen):
            for number, target in enumerate(self.targets):
                found = self._estimate(at, number)
                key = (self.values[at], target.text)
                rows.append((*key, *found, self._verdict(at, number)))
        names = ("value", "target", "mean", "low", "high", "replications", "verdict")
        return pd.DataFrame(rows, columns=names)

    def failure(self, at: int) -> str:
        """Why not even the last value will do."""
        said = []
        for number, target in enumerate(self.targets):
            found, verdict = self._estimate(at, number), self._verdict(at, number)
            if verdict != MET:
                name, unit = f"{target.quantity}", target.quantity.of.unit
                said.append(
                    f"{name} is {found.value:.4g} {unit} ({found.low:.4g} to {found.high:.4g}, "
                    f"{found.n} replications), so {target.text} is {verdict}"
                )
        if self.verdict(at) == UNDECIDED:
            return (
                f"whether {self.values[at]}, the last value, meets the targets is undecided, and "
                f"more replications may decide it: {'; '.join(said)}"
            )
        return f"not even {self.values[at]} meets the targets: {'; '.join(said)}"
