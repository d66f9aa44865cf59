"""The page on tables of studies names the columns that studies return."""

import re
from pathlib import Path

import pandas as pd
import pytest

import relaysim
from relaysim.study.sweep import Sweep

ROOT = Path(__file__).parents[2]
MM4 = ROOT / "scenarios" / "mm4.toml"
PAGE = (ROOT / "docs" / "reference" / "study-tables.md").read_text(encoding="utf-8")
SMALL = ("run.duration=200 s", "run.warm_up=0 s")
CORES = "hubs.HUB01.max_per_domain_outbound_connections"


def columns(table: str, study: str) -> set[str]:
    """The columns that the page names for a table."""
    section = PAGE.split(f"## `{table}` of a {study}\n")[1].split("\n## ")[0]
    firsts = re.findall(r"^\| (.*?) \|", section, re.MULTILINE)
    return {name for first in firsts for name in re.findall(r"`([^`]+)`", first)}


@pytest.fixture(scope="module")
def sweep() -> Sweep:
    return relaysim.sweep(
        MM4,
        {CORES: [4, 5]},
        targets="total.on_time > 50 %",
        settings=SMALL,
        replications=2,
        jobs=1,
    )


def test_sweeps(sweep: Sweep) -> None:
    shown = {name.replace("QUANTITY", "total.on_time") for name in columns("points", "sweep")}
    assert {CORES, *shown} == {*sweep.points}
    assert {CORES, *columns("comparisons", "sweep")} == {*sweep.comparisons}
    assert columns("limits", "sweep") == {*pd.DataFrame(sweep.limits)}


def test_sizes() -> None:
    result = relaysim.size(
        MM4, {CORES: [4, 5]}, "total.on_time > 50 %", most=5, settings=SMALL, jobs=1
    )
    assert columns("evidence", "size") == {*result.evidence}


def test_sensitivities() -> None:
    result = relaysim.sensitivity(
        MM4,
        "total.latency_mean",
        {"destinations.sink.response_time.mean": ("0.5 s", "1.1 s")},
        settings=SMALL,
        sobol=2,
        replications=2,
        jobs=1,
    )
    assert columns("effects", "sensitivity") == {*result.effects}
    assert result.indices is not None
    assert columns("indices", "sensitivity") == {*result.indices}


def test_precision(tmp_path: Path) -> None:
    from relaysim.study.written_results import write

    scenario = relaysim.load(MM4, SMALL)
    wanted = relaysim.Precision(9.0, ["total.on_time"], most=3)
    write(relaysim.run(scenario, precision=wanted, jobs=1), tmp_path / "out")
    result = pd.read_csv(tmp_path / "out" / "precision.csv")
    assert columns("precision", "run") == {*result}
