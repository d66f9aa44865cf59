"""The workload of a design, and the origin of each of its numbers."""

from collections.abc import Iterator, Mapping
from typing import Any

from relaysim.analysis.campaign_dates import campaign_dates
from relaysim.present.text.profile_tables import toml
from relaysim.present.text.terminal import Grid
from relaysim.profiles.value import Certainty
from relaysim.scenario.arrivals import Arrivals, Campaign
from relaysim.scenario.model import Run, Scenario
from relaysim.scenario.problem import dotted
from relaysim.scenario.written import written
from relaysim.study.assumptions import defaults
from relaysim.study.value_range import Number

STATED = "the scenario file"


def streams(scenario: Scenario) -> Grid:
    """Return one row for each stream: time, amount, recipients and deadline, from the scenario."""
    rows = []
    for host, described in scenario.hosts.items():
        for name, stream in described.streams.items():
            table = written(stream)
            rows.append(
                [
                    f"{host}.{name}",
                    stream.class_,
                    _arrivals(table["arrivals"]) + _dates(scenario.run, stream.arrivals),
                    _as_words(table["size"]),
                    _as_words(table.get("recipients", 1)),
                    _as_words(table["to"]),
                    str(table["deadline"]),
                ]
            )
    header = ["stream", "class", "arrivals", "size", "recipients", "to", "deadline"]
    title = f"Workload of {scenario.name}"
    return Grid(title, header, rows, wrapped=header[1:6])


def numbers(scenario: Scenario) -> Grid:
    """Return every default in force, with its source.

    Values that the file states are named as such.
    """
    rows = [
        [path, toml(value), source, certainty]
        for path, value, source, certainty in sorted(_in_force(scenario))
    ]
    header = ["key", "value", "source", "certainty"]
    return Grid(f"Settings of {scenario.name} and their sources", header, rows, wrapped=header[1:])


def assumed(scenario: Scenario) -> int:
    """Return how many defaults in force are assumptions."""
    return sum(1 for *_, sure in _in_force(scenario) if sure == Certainty.ASSUMPTION.value)


def _in_force(scenario: Scenario) -> Iterator[tuple[str, Any, str, str]]:
    tables = written(scenario)
    for path, table in defaults(scenario):
        here: Any = tables
        for step in path:
            here = here.get(step, {})
        for key, default in table.items():
            if key not in here:
                continue
            value = here[key]
            if _same(value, default.value):
                yield dotted((*path, key)), value, default.source, default.certainty.value
            else:
                yield dotted((*path, key)), value, STATED, "stated"


def _same(value: Any, default: Any) -> bool:
    """Return whether a value equals its default.

    "0.2 ms" is "200 us", and a law may have more keys.
    """
    if isinstance(default, Mapping):
        return isinstance(value, Mapping) and all(
            key in value and _same(value[key], item) for key, item in default.items()
        )
    if isinstance(default, list | tuple):
        return len(value) == len(default) and all(map(_same, value, default))
    try:
        stated_value = Number.parse(value)
        return Number.parse(default).in_unit(stated_value.unit) == stated_value.value
    except ValueError:
        return str(value).casefold() == str(default).casefold()


def _arrivals(table: Mapping[str, Any]) -> str:
    """Return a process, with its rate a day too: that of a campaign alone is of an hour or two."""
    if "rate" in table and table["process"] != "campaign":
        a_day = float(Number.parse(table["rate"]).in_unit("/d"))
        if not table["rate"].endswith("/d"):
            table = {**table, "rate": f"{table['rate']} ({a_day:,.6g}/d)"}
    return _as_words(table)


def _dates(run: Run, process: Arrivals) -> str:
    dates = campaign_dates(process, run) if isinstance(process, Campaign) else ""
    return dates and f"; {dates}"


def _as_words(value: Any) -> str:
    if isinstance(value, dict):
        # The kind of a law or a process needs no name before it.
        parts = [
            _as_words(item) if key in ("distribution", "process") else f"{key} {_as_words(item)}"
            for key, item in value.items()
        ]
        return ", ".join(parts)
    if isinstance(value, list):
        return f"{len(value)} values" if len(value) > 4 else ", ".join(map(_as_words, value))
    return str(value)
