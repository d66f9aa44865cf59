"""Sensitivity: every end is the run that its setting makes, and shares of variance are right."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from worlds.small_designs import TOML

from relaysim import run
from relaysim.measure.quantity import Quantity, QuantityError
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import ScenarioError
from relaysim.study import sensitivity as module
from relaysim.study.design_files import DesignFiles
from relaysim.study.execution.store import Store
from relaysim.study.factors import Factor, SensitivityError, over
from relaysim.study.replicate import KeptOutput
from relaysim.study.sensitivity import Sensitivity, sensitivity
from relaysim.study.sobol_indices import sobol_indices

LATENCY = Quantity("total", "total", "latency_mean")
CONNECTIONS = "hubs.HUB01.max_per_domain_outbound_connections"
RESPONSE = "destinations.sink.response_time.mean"
MAILBOXES = "mailboxes.delivery_time.mean"
CORES = "hubs.HUB01.cores"


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("designs") / "two.toml"
    path.write_text(TOML, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def found(file: Path) -> Sensitivity:
    inputs = {
        MAILBOXES: ("75 ms", "300 ms"),
        RESPONSE: ("500 ms", "0.9 s"),
        CONNECTIONS: (1, 4),
    }
    return sensitivity(file, LATENCY, inputs, replications=4, jobs=1)


def test_an_end_is_the_run_with_its_setting(file: Path, found: Sensitivity) -> None:
    row = found.effects.set_index("path").loc[CONNECTIONS]
    assert (row["low"], row["base"], row["high"]) == ("1", "2", "4")
    base, high = (
        run(load(file, settings), replications=4, jobs=1).per_replication
        for settings in ([], [f"{CONNECTIONS}=4"])
    )
    was, now = (
        each.groupby("replication").apply(LATENCY.value).to_numpy() for each in (base, high)
    )
    assert found.base.value == pytest.approx(was.mean())
    assert row["at_high"] == pytest.approx(now.mean())
    assert row["high_difference"] == pytest.approx((now - was).mean())
    # Two ends: 97.5 % each, Student's quantile for three degrees of freedom.
    half = 4.176535 * np.std(now - was, ddof=1) / 2
    assert row["high_difference_high"] - row["high_difference"] == pytest.approx(half)
    assert row["swing"] == pytest.approx(row["low_difference"] - row["high_difference"])


def test_the_largest_comes_first_and_what_does_nothing_last(found: Sensitivity) -> None:
    assert found.effects["path"].tolist() == [CONNECTIONS, RESPONSE, MAILBOXES]
    assert found.effects["effect"].tolist() == ["measurable", "measurable", "none"]
    nothing = found.effects.iloc[-1]
    assert nothing["swing"] == 0.0
    assert nothing["at_low"] == nothing["at_high"] == found.base.value
    assert found.indices is None


def test_of_two_designs_it_is_the_paired_difference_that_changes(file: Path) -> None:
    other = file.with_name("four.toml")
    other.write_text(f'extends = "two.toml"\nname = "four"\n{_hub("HUB01", 4)}', encoding="utf-8")
    found = sensitivity(
        file, LATENCY, {RESPONSE: ("500 ms", "900 ms")}, other=other, replications=4, jobs=1
    )

    def apart(settings: list[str]) -> np.ndarray:
        ours, theirs = (
            run(load(each, settings), replications=4, jobs=1).per_replication
            for each in (file, other)
        )
        was, now = (
            e.groupby("replication").apply(LATENCY.value).to_numpy() for e in (ours, theirs)
        )
        return now - was

    base, high = apart([]), apart([f"{RESPONSE}=900 ms"])
    assert found.base.value == pytest.approx(base.mean())
    half = 3.182446 * np.std(base, ddof=1) / 2
    assert found.base.high - found.base.value == pytest.approx(half)
    (row,) = found.effects.to_dict("records")
    assert row["at_high"] == pytest.approx(high.mean())
    assert row["at_high_high"] - row["at_high"] == pytest.approx(
        3.182446 * np.std(high, ddof=1) / 2
    )
    assert row["high_difference"] == pytest.approx((high - base).mean())
    assert (found.scenario, found.other) == ("two", "four")
    assert [name for name, _ in found.provenance.scenarios] == ["two", "four"]


def _hub(name: str, connections: int) -> str:
    return f"[hubs.{name}]\nmax_per_domain_outbound_connections = {connections}\n"


def test_a_number_that_one_design_alone_has_is_changed_there(file: Path) -> None:
    other = file.with_name("second.toml")
    more = (
        _hub("HUB02", 4)
        + """
cores = 1
mta = "none"
addresses = ["192.168.168.171"]
egress = "198.51.100.10"
"""
    )
    other.write_text(f'extends = "two.toml"\nname = "second"\n{more}', encoding="utf-8")
    cores = "hubs.HUB02.cores"
    found = sensitivity(file, LATENCY, {cores: (1, 2)}, other=other, replications=2, jobs=1)
    assert found.inputs == (Factor(cores, "1", "1", "2", "stated"),)
    assert found.effects["effect"].tolist() == ["none"]
    with pytest.raises(QuantityError, match=r'two: "HUB02.cpu" is not a resource'):
        sensitivity(file, "resource.HUB02.cpu.utilization", {cores: (1, 2)}, other=other, jobs=1)
    with pytest.raises(SensitivityError, match="is a chance: ask about one design alone"):
        sensitivity(file, "egress.198\\.51.listed", other=other)


def test_one_replication_decides_nothing(file: Path) -> None:
    inputs = {CONNECTIONS: (1, 4), MAILBOXES: ("75 ms", "300 ms")}
    alone = sensitivity(file, LATENCY, inputs, replications=1, jobs=1)
    assert alone.effects["effect"].tolist() == ["not decided", "none"]


def test_assumptions_are_what_changes_unless_something_is_given(file: Path) -> None:
    usual = sensitivity(file, "total.on_time", replications=1, settings=["run.scale=0.1"], jobs=1)
    assert set(usual.effects["effect"]) == {"none"}
    assert "operations.cleaning" in usual.effects["path"].tolist()
    cleaning = usual.effects.set_index("path").loc["operations.cleaning"]
    assert (cleaning["low"], cleaning["high"]) == ("0.45", "1.0")


@pytest.fixture
def linear(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs whose latency is 3 s a core, and the mean time of delivery to mailboxes."""

    def replicate(scenario: Scenario, replication: int, seed: int, wanted: KeptOutput) -> object:
        delivery = scenario.mailboxes.delivery_time
        value = 3.0 * scenario.hubs["HUB01"].cores + delivery.mean / 1e6 + replication
        metrics = pd.DataFrame([(*LATENCY, value)], columns=["scope", "subject", "metric", "value"])
        return type("Measured", (), {"metrics": metrics})()

    monkeypatch.setattr("relaysim.study.replicate.replicate", replicate)


@pytest.mark.usefixtures("linear")
def test_all_assumptions_have_few_replications_unless_more_are_asked_for(file: Path) -> None:
    many = ["run.replications=30"]
    assert sensitivity(file, LATENCY, settings=many, jobs=1).replications == 5
    assert sensitivity(file, LATENCY, replications=7, jobs=1).replications == 7
    assert sensitivity(file, LATENCY, {CORES: (1, 2)}, settings=many, jobs=1).replications == 30


@pytest.mark.usefixtures("linear")
def test_a_linear_response_has_the_shares_of_its_variance(file: Path) -> None:
    """Cores even among 1 to 3: variance 9 x 2/3 = 6; even over 6 s: variance 36/12 = 3."""
    inputs = {CORES: (1, 3), MAILBOXES: ("1 s", "7 s"), RESPONSE: ("1 s", "2 s")}
    found = sensitivity(file, LATENCY, inputs, sobol=32, replications=2, jobs=1)
    assert found.base.value == pytest.approx(3.0 + 0.15 + 0.5)
    effects = found.effects.set_index("path")
    assert effects["swing"].to_dict() == pytest.approx({CORES: 6.0, MAILBOXES: 6.85, RESPONSE: 0.0})
    assert effects.loc[CORES, "low_difference"] == 0.0
    assert effects.loc[MAILBOXES, "high_difference_low"] == pytest.approx(6.85)
    assert found.indices is not None
    indices = found.indices.set_index("path")
    expected = {CORES: 2 / 3, MAILBOXES: 1 / 3, RESPONSE: 0.0}
    assert indices["first"].to_dict() == pytest.approx(expected, abs=0.1)
    assert indices["total"].to_dict() == pytest.approx(expected, abs=0.1)
    assert (abs(indices["first"] - pd.Series(expected)) <= indices["first_half"]).all()


@pytest.mark.usefixtures("linear")
def test_without_inputs_those_that_move_it_most_get_indices(file: Path) -> None:
    printed: list[tuple[int, int]] = []
    found = sensitivity(
        *(file, LATENCY),
        sobol=2,
        replications=1,
        jobs=1,
        progress=lambda *at: printed.append(at),
    )
    assert found.indices is not None
    assert found.indices["path"].tolist() == [MAILBOXES]
    ends = sum(len(each.ends) for each in found.inputs)
    assert printed[-1][0] == 1 + ends + 2 * 3


@pytest.mark.usefixtures("linear")
def test_few_scenarios_at_a_time_give_the_same(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inputs = {CORES: (1, 3), MAILBOXES: ("1 s", "7 s")}
    whole = sensitivity(file, LATENCY, inputs, sobol=4, replications=2, jobs=1)
    monkeypatch.setattr(module, "_AT_ONCE", 6)
    printed: list[tuple[int, int]] = []
    parts = sensitivity(
        *(file, LATENCY, inputs),
        sobol=4,
        replications=2,
        jobs=1,
        progress=lambda *at: printed.append(at),
    )
    pd.testing.assert_frame_equal(parts.effects, whole.effects, check_exact=True)
    assert parts.indices is not None
    assert whole.indices is not None
    pd.testing.assert_frame_equal(parts.indices, whole.indices, check_exact=True)
    total = 2 * (1 + 4 + 4 * 4)
    assert printed == [(done, total) for done in range(1, total + 1)]


def test_rates_that_have_to_be_whole_stay_whole(file: Path) -> None:
    rate = "hubs.HUB01.receive_connectors.relay.message_rate_limit"
    designs = module._Designs(DesignFiles.of([file]), (load(file),))
    axis = module._Axis.of(Factor(rate, "unlimited", "100/min", "200/min"), designs)
    assert (axis.at(0.0), axis.at(0.123), axis.at(0.9999)) == ("100/min", "112/min", "200/min")
    response = module._Axis.of(Factor(RESPONSE, "1 s", "1 s", "2 s"), designs)
    assert response.at(0.25) == "1.25 s"


def test_where_one_end_is_missing_the_base_takes_its_place(file: Path) -> None:
    axis = module._Axis.of(
        Factor(CORES, "1", None, "2"), module._Designs(DesignFiles.of([file]), (load(file),))
    )
    assert (axis.at(0.0), axis.at(0.6)) == ("1", "2")


def test_indices_of_a_sum_and_of_a_product() -> None:
    """Centred inputs: a sum has no interactions, a product nothing else."""
    added = sobol_indices(3, 512, 1, lambda x: 4 * x[:, 0] + 2 * x[:, 1])
    assert added["first"] == pytest.approx([0.8, 0.2, 0.0], abs=0.02)
    assert added["total"] == pytest.approx([0.8, 0.2, 0.0], abs=0.02)
    multiplied = sobol_indices(2, 512, 0, lambda x: (x[:, 0] - 0.5) * (x[:, 1] - 0.5))
    assert multiplied["first"] == pytest.approx([0.0, 0.0], abs=0.1)
    assert multiplied["total"] == pytest.approx([1.0, 1.0], abs=0.1)


def test_a_response_that_never_changes_or_is_absent_has_no_indices() -> None:
    for value in (1.0, np.nan):
        found = sobol_indices(2, 4, 1, lambda x, value=value: np.full(len(x), value))
        assert all(np.isnan(each).all() for each in found.values())


def test_what_is_in_the_store_is_not_run_again(file: Path, tmp_path: Path) -> None:
    inputs, settings = {CONNECTIONS: (1, 4)}, ["run.scale=0.1"]
    for _ in range(2):
        store = Store(tmp_path)
        sensitivity(file, LATENCY, inputs, settings=settings, replications=2, jobs=1, store=store)
    assert store.used == 6


@pytest.mark.parametrize(
    ("quantity", "inputs", "sobol", "message"),
    [
        ("total.on_tim", {CORES: (1, 2)}, None, 'did you mean "on_time"'),
        ("class.none.on_time", {CORES: (1, 2)}, None, "is not a class"),
        ("total.on_time", {}, None, "no input is given"),
        ("total.on_time", {CORES: (2, 1)}, None, "2 is not below 1"),
        ("total.on_time", {RESPONSE: ("1 s", "1000 ms")}, None, "1 s is not below 1000 ms"),
        ("total.on_time", {CORES: (1, "2 s")}, None, "not of one kind"),
        ("total.on_time", {CORES: ("few", 2)}, None, '"few" is no number'),
        ("total.on_time", {"hubs.HUB01": (1, 2)}, None, "holds no number but several values"),
        ("total.on_time", {"hubs..": (1, 2)}, None, "is no path"),
        ("total.on_time", [Factor(CORES, "1", "1", "2")] * 2, None, "is given twice"),
        ("total.on_time", {CORES: (1, 2)}, 12, "a power of two"),
        ("total.on_time", {CORES: (1, 2)}, 1, "a power of two"),
        ("class.transactional.junked_share", {CORES: (1, 2)}, None, "is not a metric of the scope"),
    ],
)
def test_senseless_arguments_are_errors(
    file: Path, quantity: str, inputs: object, sobol: int | None, message: str
) -> None:
    with pytest.raises((SensitivityError, QuantityError), match=message):
        sensitivity(
            *(file, quantity, inputs),
            settings=["run.scale=0.1"],
            sobol=sobol,
            replications=1,
            jobs=1,
        )


def test_an_end_that_is_no_scenario_is_an_error(file: Path) -> None:
    with pytest.raises(ScenarioError, match='did you mean "cores"'):
        sensitivity(file, LATENCY, {"hubs.HUB01.coers": (1, 2)}, jobs=1)


@pytest.mark.parametrize("text", ["cores", "hubs.HUB01.cores=2", "=1:2", "hubs..cores=1:2"])
def test_over_takes_a_path_and_two_ends(text: str) -> None:
    assert over("hubs.HUB01.cores = 2 : 8") == ("hubs.HUB01.cores", ("2", "8"))
    with pytest.raises(SensitivityError, match="write PATH=LOW:HIGH"):
        over(text)
