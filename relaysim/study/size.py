"""Size: the smallest value of a setting with which a design reaches all targets."""

import math
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Unpack

import pandas as pd

from relaysim.analysis.listing_sources import listing_possible
from relaysim.measure.metric_catalogue import SKEWED_BY_LISTINGS
from relaysim.measure.quantity import require_measured
from relaysim.measure.subjects import require_known
from relaysim.measure.target import Target
from relaysim.scenario.own_profiles import Folder
from relaysim.scenario.problem import ScenarioError
from relaysim.study.design_files import DesignFiles
from relaysim.study.execution.execution import Execution, ExecutionOptions
from relaysim.study.execution.jobs import Progress
from relaysim.study.execution.provenance import Provenance
from relaysim.study.replicate import KeptOutput, replication_task
from relaysim.study.sampling import Sampling
from relaysim.study.target_verdict import MET, MISSED, NOT_DECIDED, Judgement
from relaysim.study.varied_values import Vary, require_not_set, varied
from relaysim.study.warm_up import settle

_JUDGED = ("created", "not_judged")
FIRST, MOST = 5, 80
"""Replications of the first look at a value, and the most; each look has twice as many."""


class SizeError(Exception):
    """No value in the range meets the targets; the message has the evidence."""


@dataclass(frozen=True)
class Size:
    """The smallest value that meets all targets, and the evidence.

    `evidence` has one row for each value that was tried and each target: `value, target, statistic,
    estimate, low, high, replications, without_value, replications_lost, share_not_judged, verdict`.
    `statistic` is `mean` or `median`, the statistic of the replications in `estimate`; the interval
    is that of the last look; `without_value` counts the replications without a value,
    `share_not_judged` is a share of the recipients of the target's subject, and the verdict is
    `met`, `missed` or `not decided`. `sure` is False if the next smaller value is not decided: it
    may meet the targets as well. `rising` is whether the values are numbers from the smallest to
    the largest; if not, the first in the order given takes the place of the smallest. `first` is
    whether it is the first of all values, so that no smaller value was tried.
    """

    scenario: str
    path: str
    value: str
    sure: bool
    rising: bool
    first: bool
    targets: tuple[Target, ...]
    confidence: float
    evidence: pd.DataFrame = field(repr=False)
    provenance: Provenance

    def facts(self) -> dict[str, Any]:
        """Return the answer."""
        return {"path": self.path, "value": self.value, "sure": self.sure}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the evidence."""
        return {"evidence": self.evidence}

    def large_tables(self) -> dict[str, pd.DataFrame]:
        """Return nothing: no frame is kept of a value."""
        return {}


def size(
    file: str | os.PathLike[str],
    vary: Mapping[str, Iterable[Any]] | Vary,
    targets: Sequence[Target | str] | str,
    *,
    confidence: float = 0.95,
    most: int = MOST,
    settings: Iterable[str] = (),
    profiles: Folder = None,
    seed: int | None = None,
    **execution: Unpack[ExecutionOptions],
) -> Size:
    """Find the smallest value of a path with which a design meets all targets, by bisection.

    Parameters
    ----------
    file
        A scenario file.
    vary
        One path and its values, from the weakest design to the strongest.
    targets
        Bounds for quantities, such as "class.bulk.on_time > 99 %".
    confidence
        The probability, from 0.5 to below 1, with which all verdicts are right.
    most
        The most replications of a value, at least 5.
    settings
        `path=value` for the design.
    profiles
        A folder of a user's own profiles, as for `load`.
    seed
        That of the scenario unless it is given. All values see the same draws.
    **execution
        `jobs`, `store`, `progress` and `command`; see `Execution`. No result depends on them.

    Returns
    -------
    Size
        The value and its evidence.

    Raises
    ------
    SizeError
        If no value meets the targets.
    ValueError
        For numbers out of range, or without a target.

    Notes
    -----
    A value meets a target if a one-sided interval of the mean over replications keeps it, and
    misses it if the interval on the other side does not; else there are twice as many replications,
    up to `most`. The answer gets as many in any case and has to meet the targets then too: a rare
    event may not have been seen before. The probability of error is shared evenly among looks,
    targets and the values that a bisection tries (Bonferroni). That a stronger design does no worse
    is assumed.

    Where a listing can happen, a target of a time that a listing skews is one of the median, by
    order statistics: no interval of the mean holds there. A time that is lost in a replication
    misses a target that is an upper bound. A value that misses a target in every replication misses
    it, if there are enough of them for the sign test.

    A value that is not decided counts as missed, and so does a value with which a run does not
    settle. A replication without a value keeps no target.
    """
    (one,) = varied(vary) if isinstance(vary, Mapping) else (vary,)
    return find_size(
        DesignFiles.of([file], settings, profiles),
        one,
        [targets] if isinstance(targets, str) else targets,
        Sampling(most, seed),
        Execution(**execution),
        confidence=confidence,
    )


def find_size(
    files: DesignFiles,
    vary: Vary,
    targets: Sequence[Target | str],
    sampling: Sampling,
    execution: Execution,
    *,
    confidence: float = 0.95,
) -> Size:
    """Find the smallest value that meets all targets; see `size`.

    The replications of the `sampling` are the most of a value.
    """
    bounds = [Target.parse(target) if isinstance(target, str) else target for target in targets]
    most = MOST if sampling.replications is None else sampling.replications
    if not bounds:
        raise ValueError("a size takes at least one target")
    if not 0.5 <= confidence < 1.0:
        raise ValueError(f"a confidence of {confidence:g}: give one from 0.5 to below 1")
    if most < FIRST:
        raise ValueError(f"at most {most} replications of a value: give at least {FIRST}")
    require_not_set(files.settings, [vary])
    designs = [design for value in vary.values for design in files.with_values({vary.path: value})]
    own_replications = replace(sampling, replications=None)
    _, seed = own_replications.resolved(designs)
    for target in bounds:
        require_known(target.quantity, designs)
    looks = [min(FIRST * 2**look, most) for look in range(math.ceil(math.log2(most / FIRST)) + 1)]
    keep = KeptOutput(blast=any(target.quantity.needs_blast for target in bounds))
    listings = any(map(listing_possible, designs))
    trials = _Trials(vary, bounds, looks, 1.0 - confidence, listings)

    def meets(at: int, to_the_end: bool = False) -> bool:
        """Return whether a value meets all targets; replications continue until that is decided."""
        try:
            settling = settle(designs[at], Sampling(None, seed), execution.with_progress(None))
        except ScenarioError as error:
            trials.unsettled(at, error)
            return False
        # A decided value needs no more looks, except the answer, which gets all of them.
        for look in looks:
            done = trials.replications_of(at)
            if done and trials.verdict(at) != NOT_DECIDED and not to_the_end:
                break
            tasks = [replication_task(settling, i, seed, keep) for i in range(done, look)]
            progress = trials.progress(execution.progress, look - done)
            runs = execution.with_progress(progress).results(tasks)
            trials.add(at, [run.metrics for run in runs])
        return trials.verdict(at) == MET

    # -1: no value below the first is known to miss. The largest value is tried first.
    low, high, last = -1, len(designs) - 1, len(designs) - 1
    met = meets(high)
    while met:
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if meets(middle) else (middle, high)
        if meets(high, to_the_end=True):
            break
        # More replications have refuted the answer: bisect again above it.
        low, high, met = high, last, high < last
    if not met:
        raise SizeError(trials.failure(last))
    scenario = designs[high]
    return Size(
        scenario=scenario.name,
        path=vary.path,
        value=vary.values[high],
        sure=low < 0 or trials.verdict(low) == MISSED,
        rising=vary.rising,
        first=low < 0,
        targets=tuple(bounds),
        confidence=confidence,
        evidence=trials.frame(),
        provenance=execution.provenance([scenario], max(trials.counts()), seed),
    )


class _Trials:
    """The results of the values that were tried."""

    def __init__(
        self,
        vary: Vary,
        targets: Sequence[Target],
        looks: Sequence[int],
        error: float,
        listings: bool,
    ) -> None:
        self.skewed = [
            listings and target.quantity.metric in SKEWED_BY_LISTINGS for target in targets
        ]
        self.values, self.rising, self.targets = vary.values, vary.rising, targets
        self.most = looks[-1]
        # A bisection tries at most so many values, and the error is shared among them.
        self.tried = math.ceil(math.log2(len(self.values))) + 1
        # An interval has two ends, and each verdict rests on one of them.
        self.confidence = 1.0 - 2.0 * error / (len(looks) * len(targets) * self.tried)
        self.seen: dict[int, list[list[tuple[float, float]]]] = {}
        """Value and denominator of each target in each replication of a value."""
        self.counted: dict[int, list[list[tuple[float, float]]]] = {}
        """Recipients created and not judged of each target's subject, likewise."""
        self.reasons: dict[int, str] = {}

    def unsettled(self, at: int, error: ScenarioError) -> None:
        """Note that a run with a value does not settle, and why."""
        self.seen[at] = [[] for _ in self.targets]
        self.counted[at] = [[] for _ in self.targets]
        self.reasons[at] = "; ".join(problem.message for problem in error.problems)

    def add(self, at: int, metrics: Sequence[pd.DataFrame]) -> None:
        """Add replications of a value."""
        seen = self.seen.setdefault(at, [[] for _ in self.targets])
        counted = self.counted.setdefault(at, [[] for _ in self.targets])
        for frame in metrics:
            for target, values, counts in zip(self.targets, seen, counted, strict=True):
                of = target.quantity
                require_measured(of, frame)
                values.append((of.value(frame), of.denominator(frame)))
                created, left = (of._replace(metric=metric).value(frame) for metric in _JUDGED)
                counts.append((created, left))

    def verdict(self, at: int) -> str:
        """Return `met` if all targets are, `missed` if one is."""
        verdicts = {self.judged(at, number).verdict for number in range(len(self.targets))}
        return MISSED if MISSED in verdicts else NOT_DECIDED if NOT_DECIDED in verdicts else MET

    def judged(self, at: int, number: int) -> Judgement:
        """Return the judgement of a value and a target."""
        target = self.targets[number]
        row = target.quantity.row(self.seen[at][number])
        return Judgement(target, row, self.confidence, self.skewed[number])

    def _not_judged(self, at: int, number: int) -> float:
        """Return the share of the recipients of a target's subject that are not judged.

        Else NaN.
        """
        counts = self.counted[at][number]
        created = sum(count for count, _ in counts)
        return sum(left for _, left in counts) / created if created > 0 else math.nan

    def replications_of(self, at: int) -> int:
        """Return how many replications there are of a value."""
        return len(self.seen.get(at, [[]])[0])

    def counts(self) -> list[int]:
        """Return the replications of each value that was tried."""
        return [len(values[0]) for values in self.seen.values()]

    @property
    def replications(self) -> int:
        """Return the number of all replications."""
        return sum(self.counts())

    def progress(self, progress: Progress | None, more: int) -> Progress | None:
        """Return the progress through all replications, as far as their number can be known.

        As if one look at each value were enough, and all of them at the answer.
        """
        done = self.replications
        values = max(0, self.tried - len(self.seen) - 1)
        rest = max(0, self.most - max([more, *self.counts()]))
        if progress is None:
            return None
        return lambda now, _: progress(done + now, done + more + values * FIRST + rest)

    def frame(self) -> pd.DataFrame:
        """Return the evidence, from the smallest value to the largest."""
        rows = []
        for at in sorted(self.seen):
            for number, target in enumerate(self.targets):
                judged, count = self.judged(at, number), self.replications_of(at)
                *interval, n = judged.estimate
                facts = self.values[at], target.text, judged.statistic
                counts = count, count - n, judged.lost, self._not_judged(at, number)
                rows.append((*facts, *interval, *counts, judged.verdict))
        names = (
            *("value", "target", "statistic", "estimate", "low", "high"),
            *("replications", "without_value", "replications_lost", "share_not_judged", "verdict"),
        )
        return pd.DataFrame(rows, columns=list(names))

    def failure(self, at: int) -> str:
        """Return why not even the last value meets the targets."""
        order = "" if self.rising else " (values go from the weakest to the strongest)"
        name = f"{self.values[at]}, the last value{order},"
        if at in self.reasons:
            return f"not even {name} meets the targets: {self.reasons[at]}"
        judged = [self.judged(at, number) for number in range(len(self.targets))]
        reasons = [str(judgement) for judgement in judged if judgement.verdict != MET]
        if self.verdict(at) == NOT_DECIDED:
            return (
                f"whether {name} meets the targets is not decided, and more replications may "
                f"decide it: {'; '.join(reasons)}"
            )
        return f"not even {name} meets the targets: {'; '.join(reasons)}"
