"""Replications go on until the intervals are narrow, and stay so."""

import numpy as np
import pandas as pd
import pytest
from worlds.small_designs import design

from relaysim import run
from relaysim.measure.quantity import Quantity, QuantityError
from relaysim.present.text.reached_precision import precise
from relaysim.stats.interval import Estimate
from relaysim.study.precision import Precision, Reached, Watch

LATENCY = Quantity("total", "total", "latency_mean")
ON_TIME = Quantity("total", "total", "on_time")


def watched(values: list[float], precision: Precision) -> tuple[int | None, Watch]:
    """After how many replications with these mean latencies the rule has enough."""
    watch = Watch(precision, design("two"))
    for n, value in enumerate(values, 1):
        frame = pd.DataFrame([{"scope": "total", "subject": "total", "metric": "latency_mean"}])
        if watch.enough(frame.assign(value=value)):
            return n, watch
    return None, watch


def test_it_looks_five_replications_ahead() -> None:
    n, watch = watched([1.0] * 50, Precision(0.05, (LATENCY,)))
    assert n == 3 + 5
    (reached,) = watch.reached()
    assert (reached.estimate.value, reached.half, reached.wanted) == (1.0, 0.0, 0.05)


def test_a_lucky_start_does_not_stop_it() -> None:
    """Three alike are narrow; the next ones are not, and all begins anew."""
    values = [1.0, 1.0, 1.0, 2.0, 0.5] + [1.0] * 500
    n, watch = watched(values, Precision(0.05, (LATENCY,)))
    assert n is not None
    since = n - 5 * max(n // 100, 1)
    assert since > 8
    spread = np.std(values[: n - 5], ddof=1) / np.sqrt(n - 5)
    assert 1.9 * spread < 0.05 * np.mean(values[: n - 5]) * 1.05
    assert all(each.narrow for each in watch.reached())


def test_beyond_a_hundred_it_looks_a_twentieth_ahead() -> None:
    """Values alternate around 1, so that the width falls as the root of their number."""
    values = [1.0 + 0.1 * (-1) ** i for i in range(2000)]
    n, _ = watched(values, Precision(0.01, (LATENCY,), most=2000))
    assert n is not None
    narrow = next(
        k for k in range(3, 2000) if 1.98 * np.std(values[:k], ddof=1) / k**0.5 <= 0.01 * 1.0
    )
    assert narrow > 100
    assert abs(n - narrow * 21 // 20) <= 30


def test_an_absolute_width_goes_before_the_relative_one() -> None:
    precision = Precision(0.05, (LATENCY,), {LATENCY: 3.0})
    n, watch = watched([1.0, 2.0, 1.5] * 10, precision)
    assert n == 8
    assert watch.reached()[0].wanted == 3.0


def test_a_run_goes_on_until_it_is_precise() -> None:
    result = run(design("two"), precision=Precision(0.3, (LATENCY,)), jobs=1)
    (reached,) = result.precision
    assert reached.narrow
    assert reached.half <= 0.3 * reached.estimate.value
    assert result.replications == reached.estimate.n == result.provenance.replications
    again = run(design("two"), replications=result.replications, jobs=2)
    pd.testing.assert_frame_equal(again.metrics, result.metrics, check_exact=True)


def test_the_limit_is_in_the_result() -> None:
    printed: list[tuple[int, int]] = []
    precision = Precision(1e-6, (LATENCY,), most=4)
    result = run(
        design("two"), precision=precision, jobs=1, progress=lambda n, of: printed.append((n, of))
    )
    (reached,) = result.precision
    assert (result.replications, reached.narrow) == (4, False)
    assert reached.needed > 1e6
    assert printed == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_each_class_is_asked_for_unless_something_is_chosen() -> None:
    chosen = Precision().chosen(design("two", news=True))
    assert [str(each) for each in chosen] == [
        "class.bulk.on_time",
        "class.bulk.latency_p50",
        "class.transactional.on_time",
        "class.transactional.latency_p50",
    ]


def test_an_unknown_subject_is_an_error_after_one_replication() -> None:
    precision = Precision(0.1, (Quantity.parse("class.transactionl.on_time"),))
    with pytest.raises(QuantityError, match='did you mean "transactional"'):
        run(design("two"), precision=precision, jobs=1)


@pytest.mark.parametrize("wrong", [{"relative": 0.0}, {"relative": -1.0}, {"most": 2}])
def test_what_makes_no_sense(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=r"it must be above 0|at least 3 are needed"):
        Precision(**wrong)  # type: ignore[arg-type]


def test_quantities_may_be_texts() -> None:
    precision = Precision(0.05, ["total.on_time"], {"total.latency_mean": 0.5})
    watch = Watch(precision, design("two"))
    assert watch.quantities == (ON_TIME, LATENCY)
    assert watch.widths == {LATENCY: 0.5}
    with pytest.raises(QuantityError, match='did you mean "on_time"'):
        Precision(quantities=["total.ontime"]).chosen(design("two"))


def test_what_never_has_a_value_ends_the_waiting() -> None:
    with pytest.raises(QuantityError, match=r"total.latency_mean has no value in any of 5 repl"):
        watched([np.nan] * 50, Precision(0.05, (LATENCY,)))


def test_what_nobody_asked_for_and_never_has_a_value_is_no_longer_looked_at() -> None:
    watch = Watch(Precision(), design("two"))
    rows = [
        (each.scope, each.subject, each.metric, np.nan if each.metric == "on_time" else 1.0)
        for each in watch.quantities
    ]
    frame = pd.DataFrame(rows, columns=["scope", "subject", "metric", "value"])
    for _ in range(5):
        watch.enough(frame)
    assert {each.metric for each in watch.quantities} == {"latency_p50"}


def test_a_limit_within_the_look_ahead_is_no_proof() -> None:
    result = run(design("two"), precision=Precision(0.9, ["total.latency_mean"], most=3), jobs=1)
    assert all(each.narrow for each in result.precision)
    assert not result.precise
    text = " ".join(" ".join(map(str, precise(result))).split())
    assert "but whether they stay so was not seen" in text


def test_what_it_takes_falls_with_students_quantile_too() -> None:
    half = 4.302653 * 1.0 / np.sqrt(3)
    result = Estimate(10.0, 10.0 - half, 10.0 + half, 3)
    # With a standard deviation of 1: 18 values have a half-width of 0.497, 17 one of 0.514.
    assert Reached(LATENCY, result, 0.5).needed == 18
    assert np.isnan(Reached(LATENCY, Estimate(1.0, np.nan, np.nan, 1), 0.5).needed)
    listed = Quantity("total", "total", "listed")
    never = Reached(listed, Estimate(0.0, 0.0, 0.3244, 8), 0.1)
    # Wilson's interval of none of n is z^2 / (n + z^2) wide: 15.4 replications, and eight by eight.
    assert never.needed == 16
