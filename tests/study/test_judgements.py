"""What the replications say of a target, by the mean, the median, or all of them."""

import numpy as np
import pytest

from relaysim.measure.target import Target
from relaysim.study.target_verdict import Judgement

LATE = "class.bulk.latency_p95 < 1 s"
SKEWED = [1.4, 15.0, 30.0, 2.0, 28.0, 1.5, 70.0, 2.2]
FAST = [0.2, 0.4, 0.3, 0.2, 0.5, 0.3, 90.0, 0.2, 0.3, 0.4, 0.3, 0.2]


def judged(
    text: str, values: list[float], skewed: bool = False, confidence: float = 0.98
) -> Judgement:
    return Judgement(Target.parse(text), np.array(values), confidence, skewed)


@pytest.mark.parametrize(
    ("text", "values", "skewed", "verdict"),
    [
        (LATE, SKEWED, False, "missed"),  # the interval is from 0 to 42 s, but each value misses
        (LATE, SKEWED[:6], False, "not decided"),  # six are too few for the sign test at 98 %
        (LATE, SKEWED, True, "missed"),
        (LATE, SKEWED[:6], True, "not decided"),
        (LATE, FAST, False, "not decided"),  # one day of 90 s: the mean is anywhere
        (LATE, FAST, True, "met"),  # the median is not
        (LATE, [*FAST, np.inf], True, "missed"),  # mail that is lost is in no median
        (LATE, [*FAST, np.nan], True, "not decided"),
        ("class.bulk.latency_p95 > 0 ms", [5.0, 5.1, 5.2], False, "met"),
        ("total.listed < 90 %", [1.0] * 8, False, "not decided"),
        (
            "class.bulk.on_time > 99 %",
            [0.98, 0.5, 0.1, 0.98, 0.97, 0.98, 0.98, 0.2],
            False,
            "missed",
        ),
    ],
)
def test_a_verdict(text: str, values: list[float], skewed: bool, verdict: str) -> None:
    assert judged(text, values, skewed).verdict == verdict


def test_no_time_is_below_zero_and_too_few_say_how_many_it_takes() -> None:
    assert str(judged(LATE, SKEWED[:5])) == (
        "class.bulk.latency_p95 is 15.28 s (0 to 38.19, 5 replications), so class.bulk.latency_p95 "
        "< 1 s is not decided"
    )
    assert str(judged(LATE, SKEWED[:5], skewed=True)) == (
        "the median of class.bulk.latency_p95 is 15 s (5 replications), so class.bulk.latency_p95 "
        "< 1 s is not decided: a verdict on a median takes at least 7 replications"
    )
    assert str(judged(LATE, SKEWED, skewed=True)) == (
        "the median of class.bulk.latency_p95 is 8.6 s (1.4 to 70, 8 replications), so "
        "class.bulk.latency_p95 < 1 s is missed"
    )
    lost = judged(LATE, [0.2, np.inf, 0.3], skewed=True)
    assert str(lost) == (
        "class.bulk.latency_p95 is lost in 1 of 3 replications, so class.bulk.latency_p95 < 1 s is "
        "missed"
    )
