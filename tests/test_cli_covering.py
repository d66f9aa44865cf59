"""Every command on every scenario, in a pairwise covering set: each ends with its result."""

import json
from pathlib import Path

import pytest
from worlds.cli_runs import SCENARIOS, relaysim
from worlds.covering import covering, uncovered

from relaysim.study.guard import CAUGHT

NAMES = tuple(sorted(file.stem for file in SCENARIOS.glob("*.toml")))
DURATIONS, SCALES = ("1 s", "1 h", "10 h"), (0.001, 0.01)
WRITING = ("run", "compare", "sweep", "size", "sensitivity")
"""Commands with --out."""
DRAWING = (*WRITING, "qshape", "trace", "warmup")
"""Commands with --figures."""
RUNS = ("run", "compare", "qshape", "trace")
STUDIES = ("sweep", "size", "sensitivity", "warmup", "report", "check")
HOURS = dict(zip(DURATIONS, (0, 1, 10), strict=True))


def possible(row):
    """Whether the command has the options of the row."""
    return (row["command"] in DRAWING or not row["figures"]) and (
        row["command"] in WRITING or not row["out"]
    )


def cost(row):
    """About what a row takes, in seconds of a core."""
    drawn = {"compare": 4.0, "run": 1.5}.get(row["command"], 0.5) * row["figures"]
    several = {"compare": 4.0, "qshape": 0.5, "trace": 0.5, "check": 0.0}
    simulated = several.get(row["command"], 1.0 if row["command"] in RUNS else 8.0)
    return drawn + (0.2 + HOURS[row["duration"]] * row["scale"]) * simulated


BASE = {"duration": DURATIONS, "scale": SCALES, "figures": (False, True), "out": (False, True)}
FACTORS = ({"command": RUNS, "scenario": NAMES} | BASE, {"command": STUDIES} | BASE)
COVERING = [covering(factors, possible, cost) for factors in FACTORS]
COMMANDS = [{"scenario": "shared-hub", **row} for rows in COVERING for row in rows]


def test_the_commands_cover_every_pair_that_there_is():
    assert len(COMMANDS) <= 120
    for rows, factors in zip(COVERING, FACTORS, strict=True):
        for pair in uncovered(rows, factors):
            row = {"command": "run", "figures": False, "out": False, **dict(pair)}
            assert not possible(row), pair


def name(row):
    options = [option for option in ("figures", "out") if row[option]]
    return "-".join([row["command"], row["scenario"], row["duration"], str(row["scale"]), *options])


def words(row, tmp_path):
    """The command of a row."""
    scenario = SCENARIOS / f"{row['scenario']}.toml"
    command = row["command"]
    result = [command, str(scenario)]
    if command in ("compare", "report"):
        other = tmp_path / "other.toml"
        other.write_text(f'extends = "{scenario.as_posix()}"\nname = "other"\n', encoding="utf-8")
        result.append(str(other))
    if command == "trace" and row["figures"]:
        result += ["--message", f"{first_stream(scenario)}:0"]
    result += {
        "sweep": ["--vary", "hubs.HUB01.cores=2,4"],
        "size": ["--vary", "hubs.HUB01.cores=2:4", "--target", "total.bounced < 100000"],
        "sensitivity": ["--metric", "total.delivered", "--over", "hubs.HUB01.cores=2:8"],
        "report": ["--no-flip", "--no-sizing", "--no-sensitivity", "--out", str(tmp_path / "out")],
    }.get(command, [])
    result += ["--set", f"run.duration={row['duration']}", "--set", f"run.scale={row['scale']}"]
    result += ["--set", "run.warm_up=0 s"]
    if command not in ("qshape", "trace", "check"):
        result += ["--jobs", "1"]
        result += ["--replications", "5" if command == "size" else "1"]
    for option in ("figures", "out"):
        if row[option]:
            result += [f"--{option}", str(tmp_path / option)]
    return result


def first_stream(scenario):
    from relaysim import load

    hosts = load(scenario).hosts
    return next(f"{name}.{stream}" for name, host in hosts.items() for stream in host.streams)


@pytest.mark.parametrize("row", COMMANDS, ids=map(name, COMMANDS))
def test_each_command_ends_with_its_result(row, tmp_path):
    CAUGHT.clear()
    result = relaysim(*words(row, tmp_path))
    assert not CAUGHT
    if row["command"] == "trace" and result.exit_code == 2:  # in a second no message is created
        assert result.stdout == ""
        assert (
            not row["figures"]
            or first_stream(SCENARIOS / f"{row['scenario']}.toml") in result.stderr
        )
        return
    assert result.exit_code == 0, result.stderr
    assert result.stdout
    if row["out"] or row["command"] == "report":
        facts = Path(tmp_path / "out" / "provenance.json").read_text(encoding="utf-8")
        assert json.loads(facts)["replications"] >= 1
    if row["figures"]:
        drawn = any((tmp_path / "figures").glob("*"))
        assert (str(tmp_path / "figures") in result.stderr) if drawn else result.stderr
