"""Comparisons: designs against a base on the same draws, copy by copy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from relaysim.engine.invariants import Violation
from relaysim.mail.spelling import look_up
from relaysim.measure.blast.series import BlastSeries
from relaysim.measure.catalogue import LATENCY_METRICS, METRICS, SKEWED_BY_LISTINGS, Matters
from relaysim.measure.copies import streams
from relaysim.measure.estimate import (
    EQUAL,
    UNDECIDED,
    Estimate,
    Estimates,
    Floats,
    equal_rows,
    estimates,
    narrowing,
    verdict,
)
from relaysim.measure.needed import chances_needed, needed
from relaysim.measure.pairs import paired
from relaysim.measure.series import Series
from relaysim.measure.several import confidence_of, differences
from relaysim.scenario.culprit import culprits
from relaysim.scenario.listing_sources import listing_possible
from relaysim.scenario.model import Scenario
from relaysim.study.isolation import gain
from relaysim.study.jobs import Jobs, Progress, in_order
from relaysim.study.medians import MEDIANS, by_median, median_columns, more_for_median
from relaysim.study.provenance import Provenance, now
from relaysim.study.replicate import (
    Replication,
    RunResult,
    Wanted,
    numbered,
    replicate,
    settled,
)
from relaysim.study.stack import KEY, Stack
from relaysim.study.store import Store
from relaysim.study.task import Task
from relaysim.study.warmup import settle_all


@dataclass(frozen=True)
class Comparison:
    """Designs and how they differ from the base, the first; columns stand in `measure.columns`.

    `metrics` is about all that each design carries, `comparisons` about `streams`: those that a
    design, by its name, has in common with the base. `series` is what figures draw, by the name of
    the design, and `blast` what they draw of the blast radius, for designs with a culprit, unless
    it was not wanted. `violations` are (scenario, replication, what is broken).
    """

    scenarios: tuple[Scenario, ...]
    streams: Mapping[str, frozenset[str]] = field(repr=False)
    seed: int
    replications: int
    metrics: pd.DataFrame = field(repr=False)
    comparisons: pd.DataFrame = field(repr=False)
    per_replication: pd.DataFrame = field(repr=False)
    series: Mapping[str, Series] = field(repr=False)
    blast: Mapping[str, BlastSeries] = field(repr=False)
    violations: list[tuple[str, int, Violation]]
    provenance: Provenance

    def run(self, name: str) -> RunResult:
        """The run of one design, for what is drawn and told of a run; nothing is simulated again.

        ValueError for the name of no design.
        """
        design = look_up({each.name: each for each in self.scenarios}, name, "a design")
        origins = tuple(each for each in self.provenance.scenarios if each[0] == name)
        return RunResult(
            scenario=design,
            seed=self.seed,
            replications=self.replications,
            metrics=_of(name, self.metrics),
            per_replication=_of(name, self.per_replication),
            series=self.series[name],
            violations=[(number, found) for of, number, found in self.violations if of == name],
            provenance=replace(self.provenance, scenarios=origins),
        )


def _of(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    return frame[frame["scenario"] == name].reset_index(drop=True)


def compare(
    base: Scenario,
    *others: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    progress: Progress | None = None,
    jobs: Jobs = None,
    store: Store | None = None,
    check_invariants: bool = False,
    blast: bool = True,
    matters: Mapping[str, Matters] | None = None,
    command: str = "",
) -> Comparison:
    """Run a base and other designs on the same draws, and compare each with the base.

    `replications` and `seed` are the base's own unless given; `jobs`, `progress` and `command` are
    those of `run`. `matters` replaces the smallest difference that matters of some metrics. Latency
    is compared over the copies that both delivered. The more designs, the wider each interval, so
    that the verdicts on one metric of one subject hold together: `measure.several`. A design with a
    culprit is run three times for its blast radius, unless `blast` is false. ValueError if there is
    nothing to compare, if two designs have one name, or if a metric is not known.
    """
    started = now()
    replications, seed = settled(base, replications, seed)
    matters = dict(matters or {})
    for other in others:
        settled(other, replications, seed)
    settled_designs = settle_all((base, *others), replications, seed, jobs=jobs, store=store)
    designs = tuple(settled_designs)
    base, others = designs[0], designs[1:]
    ask_sense(designs, matters)
    shared = [frozenset(streams(base)) & frozenset(streams(other)) for other in others]
    guilty = frozenset().union(*map(culprits, designs))
    wish = Wanted(violations=check_invariants, blast=blast, guilty=guilty)
    wanted = [replace(wish, among=tuple(dict.fromkeys(shared)))]
    wanted += [replace(wish, among=(some,)) for some in shared]
    calls = [
        Task(replicate, design, (replication, seed, wish))
        for replication in range(replications)
        for design, wish in zip(designs, wanted, strict=True)
    ]
    kept: list[list[Replication]] = [[] for _ in designs]
    pairs: list[list[pd.DataFrame]] = [[] for _ in others]
    for number, run in enumerate(in_order(calls, jobs, progress, store)):
        design = number % len(designs)
        if design == 0:
            against = run.sample
        elif against is not None and run.sample is not None:
            some = shared[design - 1]
            found = paired(against.among(some), run.sample.among(some), base)
            pairs[design - 1].append(found)
        # Samples are large: none is kept beyond its replication.
        kept[design].append(_without_sample(run))
    measured = [[run.metrics for run in runs] for runs in kept]
    return Comparison(
        scenarios=designs,
        streams={other.name: some for other, some in zip(others, shared, strict=True)},
        seed=seed,
        replications=replications,
        metrics=pd.concat(
            [
                Stack.of(m).metrics(d.name, listing_possible(d))
                for d, m in zip(designs, measured, strict=True)
            ],
            ignore_index=True,
        ),
        comparisons=pd.concat(
            [
                _compared(
                    base.name,
                    other.name,
                    Stack.of([run.among[some] for run in kept[0]]),
                    Stack.of([run.among[some] for run in kept[1 + i]]),
                    pairs[i],
                    matters,
                    confidence_of(len(others)),
                    listing_possible(base) or listing_possible(other),
                )
                for i, (other, some) in enumerate(zip(others, shared, strict=True))
            ],
            ignore_index=True,
        ),
        per_replication=pd.concat(
            [numbered(d.name, m) for d, m in zip(designs, measured, strict=True)],
            ignore_index=True,
        ),
        series={
            design.name: Series.mean([run.series for run in runs])
            for design, runs in zip(designs, kept, strict=True)
        },
        blast={
            design.name: BlastSeries.mean([run.blast.series for run in runs if run.blast])
            for design, runs in zip(designs, kept, strict=True)
            if any(run.blast for run in runs)
        },
        violations=[
            (design.name, i, found)
            for design, runs in zip(designs, kept, strict=True)
            for i, run in enumerate(runs)
            for found in run.violations
        ],
        provenance=Provenance.of(designs, seed, replications, command, started),
    )


def ask_sense(designs: Sequence[Scenario], matters: Mapping[str, Matters]) -> None:
    """ValueError if the designs cannot be told apart, or have not the same time to compare."""
    base, *others = designs
    if not others:
        raise ValueError("a comparison takes a base and at least one other design")
    names = [design.name for design in designs]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ValueError(f"two designs have the name {', '.join(twice)}: names tell them apart")
    for other in others:
        for key in _SAME_RUN:
            if getattr(base.run, key) != getattr(other.run, key):
                raise ValueError(
                    f"run.{key} of {other.name} is not that of {base.name}: designs are compared "
                    "over the same time and mail"
                )
    unknown = sorted(set(matters) - set(METRICS))
    if unknown:
        raise ValueError(f"no such metric: {', '.join(unknown)}")


_SAME_RUN = ("start", "duration", "warm_up", "scale", "bad_day_below")
"""What of a run decides which mail there is, which of it counts, and which days are bad."""


def _compared(
    base: str,
    name: str,
    ours: Stack,
    theirs: Stack,
    pairs: Sequence[pd.DataFrame],
    matters: Mapping[str, Matters],
    confidence: float,
    listings: bool,
) -> pd.DataFrame:
    """The rows of one design: metrics that both have, latency over the copies that both delivered.

    A hub or a public IP carries other copies in every design, so their latencies are not compared.
    Where `listings` can happen, times that a listing skews are judged by the median of the paired
    differences.
    """
    before, after, many = (Stack.of(pairs, column) for column in ("base", "value", "copies"))
    index = ours.index()
    late = index.get_level_values("metric").isin(LATENCY_METRICS)
    kept = index.isin(theirs.index()) & (~late | index.isin(before.index()))
    index, late, keys = index[kept], late[kept], ours.keys[kept].reset_index(drop=True)
    was = np.where(late[:, None], before.rows(index), ours.rows(index))
    now_is = np.where(late[:, None], after.rows(index), theirs.rows(index))
    equal = equal_rows(was, now_is)
    both = ~(np.isnan(was) | np.isnan(now_is))
    was, now_is = np.where(both, was, np.nan), np.where(both, now_is, np.nan)

    value, base_value = estimates(now_is).value, estimates(was).value
    chance = ours.chance[kept]
    difference = differences(chance, was, now_is, confidence)
    skewed = keys["metric"].isin(SKEWED_BY_LISTINGS).to_numpy() & listings
    judged = by_median(difference, now_is - was, skewed, equal, confidence)
    names = keys["metric"].tolist()
    frame = keys[KEY].copy()
    frame.insert(0, "scenario", name)
    frame.insert(1, "base", base)
    frame["value"] = value
    frame["difference"], n = difference.value, difference.n
    frame["difference_low"], frame["difference_high"] = judged.low, judged.high
    frame["confidence"] = confidence
    verdicts = _verdicts(names, base_value, judged, matters)
    frame["verdict"] = np.where(equal, EQUAL, verdicts)
    least = _least(names, base_value, matters)
    more = needed(difference, least, was.shape[1], confidence)
    more[chance] = chances_needed(was[chance], now_is[chance], least[chance], confidence)
    more[skewed] = more_for_median(now_is[skewed] - was[skewed], least[skewed], confidence)
    frame["replications_needed"] = np.where(frame["verdict"] == UNDECIDED, more, np.nan)
    frame["narrowing"] = narrowing(was, now_is)
    frame["copies"] = np.where(late, many.rows(index).mean(axis=1), np.nan)
    frame["unit"], frame["replications"] = keys["unit"], n
    frame = frame.assign(**median_columns(was, now_is, skewed))
    harm = np.flatnonzero(index == ("total", "total", "blast_reputation"))
    if not len(harm):
        return frame
    isolation = gain(was[harm[0]], now_is[harm[0]], confidence)
    row = _isolation(isolation, was.shape[1], matters, confidence)
    return pd.concat([frame, pd.DataFrame([{"scenario": name, "base": base, **row}])])


def _isolation(
    found: Estimate, replications: int, matters: Mapping[str, Matters], confidence: float
) -> dict[str, object]:
    """The isolation gain as a row: that of the base over itself is nothing."""
    metric = METRICS["isolation_gain"]
    said = verdict(metric, 0.0, found, matters.get(metric.name))
    if found[:3] == (0.0, 0.0, 0.0):
        said = EQUAL  # both ends are 0 only if both designs have the same harm
    each = Estimates(*(np.array([part]) for part in found))
    more = needed(each, _least([metric.name], np.zeros(1), matters), replications, confidence)
    return {
        "scope": "total",
        "subject": "total",
        "metric": metric.name,
        "value": found.value,
        "difference": found.value,
        "difference_low": found.low,
        "difference_high": found.high,
        "confidence": confidence,
        "verdict": said,
        "replications_needed": float(more[0]) if said == UNDECIDED else np.nan,
        "narrowing": np.nan,
        "copies": np.nan,
        "unit": metric.unit,
        "replications": found.n,
        **dict.fromkeys(MEDIANS, np.nan),
    }


def _verdicts(
    names: Sequence[str], base: Floats, difference: Estimates, matters: Mapping[str, Matters]
) -> list[str]:
    rows = zip(names, base.tolist(), *(part.tolist() for part in difference), strict=True)
    return [
        verdict(METRICS[name], was, Estimate(*estimate), matters.get(name))
        for name, was, *estimate in rows
    ]


def _least(names: Sequence[str], base: Floats, matters: Mapping[str, Matters]) -> Floats:
    """The smallest differences that matter."""
    rows = zip(names, base.tolist(), strict=True)
    return np.array([(matters.get(name) or METRICS[name].matters).of(was) for name, was in rows])


def _without_sample(run: Replication) -> Replication:
    return replace(run, sample=None)
