"""Effects: the values of a quantity at the ends of each factor, against the value in force."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from relaysim.measure.quantity import Quantity
from relaysim.stats.interval import CONFIDENCE, Estimates, Floats
from relaysim.stats.possible_range import difference_within_range, within_range
from relaysim.stats.several_designs import confidence_of, differences
from relaysim.study.factors import Factor, SensitivityError

MEASURABLE, NOT_DECIDED, NONE = "measurable", "not decided", "none"


def estimates(quantity: Quantity, values: Floats, paired: bool) -> Estimates:
    """Return estimates of rows of values; if they are paired differences, as in a comparison."""
    units = [quantity.of.unit] * len(values)
    if not paired:
        return within_range(quantity.estimates(values), units)
    # The values are differences already: their interval is that of differences from 0.
    nothing = np.where(np.isnan(values), np.nan, 0.0)
    result = differences(np.zeros(len(values), bool), nothing, values, CONFIDENCE)
    return difference_within_range(result, units)


def effects(
    inputs: Sequence[Factor], quantity: Quantity, values: Floats, paired: bool
) -> pd.DataFrame:
    """Return the frame `effects`.

    `values` has a row for the base, then one for each end, in order.
    """
    if np.isnan(values[0]).all():
        raise SensitivityError(f"{quantity} has no value in any replication")
    base = np.repeat(values[:1], len(inputs), axis=0)
    rows = iter(values[1:])
    absent = np.full(values.shape[1], np.nan)
    at: dict[str, list[Floats]] = {"low": [], "high": []}
    for factor in inputs:
        for end, rows_of_end in at.items():
            # In the order of the runs: factor by factor, low before high.
            rows_of_end.append(next(rows) if end in factor.ends else absent)
    frame = pd.DataFrame([(factor.path, factor.low, factor.base, factor.high) for factor in inputs])
    frame.columns = pd.Index(["path", "low", "base", "high"])
    moved = [np.zeros(len(inputs))]
    beyond, same = np.zeros(len(inputs), bool), np.ones(len(inputs), bool)
    chance = np.full(len(inputs), quantity.of.chance)
    for end, rows_of_end in at.items():
        values_at_end = np.stack(rows_of_end)
        mean, least, most, _ = estimates(quantity, values_at_end, paired)
        frame[f"at_{end}"], frame[f"at_{end}_low"], frame[f"at_{end}_high"] = mean, least, most
        changes = differences(chance, base, values_at_end, confidence_of(len(at)))
        value, low, high, _ = difference_within_range(changes, [quantity.of.unit] * len(inputs))
        frame[f"{end}_difference"] = value
        frame[f"{end}_difference_low"], frame[f"{end}_difference_high"] = low, high
        moved.append(value)
        beyond |= (low > 0) | (high < 0)
        unchanged = (values_at_end == base) | (np.isnan(values_at_end) & np.isnan(base))
        missing = np.array([end not in factor.ends for factor in inputs])
        same &= missing | unchanged.all(axis=1)
    # fmax and fmin leave NaN out, so a factor with one end has a swing too; 0 is the base.
    frame["swing"] = np.fmax.reduce(moved) - np.fmin.reduce(moved)
    frame["effect"] = np.where(beyond, MEASURABLE, np.where(same, NONE, NOT_DECIDED))
    frame["unit"], frame["source"] = quantity.of.unit, [factor.source for factor in inputs]
    return frame.sort_values("swing", ascending=False, kind="stable", ignore_index=True)
