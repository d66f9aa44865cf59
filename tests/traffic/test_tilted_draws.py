"""Traps made likelier, with the weight that makes every average right again."""

import math
from functools import cache

import numpy as np
import pytest
from worlds.golden_sections import Golden
from worlds.refusals import refusals
from worlds.traffic_examples import LISTS, Raw, arrays, by_name, drawn, host, stream, tables

from relaysim.traffic.signal_draws import Signal
from relaysim.traffic.workload import Draws

SMALL = {"process": "campaign", "at": "0 s", "messages": 40, "rate": "10/s"}
TRAP = 0.05 * 0.25
"""Probability that an address of `small` is a trap."""
TIMES = 600


def small(**listed: float) -> Raw:
    mail = stream(SMALL, mailing_list={"trap_share": 0.05, **listed})
    return tables({"app": host(load=mail)}, blocklists=LISTS)


@cache
def replications(tilt: float) -> list[Draws]:
    return [drawn(small(), n, tilt=tilt) for n in range(TIMES)]


def mean_and_error(values: list[float]) -> tuple[float, float]:
    return float(np.mean(values)), float(np.std(values, ddof=1)) / math.sqrt(len(values))


def test_untilted_draws_have_their_natural_weight() -> None:
    assert {draws.log_weight for draws in replications(1.0)} == {0.0}


def test_the_weight_is_the_likelihood_ratio_of_the_traps() -> None:
    draws = drawn(small(), tilt=4.0)

    hits = len(draws.trap_recipient)
    assert 0 < hits < 10
    expected = TRAP**hits * (1 - TRAP) ** (40 - hits)
    expected /= (4 * TRAP) ** hits * (1 - 4 * TRAP) ** (40 - hits)
    assert math.exp(draws.log_weight) == pytest.approx(expected, rel=1e-12)


def test_an_address_is_decided_once_however_often_it_gets_mail() -> None:
    weeks = small()
    weeks["run"] = {"duration": "28 d"}
    weeks["hosts"]["app"]["streams"]["load"]["arrivals"] = SMALL | {"every": "7 d"}

    once, weekly = drawn(small(), tilt=4.0), drawn(weeks, tilt=4.0)

    assert len(weekly.trap_recipient) == 4 * len(once.trap_recipient) > 0
    assert weekly.log_weight == once.log_weight


def test_internal_recipients_decide_nothing() -> None:
    raw = small()
    raw["hosts"]["app"]["streams"]["load"]["to"] = {"internal": 1.0}

    assert drawn(raw, tilt=4.0).log_weight == 0.0


def test_streams_and_operators_add_up() -> None:
    raw = small()
    raw["hosts"]["app"]["streams"]["more"] = stream(SMALL, trap_rate=0.1)
    raw["blocklists"] = LISTS | {"cop": {"profile": "spamcop"}}

    draws = drawn(raw, tilt=4.0)

    expected = 0.0
    for number, share in enumerate((0.05, 0.1)):
        for operator, part in enumerate((0.05, 0.25)):
            own = draws.stream[draws.trap_recipient] == number
            hits, true = np.sum(own & (draws.trap_operator == operator)), share * part
            expected += hits * math.log(1 / 4)
            expected += (40 - hits) * math.log((1 - true) / (1 - 4 * true))
    assert draws.operators == ("spamcop", "spamhaus")
    assert draws.log_weight == pytest.approx(expected, rel=1e-9)


def test_weights_average_to_one() -> None:
    mean, error = mean_and_error([math.exp(draws.log_weight) for draws in replications(3.0)])

    assert error < 0.06
    assert abs(mean - 1) < 3.3 * error


@pytest.mark.parametrize("least", [1, 2, 3])
def test_tilted_and_plain_draws_agree_on_how_likely_a_number_of_traps_is(least: int) -> None:
    fewer = [math.comb(40, k) * TRAP**k * (1 - TRAP) ** (40 - k) for k in range(least)]
    exact = 1 - sum(fewer)

    for tilt in (1.0, 3.0):
        weighted = [
            math.exp(draws.log_weight) * (len(draws.trap_recipient) >= least)
            for draws in replications(tilt)
        ]
        mean, error = mean_and_error(weighted)
        assert abs(mean - exact) < 3.3 * error

    # What tilting is for: rare events are seen with less error.
    if least == 3:
        assert error < 0.5 * math.sqrt(exact * (1 - exact) / TIMES)


def test_tilting_adds_traps_and_changes_nothing_else() -> None:
    rates = {"unknown_rate": 0.3, "complaint_rate": 0.3}

    plain, tilted = (
        by_name(drawn(small(trap_share=0.4, **rates), tilt=tilt), "app.load") for tilt in (1.0, 3.0)
    )

    added = [
        (old, new)
        for old, new in zip(plain, tilted, strict=True)
        if old["operators"] != new["operators"]
    ]
    assert all(old["operators"] == [[]] for old, _ in added)
    assert {new["signals"][0] for _, new in added} == {Signal.TRAP}
    assert sum(old != new for old, new in zip(plain, tilted, strict=True)) == len(added) > 3


def test_a_trap_is_never_made_likelier_than_a_half() -> None:
    draws = drawn(small(), tilt=1e9)

    hits = len(draws.trap_recipient)
    assert 5 < hits < 35
    expected = hits * math.log(TRAP / 0.5) + (40 - hits) * math.log((1 - TRAP) / 0.5)
    assert draws.log_weight == pytest.approx(expected, rel=1e-12)


def test_what_is_likelier_than_a_half_stays() -> None:
    raw = small(trap_share=1.0)
    raw["blocklists"] = {"css": {"profile": "spamhaus-css", "trap_share": 0.8}}

    assert arrays(drawn(raw, tilt=3.0)) == arrays(drawn(raw))
    assert drawn(raw, tilt=3.0).log_weight == 0.0


def test_a_tilt_makes_traps_likelier(golden_section: Golden) -> None:
    tilts = (0.0, 0.5, -1.0, math.inf, math.nan)
    golden_section("errors/tilt", refusals(lambda tilt: drawn(small(), tilt=tilt), tilts))
