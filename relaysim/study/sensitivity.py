"""Sensitivity: the unknown numbers that decide a quantity.

One at a time: each factor at its low and at its high end, all others as they are (a tornado). And
by Sobol indices: all factors at once, and the share of the quantity's variance that each causes,
alone and together with others (Saltelli et al., Computer Physics Communications 181, 2010; by
SALib).

With another design the quantity is the difference of the two, on which a decision depends.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from itertools import chain, islice
from typing import Any, Self, Unpack

import numpy as np
import pandas as pd

from relaysim.measure.quantity import Quantity, QuantityError, require_measured
from relaysim.measure.subjects import require_known
from relaysim.scenario.model import Scenario
from relaysim.scenario.own_profiles import Folder
from relaysim.scenario.problem import ScenarioError
from relaysim.stats.interval import Estimate, Floats
from relaysim.stats.lost_values import minus
from relaysim.study.assumptions import assumptions
from relaysim.study.compare import require_comparable
from relaysim.study.design_files import DesignFiles
from relaysim.study.execution.execution import Execution, ExecutionOptions
from relaysim.study.execution.provenance import Provenance
from relaysim.study.factor_effects import NONE, effects, estimates
from relaysim.study.factors import Factor, SensitivityError, stated
from relaysim.study.replicate import KeptOutput, replication_task
from relaysim.study.sampling import Sampling, check_size
from relaysim.study.sobol_indices import COLUMNS, sobol_indices
from relaysim.study.value_range import Number, between
from relaysim.study.varied_values import MOST
from relaysim.study.warm_up import settle_all, with_warm_up

FEW = 5
"""So many inputs get Sobol indices if none were given."""
MOST_UNASKED = 5
"""Replications of a point, at most, where all assumptions are tried and no number is asked for:
they make some three hundred points."""
_AT_ONCE = 2000
"""Runs whose scenarios are in memory at the same time."""
_MIDDLE = 0.3718281828
"""A share of the way at which no number that has to be whole lies, but by chance."""


@dataclass(frozen=True)
class Sensitivity:
    """The result of a sensitivity study.

    `base` is the quantity with all factors as they are: that of the `scenario` or, if there is an
    `other` design, its own minus that of the scenario, paired. `effects` has one row for each of
    the `inputs`, the factors, the largest swing first: `path, low, base, high` as written, absent
    for a missing end; `at_low` and `at_high`, the means of the quantity there, each with the ends
    of its 95 % interval under `NAME_low` and `NAME_high`; `low_difference` and `high_difference`,
    paired with the base, each with the ends of its 97.5 % interval under `NAME_low` and
    `NAME_high`, so that both of a factor hold together with 95 %; `swing`, the range of the
    quantity over the ends and the base; `effect`, which is `measurable` if an interval leaves out
    zero, `none` if no replication changed at all, else `not decided`; the `unit`; and `source`, the
    source of the base value.

    `indices` is None without Sobol indices, else `path, first, first_half, total, total_half`: the
    shares of the variance, each with half the width of its 95 % interval, NaN if the quantity has
    no variance or no value somewhere; `sobol` is the number of base points.
    """

    scenario: str
    quantity: Quantity
    seed: int
    replications: int
    base: Estimate
    inputs: tuple[Factor, ...]
    effects: pd.DataFrame = field(repr=False)
    sobol: int | None
    indices: pd.DataFrame | None = field(repr=False)
    provenance: Provenance
    other: str | None = None

    def facts(self) -> dict[str, Any]:
        """Return the quantity, and its value with everything as it is."""
        value, low, high, n = self.base
        base = {"value": value, "low": low, "high": high, "lost": np.isinf(value)}
        base |= {"replications": n, "unit": self.quantity.of.unit}
        return {"quantity": str(self.quantity), "base": base}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the effects, and the Sobol indices if they were wanted."""
        tables = {"effects": self.effects}
        return tables if self.indices is None else tables | {"indices": self.indices}

    def large_tables(self) -> dict[str, pd.DataFrame]:
        """Return nothing: no frame is kept of a point."""
        return {}

    @property
    def asked(self) -> str:
        """Return the quantity in words."""
        if self.other is None:
            return str(self.quantity)
        return f"{self.quantity} of {self.other} less that of {self.scenario}"


def sensitivity(
    file: str | os.PathLike[str],
    quantity: Quantity | str,
    inputs: Mapping[str, tuple[Any, Any]] | Sequence[Factor] | None = None,
    *,
    other: str | os.PathLike[str] | None = None,
    settings: Iterable[str] = (),
    profiles: Folder = None,
    sobol: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    **execution: Unpack[ExecutionOptions],
) -> Sensitivity:
    """Change inputs of a scenario and measure the effect of each on a quantity.

    Parameters
    ----------
    file
        A scenario file.
    quantity
        What may change, such as "class.bulk.on_time".
    inputs
        Paths with their low and high ends; by default all assumptions in force, from half to double
        (`study.assumptions`).
    other
        Another design: the quantity is then its value less that of the first, in each replication.
        An input that only one of them has is changed there.
    settings
        `path=value` for all designs.
    profiles
        A folder of a user's own profiles, as for `load`.
    sobol
        A power of two: Sobol indices too, of the inputs given or else of the five with the largest
        swing. They take `sobol` x (inputs + 2) points, where inputs are independent and even
        between their ends.
    replications, seed
        Those of the first design unless they are given; without `inputs` at most `MOST_UNASKED`
        replications. All runs see the same draws, so that a point has one value, the mean over the
        replications.
    **execution
        `jobs`, `store`, `progress` and `command`; see `Execution`. No result depends on them.

    Returns
    -------
    Sensitivity
        The effects, the largest first.

    Raises
    ------
    QuantityError
        If there is no such quantity.
    SensitivityError
        If the quantity has no value, for inputs out of order, and for the difference of two
        chances.
    ScenarioError
        If an input makes no scenario.
    ValueError
        For designs that cannot be compared.
    """
    return measure_sensitivity(
        DesignFiles.of([file] if other is None else [file, other], settings, profiles),
        quantity,
        inputs,
        Sampling(replications, seed),
        Execution(**execution),
        sobol=sobol,
    )


def measure_sensitivity(
    files: DesignFiles,
    quantity: Quantity | str,
    inputs: Mapping[str, tuple[Any, Any]] | Sequence[Factor] | None,
    sampling: Sampling,
    execution: Execution,
    *,
    sobol: int | None = None,
) -> Sensitivity:
    """Measure the effect of inputs on a quantity of one design, or of two; see `sensitivity`."""
    quantity = Quantity.parse(str(quantity))
    # A Sobol sequence is balanced only at powers of two.
    if sobol is not None and (sobol < 2 or sobol & (sobol - 1)):
        raise SensitivityError(f"{sobol} Sobol points: write a power of two, such as 16")
    designs = files.load()
    paired = len(designs) > 1
    replications, seed = sampling.resolved(designs)
    if inputs is None and sampling.replications is None:
        replications = min(replications, MOST_UNASKED)
    if paired:
        require_comparable(designs, {})
        if quantity.of.chance:
            raise SensitivityError(f"{quantity} is a chance: ask about one design alone")
    for design in designs:
        with _named(design.name):
            require_known(quantity, [design])
    chosen = assumed(files) if inputs is None else stated(designs, inputs)
    if not chosen:
        raise SensitivityError(f"{designs[0].name} has no assumptions: give inputs and their ends")
    base = settle_all(designs, Sampling(replications, seed), execution.with_progress(None))
    designs_at = _Designs(files, tuple(base))
    ends = [(factor.path, value) for factor in chosen for value in factor.ends.values()]
    inputs_of_sobol = len(chosen) if inputs is not None else min(FEW, len(chosen))
    # Saltelli's scheme takes count x (inputs + 2) points.
    points = 1 + len(ends) + (sobol * (inputs_of_sobol + 2) if sobol else 0)
    if points > MOST:
        raise SensitivityError(f"{points:,} points: at most {MOST:,} make a study")
    total = points * replications * len(designs)
    runs = _Runs(quantity, replications, seed, total, execution)
    changed = [designs_at({path: value}) for path, value in ends]
    values = np.stack(list(runs.values(chain([base], changed))))
    changes = effects(chosen, quantity, values, paired)
    indices = None
    if sobol is not None:
        few = chosen if inputs is not None else _largest(chosen, changes)
        indices = _indices(few, sobol, seed, designs_at, runs)
    return Sensitivity(
        scenario=base[0].name,
        quantity=quantity,
        seed=seed,
        replications=replications,
        base=estimates(quantity, values[:1], paired).first(),
        inputs=chosen,
        effects=changes,
        sobol=sobol,
        indices=indices,
        provenance=execution.provenance(base, replications, seed),
        other=base[1].name if paired else None,
    )


def assumed(
    files: DesignFiles, wanted: Callable[[str], bool] = lambda path: True
) -> tuple[Factor, ...]:
    """Return the assumptions of designs, each once: that of the first design that has it.

    Paths that are not `wanted` are left out, and cost no time.
    """
    inputs: dict[str, Factor] = {}
    for file in files.files:
        of_file = assumptions(file, files.settings, files.profiles, wanted)
        # In a union the right side counts: a path of an earlier file keeps its value.
        inputs = {factor.path: factor for factor in of_file} | inputs
    return tuple(inputs.values())


@dataclass(frozen=True)
class _Designs:
    """The designs with other values at some paths, and with the warm-up found in the first run."""

    files: DesignFiles
    bases: tuple[Scenario, ...]

    def __call__(self, values: Mapping[str, str]) -> list[Scenario]:
        designs = self.files.with_values(values, self.bases, "--over")
        for design in designs:
            check_size(design)
        return [
            with_warm_up(design, base.run.warm_up) if design.run.warm_up_auto else design
            for design, base in zip(designs, self.bases, strict=True)
        ]


@dataclass
class _Runs:
    """The values of the quantity in the runs; no other output is kept.

    With two designs it is the value of the second minus that of the first. A share with a
    denominator is a ratio of sums at each point (`Quantity.row`).
    """

    quantity: Quantity
    replications: int
    seed: int
    total: int
    execution: Execution
    done: int = 0

    def values(self, points: Iterable[Sequence[Scenario]]) -> Iterator[Floats]:
        """Return the values of each point, one for each replication."""
        # Points are made as they are needed: thousands of scenarios would fill the memory.
        waiting, size = iter(points), max(1, _AT_ONCE // self.replications)
        while batch := list(islice(waiting, size)):
            keep = KeptOutput(blast=self.quantity.needs_blast)
            numbers = range(self.replications)
            tasks = [
                replication_task(design, i, self.seed, keep)
                for designs in batch
                for design in designs
                for i in numbers
            ]
            execution = self.execution.with_progress(self._progress)
            with closing(execution.results(tasks)) as results:
                for designs in batch:
                    rows = [
                        self.quantity.row(
                            [self._seen(next(results).metrics, design.name) for _ in numbers]
                        )
                        for design in designs
                    ]
                    yield minus(rows[-1], rows[0]) if len(rows) > 1 else rows[-1]
            self.done += len(tasks)

    def _progress(self, done: int, _: int) -> None:
        if self.execution.progress is not None:
            self.execution.progress(self.done + done, self.total)

    def _seen(self, metrics: pd.DataFrame, design: str) -> tuple[float, float]:
        with _named(design):
            require_measured(self.quantity, metrics)
        return self.quantity.value(metrics), self.quantity.denominator(metrics)


@contextmanager
def _named(design: str) -> Iterator[None]:
    """Put the name of a design before the message of a QuantityError."""
    try:
        yield
    except QuantityError as error:
        raise QuantityError(f"{design}: {error}") from None


def _largest(inputs: Sequence[Factor], effects: pd.DataFrame) -> list[Factor]:
    """Return the few inputs with the largest swing, of those that change anything."""
    paths = effects.loc[effects["effect"] != NONE, "path"].head(FEW).tolist()
    return sorted((e for e in inputs if e.path in paths), key=lambda e: paths.index(e.path))


def _indices(
    inputs: Sequence[Factor], count: int, seed: int, at: _Designs, runs: _Runs
) -> pd.DataFrame:
    """Return the frame `indices`."""
    paths = pd.DataFrame({"path": [factor.path for factor in inputs]}, dtype=object)
    if not inputs:
        return paths.assign(**dict.fromkeys(COLUMNS, np.nan))
    axes = [_Axis.of(factor, at) for factor in inputs]

    def response(shares: Floats) -> Floats:
        designs = (
            at({axis.path: axis.at(share) for axis, share in zip(axes, point, strict=True)})
            for point in shares
        )
        # A mean over other replications than the rest is none: what has no value is NaN. Nor has a
        # quantile that is lost a variance.
        return np.array(
            [np.where(np.isinf(values), np.nan, values).mean() for values in runs.values(designs)]
        )

    return paths.assign(**sobol_indices(len(inputs), count, seed, response))


@dataclass(frozen=True)
class _Axis:
    """A factor from its low to its high end, or from the base if it has only one end."""

    path: str
    low: Number
    high: Number
    whole: bool

    @classmethod
    def of(cls, given: Factor, designs: _Designs) -> Self:
        low, high = Number.parse(given.low or given.base), Number.parse(given.high or given.base)
        whole = low.whole and high.whole
        if not whole:
            # Rates too may have to be whole, such as messages an hour: the scenario decides.
            try:
                designs({given.path: str(between(low, high, _MIDDLE, whole=False))})
            except ScenarioError:
                whole = True
        return cls(given.path, low, high, whole)

    def at(self, share: float) -> str:
        return str(between(self.low, self.high, share, self.whole))
