"""The section "Theory beside simulation" of what `run` prints."""

import contextlib
import io

import pandas as pd
import pytest
from worlds.golden_text import page
from worlds.quantities import quantities
from worlds.small_comparison import SCENARIOS, listing_day

from relaysim.present.text import run_summary
from relaysim.present.text.terminal import show, tables
from relaysim.present.text.theory_table import theory, values
from relaysim.scenario.load import load
from relaysim.study.run_result import run
from relaysim.study.theory_beside import COLUMNS, beside
from relaysim.wording import MOST


def printed(parts) -> list[str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        show(parts)
    return out.getvalue().splitlines()


def frame(*rows) -> pd.DataFrame:
    """A frame `theory` from rows (subject, metric, formula, theory, value, half, inside)."""
    full = [
        (
            "mm4",
            subject,
            metric,
            formula,
            exact,
            value,
            value - half,
            value + half,
            *end,
        )
        for subject, metric, formula, exact, value, half, *end in rows
    ]
    return pd.DataFrame(full, columns=list(COLUMNS)).astype({"inside": "boolean"})


@pytest.fixture(scope="module")
def mm4():
    return run(load(SCENARIOS / "mm4.toml", ["run.duration=1500 s"]), replications=2, jobs=1)


def test_a_run_with_theory_shows_it_after_the_resources(mm4):
    lines = printed(run_summary.run_text(mm4, full=True))
    assert max(map(len, lines)) <= MOST
    section = [line for line in printed(theory(mm4)) if line]
    start = lines.index(section[0])
    assert [line for line in lines[start:] if line][: len(section)] == section
    queue = [i for i, line in enumerate(lines[:start]) if line.startswith("HUB01->example.org")]
    assert len(queue) == 2  # of the table of resources, in two parts
    rows = beside(mm4).set_index(["subject", "metric"])["formula"]
    assert rows[("HUB01->example.org", "wait_mean")] == "M/M/4"
    assert "746 ms" in quantities("\n".join(section))


def test_values_stand_subject_by_subject(golden):
    grid = values(
        frame(
            ("HUB01.cpu", "utilization", "utilization law", 0.5, 0.49, 0.02, True),
            ("HUB01.cpu", "wait_mean", "M/M/1", 1.0, 2.0, 0.5, False),
            ("main.line", "wait_mean", "M/D/1", 0.25, 0.25, float("nan"), None),
        )
    )
    assert [row if len(row) == 1 else row[1:-1] for row in grid.rows] == [
        ["HUB01.cpu"],
        ["49 % (47 to 51 %)", "50 %", "utilization law"],
        ["2.0 s (1.5 to 2.5 s)", "1 s", "M/M/1"],
        ["main.line"],
        ["250 ms", "250 ms", "M/D/1"],
    ]
    golden("theory/values", page(tables(grid)))


def test_where_no_formula_holds_nothing_is_printed():
    assert printed(theory(listing_day())) == []
