"""The blast radius of small designs, alone and compared."""

import json
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from worlds.listing_designs import OFTEN, apart, shared
from worlds.small_designs import design

from relaysim.measure.frame_columns import FRAMES
from relaysim.study.blast_radius import BlastRadius, blast_radius, isolation_gain
from relaysim.study.compare import Comparison, compare
from relaysim.study.isolation_gain import gain
from relaysim.study.run_result import run
from relaysim.study.written_results import to_json, write

REPLICATIONS = 6


@pytest.fixture(scope="module")
def found() -> BlastRadius:
    return blast_radius(shared(OFTEN), REPLICATIONS, seed=3, jobs=1, command="by hand")


@pytest.fixture(scope="module")
def compared() -> Comparison:
    return compare(shared(OFTEN), apart(OFTEN), replications=REPLICATIONS, seed=3, jobs=1)


def total(found: BlastRadius, metric: str) -> list[float]:
    return found.values("total", "total", metric).tolist()


def test_a_listing_refuses_innocent_mail_and_every_refusal_is_counted(found: BlastRadius) -> None:
    listed, refused = total(found, "listed"), total(found, "refused_innocents")
    assert 1 < sum(listed) < REPLICATIONS
    assert [many > 0 for many in refused] == [each == 1 for each in listed]
    assert len(found.harmed) == sum(total(found, "harmed"))
    causes = found.harmed.groupby("cause", observed=True).size()
    assert causes["traps"] == sum(refused)
    assert found.incidents["refused_innocents"].sum() == sum(refused)
    assert set(found.incidents["blocklists"]) == {"traps"}
    assert (found.incidents["signals"] >= 2).all()  # two hits list


def test_what_is_counted_is_what_reach_expects(found: BlastRadius) -> None:
    refused, expected = total(found, "refused_innocents"), total(found, "reach_refused")
    # Some of those created before the listing are still on their way when it comes.
    assert sum(refused) == pytest.approx(sum(expected), rel=0.15)


def test_the_frames_have_the_columns_of_the_contract(found: BlastRadius) -> None:
    for name in ("metrics", "harmed", "incidents"):
        assert list(getattr(found, name).columns) == [column.name for column in FRAMES[name]]
    assert found.provenance.command == "by hand"
    assert (found.seed, found.replications) == (3, REPLICATIONS)


def test_a_chance_and_what_holds_given_a_listing_say_what_they_rest_on(found: BlastRadius) -> None:
    rows = found.metrics.set_index(["scope", "subject", "metric"])
    likely = rows.loc[("total", "total", "listed")]
    many = sum(total(found, "listed"))
    assert likely["value"] == many / REPLICATIONS
    assert 0 < likely["low"] < likely["value"] < likely["high"] < 1
    given = rows.loc[("total", "total | listed", "refused_innocents")]
    assert given["replications"] == many
    assert given["value"] == pytest.approx(sum(total(found, "refused_innocents")) / many)


def test_an_ip_of_its_own_avoids_all_of_the_harm_by_reputation(found: BlastRadius) -> None:
    other = blast_radius(apart(OFTEN), REPLICATIONS, seed=3, jobs=1)
    assert set(total(other, "blast_reputation")) == {0.0}
    assert total(other, "listed") == total(found, "listed")
    assert isolation_gain(found, other) == (1.0, 1.0, 1.0, REPLICATIONS)
    with pytest.raises(ValueError, match="the same seed and as many replications"):
        isolation_gain(found, blast_radius(apart(OFTEN), 1, seed=3, jobs=1))


def test_two_processes_find_what_one_finds(found: BlastRadius) -> None:
    again = blast_radius(shared(OFTEN), REPLICATIONS, seed=3, jobs=2)
    pd.testing.assert_frame_equal(again.metrics, found.metrics)
    pd.testing.assert_frame_equal(again.harmed, found.harmed)
    pd.testing.assert_frame_equal(again.series.harm, found.series.harm)


def test_a_result_is_shown_in_a_line_or_two(found: BlastRadius) -> None:
    assert repr(found).startswith("BlastRadius(scenario=Scenario(name=")
    assert len(repr(found)) < 1500


def test_a_file_is_no_scenario() -> None:
    with pytest.raises(TypeError, match=r"'x.toml': relaysim.load\(path\) makes one of a file"):
        blast_radius("x.toml")  # type: ignore[arg-type]


def test_without_a_culprit_there_is_no_blast_radius() -> None:
    with pytest.raises(ValueError, match=r"two has no culprit.*culprit = true"):
        blast_radius(design("two"), 1, jobs=1)
    metrics = compare(design("two"), design("more"), jobs=1, replications=1)
    assert metrics.blast == {}
    assert not metrics.metrics["metric"].str.startswith("blast").any()


def test_a_comparison_has_the_blast_radius_of_each_design(
    compared: Comparison, found: BlastRadius
) -> None:
    assert set(compared.blast) == {"shared", "apart"}
    own = compared.metrics[compared.metrics["scenario"] == "shared"]
    keys = ["scope", "subject", "metric"]
    both = own.merge(found.metrics, on=keys, suffixes=("", "_alone"))
    assert len(both) == len(found.metrics)
    np.testing.assert_array_equal(both["value"], both["value_alone"])
    # What a design has alone comes first, as from `run`.
    alone = run(shared(OFTEN), REPLICATIONS, seed=3, jobs=1).metrics
    pd.testing.assert_frame_equal(own.iloc[: len(alone)].reset_index(drop=True), alone)


def test_a_comparison_has_the_isolation_gain_as_a_row(compared: Comparison) -> None:
    rows = compared.comparisons.set_index("metric")
    row = rows.loc["isolation_gain"]
    assert (row["value"], row["difference"], row["difference_low"]) == (1.0, 1.0, 1.0)
    assert (row["verdict"], row["replications"]) == ("better", REPLICATIONS)
    harm = compared.comparisons.query("subject == 'total' and metric == 'blast_reputation'")
    assert harm["value"].tolist() == [0.0]
    assert (harm["difference"] < 0).all()


def test_the_blast_radius_can_be_left_out() -> None:
    without = compare(shared(OFTEN), apart(OFTEN), replications=1, jobs=1, blast=False)
    assert without.blast == {}
    assert "isolation_gain" not in set(without.comparisons["metric"])


def test_a_culprit_of_one_design_is_no_innocent_of_another() -> None:
    acquitted = shared(OFTEN, "hosts.app.streams.invoices.culprit=true", name="other")
    rows = compare(shared(OFTEN), acquitted, replications=2, jobs=1).comparisons
    harm = rows[(rows["metric"] == "harmed") & (rows["scope"] == "total")]
    # Nobody is innocent in both.
    assert harm["value"].tolist()[:1] == [0.0]
    assert harm["difference"].tolist()[:1] == [0.0]


def test_a_blast_radius_is_written_like_any_result(found: BlastRadius, tmp_path: Path) -> None:
    target = write(found, tmp_path / "out")
    assert sorted(path.name for path in target.iterdir()) == [
        "harmed.parquet", "incidents.parquet", "metrics.csv", "provenance.json",
    ]  # fmt: skip
    assert len(pd.read_parquet(target / "harmed.parquet")) == len(found.harmed)
    assert json.dumps(to_json(found), allow_nan=False)


def test_an_isolation_gain_is_a_ratio_of_means_with_a_jackknife_interval() -> None:
    base, other = np.array([0.2, 0.0, 0.4]), np.array([0.1, 0.0, 0.0])
    value, low, high, n = gain(base, other)
    assert (value, n) == (pytest.approx(1 - 0.1 / 0.6), 3)
    # Leaving out one at a time: 1 - 0/0.4, 1 - 0.1/0.6, 1 - 0.1/0.2.
    each = np.array([1.0, 1 - 1 / 6, 0.5])
    half = 4.302653 * math.sqrt(2 / 3 * ((each - each.mean()) ** 2).sum())
    assert (low, high) == pytest.approx((value - half, value + half))


@pytest.mark.parametrize(
    ("base", "value"), [([0.0, 0.0], math.nan), ([0.0, 0.5], 0.5), ([0.5], 0.5), ([], math.nan)]
)
def test_an_isolation_gain_without_enough_harm_has_no_interval(
    base: list[float], value: float
) -> None:
    found = gain(np.array(base), np.array(base) / 2)
    assert found.value == pytest.approx(value, nan_ok=True)
    assert np.isnan([found.low, found.high]).all()
