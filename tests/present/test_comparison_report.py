"""What `compare` prints: what differs, and what that changes."""

import contextlib
import io
import math
import re
from dataclasses import replace

import pandas as pd
import pytest
from worlds.golden_text import flat, message, page, portable
from worlds.quantities import quantities
from worlds.small_comparison import comparison

from relaysim.present.text import comparison as compared
from relaysim.present.text.headline_metrics import Headline
from relaysim.present.text.terminal import show, tables
from relaysim.stats.interval import EQUIVALENT
from relaysim.wording import MOST

NAN = float("nan")
COLUMNS = [
    *("scenario", "base", "scope", "subject", "metric", "value", "base_value"),
    *("difference", "difference_low", "difference_high", "confidence", "verdict"),
    *("replications_needed", "narrowing", "recipients", "unit", "replications"),
    *("replications_better", "replications_worse"),
    *("replications_lost", "base_replications_lost"),
]


def found(*rows):
    """The small comparison with other differences."""
    return replace(comparison(), comparisons=pd.DataFrame(list(rows), columns=COLUMNS))


def row(scope, subject, metric, value, difference, half, verdict, narrowing, unit, needed=NAN):
    ends = (difference - half, difference + half)
    head = ("new", "old", scope, subject, metric, value, value - difference, difference)
    return (*head, *ends, 0.95, verdict, needed, narrowing, 100.0, unit, 5, 0, 0, 0, 0)


@pytest.fixture(scope="module")
def lines():
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        show(compared.comparison_text(comparison(), full=True, explain=True))
    return out.getvalue().splitlines()


def test_a_row_has_both_values_the_difference_the_verdict_and_what_pairing_gained(golden):
    made = found(
        row("class", "bulk", "on_time", 0.95, -0.03, 0.01, "worse", 4.26, "share"),
        row(
            "class",
            "corporate",
            "on_time",
            0.99,
            0.0,
            0.0,
            EQUIVALENT,
            None,
            "share",
        ),
    )
    shown = [Headline("on_time", "on time", "class", ("bulk", "corporate"))]
    grid = compared.verdicts(made, "old", "new", shown)
    assert re.findall("new|old", grid.title) == ["new", "old"]
    golden("compare/verdicts", page(tables(grid)))
    assert grid.rows == [
        ["on time"],
        ["  bulk", "98 %", "95 %", "-3.0 pp (-4.0 to -2.0 pp)", "worse", "x4.3"],
        ["  corporate", "99 %", "99 %", "0 pp", EQUIVALENT, "-"],
    ]


def test_losses_are_shown_only_where_something_is_lost():
    made = found(
        row("total", "total", "bounced", 900.0, 800.0, 90.0, "worse", 1.0, "recipients"),
        row("total", "total", "expired", 0.0, 0.0, 0.0, EQUIVALENT, 1.0, "recipients"),
    )
    shown = [Headline(metric, metric, "total", ("total",)) for metric in ("bounced", "expired")]
    grid = compared.verdicts(made, "old", "new", shown)
    assert grid.rows == [
        ["bounced"],
        ["  total", "100", "900", "+800 (+710 to +890)", "worse", "x1.0"],
    ]


def test_what_has_no_difference_is_left_out():
    nan = float("nan")
    made = found(row("class", "bulk", "completion", nan, nan, nan, "not decided", nan, "s"))
    shown = [Headline("completion", "campaign complete after", "class", ("bulk",))]
    assert compared.verdicts(made, "old", "new", shown).rows == []


ON_TIME = Headline("on_time", "on time", "class", ("bulk",))
BUSY = Headline("latency_p95_busy_hours", "p95 in the busy hours", "class", ("bulk",))


def doubts(made, *shown):
    """What is said below the table, in one line."""
    return flat(" ".join(map(str, compared.doubts(made, "old", "new", shown))))


@pytest.mark.parametrize(
    ("needed", "shown"), [(37.0, "37"), (1234.0, "1,200"), (math.inf, "10,000")]
)
def test_what_is_undecided_says_how_many_replications_would_decide_it(
    needed, shown, golden_section
):
    not_decided = row(
        "class", "bulk", "on_time", 0.95, -0.01, 0.02, "not decided", 1.0, "share", needed
    )
    text = doubts(found(not_decided), ON_TIME)
    assert text.startswith("bulk, on time: ")
    assert quantities(text) - {"50 %"} == {shown}
    golden_section("compare/doubts", message(text))


def test_where_no_number_of_replications_is_known_nothing_is_said():
    not_decided = row(
        "class", "bulk", "on_time", 0.95, -0.01, 0.02, "not decided", 1.0, "share", NAN
    )
    assert doubts(found(not_decided), ON_TIME) == ""


def test_of_what_is_decided_nothing_is_said():
    better = row("class", "bulk", "on_time", 0.95, 0.03, 0.01, "better", 1.0, "share")
    assert compared.doubts(found(better), "old", "new", [ON_TIME]) == []


def test_an_unstable_quantile_is_judged_by_on_time(golden_section):
    """In the base 4 to 6 % are late, and the p95 is two seconds or five minutes."""
    each = [(0.96, 2.0), (0.94, 300.0), (0.955, 2.0)]
    replications = pd.DataFrame(
        [
            (i, "old", "class", "bulk", metric, value)
            for i, (on_time, p95) in enumerate(each)
            for metric, value in (
                ("created", 1000.0),
                ("delivered", 1000.0),
                ("junked", 0.0),
                ("on_time", on_time),
                ("latency_p95_busy_hours", p95),
            )
        ],
        columns=["replication", "scenario", "scope", "subject", "metric", "value"],
    )
    made = found(
        row("class", "bulk", "on_time", 0.99, 0.03, 0.01, "better", 1.0, "share"),
        row("class", "bulk", BUSY.metric, 1.0, -100.0, 400.0, "not decided", 1.0, "s", 60.0),
    )
    made = replace(made, per_replication=replications)
    text = doubts(made, ON_TIME, BUSY)
    assert text.startswith("bulk, p95 in the busy hours: ")
    assert {"60", "4", "6 %", "+3.0 pp", "+2.0", "+4.0 pp"} <= quantities(text)
    assert "on_time" in text
    golden_section("compare/doubts", message(text))


def test_intervals_of_several_designs_say_how_wide_they_are(golden_section):
    text = {n: flat(compared.reading(n)) for n in (1, 2, 12)}
    assert "95 %" in quantities(text[1])
    assert "97.5 %" in quantities(text[2])
    assert {"12", "99.58 %"} <= quantities(text[12])
    golden_section("compare/doubts", message(text[2]))


def test_the_report_says_below_a_table_what_is_undecided(lines, golden):
    rows = comparison().comparisons.set_index(["scenario", "scope", "subject", "metric"])
    needed = rows.loc[("listing-day", "class", "transactional", "on_time"), "replications_needed"]
    assert math.ceil(needed) == 3
    starts = [i for i, line in enumerate(lines) if line.startswith("transactional, on time: ")]
    paragraph = flat(" ".join(lines[starts[-1] : starts[-1] + 2]))
    assert "3" in quantities(paragraph)
    # All tables are there, and all rows.
    assert not [line for line in lines if line.endswith(" --full")]
    golden("compare/listing-day", portable("\n".join(lines)))


def test_the_report_fits_the_terminal(lines):
    assert max(map(len, lines)) <= MOST


def test_the_report_says_first_what_differs(lines):
    differs = next(
        i for i, line in enumerate(lines) if line.startswith('events: [] → [{"at": "3 h"')
    )
    rows = [i for i, line in enumerate(lines) if line.startswith("  transactional ")]
    # Before it are those of the other design: three metrics, in a table of two parts.
    assert rows[5] < differs < rows[6]


def test_the_report_has_the_time_of_every_design(lines):
    names = [design.name for design in comparison().scenarios]
    heads = [i for i, line in enumerate(lines) if line == "bulk"]
    below = [[line.split()[0] for line in lines[i + 1 : i + 1 + len(names)]] for i in heads]
    assert names in below


def test_equal_designs_differ_in_nothing(golden):
    base = comparison().scenarios[0]
    (_, nothing, _) = (str(line) for line in compared.changes(base, base))
    golden("compare/nothing-differs", nothing)


def test_the_report_ends_with_the_blast_radius_of_each_design(lines):
    names = [design.name for design in comparison().scenarios]
    named = [line for line in lines if line.endswith("marketing.newsletter")]
    assert [line.partition(",")[0] for line in named[-3:]] == names
    metrics = comparison().metrics.set_index(["scenario", "scope", "subject", "metric"])
    row = metrics.loc[("listing-day", "total", "total", "listed"), ["value", "low", "high"]]
    assert row.tolist() == pytest.approx([1.0, 0.342, 1.0], abs=0.001)
    section = "\n".join(lines[lines.index(named[-1]) :])
    assert {"100 %", "34", "1"} <= quantities(section)


def test_designs_that_are_equal_in_every_replication_have_no_chances():
    found = comparison()
    shown = [Headline("on_time", "on time", "class", ("corporate.internal", "bulk"))]
    per = found.per_replication
    own = (per["scope"] == "class") & (per["metric"] == "on_time")
    equal = own & (per["subject"] == "corporate.internal")
    values = per["value"].where(~equal, 1.0)
    apart = own & (per["subject"] == "bulk") & (per["scenario"] == found.scenarios[0].name)
    values = values.where(~apart, 0.5 + 0.01 * per["replication"])
    grid = compared.best(replace(found, per_replication=per.assign(value=values)), shown)
    assert grid.rows[0] == ["on time"]
    assert grid.rows[1][0] == "  corporate.internal"
    assert len(set(grid.rows[1][1:])) == 1
    assert all(cell.endswith(" %") for cell in grid.rows[2][1:])
