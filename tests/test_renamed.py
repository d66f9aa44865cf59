"""Names of earlier versions: each kind answers with the new name."""

import pandas as pd
import pytest

import relaysim
from relaysim import renamed
from relaysim.cli.margin import parse
from relaysim.measure.answering_frames import AnsweringFrames
from relaysim.measure.metric_catalogue import METRICS
from relaysim.measure.quantity import Quantity, QuantityError
from relaysim.scenario.problem import ScenarioError
from relaysim.study.compare import require_comparable
from relaysim.study.run_result import RunResult
from relaysim.study.sweep import Sweep

OLD = "latency_p95_worst_hour"
ANSWER = "latency_p95_worst_hour was renamed to latency_p95_busy_hours"


def frames() -> AnsweringFrames:
    """Return frames as a result has them."""
    return AnsweringFrames.of(
        {"recipients": pd.DataFrame({"recipient": [0], "status": ["junked"]})}
    )


def test_new_names_are_in_use() -> None:
    """No old name is in use again, and each new metric exists."""
    assert set(renamed.METRICS.values()) <= set(METRICS)
    for names in (
        renamed.KEYS,
        renamed.METRICS,
        renamed.FRAMES,
        renamed.COLUMNS,
        renamed.ATTRIBUTES,
    ):
        assert not set(names) & set(names.values())


def test_key_of_a_scenario(monkeypatch: pytest.MonkeyPatch) -> None:
    """`load` names the new key, at the place of the old one."""
    monkeypatch.setattr("relaysim.scenario.translate.KEYS", {"warmup": "warm_up"})
    with pytest.raises(ScenarioError, match="warmup was renamed to warm_up"):
        relaysim.loads('name = "old"\n[run]\nduration = "1 h"\nwarmup = "1 min"\n')


def test_metric_in_a_selector() -> None:
    """A quantity names the new metric and the whole selector."""
    with pytest.raises(QuantityError) as error:
        Quantity.parse(f"class.bulk.{OLD}")
    assert str(error.value) == f"{ANSWER}: write class.bulk.latency_p95_busy_hours"


def test_metric_of_a_margin() -> None:
    """`--margin` and `margins` name the new metric."""
    with pytest.raises(ValueError, match=ANSWER):
        parse(f"{OLD}=30 s")


def test_metric_of_a_comparison() -> None:
    """`compare` names the new metric."""
    designs = [relaysim.load(f"scenarios/{name}.toml") for name in ("shared-hub", "dedicated-hub")]
    with pytest.raises(ValueError, match=ANSWER):
        require_comparable(designs, {OLD: METRICS["on_time"].margin})


def test_frame_by_name() -> None:
    """Frames name the new frame; a name that never was is an ordinary KeyError."""
    assert list(frames()) == ["recipients"]
    with pytest.raises(KeyError, match="copies was renamed to recipients"):
        frames()["copies"]
    with pytest.raises(KeyError, match="nothing"):
        frames()["nothing"]


@pytest.mark.parametrize("key", ["fate", ["recipient", "fate"]])
def test_column_of_a_frame(key: str | list[str]) -> None:
    """A frame names the new column; a new name returns what pandas returns."""
    frame = frames()["recipients"]
    with pytest.raises(KeyError, match="fate was renamed to status"):
        frame[key]
    with pytest.raises(KeyError, match="nothing"):
        frame["nothing"]
    assert frame["status"].tolist() == ["junked"]
    assert type(frame[["status"]]) is pd.DataFrame


def test_attribute_of_a_result() -> None:
    """A result names the new attribute; an attribute that never was is an ordinary error."""
    result = object.__new__(RunResult)
    with pytest.raises(AttributeError, match="copies was renamed to recipients"):
        _ = result.copies  # type: ignore[attr-defined]
    with pytest.raises(AttributeError, match="'RunResult' object has no attribute 'nothing'"):
        _ = result.nothing  # type: ignore[attr-defined]


def test_attribute_of_a_sweep() -> None:
    """A sweep names the new attribute."""
    sweep = object.__new__(Sweep)
    with pytest.raises(AttributeError, match="knees was renamed to limits"):
        _ = sweep.knees  # type: ignore[attr-defined]
