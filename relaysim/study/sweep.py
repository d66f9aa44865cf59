"""Sweep: how designs behave as values of the scenario change."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from relaysim.measure.estimate import CONFIDENCE, Floats
from relaysim.measure.quantity import Quantity, ask_there, ordinary
from relaysim.measure.several import differences
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.study.jobs import Jobs, Progress, in_order
from relaysim.study.provenance import Provenance, now
from relaysim.study.replicate import Replication, Wanted, replicate, settled
from relaysim.study.stack import KEY, Stack
from relaysim.study.store import Store
from relaysim.study.task import Task
from relaysim.study.vary import Vary, grid, number, varied
from relaysim.study.warmup import settle_all


class SweepError(ValueError):
    """A sweep without sense, and why."""


Point = tuple[str, ...]
"""The value of each parameter, as it was written."""


@dataclass(frozen=True)
class Sweep:
    """What came out of a sweep.

    `parameters` are the varied paths. `points` has one row for each point and design: the
    parameters, `scenario`, and for each of the `quantities` its mean under its name and the ends of
    its 95 % interval under `NAME low` and `NAME high`. `metrics` and `comparisons` have all
    metrics, one row each, with the parameters as first columns; a comparison pairs replications of
    a design with those of the first design at the same point, each over its own mail. `values` has
    the quantities by (point, design), shape (quantities, replications).
    """

    scenarios: tuple[str, ...]
    parameters: tuple[str, ...]
    quantities: tuple[Quantity, ...]
    seed: int
    replications: int
    points: pd.DataFrame = field(repr=False)
    metrics: pd.DataFrame = field(repr=False)
    comparisons: pd.DataFrame = field(repr=False)
    values: Mapping[tuple[Point, str], Floats] = field(repr=False)
    provenance: Provenance


def sweep(
    file: str | os.PathLike[str],
    vary: Mapping[str, Iterable[Any]] | Sequence[Vary],
    *others: str | os.PathLike[str],
    quantities: Sequence[Quantity | str] = (),
    settings: Iterable[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    jobs: Jobs = None,
    store: Store | None = None,
    progress: Progress | None = None,
    command: str = "",
) -> Sweep:
    """Run the design of a file, and others with it, at each point of a grid.

    All points and designs see the same draws, as far as what is varied leaves them alike.
    `settings` are `path=value` for all. Quantities are by default `on_time` and the median latency
    of each class. ScenarioError if a point is no scenario, SweepError if nothing is varied or two
    designs have the same name, QuantityError if the first design does not have a quantity.
    """
    started, parameters = now(), varied(vary)
    if not parameters:
        raise SweepError("nothing is varied: give a path with its values")
    points, settings = grid(parameters), tuple(settings)
    designs = [
        _design(each, settings, parameters, point) for point in points for each in (file, *others)
    ]
    many = 1 + len(others)
    names = [design.name for design in designs[:many]]
    if len(set(names)) < many:
        raise SweepError(f"two of the designs {', '.join(names)} have the same name")
    replications, seed = settled(designs[0], replications, seed)
    for design in designs[1:]:
        settled(design, replications, seed)
    if any(design.run.warm_up_auto for design in designs):
        designs = [
            design
            for at in range(0, len(designs), many)
            for design in settle_all(
                designs[at : at + many], replications, seed, jobs=jobs, store=store
            )
        ]
    wanted = tuple(map(Quantity.parse, map(str, quantities))) or ordinary(designs[:many])
    keep = Wanted(blast=any(each.needs_blast for each in wanted))
    tasks = [Task(replicate, d, (i, seed, keep)) for d in designs for i in range(replications)]
    made = _Made(tuple(each.path for each in parameters), names, wanted)
    runs = in_order(tasks, jobs, progress, store)
    for point in points:
        made.add(point, [[_metrics(next(runs)) for _ in range(replications)] for _ in names])
    return Sweep(
        scenarios=tuple(names),
        parameters=made.parameters,
        quantities=wanted,
        seed=seed,
        replications=replications,
        points=pd.DataFrame(made.rows),
        metrics=pd.concat(made.metrics, ignore_index=True),
        comparisons=pd.concat(made.comparisons, ignore_index=True)
        if made.comparisons
        else pd.DataFrame(),
        values=made.values,
        provenance=Provenance.of(designs, seed, replications, command, started),
    )


def _design(
    file: str | os.PathLike[str], settings: Iterable[str], parameters: Sequence[Vary], point: Point
) -> Scenario:
    values = (f"{each.path}={value}" for each, value in zip(parameters, point, strict=True))
    return load(Path(file), [*settings, *values])


def _metrics(run: Replication) -> pd.DataFrame:
    """All that is kept of a replication, so that a sweep takes as much memory as one point."""
    return run.metrics


class _Made:
    """The frames of a sweep, as its points are done."""

    def __init__(
        self, parameters: tuple[str, ...], names: Sequence[str], quantities: tuple[Quantity, ...]
    ) -> None:
        self.parameters, self.names, self.quantities = parameters, names, quantities
        self.rows: list[dict[str, Any]] = []
        self.metrics: list[pd.DataFrame] = []
        self.comparisons: list[pd.DataFrame] = []
        self.values: dict[tuple[Point, str], Floats] = {}

    def add(self, point: Point, measured: list[list[pd.DataFrame]]) -> None:
        """A point: the metrics of the replications of each design."""
        for quantity in self.quantities:
            ask_there(quantity, measured[0][0])
        stacks = [Stack.of(frames) for frames in measured]
        for name, stack, frames in zip(self.names, stacks, measured, strict=True):
            metrics = stack.metrics(name)
            self.metrics.append(self._at(point, metrics))
            self.rows.append(self._row(point, name, metrics))
            values = [[each.value(frame) for frame in frames] for each in self.quantities]
            self.values[point, name] = np.array(values)
        for name, stack in zip(self.names[1:], stacks[1:], strict=True):
            self.comparisons.append(self._at(point, self._paired(name, stacks[0], stack)))

    def _at(self, point: Point, frame: pd.DataFrame) -> pd.DataFrame:
        for at, (path, value) in enumerate(zip(self.parameters, point, strict=True)):
            frame.insert(at, path, number(value))
        return frame

    def _row(self, point: Point, name: str, metrics: pd.DataFrame) -> dict[str, Any]:
        found = metrics.set_index(KEY)
        values = map(number, point)
        row: dict[str, Any] = dict(zip(self.parameters, values, strict=True)) | {"scenario": name}
        for each in self.quantities:
            there = each in found.index
            for column, ending in (("value", ""), ("low", " low"), ("high", " high")):
                row[f"{each}{ending}"] = found.loc[each, column] if there else np.nan
        return row

    def _paired(self, name: str, base: Stack, other: Stack) -> pd.DataFrame:
        """The differences of a design from the first one, of what both have."""
        both = other.index().isin(base.index())
        keys = other.index()[both]
        found = differences(other.chance[both], base.rows(keys), other.rows(keys), CONFIDENCE)
        frame = other.keys.loc[both, KEY].reset_index(drop=True)
        frame.insert(0, "scenario", name)
        frame.insert(1, "base", self.names[0])
        frame["difference"], frame["low"], frame["high"], many = found
        frame["unit"], frame["replications"] = other.keys.loc[both, "unit"].to_numpy(), many
        return frame
