"""Sweeps: every point is the run that its settings make, and targets hold up to a limit."""

import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from worlds.small_designs import TOML

from relaysim import run
from relaysim.measure.quantity import Quantity, QuantityError
from relaysim.measure.target import Target
from relaysim.scenario.load import load
from relaysim.scenario.problem import ScenarioError
from relaysim.stats.interval import Estimates
from relaysim.study.break_even import (
    EVERYWHERE,
    FROM,
    NO_MAIL,
    NOWHERE,
    UP_TO,
    Limit,
    break_even,
    limit,
)
from relaysim.study.stacked_metrics import KEY
from relaysim.study.sweep import Sweep, SweepError, sweep
from relaysim.study.varied_values import Vary, grid

RATE = "hosts.app.streams.invoices.arrivals.rate"
LATENCY = Quantity("total", "total", "latency_mean")
CONNECTIONS = "hubs.HUB01.max_per_domain_outbound_connections"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A design with two connections and one with eight."""
    folder = tmp_path_factory.mktemp("designs")
    two, eight = folder / "two.toml", folder / "eight.toml"
    two.write_text(TOML, encoding="utf-8")
    eight.write_text(
        f'extends = "two.toml"\nname = "eight"\n[hubs.HUB01]\n{CONNECTIONS.split(".")[2]} = 8\n',
        encoding="utf-8",
    )
    return two, eight


@pytest.fixture(scope="module")
def found(files: tuple[Path, Path]) -> Sweep:
    vary = {"run.scale": [0.2, 0.5, 1]}
    return sweep(files[0], vary, files[1], quantities=[LATENCY], replications=4, jobs=1)


def test_a_point_is_the_run_with_its_settings(files: tuple[Path, Path], found: Sweep) -> None:
    alone = run(load(files[1], ["run.scale=0.5"]), replications=4, jobs=1).metrics
    own = found.metrics[
        (found.metrics["run.scale"] == 0.5) & (found.metrics["scenario"] == "eight")
    ]
    pd.testing.assert_frame_equal(
        own.drop(columns="run.scale").reset_index(drop=True), alone, check_exact=True
    )


def test_points_have_the_parameters_as_columns_and_a_row_for_each_design(found: Sweep) -> None:
    name = "total.latency_mean"
    assert list(found.points.columns) == [
        *("run.scale", "scenario", name, f"{name} low", f"{name} high"),
        *(f"{name} {each}" for each in ("median", "least", "most")),
    ]
    assert found.points["run.scale"].tolist() == [0.2, 0.2, 0.5, 0.5, 1, 1]
    assert found.points["scenario"].tolist() == ["two", "eight"] * 3
    assert (found.points[f"{name} low"] <= found.points[name]).all()


def test_differences_are_paired(found: Sweep) -> None:
    rows = found.comparisons.set_index(["run.scale", *KEY])
    values = found.values
    apart = values[("1",), "eight"][0] - values[("1",), "two"][0]
    row = rows.loc[(1, *LATENCY)]
    assert row["difference"] == pytest.approx(apart.mean())
    assert row["high"] - row["low"] == pytest.approx(2 * 3.182446 * np.std(apart, ddof=1) / 2)


def test_grids_take_every_combination() -> None:
    points = grid([Vary.of("a", [1, 2]), Vary.of("b", ["5 ms", "1 s"])])
    assert points == [("1", "5 ms"), ("1", "1 s"), ("2", "5 ms"), ("2", "1 s")]
    with pytest.raises(ValueError, match="varied twice"):
        grid([Vary.of("a", [1]), Vary.of("a", [2])])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("hubs.HUB01.cores=1:4", ("1", "2", "3", "4")),
        ("a.b=2:9:3", ("2", "5", "8")),
        ("a.b=5000, 10000", ("5000", "10000")),
        ("a.rate=1/s,2/s", ("1/s", "2/s")),
        ('a.rate="1/s","2/s"', ("1/s", "2/s")),
        ('egress."198.51.100.10".age=0 d,400 d', ("0 d", "400 d")),
        ("a.list=[1, 2],[3]", ("[1, 2]", "[3]")),
        ("a.flag=true,false", ("true", "false")),
    ],
)
def test_values_are_written_as_settings_are(text: str, values: tuple[str, ...]) -> None:
    assert Vary.parse(text).values == values


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("cores", "write PATH=VALUE,VALUE"),
        ("a.b=", "at least one value"),
        ("a.b=1,1", "is given twice"),
        ("a.b=1 s,1000 ms", "is given twice"),
        ("a.b=4:1", "is no range"),
        ("a.b=1:999999", "more than 10,000 values"),
        ("a.b=0.5:1.5", "ranges are for whole numbers"),
    ],
)
def test_what_cannot_be_varied(text: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Vary.parse(text)


def test_a_point_that_is_no_scenario_is_an_error_before_any_run(
    files: tuple[Path, Path],
) -> None:
    with pytest.raises(ScenarioError, match=r"--vary \(two.toml\): hubs.HUB01.coers = 1"):
        sweep(files[0], {"hubs.HUB01.coers": [1, 2]}, jobs=1)
    with pytest.raises(ScenarioError, match=r"--set: hubs.HUB01.coers = 1"):
        sweep(files[0], {"run.scale": [1]}, settings=["hubs.HUB01.coers=1"], jobs=1)
    with pytest.raises(ValueError, match="give a list"):
        sweep(files[0], {"run.scale": "45"}, jobs=1)
    with pytest.raises(SweepError, match="the same name"):
        sweep(files[0], {"run.scale": [1]}, files[0], jobs=1)
    with pytest.raises(SweepError, match="nothing is varied"):
        sweep(files[0], {}, jobs=1)
    wrong = Quantity.parse("class.none.on_time")
    with pytest.raises(QuantityError, match="is not a class of this scenario"):
        sweep(files[0], {"run.scale": [0.1]}, quantities=[wrong], replications=1, jobs=1)


def test_a_target_holds_up_to_where_the_mean_crosses_it(found: Sweep) -> None:
    means = [float(found.values[(each,), "two"][0].mean()) for each in ("0.2", "0.5", "1")]
    bound = (means[1] + means[2]) / 2
    at = found.limit(Target(LATENCY, True, bound, ""), "two")
    assert at.holds == UP_TO
    assert at.value == pytest.approx(0.75)
    assert at.low <= at.value <= at.high
    above = Target(LATENCY, True, 2 * means[2], "")
    everywhere = found.limit(above)
    assert (everywhere.holds, everywhere.high) == (EVERYWHERE, math.inf)
    assert math.isnan(everywhere.value)
    below = Target(LATENCY, True, means[0] / 2, "")
    nowhere = found.limit(below)
    assert (nowhere.holds, nowhere.low) == (NOWHERE, -math.inf)


def test_a_design_without_such_mail_has_no_limit(found: Sweep) -> None:
    nobody = replace(found, values={key: values * np.nan for key, values in found.values.items()})
    at = nobody.limit(Target(LATENCY, True, 1.0, ""))
    assert at.holds == NO_MAIL
    assert math.isnan(at.value)


def test_a_limit_takes_one_number(files: tuple[Path, Path]) -> None:
    words = sweep(
        files[0],
        {"hubs.HUB01.mta": ["none", "exchange-2010"]},
        quantities=[LATENCY],
        replications=1,
        settings=["run.scale=0.1"],
        jobs=1,
    )
    target = "total.latency_mean < 1 s"
    with pytest.raises(SweepError, match="exactly one varied number"):
        words.limit(target)
    with pytest.raises(SweepError, match="exactly one varied number"):
        sweep(files[0], {"hubs.HUB01.mta": ["none"]}, targets=[target], jobs=1)
    with pytest.raises(ValueError, match=r'"tow" is not a design .* did you mean "two"'):
        words.limit(target, "tow")
    with pytest.raises(ValueError, match="is not a quantity of this sweep"):
        words.limit("total.latency_p95 < 1 s")


def test_what_gets_better_holds_from_a_value_on(files: tuple[Path, Path]) -> None:
    """Numbers may have units, also different ones; they are put in order."""
    vary = {RATE: ["1/s", "120/min", "4/s"]}
    found = sweep(files[0], vary, targets=["total.latency_mean > 3 s"], replications=4, jobs=1)
    means = [float(found.values[(each,), "two"][0].mean()) for each in vary[RATE]]
    assert found.varied[0].amounts == (1.0, 2.0, 4.0)
    bound = (means[0] + means[1]) / 2
    at = found.limit(Target(LATENCY, False, bound, ""))
    assert (at.holds, at.unit) == (FROM, "/s")
    assert at.value == pytest.approx(1.5)
    assert at.low <= at.value <= at.high
    everywhere = found.limit(Target(LATENCY, False, 0.0, ""))
    assert (everywhere.holds, everywhere.low) == (EVERYWHERE, -math.inf)
    nowhere = found.limit(Target(LATENCY, False, 1e9, ""))
    assert (nowhere.holds, nowhere.low, nowhere.high) == (NOWHERE, math.inf, math.inf)
    (printed,) = found.limits
    assert printed == found.limit("total.latency_mean > 3 s")


def measured(target: str, rows: list[list[float]], load: list[float]) -> Limit:
    """The limit of values by load and replication."""
    return limit("two", Target.parse(target), np.array(rows), np.array(load))


def test_the_bound_itself_keeps_a_target_only_if_it_says_so() -> None:
    rows, load = [[0.0, 0.0], [0.0, 0.0]], [1.0, 2.0]
    assert measured("total.expired > 0", rows, load).holds == NOWHERE
    assert measured("total.expired >= 0", rows, load).holds == EVERYWHERE


@pytest.mark.parametrize(
    ("target", "hint"),
    [
        ("total.on_time > 150 %", ""),
        ("total.on_time > 150", ""),
        ("total.on_time > 99", ": write 99 %, or 0.99"),
        ("total.on_time >= 99.5", ": write 99.5 %, or 0.995"),
    ],
)
def test_a_share_above_one_was_meant_as_a_percentage(target: str, hint: str) -> None:
    with pytest.raises(ValueError, match="at most 100 %") as caught:
        Target.parse(target)
    assert str(caught.value) == f'"{target}": a share is at most 100 %{hint}'


def test_several_crossings_are_counted() -> None:
    rows = [[1.0, 1.1], [3.0, 3.1], [1.0, 1.1], [3.0, 3.1]]
    found = measured("total.latency_mean < 2 s", rows, [1.0, 2.0, 3.0, 4.0])
    assert (found.holds, found.crossings) == (UP_TO, 3)
    assert 1.0 < found.value < 2.0


def test_where_an_interval_is_not_known_nothing_is_sure() -> None:
    target, load = "total.latency_mean < 2 s", [1.0, 2.0, 3.0]
    alone = measured(target, [[1.0], [1.5], [3.0]], load)
    assert (alone.low, alone.high) == (-math.inf, math.inf)
    # A replication without a value at the second point: the mean keeps the bound, but not surely.
    some = measured(target, [[1.0, 1.1], [1.5, np.nan], [3.0, 3.1]], load)
    assert some.low == 1.0
    assert some.low <= some.value <= some.high
    # A point without any value does not keep it: how far on the way to it, nobody knows.
    none = measured(target, [[1.0, 1.1], [np.nan, np.nan], [3.0, 3.1]], load)
    assert (none.low, none.value, none.high) == (1.0, 1.0, 2.0)


def _ahead(value: list[float], half: float) -> Estimates:
    mean = np.array(value)
    return Estimates(mean, mean - half, mean + half, np.full(len(mean), 5))


def test_designs_differ_from_where_the_difference_gets_larger_than_the_margin() -> None:
    load, least = np.array([10.0, 20.0, 30.0, 40.0]), np.full(4, 5.0)
    at = break_even("b", "b is better", _ahead([0, 10, 20, 30], 2.0), least, load, " messages")
    # It is 1 a unit of load: 5 of the mean at 15, 5 of its ends at 13 and 17.
    assert at == Limit("b", "b is better", FROM, 15.0, 13.0, 17.0, 1, " messages")
    back = break_even("b", "", _ahead([30, 20, 10, 0], 2.0), least, load)
    assert (back.holds, back.value, back.low, back.high) == (UP_TO, 35.0, 33.0, 37.0)


def test_a_difference_that_never_matters_is_nowhere_and_one_without_values_is_none() -> None:
    load, least = np.array([10.0, 20.0]), np.full(2, 5.0)
    never = break_even("b", "", _ahead([1, 5], 0.0), least, load)
    assert (never.holds, never.crossings) == (NOWHERE, 0)
    ever = break_even("b", "", _ahead([6, 7], 0.0), least, load)
    assert ever.holds == EVERYWHERE
    assert break_even("b", "", _ahead([np.nan] * 2, 0.0), least, load).holds == NO_MAIL


def test_a_sweep_has_the_break_even_of_a_design(found: Sweep) -> None:
    better, worse = found.break_even(LATENCY, "eight")
    assert (better.holds, better.scenario, worse.holds) == (FROM, "eight", NOWHERE)
    two, eight = (
        np.array([found.values[(scale,), name][0].mean() for scale in ("0.2", "0.5", "1")])
        for name in ("two", "eight")
    )
    excess = two - eight - [LATENCY.of.margin.of(each) for each in two]
    assert (excess > 0.0).tolist() == [False, False, True]
    at = 0.5 + 0.5 * -excess[1] / (excess[2] - excess[1])
    assert better.value == pytest.approx(at)
    assert better.low < better.value < better.high
    with pytest.raises(ValueError, match="eigth"):
        found.break_even(LATENCY, "eigth")


def test_a_path_that_one_design_alone_has_is_varied_there(files: tuple[Path, Path]) -> None:
    other = files[0].with_name("line.toml")
    line = '[lines.spare]\nbandwidth = "1 Mbit/s"\n[egress."198.51.100.10"]\nline = "spare"\n'
    other.write_text(f'extends = "two.toml"\nname = "line"\n{line}', encoding="utf-8")
    vary = {"lines.spare.bandwidth": ["20 kbit/s", "1 Mbit/s"]}
    found = sweep(files[0], vary, other, quantities=[LATENCY], replications=2, jobs=1)
    of = {
        name: [found.values[(v,), name][0].tolist() for v in vary["lines.spare.bandwidth"]]
        for name in found.scenarios
    }
    assert of["two"][0] == of["two"][1]
    assert min(of["line"][0]) > max(of["line"][1])


def test_what_is_lost_in_both_designs_makes_no_difference(files: tuple[Path, Path]) -> None:
    """Nothing is delivered in time by either, so the p95 of both is lost: neither is the better."""
    lost = sweep(
        files[0],
        {"run.scale": [0.2, 0.3]},
        files[1],
        quantities=[Quantity("total", "total", "latency_p95")],
        settings=["destinations.sink.connect_failure=1.0"],
        replications=2,
        jobs=1,
    )
    assert np.isinf(lost.points["total.latency_p95"].to_numpy(np.float64)).all()
    rows = lost.comparisons.query("scope == 'total' and metric == 'latency_p95'")
    assert rows[["median", "least", "most"]].to_numpy().tolist() == [[0.0] * 3] * 2
