"""The smallest value that meets its targets, with the evidence on both sides."""

import io
from contextlib import redirect_stdout
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from worlds.small_designs import TOML

from relaysim.measure.quantity import Quantity
from relaysim.measure.target import Target
from relaysim.present.text import size_summary as sized
from relaysim.present.text.terminal import show
from relaysim.study.execution.execution import Execution
from relaysim.study.execution.task import Task
from relaysim.study.replicate import Replication
from relaysim.study.size import SizeError, size
from relaysim.study.varied_values import Vary

MM4 = Path(__file__).parents[2] / "scenarios" / "mm4.toml"
CONNECTIONS = Vary.parse("hubs.HUB01.max_per_domain_outbound_connections=4:8")
SHORT = ("run.duration=600 s", "run.warm_up=0 s")
WAIT = Target.parse("total.wait_delivery < 300 ms")
"""Erlang C: four servers wait 746 ms, five 160 ms, six 45 ms."""


@pytest.mark.parametrize("seed", range(2))
def test_it_finds_the_smallest_number_of_servers_that_theory_knows(seed: int) -> None:
    result = size(MM4, CONNECTIONS, [WAIT], settings=SHORT, seed=seed, most=10, jobs=1)
    assert (result.value, result.sure) == ("5", True)
    evidence = result.evidence.set_index("value")
    assert evidence.loc["4", "verdict"] == "missed"
    assert evidence.loc["4", "low"] > 0.3
    assert evidence.loc["5", "verdict"] == "met"
    assert evidence.loc["5", "high"] < 0.3


def test_the_smallest_of_all_needs_no_other_side() -> None:
    easy = Target.parse("total.wait_delivery < 10 s")
    result = size(MM4, CONNECTIONS, [easy], settings=SHORT, most=5, jobs=1)
    assert (result.value, result.sure) == ("4", True)


def test_all_targets_have_to_be_met() -> None:
    easy, hard = map(Target.parse, ("total.on_time > 50 %", "total.latency_p95 < 3500 ms"))
    result = size(MM4, CONNECTIONS, [easy, hard], settings=SHORT, most=10, jobs=1)
    assert int(result.value) > 4
    assert set(result.evidence["target"]) == {easy.text, hard.text}


def test_if_nothing_will_do_the_error_says_by_how_much() -> None:
    never = Target.parse("total.latency_mean < 500 ms")
    with pytest.raises(
        SizeError, match=r"not even 8, the last value, meets .* total\.latency_mean is \d.* missed"
    ):
        size(MM4, CONNECTIONS, [never], settings=SHORT, jobs=1)


def test_the_first_of_values_in_another_order_is_called_the_first() -> None:
    """From the weakest to the strongest, which need not be from the smallest to the largest."""
    result = size(MM4, {"run.scale": [1.2, 1.0, 0.5]}, [WAIT], settings=SHORT, most=5, jobs=1)
    assert not result.rising
    assert result.value == "0.5"
    with redirect_stdout(io.StringIO()) as out:
        show(sized.size_text(result))
    assert "is the first value that meets" in out.getvalue()
    assert "A later value is taken to do no worse" in " ".join(out.getvalue().split())


def test_what_was_not_seen_at_first_is_looked_for_before_an_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A disaster in the tenth replication of four connections, which five looks do not see."""
    seen: dict[int, int] = {}

    def value(quantity: Quantity, metrics: pd.DataFrame) -> float:
        if quantity.metric in ("created", "not_judged"):
            return 0.0
        at = int(metrics["at"].iloc[0])
        seen[at] = seen.get(at, 0) + 1
        return 100.0 if at == 4 and seen[at] > 9 else 0.1

    monkeypatch.setattr(Quantity, "value", value)
    monkeypatch.setattr("relaysim.study.size.require_measured", lambda *_: None)
    monkeypatch.setattr(Execution, "results", lambda _, tasks: map(_run_of, tasks))
    result = size(MM4, CONNECTIONS, [WAIT], settings=SHORT, most=20, jobs=1)
    assert result.value == "5"
    verdicts = result.evidence.set_index("value")["verdict"].to_dict()
    assert verdicts == {"4": "missed", "5": "met", "6": "met", "8": "met"}
    assert result.sure
    by_default = size(MM4, CONNECTIONS, [WAIT], settings=SHORT, jobs=1)
    assert by_default.evidence.set_index("value").loc["5", "replications"] == 80


def _run_of(task: Task[Replication]) -> SimpleNamespace:
    hub = task.scenario.hubs["HUB01"]
    frame = pd.DataFrame({"at": [hub.max_per_domain_outbound_connections]})
    return SimpleNamespace(metrics=frame)


def test_a_metric_without_a_value_meets_no_target() -> None:
    never = Target.parse("class.dsn.latency_p95 < 5 s")
    with pytest.raises(SizeError, match=r"class.dsn.latency_p95 has no value in any of 5 repl"):
        size(MM4, CONNECTIONS, [never], settings=SHORT, jobs=1)


def test_a_value_with_which_a_run_does_not_settle_is_missed() -> None:
    vary = Vary.of(CONNECTIONS.path, [3, 5])
    auto = ("run.duration=2000 s", "run.warm_up=auto")
    result = size(MM4, vary, "total.wait_delivery < 400 ms", settings=auto, most=10, jobs=1)
    assert result.value == "5"
    assert result.evidence.set_index("value").loc["3", "verdict"] == "missed"


def test_an_undecided_target_counts_as_missed_and_is_reported() -> None:
    """The bound equals the wait at five servers: no number of replications decides."""
    edge = Target.parse("total.wait_delivery < 160 ms")
    result = size(MM4, CONNECTIONS, [edge], settings=SHORT, most=10, jobs=1)
    assert (result.value, result.sure) == ("6", False)
    assert result.evidence.set_index("value").loc["5", "replications"] == 10


@pytest.mark.parametrize(
    ("targets", "wrong", "message"),
    [
        ([], {}, "takes at least one target"),
        ([WAIT], {"confidence": 1.5}, r"a confidence of 1.5: give one from 0.5 to below 1"),
        ([WAIT], {"most": 2}, "at most 2 replications of a value: give at least 5"),
    ],
)
def test_what_makes_no_sense(
    tmp_path: Path, targets: list[Target], wrong: dict[str, float], message: str
) -> None:
    file = tmp_path / "two.toml"
    file.write_text(TOML, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        size(file, CONNECTIONS, targets, **wrong)  # type: ignore[arg-type]
