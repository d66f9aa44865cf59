"""What is equal in every replication is equal: verdicts, intervals, sweeps, ranking, text."""

from pathlib import Path

import numpy as np
import pytest
from worlds.listing_designs import LISTING
from worlds.small_designs import MORE, TOML

from relaysim.present.text import comparison as compared
from relaysim.present.text.headline_metrics import Headline
from relaysim.scenario.load import loads
from relaysim.stats.interval import constant, equal_rows, estimates, narrowing
from relaysim.stats.proportion import with_zero_unless_sure
from relaysim.stats.several_designs import differences
from relaysim.study.compare import Comparison, compare
from relaysim.study.isolation_gain import gain
from relaysim.study.ranking import ranking
from relaysim.study.sweep import sweep

NAN, INF = np.nan, np.inf
LISTED = ("total", "total", "listed")
LIST_DAY = """
[[events]]
at = "10 s"
listing = { of = "marketing", blocklist = "traps", for = "1 d" }
"""


@pytest.fixture(scope="module")
def found() -> Comparison:
    """Two designs with the very same listing, of which one has more connections."""
    text = TOML + LISTING + LIST_DAY
    names = (("few",), ("many", MORE))
    designs = [loads(text, overrides=(f'name="{name}"', *more)) for name, *more in names]
    return compare(*designs, replications=3, jobs=1)


def test_the_very_same_listings_are_equal(found: Comparison) -> None:
    index = found.comparisons.set_index(["scope", "subject", "metric"])
    row = index.loc[LISTED]
    assert row["value"] == 1.0
    assert row[["difference", "difference_low", "difference_high"]].tolist() == [0.0, 0.0, 0.0]
    assert (row["verdict"], row["replications"]) == ("equal", 3)
    assert np.isnan(row["replications_needed"])
    ranked = ranking(found, *LISTED)
    assert ranked["rank"].tolist() == [1, 1]
    assert ranked["probability_best"].tolist() == [1.0, 1.0]


def test_equal_listings_are_printed_as_equal(found: Comparison) -> None:
    shown = [Headline("listed", "chance of a listing", "total", ("total",))]
    grid = compared.verdicts(found, "few", "many", shown)
    assert grid.rows[1][:5] == ["  total", "100 %", "100 %", "0 pp", "equal"]
    assert compared.doubts(found, "few", "many", shown) == []


def test_rows_are_equal_if_every_replication_is() -> None:
    base = np.array([[1, 1, 1], [0, 1, 0], [INF, 2, 2], [2, NAN, 2], [2, NAN, 2], [2, NAN, NAN]])
    other = np.array([[1, 1, 1], [0, 0, 1], [INF, 2, 2], [2, NAN, 2], [2, 2, 2], [2, NAN, NAN]])
    base, other = base.astype(float), other.astype(float)
    # The fifth has a value in one design alone, the last in one replication alone.
    assert equal_rows(base, other).tolist() == [True, False, True, True, False, False]


@pytest.mark.parametrize("chance", [False, True])
def test_the_difference_of_equal_rows_is_nothing(chance: bool) -> None:
    rows = np.array([[0.0, 1.0, 1.0, NAN], [1.0, 1.0, 1.0, 1.0]])
    found = differences(np.full(2, chance), rows, rows.copy(), 0.95)
    assert np.array(found[:3]).tolist() == [[0.0, 0.0]] * 3
    assert found.n.tolist() == [3, 4]


def test_one_replication_makes_nothing_equal() -> None:
    one = np.array([[1.0]])
    found = differences(np.array([True]), one, one, 0.95)
    assert found.value.tolist() == [0.0]
    assert np.isnan([found.low[0], found.high[0]]).all()


def test_chances_that_are_as_likely_but_not_equal_stay_unsure() -> None:
    base, other = np.array([[1.0, 0.0, 0.0]]), np.array([[0.0, 0.0, 1.0]])
    found = differences(np.array([True]), base, other, 0.95)
    assert found.low[0] < -0.3
    assert found.high[0] > 0.3


def test_the_mean_of_equal_values_is_that_value_without_an_interval() -> None:
    """The sum of ten times 0.1 is not 1: rounding must not become an interval."""
    rows = np.array([[0.1] * 10, [0.1] * 9 + [NAN], [NAN] * 10, [0.1] * 9 + [0.2]])
    assert constant(rows).tolist() == [True, True, False, False]
    value, low, high, n = estimates(rows)
    assert value[:2].tolist() == low[:2].tolist() == high[:2].tolist() == [0.1, 0.1]
    assert n.tolist() == [10, 9, 0, 10]
    assert np.isnan(narrowing(rows[:1], rows[:1])[0])


def test_designs_with_the_same_harm_gain_nothing_for_sure() -> None:
    """All the harm is in one replication, so the jackknife has no estimate."""
    harm = np.array([0.0, 0.3, 0.0])
    assert gain(harm, harm.copy()) == (0.0, 0.0, 0.0, 3)
    assert np.isnan(gain(harm, harm / 2)[1:3]).all()


def test_a_sweep_has_no_interval_around_equal_chances(tmp_path: Path) -> None:
    first, second = tmp_path / "few.toml", tmp_path / "many.toml"
    first.write_text(TOML.replace('"two"', '"few"') + LISTING + LIST_DAY, encoding="utf-8")
    second.write_text(
        'extends = "few.toml"\nname = "many"\n'
        "[hubs.HUB01]\nmax_per_domain_outbound_connections = 8\n",
        encoding="utf-8",
    )
    quantity = "total.listed"
    swept = sweep(
        first, {"run.scale": [0.5, 1]}, second, quantities=[quantity], replications=2, jobs=1
    )
    rows = swept.comparisons
    rows = rows[(rows["scope"] == "total") & (rows["metric"] == "listed")]
    assert rows[["difference", "low", "high"]].to_numpy().tolist() == [[0.0, 0.0, 0.0]] * 2
    better, worse = swept.break_even(quantity, "many")
    assert (better.holds, worse.holds) == ("nowhere", "nowhere")
    assert better.low == better.high


def test_a_sweep_of_equal_designs_leaves_no_doubt_about_times_that_a_listing_skews(
    tmp_path: Path,
) -> None:
    first, second = tmp_path / "one.toml", tmp_path / "same.toml"
    first.write_text(TOML.replace('"two"', '"one"') + LISTING + LIST_DAY, encoding="utf-8")
    second.write_text('extends = "one.toml"\nname = "same"\n', encoding="utf-8")
    quantity = "class.transactional.latency_p95"
    swept = sweep(
        first, {"run.scale": [0.5, 1]}, second, quantities=[quantity], replications=2, jobs=1
    )
    rows = swept.comparisons
    rows = rows[(rows["subject"] == "transactional") & (rows["metric"] == "latency_p95")]
    assert rows[["difference", "low", "high"]].to_numpy().tolist() == [[0.0, 0.0, 0.0]] * 2
    for held in swept.break_even(quantity, "same"):
        assert (held.holds, held.low) == ("nowhere", held.high)


@pytest.mark.parametrize(("replications", "low"), [(2, 0.0), (5, 0.0), (6, 1.0)])
def test_replications_that_agree_are_a_verdict_from_six_on(replications: int, low: float) -> None:
    apart = np.ones((1, replications))
    found = with_zero_unless_sure(estimates(apart), apart, 0.95)
    assert (found.value[0], found.low[0], found.high[0]) == (1.0, low, 1.0)
