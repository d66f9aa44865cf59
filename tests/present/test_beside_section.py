"""The section "Theory beside simulation" of what `run` prints."""

import contextlib
import io

import pandas as pd
import pytest
from small_comparison import SCENARIOS, listing_day

from relaysim.present.text import run_summary as happened
from relaysim.present.text.terminal import show
from relaysim.present.text.theory_table import reasons, theory, values
from relaysim.scenario.load import load
from relaysim.study.replicate import run
from relaysim.study.theory import COLUMNS
from relaysim.wording import MOST


def printed(parts) -> list[str]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        show(parts)
    return out.getvalue().splitlines()


def frame(*rows) -> pd.DataFrame:
    """A frame `theory` from rows (subject, metric, formula, theory, value, half, inside, reason)."""
    full = [
        (
            "mm4",
            "resource",
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


def test_a_run_that_theory_knows_shows_it_after_the_resources(mm4):
    lines = printed(happened.report(mm4))
    start = next(i for i, line in enumerate(lines) if line.startswith("Theory beside simulation"))
    assert any(line.startswith("Resources by load") for line in lines[:start])
    assert max(map(len, lines)) <= MOST
    shown = {
        tuple(line.split()[:1] + line.split()[-3:])
        for line in lines[start : start + 9]
        if line.startswith("  ") and len(line.split()) > 3
    }
    assert {row[2] for row in shown if row[0] in ("wait", "latency")} == {"M/M/4"}
    assert any("746 ms" in line for line in lines[start : start + 9])
    assert not any("No formula" in line for line in lines)


def test_values_stand_subject_by_subject():
    rows = values(
        frame(
            ("HUB01.cpu", "utilization", "utilization law", 0.5, 0.49, 0.02, True, ""),
            ("HUB01.cpu", "wait_mean", "M/M/1", 1.0, 2.0, 0.5, False, ""),
            ("main.line", "wait_mean", "M/D/1", 0.25, 0.25, float("nan"), None, ""),
        )
    ).rows
    assert rows == [
        ["HUB01.cpu"],
        ["  utilization", "49±2 %", "50 %", "utilization law", "yes"],
        ["  wait", "2.0±0.5 s", "1 s", "M/M/1", "no"],
        ["main.line"],
        ["  wait", "250 ms", "250 ms", "M/D/1", "-"],
    ]


def test_reasons_are_counted_and_the_commonest_come_first():
    nan = float("nan")
    told = reasons(
        frame(
            ("a", "wait_mean", "", nan, 1.0, nan, None, "one; two; three"),
            ("a", "queue_mean", "", nan, 1.0, nan, None, "one; two; three"),
            ("b", "wait_mean", "", nan, 1.0, nan, None, "two; four; five"),
        )
    )
    assert told == "No formula for 2 resources: two (2); one (1); three (1); and 2 more reasons."


def test_a_resource_whose_load_alone_is_known_is_told_so():
    rows = frame(
        ("a", "utilization", "utilization law", 0.5, 0.5, 0.1, True, ""),
        ("a", "wait_mean", "", float("nan"), 1.0, 0.1, None, "one"),
    )
    assert reasons(rows) == "No formula for 1 resource, or not for the waits: one (1)."
    assert reasons(rows[:1]) == ""


def test_a_company_has_a_few_lines_of_reasons_and_no_table():
    lines = printed(theory(listing_day()))
    assert lines[0] == "Theory beside simulation"
    assert 2 <= len([line for line in lines if line]) <= 4
    told = " ".join(lines)
    assert "resources: events are scripted (" in told
    assert "the arrival rate changes with time (" in told
    assert "more reasons." in told
