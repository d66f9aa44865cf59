"""Results as files, and as one JSON object."""

import math
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import relaysim
from relaysim.study.execution.output_directory import put, write_provenance
from relaysim.study.lost_in_files import with_lost_columns
from relaysim.study.result import Result


def write(result: Result, directory: str | os.PathLike[str]) -> Path:
    """Write a result into a directory, whole or not at all; return its path.

    Parameters
    ----------
    result
        The result of a study. Each of its tables becomes `NAME.csv`, each large one
        `NAME.parquet`; the frames of a run that were not kept are computed again.
    directory
        A directory that holds an earlier output, which is replaced, or nothing.

    Raises
    ------
    OutputError
        If the directory holds anything else, or cannot be written.
    """
    return put(directory, lambda place: _fill(result, place))


def to_json(result: Result) -> dict[str, Any]:
    """Return a result as one object of JSON values, without the time of day.

    Parameters
    ----------
    result
        The result of a study.

    Returns
    -------
    dict
        Its facts, its tables as lists of rows, and its provenance. NaN is None. A value that is
        lost is None, with a `lost` of true beside it: see `study.lost_in_files`. `notes` has what
        the numbers leave out: see `Provenance.notes`.
    """
    provenance = result.provenance
    return {
        "relaysim": relaysim.__version__,
        "seed": provenance.seed,
        "replications": provenance.replications,
        "notes": provenance.notes,
        **_plain_values(result.facts()),
        **{name: _rows(table) for name, table in _written_tables(result).items()},
        "provenance": provenance.facts(),
    }


def _written_tables(result: Result) -> dict[str, pd.DataFrame]:
    return {name: with_lost_columns(name, table) for name, table in result.tables().items()}


def _plain_values(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return facts as JSON has them, also those within a fact."""
    return {
        name: _plain_values(value) if isinstance(value, Mapping) else _plain(value)
        for name, value in facts.items()
    }


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {str(name): [_plain(value) for value in frame[name].tolist()] for name in frame}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    # JSON has no NaN and no infinity.
    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value.item() if isinstance(value, np.generic) else value


def _fill(result: Result, directory: Path) -> None:
    for name, table in _written_tables(result).items():
        harmless(table).to_csv(directory / f"{name}.csv", index=False, lineterminator="\n")
    for name, frame in result.large_tables().items():
        frame.to_parquet(directory / f"{name}.parquet", index=False)
    write_provenance(result.provenance, directory)


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet takes for a formula.

    Parameters
    ----------
    table
        A table that becomes a CSV file.

    Returns
    -------
    pandas.DataFrame
        The table with an apostrophe before each text that begins with =, +, -, @, a tab or a
        carriage return. Numbers stay as they are.

    Notes
    -----
    The characters are those of OWASP's page on CSV injection.
    """
    texts = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    return table.assign(
        **{
            str(name): table[name].map(lambda cell: f"'{cell}" if _is_formula(cell) else cell)
            for name in texts
        }
    )


def _is_formula(cell: Any) -> bool:
    return isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
