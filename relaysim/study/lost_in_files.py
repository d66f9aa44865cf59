"""Lost values in files: JSON and CSV have no infinity, so a column says which values are lost."""

import re

import numpy as np
import pandas as pd

TABLES = ("metrics", "comparisons", "points", "evidence", "effects", "precision")
"""The tables that have times which may be lost."""
_NAMED = {"value": "lost", "estimate": "lost", "base_value": "base_lost"}
"""Columns that may have lost values, and the columns that mark them."""
_LATENCY = re.compile(r".*\.(latency_\w+|completion)|at_(low|high)")
"""The columns of quantities in `points`, and of the ends in `effects`."""
_UNSURE = re.compile(r"(.*[ _])?(low|high|median|least|most)|(.*_)?difference|swing")
"""Columns about values that may be lost: empty where these are."""


def with_lost_columns(table_name: str, table: pd.DataFrame) -> pd.DataFrame:
    """Return a table with empty values where it has lost ones, and columns that say which.

    Parameters
    ----------
    table_name
        Its name, such as "metrics". Tables other than `TABLES` stay as they are.
    table
        A table of a result.

    Returns
    -------
    DataFrame
        The same columns and, behind each that may be lost, a boolean one: `lost`, `base_lost`, or
        `NAME lost` for a quantity.
    """
    if table_name not in TABLES:
        return table
    made = {}
    for name in map(str, table.columns):
        column = table[name]
        if column.dtype != np.float64:
            made[name] = column
        elif name in _NAMED or _LATENCY.fullmatch(name):
            lost = np.isinf(column)
            made[name] = column.mask(lost)
            made[_NAMED.get(name, f"{name} lost")] = lost
        elif _UNSURE.fullmatch(name):
            made[name] = column.mask(np.isinf(column))
        else:
            made[name] = column
    return pd.DataFrame(made)
