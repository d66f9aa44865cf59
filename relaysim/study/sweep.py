"""Sweep: the results of designs over values of a scenario."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Unpack

import numpy as np
import pandas as pd

from relaysim.analysis.listing_sources import listing_possible
from relaysim.mail.spelling import unknown
from relaysim.measure.metric_catalogue import SKEWED_BY_LISTINGS
from relaysim.measure.quantity import Quantity, ordinary, require_measured
from relaysim.measure.subjects import require_known
from relaysim.measure.target import Target
from relaysim.renamed import OldAttributes
from relaysim.scenario.own_profiles import Folder
from relaysim.stats.interval import (
    CONFIDENCE,
    Floats,
    equal_rows,
    estimates,
    reverse,
    without_interval,
)
from relaysim.stats.lost_values import minus
from relaysim.stats.median import middle
from relaysim.stats.possible_range import difference_within_range
from relaysim.stats.ratio_of_sums import linearized_pair
from relaysim.stats.several_designs import differences
from relaysim.study.break_even import Limit, break_even, limit, limit_table
from relaysim.study.design_files import DesignFiles
from relaysim.study.execution.execution import Execution, ExecutionOptions
from relaysim.study.execution.provenance import Provenance
from relaysim.study.replicate import KeptOutput, Replication, replication_task
from relaysim.study.sampling import Sampling
from relaysim.study.stacked_metrics import KEY, Stack
from relaysim.study.varied_values import Vary, grid, number, require_not_set, varied
from relaysim.study.warm_up import settle_all


class SweepError(ValueError):
    """A sweep that is not possible, with the reason."""


COMPARED = (
    *("scenario", "base", *KEY),
    *("difference", "low", "high", "median", "least", "most", "unit", "replications"),
)
"""The columns of `comparisons` after the parameters."""
Point = tuple[str, ...]
"""The value of each parameter, as it was written."""


@dataclass(frozen=True)
class Sweep(OldAttributes):
    """The result of a sweep.

    `parameters` are the `varied` paths. `points` has one row for each point and design: the
    parameters, `scenario`, and for each of the `quantities` its mean under its name, the ends of
    its 95 % interval under `NAME low` and `NAME high` (absent for times that a listing skews, where
    one can happen), and `NAME median`, `NAME least` and `NAME most`. `metrics` and `comparisons`
    have all metrics, one row each, with the parameters as first columns; a comparison pairs
    replications of a design with those of the first design at the same point, each over its own
    mail. `values` has the quantities by (point, design), shape (quantities, replications), as
    `Quantity.row` returns them. `limits` has the limit of each target, design by design.
    """

    scenarios: tuple[str, ...]
    varied: tuple[Vary, ...]
    quantities: tuple[Quantity, ...]
    seed: int
    replications: int
    points: pd.DataFrame = field(repr=False)
    metrics: pd.DataFrame = field(repr=False)
    comparisons: pd.DataFrame = field(repr=False)
    values: Mapping[tuple[Point, str], Floats] = field(repr=False)
    provenance: Provenance
    limits: tuple[Limit, ...] = ()
    listings: bool = False
    """Whether a listing can happen at a point, so that times that it skews have no interval."""

    @property
    def parameters(self) -> tuple[str, ...]:
        """Return the paths that are varied."""
        return tuple(parameter.path for parameter in self.varied)

    def facts(self) -> dict[str, Any]:
        """Return nothing: all is in the tables."""
        return {}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the points, all metrics and paired differences, and how far each target holds."""
        tables = {
            "metrics": self.metrics,
            "comparisons": self.comparisons,
            "points": self.points,
        }
        if self.limits:
            tables["limits"] = limit_table(self.limits)
        return tables

    def large_tables(self) -> dict[str, pd.DataFrame]:
        """Return nothing: no frame is kept of a point."""
        return {}

    def limit(self, target: Target | str, scenario: str | None = None) -> Limit:
        """Return how far a target holds for a design.

        Parameters
        ----------
        target
            A bound of a quantity of this sweep.
        scenario
            The name of the design, by default the first one.

        Raises
        ------
        ValueError
            If not exactly one number is varied, or for a quantity or design that is not here.
        """
        target = Target.parse(target) if isinstance(target, str) else target
        name = self.scenarios[0] if scenario is None else scenario
        values, along = self._along(name, target.quantity), self.varied[0]
        load = np.array(along.amounts)
        return limit(
            name, target, values, load, along.unit, sure=self._has_interval(target.quantity)
        )

    def break_even(self, quantity: Quantity | str, scenario: str) -> tuple[Limit, Limit]:
        """Return where a design is better than the first one, and where it is worse.

        Parameters
        ----------
        quantity
            A quantity of this sweep. Only differences above the equivalence margin count.
        scenario
            The name of the design.

        Raises
        ------
        ValueError
            As for `limit`.
        """
        of = Quantity.parse(str(quantity))
        base_along, other_along = self._along(self.scenarios[0], of), self._along(scenario, of)
        (along,), chance = self.varied, np.full(len(base_along), of.of.chance)
        paired = differences(chance, base_along, other_along, CONFIDENCE)
        if not self._has_interval(of):
            paired = without_interval(paired, ~equal_rows(base_along, other_along))
        base_value = estimates(base_along).value
        least = np.array([of.of.margin.of(value) for value in base_value.tolist()])
        more = paired if of.of.better == "more" else reverse(paired)
        statement = (
            f"{of} {{}} than that of {self.scenarios[0]} by more than the equivalence margin"
        )
        load = np.array(along.amounts)
        return (
            break_even(scenario, statement.format("better"), more, least, load, along.unit),
            break_even(scenario, statement.format("worse"), reverse(more), least, load, along.unit),
        )

    def _has_interval(self, quantity: Quantity) -> bool:
        return not (self.listings and quantity.metric in SKEWED_BY_LISTINGS)

    def _along(self, name: str, quantity: Quantity) -> Floats:
        """Return the values of a quantity along the one number that is varied; a row for each."""
        if name not in self.scenarios:
            raise unknown(name, "a design of this sweep", self.scenarios)
        if quantity not in self.quantities:
            raise unknown(f"{quantity}", "a quantity of this sweep", map(str, self.quantities))
        _require_one_number(self.varied)
        (along,), row = self.varied, self.quantities.index(quantity)
        return np.array([self.values[(value,), name][row] for value in along.values])


def sweep(
    file: str | os.PathLike[str],
    vary: Mapping[str, Iterable[Any]] | Sequence[Vary],
    *others: str | os.PathLike[str],
    quantities: Sequence[Quantity | str] = (),
    targets: Sequence[Target | str] | str = (),
    settings: Iterable[str] = (),
    profiles: Folder = None,
    replications: int | None = None,
    seed: int | None = None,
    **execution: Unpack[ExecutionOptions],
) -> Sweep:
    """Run the designs of files at each point of a grid, all on the same draws.

    Parameters
    ----------
    file, *others
        Scenario files. A path that only one of the designs has is varied there alone.
    vary
        The values at each path, such as `{"hubs.HUB01.cores": [2, 4, 8]}`.
    quantities
        What `points` shows; by default the quantities of the targets, or `on_time` and the median
        latency of each class.
    targets
        Bounds for quantities, such as "class.bulk.on_time > 99 %".
    settings
        `path=value` for all designs.
    profiles
        A folder of a user's own profiles, as for `load`.
    replications, seed
        Those of the first design unless they are given.
    **execution
        `jobs`, `store`, `progress` and `command`; see `Execution`. No result depends on them.

    Returns
    -------
    Sweep
        The quantities by point and design.

    Raises
    ------
    ScenarioError
        If a point is no scenario.
    SweepError
        If nothing is varied, if two designs have the same name, or if there is a target and more
        than one number is varied.
    QuantityError
        If no design has a quantity.
    """
    return sweep_files(
        DesignFiles.of((file, *others), settings, profiles),
        varied(vary),
        Sampling(replications, seed),
        Execution(**execution),
        quantities=quantities,
        targets=[targets] if isinstance(targets, str) else targets,
    )


def sweep_files(
    files: DesignFiles,
    parameters: tuple[Vary, ...],
    sampling: Sampling,
    execution: Execution,
    *,
    quantities: Sequence[Quantity | str] = (),
    targets: Sequence[Target | str] = (),
) -> Sweep:
    """Run the designs of files at each point of a grid; see `sweep`."""
    if not parameters:
        raise SweepError("nothing is varied: give a path with its values")
    bounds = [Target.parse(target) if isinstance(target, str) else target for target in targets]
    if bounds:
        _require_one_number(parameters)
    points = grid(parameters)
    require_not_set(files.settings, parameters)
    paths = [parameter.path for parameter in parameters]
    bases = files.load()
    designs = [
        design
        for point in points
        for design in files.with_values(dict(zip(paths, point, strict=True)), bases)
    ]
    count = len(bases)
    names = [design.name for design in designs[:count]]
    if len(set(names)) < count:
        raise SweepError(f"two of the designs {', '.join(names)} have the same name")
    shown = (*map(Quantity.parse, map(str, quantities)), *(bound.quantity for bound in bounds))
    shown = tuple(dict.fromkeys(shown)) or ordinary(designs[:count])
    for quantity in shown:
        require_known(quantity, designs)
    replications, seed = sampling.resolved(designs)
    if any(design.run.warm_up_auto for design in designs):
        quiet = execution.with_progress(None)
        designs = [
            design
            # Designs of one point are compared, so they share one warm-up.
            for first in range(0, len(designs), count)
            for design in settle_all(
                designs[first : first + count], Sampling(replications, seed), quiet
            )
        ]
    keep = KeptOutput(blast=any(quantity.needs_blast for quantity in shown))
    tasks = [replication_task(d, i, seed, keep) for d in designs for i in range(replications)]
    frames = _Frames(tuple(paths), names, shown)
    # In the order of the tasks: point by point, design by design, replication by replication.
    runs = execution.results(tasks)
    for point, first in zip(points, range(0, len(designs), count), strict=True):
        frames.add(
            point,
            [listing_possible(design) for design in designs[first : first + count]],
            [[_metrics(next(runs)) for _ in range(replications)] for _ in names],
        )
    result = Sweep(
        scenarios=tuple(names),
        varied=parameters,
        quantities=shown,
        seed=seed,
        replications=replications,
        points=pd.DataFrame(frames.rows),
        metrics=pd.concat(frames.metrics, ignore_index=True),
        comparisons=pd.concat(frames.comparisons, ignore_index=True)
        if frames.comparisons
        else pd.DataFrame(columns=[*paths, *COMPARED]),
        values=frames.values,
        listings=any(map(listing_possible, designs)),
        provenance=execution.provenance(designs, replications, seed),
    )
    limits = tuple(result.limit(target, name) for target in bounds for name in names)
    return replace(result, limits=limits)


def _require_one_number(varied: Sequence[Vary]) -> None:
    if len(varied) != 1 or not varied[0].amounts:
        raise SweepError(
            "a target needs exactly one varied number: leave the target out, or vary one number"
        )


def _metrics(run: Replication) -> pd.DataFrame:
    """Return the metrics of a replication; a sweep then takes as much memory as one point."""
    return run.metrics


class _Frames:
    """The frames of a sweep, filled point by point."""

    def __init__(
        self, parameters: tuple[str, ...], names: Sequence[str], quantities: tuple[Quantity, ...]
    ) -> None:
        self.parameters, self.names, self.quantities = parameters, names, quantities
        self.rows: list[dict[str, Any]] = []
        self.metrics: list[pd.DataFrame] = []
        self.comparisons: list[pd.DataFrame] = []
        self.values: dict[tuple[Point, str], Floats] = {}

    def add(
        self, point: Point, listings: Sequence[bool], measured: list[list[pd.DataFrame]]
    ) -> None:
        """Add a point: for each design whether a listing can happen, and metrics by replication."""
        for quantity in self.quantities:
            require_measured(quantity, *(frames[0] for frames in measured))
        stacks = [Stack.of(frames) for frames in measured]
        for name, stack, frames, listed in zip(self.names, stacks, measured, listings, strict=True):
            metrics = stack.metrics(name, listed)
            self.metrics.append(self._at(point, metrics))
            self.rows.append(self._row(point, name, metrics))
            self.values[point, name] = np.array(
                [
                    quantity.row(
                        [(quantity.value(frame), quantity.denominator(frame)) for frame in frames]
                    )
                    for quantity in self.quantities
                ]
            )
        for name, stack, listed in zip(self.names[1:], stacks[1:], listings[1:], strict=True):
            paired = self._paired(name, stacks[0], stack, listed or listings[0])
            self.comparisons.append(self._at(point, paired))

    def _at(self, point: Point, frame: pd.DataFrame) -> pd.DataFrame:
        for at, (path, value) in enumerate(zip(self.parameters, point, strict=True)):
            frame.insert(at, path, number(value))
        return frame

    def _row(self, point: Point, name: str, metrics: pd.DataFrame) -> dict[str, Any]:
        by_key = metrics.set_index(KEY)
        values = map(number, point)
        row: dict[str, Any] = dict(zip(self.parameters, values, strict=True)) | {"scenario": name}
        for quantity in self.quantities:
            known = quantity in by_key.index
            for column in ("value", "low", "high", "median", "least", "most"):
                ending = "" if column == "value" else f" {column}"
                row[f"{quantity}{ending}"] = by_key.loc[quantity, column] if known else np.nan
        return row

    def _paired(self, name: str, base: Stack, other: Stack, listings: bool) -> pd.DataFrame:
        """Return the differences of a design from the first one, of the metrics that both have."""
        both = other.index().isin(base.index())
        keys = other.index()[both]
        rows = base.rows(keys), other.rows(keys)
        pair = linearized_pair(*rows, base.denominators(keys), other.denominators(keys))
        estimate = differences(other.chance[both], *pair, CONFIDENCE)
        frame = other.keys.loc[both, KEY].reset_index(drop=True)
        frame["scenario"], frame["base"] = name, self.names[0]
        units = other.keys.loc[both, "unit"].tolist()
        parts = difference_within_range(estimate, units)
        frame["difference"], frame["low"], frame["high"], frame["replications"] = parts
        if listings:
            # Rows that are equal in every replication keep their difference of exactly 0.
            unsure = other.skewed[both] & ~equal_rows(*rows)
            frame.loc[unsure, ["low", "high"]] = np.nan
        middles = middle(minus(rows[1], rows[0]))
        frame["median"], frame["least"], frame["most"] = middles
        frame["unit"] = units
        return frame[list(COMPARED)]
