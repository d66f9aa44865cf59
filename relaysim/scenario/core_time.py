"""Core time: what work costs a hub."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from relaysim.scenario.table import Duration, Table


class Cost(Table):
    """Core time of one piece of work: base + per_kb x size, gamma-spread with cv."""

    base: Duration
    """Core time of each piece of work."""
    per_kb: Duration
    """Core time for each KB of the message."""
    cv: Annotated[float, Field(ge=0.0, le=20.0)]
    """Standard deviation over mean of the gamma spread; 0 is no spread."""


def _as_table(value: object) -> object:
    return {"base": value, "per_kb": "0 s", "cv": 0.0} if isinstance(value, str) else value


CoreTime = Annotated[Cost, BeforeValidator(_as_table)]
"""A cost: a constant ("5 ms"), or a table {base, per_kb, cv}."""
