"""What `compare` prints: what differs, and what that changes."""

import contextlib
import io
import math
from dataclasses import replace

import pandas as pd
import pytest
from small_comparison import comparison

from relaysim.present.text import comparison as compared
from relaysim.present.text.headline_metrics import Headline
from relaysim.present.text.terminal import show
from relaysim.stats.interval import SAME
from relaysim.wording import MOST

NAN = float("nan")
COLUMNS = [
    *("scenario", "base", "scope", "subject", "metric", "value", "base_value"),
    *("difference", "difference_low", "difference_high", "confidence", "verdict"),
    *("replications_needed", "narrowing", "copies", "unit", "replications"),
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
        show(compared.report(comparison()))
    return out.getvalue().splitlines()


def test_a_row_has_both_values_the_difference_the_verdict_and_what_pairing_gained():
    made = found(
        row("class", "bulk", "on_time", 0.95, -0.03, 0.01, "worse", 4.26, "share"),
        row(
            "class",
            "corporate",
            "on_time",
            0.99,
            0.0,
            0.0,
            "no practical difference",
            None,
            "share",
        ),
    )
    shown = [Headline("on_time", "on time", "class", ("bulk", "corporate"))]
    grid = compared.verdicts(made, "old", "new", shown)
    assert grid.title == "new against the base, old"
    assert grid.rows == [
        ["on time"],
        ["  bulk", "98 %", "95 %", "-3.0±1.0 pp", "worse", "x4.3"],
        ["  corporate", "99 %", "99 %", "0 pp", SAME, "-"],
    ]


def test_losses_are_shown_only_where_something_is_lost():
    made = found(
        row("total", "total", "bounced", 900.0, 800.0, 90.0, "worse", 1.0, "copies"),
        row("total", "total", "expired", 0.0, 0.0, 0.0, SAME, 1.0, "copies"),
    )
    shown = [Headline(metric, metric, "total", ("total",)) for metric in ("bounced", "expired")]
    grid = compared.verdicts(made, "old", "new", shown)
    assert grid.rows == [["bounced"], ["  total", "100", "900", "+800±90", "worse", "x1.0"]]


def test_what_has_no_difference_is_left_out():
    nan = float("nan")
    made = found(row("class", "bulk", "completion", nan, nan, nan, "undecided", nan, "s"))
    shown = [Headline("completion", "campaign complete after", "class", ("bulk",))]
    assert compared.verdicts(made, "old", "new", shown).rows == []


ON_TIME = Headline("on_time", "on time", "class", ("bulk",))
BUSY = Headline("latency_p95_busy_hours", "p95 in the busy hours", "class", ("bulk",))


def doubts(made, *shown):
    """What is said below the table, in one line."""
    return " ".join(" ".join(map(str, compared.doubts(made, "old", "new", shown))).split())


@pytest.mark.parametrize(
    ("needed", "said"),
    [
        (
            37.0,
            "bulk, on time: undecided; about 37 replications give an even chance of deciding it.",
        ),
        (
            1234.0,
            "bulk, on time: undecided; about 1,200 replications give an even chance of deciding it.",
        ),
        (
            math.inf,
            "bulk, on time: undecided; not even 10,000 replications give an even chance of deciding it.",
        ),
        (NAN, ""),
    ],
)
def test_what_is_undecided_says_how_many_replications_would_decide_it(needed, said):
    undecided = row(
        "class", "bulk", "on_time", 0.95, -0.01, 0.02, "undecided", 1.0, "share", needed
    )
    assert doubts(found(undecided), ON_TIME) == said


def test_of_what_is_decided_nothing_is_said():
    better = row("class", "bulk", "on_time", 0.95, 0.03, 0.01, "better", 1.0, "share")
    assert compared.doubts(found(better), "old", "new", [ON_TIME]) == []


def test_a_quantile_on_a_cliff_is_judged_by_on_time():
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
        row("class", "bulk", BUSY.metric, 1.0, -100.0, 400.0, "undecided", 1.0, "s", 60.0),
    )
    made = replace(made, per_replication=replications)
    assert doubts(made, ON_TIME, BUSY) == (
        "bulk, p95 in the busy hours: undecided; about 60 replications give an even chance of deciding it; "
        "stands on a cliff, 4 to 6 % are late in old: judge by on_time (+3.0±1.0 pp, better)."
    )


def test_intervals_of_several_designs_say_how_wide_they_are():
    assert "half the width of its 95 % interval;" in compared.reading(1)
    assert "97.5 % interval (Bonferroni: so the verdicts on one metric of one" in compared.reading(
        2
    )
    assert "all 12 designs" in compared.reading(12)
    assert "99.58 % interval" in compared.reading(12)


def test_the_report_says_below_a_table_what_is_undecided(lines):
    start = lines.index("listing-day against the base, shared-hub")
    told = " ".join(" ".join(lines[start:]).split())
    assert (
        "transactional, on time: undecided; about 3 replications give an even chance of deciding it."
        in told
    )


def test_the_report_fits_the_terminal(lines):
    assert max(map(len, lines)) <= MOST


def test_the_report_says_first_what_differs(lines):
    head = lines.index("What listing-day has otherwise than shared-hub")
    assert lines[head + 1].startswith('events: [] → [{"at": "3 h"')
    assert head < lines.index("listing-day against the base, shared-hub")


def test_the_report_tells_the_time_of_every_design(lines):
    start = next(i for i, line in enumerate(lines) if line.startswith("Where the time goes"))
    names = [line.split()[0] for line in lines[start + 3 : start + 7]]
    assert names == ["bulk", "shared-hub", "dedicated-hub-same-allocation", "listing-day"]


def test_equal_designs_differ_in_nothing():
    base = comparison().scenarios[0]
    assert [str(line) for line in compared.changes(base, base)][1:] == ["nothing", ""]


def test_the_report_ends_with_the_blast_radius_of_each_design(lines):
    start = lines.index("Blast radius")
    named = [line for line in lines[start:] if line.endswith(", culprit marketing.newsletter")]
    assert [line.partition(",")[0] for line in named] == [
        "shared-hub",
        "dedicated-hub-same-allocation",
        "listing-day",
    ]
    assert "  Listings: in 100 % (34 % to 100 %) of the replications; 1 in each, some IP" in lines


def test_designs_that_are_equal_in_every_replication_have_no_chances():
    found = comparison()
    shown = [Headline("on_time", "on time", "class", ("corporate.internal", "bulk"))]
    per = found.per_replication
    mine = (per["scope"] == "class") & (per["metric"] == "on_time")
    equal = mine & (per["subject"] == "corporate.internal")
    values = per["value"].where(~equal, 1.0)
    apart = mine & (per["subject"] == "bulk") & (per["scenario"] == found.scenarios[0].name)
    values = values.where(~apart, 0.5 + 0.01 * per["replication"])
    grid = compared.best(replace(found, per_replication=per.assign(value=values)), shown)
    assert grid.rows[:2] == [["on time"], ["  corporate.internal", "equal", "equal", "equal"]]
    assert all(cell.endswith(" %") for cell in grid.rows[2][1:])
