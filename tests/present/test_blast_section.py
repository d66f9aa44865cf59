"""The section on the blast radius: a few plain sentences for each design."""

from dataclasses import replace

import pandas as pd
import pytest
from worlds.golden_sections import Golden
from worlds.golden_text import flat, message
from worlds.quantities import quantities, quantities_after
from worlds.small_comparison import comparison

from relaysim.measure.metric_catalogue import METRICS
from relaysim.present.text.blast_summary import blast
from relaysim.present.text.number_format import chance
from relaysim.wording import MOST

NAME = "shared-hub"
NONE = [
    ("total", "total", "listed", 0.0, 0.0, 0.37),
    ("total", "total", "harmed", 0.0, 0.0, 0.0),
]
LISTED = [
    ("total", "total", "listed", 0.6, 0.23, 0.88),
    ("total", "total", "listings", 1.2, 0.8, 1.6),
    ("total", "total", "listed_time", 18_000.0, 14_400.0, 21_600.0),
    ("total", "total", "listing_length", 259_200.0, 259_200.0, 259_200.0),
    ("blocklist", "css", "listed", 0.2, 0.0, 0.6),
    ("blocklist", "spamcop", "listed", 0.4, 0.1, 0.8),
    ("blocklist", "uceprotect-2", "listed", 0.0, 0.0, 0.4),
]
HARM = [
    ("total", "total", "refused_innocents", 490.0, 370.0, 610.0),
    ("total", "total", "junked_innocents", 0.0, 0.0, 0.0),
    ("total", "total", "late_innocents", 220.0, 205.0, 235.0),
    ("total", "total", "harmed", 710.0, 575.0, 845.0),
    ("total", "total", "blast_radius", 0.042, 0.031, 0.053),
    ("total", "total", "blast_reputation", 0.031, 0.021, 0.041),
    ("total", "total", "blast_congestion", 0.011, 0.009, 0.013),
    ("stream", "users.correspondence", "blast_radius", 0.02, 0.015, 0.025),
    ("stream", "crm.invoices", "blast_radius", 0.12, 0.09, 0.15),
    ("stream", "crm.invoices | listed", "blast_radius", 0.5, 0.4, 0.6),
    ("stream", "sharepoint.alerts", "blast_radius", 0.0001, 0.0, 0.0002),
    ("total", "total | listed", "blast_reputation", 0.052, 0.047, 0.057),
    ("total", "total | listed", "refused_innocents", 810.0, 800.0, 820.0),
]


LISTS = ("css", "spamcop", "uceprotect-2")
STREAMS = ("users.correspondence", "crm.invoices", "sharepoint.alerts")


def sentences(rows: list[tuple[object, ...]], *gain: float) -> str:
    """The section of one design, as one line; `gain` is the isolation gain with its interval."""
    made = comparison()
    metrics = pd.DataFrame(
        [(NAME, *row, METRICS[str(row[2])].unit, 3) for row in rows],
        columns=[
            *("scenario", "scope", "subject", "metric", "value", "low", "high"),
            *("unit", "replications"),
        ],
    )
    compared = made.comparisons.iloc[:0]
    if gain:
        key = {"scenario": NAME, "scope": "total", "subject": "total", "metric": "isolation_gain"}
        ends = dict(zip(("difference", "difference_low", "difference_high"), gain, strict=True))
        compared = pd.DataFrame([{**key, **ends, "unit": "share"}])
    result = replace(
        made,
        scenarios=made.scenarios[:1],
        metrics=metrics,
        comparisons=compared,
        blast={NAME: made.blast[NAME]},
        replications=5,
    )
    lines = [str(line) for line in blast(result)]
    assert max(len(part) for line in lines for part in line.splitlines()) <= MOST
    return " ".join(" ".join(lines).split())


def test_a_listing_has_its_probability_its_length_and_its_lists(
    golden_section: Golden,
) -> None:
    text = sentences(LISTED)
    golden_section("blast/sentences", message(text))
    assert {"10 h", "5", "95 %"} <= quantities(text)
    assert "marketing.newsletter" in text
    assert {
        "60 %",
        "23",
        "88 %",
        "1.2",
        "0.8",
        "1.6",
        "5.0 h",
        "4.0",
        "6.0 h",
        "3 d",
    } <= quantities(text)
    assert quantities_after(text, LISTS) == [("spamcop", "40 %"), ("css", "20 %")]


def test_what_was_never_seen_has_a_chance_all_the_same(golden_section: Golden) -> None:
    text = sentences(NONE)
    assert "63 %" in quantities(text)
    assert not any(list_ in text for list_ in LISTS)
    golden_section("blast/sentences", message(text))


def test_a_listing_from_before_is_not_counted_as_begun(golden_section: Golden) -> None:
    before = [row for row in LISTED if row[2] not in ("listings", "listing_length")]
    text = sentences([*before, ("total", "total", "listings", 0.0, 0.0, 0.0)])
    assert {"5.0 h", "4.0", "6.0 h"} <= quantities(text)
    assert not {"0", "3 d"} & quantities(text)
    golden_section("blast/sentences", message(text))


def test_a_design_without_a_culprit_or_without_innocent_mail_has_a_sentence(
    golden_section: Golden,
) -> None:
    made = comparison()
    base, other = made.scenarios[:2]
    host = base.hosts["marketing"]
    alone = base.model_copy(update={"hosts": {"marketing": host}})
    nobody = other.model_copy(
        update={"hosts": {name: h for name, h in other.hosts.items() if name != "marketing"}}
    )
    lines = blast(replace(made, scenarios=(alone, nobody)))
    text = flat(" ".join(str(line) for line in lines))
    assert alone.name in text
    assert other.name in text
    golden_section("blast/sentences", message(text))


def test_harm_is_listed_by_cause_and_by_stream_the_worst_first(golden_section: Golden) -> None:
    text = sentences(LISTED + HARM)
    assert {"490", "370", "610", "220", "205", "235", "710", "575", "845"} <= quantities(text)
    assert {
        "4.2 %",
        "3.1",
        "5.3 %",
        "3.1 %",
        "2.1",
        "4.1 %",
        "1.1 %",
        "0.9",
        "1.3 %",
    } <= quantities(text)
    assert quantities_after(text, STREAMS) == [
        ("crm.invoices", "12 %"),
        ("users.correspondence", "2.0 %"),
    ]
    assert {"3", "810", "800", "820", "5.2 %", "4.7", "5.7 %"} <= quantities(text)
    golden_section("blast/sentences", message(text))


def test_the_isolation_gain_is_relative_to_the_base(golden_section: Golden) -> None:
    clear = sentences(NONE, 0.87, 0.78, 0.96)
    assert {"87 %", "78", "96 %"} <= quantities(clear)
    below = sentences(NONE, -0.2, -0.3, -0.1)
    assert {"-20 %", "-30", "-10 %"} <= quantities(below)
    unsure = sentences(NONE, 1.0, float("nan"), float("nan"))
    assert "100 %" in quantities(unsure)
    golden_section("blast/sentences", message("\n".join([clear, below, unsure])))


def test_without_coupled_runs_there_is_no_section() -> None:
    assert blast(replace(comparison(), blast={})) == []


@pytest.mark.parametrize(
    ("ends", "said"),
    [
        ((0.6, 0.231, 0.882), "60 % (23 to 88 %)"),
        ((1.0, float("nan"), float("nan")), "100 %"),
        ((0.0025, 0.001, 0.0251), "0.25 % (0 to 3 %)"),
        ((float("nan"), 0.0, 1.0), "-"),
    ],
)
def test_a_chance_is_written_with_both_ends(ends: tuple[float, float, float], said: str) -> None:
    assert chance(*ends) == said
