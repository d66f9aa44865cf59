"""Result: the interface of the result of every study, for files, JSON and commands.

The text of a result is in `present.text.summary`, its figures are in `present.figure_registry`:
each has one line for each kind of result.
"""

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from relaysim.study.execution.provenance import Provenance


class Result(Protocol):
    """The result of a study."""

    @property
    def provenance(self) -> Provenance:
        """Return what made the result."""
        ...

    def facts(self) -> Mapping[str, Any]:
        """Return the values of the result that stand in no table, as JSON has them."""
        ...

    def tables(self) -> Mapping[str, pd.DataFrame]:
        """Return the tables of the result by name: files `NAME.csv`, and lists of rows in JSON."""
        ...

    def large_tables(self) -> Mapping[str, pd.DataFrame]:
        """Return the tables with a row for each event, by name: files `NAME.parquet`."""
        ...
