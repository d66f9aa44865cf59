"""The identity of a scenario: equal for equal contents, whatever file they came from."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from enum import Enum
from typing import Any

import numpy.typing as npt

from relaysim.scenario.arrivals import Replay
from relaysim.scenario.distribution import Empirical
from relaysim.scenario.model import AUTO, Run, Scenario
from relaysim.scenario.recording import read
from relaysim.scenario.table import Table


def digest(scenario: Scenario) -> str:
    """Return the SHA-256 of the content of a scenario, 64 hexadecimal digits.

    Name and title do not count. Files that the scenario refers to count with their content, not
    with their path. The order of tables and keys does not count, nor does the spelling of a value:
    "1 h" and "60 min" are the same. Of a profile of the user the properties count too. Those of a
    built-in profile go by its name.
    """
    content = {key: _canonical(value) for key, value in scenario if key not in ("name", "title")}
    if scenario.profiles.own:
        content["profiles"] = {
            f"{profile.kind}/{profile.name}": asdict(profile.properties)
            for profile in scenario.profiles.own
        }
    # Sorted and without blanks: equal contents have one text.
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _canonical(value: Any) -> Any:
    """Return the value as JSON has it."""
    match value:
        case None | bool() | int() | float():
            return value
        case Replay():
            recording = read(value.file)
            columns = (recording.created, recording.recipients, recording.size)
            return {"process": value.process, "columns": [_column(column) for column in columns]}
        case Empirical():
            return {
                "distribution": value.distribution,
                "values": list(map(_canonical, value.values)),
            }
        case Run() if value.warm_up_auto:
            return {key: _canonical(item) for key, item in value} | {"warm_up": AUTO}
        case Table():
            return {key: _canonical(item) for key, item in value if key != "properties"}
        case Mapping():
            return {str(key): _canonical(item) for key, item in value.items()}
        case tuple() | frozenset():
            return [_canonical(item) for item in value]
        case Enum():
            return value.value
        case datetime():
            return value.isoformat()
    return str(value)


def _column(values: npt.NDArray[Any] | None) -> str | None:
    # A fixed byte order gives the same digest on every machine.
    return None if values is None else hashlib.sha256(values.astype("<i8").tobytes()).hexdigest()
