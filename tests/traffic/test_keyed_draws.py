"""A draw depends on what it is for, looks random, and is the same one by one or many at once."""

from itertools import pairwise, product

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from relaysim.traffic.draw import (
    Decision,
    below,
    draw32,
    draw32_array,
    draw_array,
    mix,
    mix_array,
    name_key,
    name_keys,
    uniforms,
)

KEYS = st.integers(0, 2**64 - 1)
SALTS = st.integers(0, 2**40)
STREAM = name_key(1, 0, "stream", "crm", "invoices")
RECIPIENTS = mix_array(
    name_key(1, 0, "copy", "crm", "invoices"), np.arange(100_000, dtype=np.uint64)
)


def test_mix_is_splitmix64() -> None:
    # The first outputs of the authors' generator for two seeds, as widely published.
    assert [mix(1234567, n) for n in range(5)] == [
        6457827717110365317,
        3203168211198807973,
        9817491932198370423,
        4593380528125082431,
        16408922859458223821,
    ]
    assert [mix(0, n) for n in range(3)] == [
        0xE220A8397B1DCDAF,
        0x6E789E6AA1B965F4,
        0x06C45D188009454F,
    ]


@settings(deadline=None)
@given(st.lists(st.tuples(KEYS, SALTS), min_size=1, max_size=20))
def test_many_at_once_are_the_same_as_one_by_one(pairs: list[tuple[int, int]]) -> None:
    keys, salts = (np.array(column, dtype=np.uint64) for column in zip(*pairs, strict=True))
    key, salt = pairs[0]

    assert mix_array(keys, salts).tolist() == [mix(k, s) for k, s in pairs]
    assert mix_array(keys, salt).tolist() == [mix(k, salt) for k, _ in pairs]
    assert mix_array(key, salts).tolist() == [mix(key, s) for _, s in pairs]


@settings(deadline=None)
@given(
    st.lists(st.tuples(KEYS, st.integers(0, 2**32)), min_size=1, max_size=20),
    st.sampled_from(Decision),
)
def test_a_draw_is_the_upper_half_of_the_key_that_its_decision_leads_to(
    pairs: list[tuple[int, int]], decision: Decision
) -> None:
    keys, counters = (np.array(column, dtype=np.uint64) for column in zip(*pairs, strict=True))
    expected = [mix(key, decision + 64 * counter) >> 32 for key, counter in pairs]

    assert [draw32(key, decision, counter) for key, counter in pairs] == expected
    assert draw32_array(keys, decision, counters).tolist() == expected
    assert (draw_array(keys, decision, counters) >> np.uint64(32)).tolist() == expected
    assert draw32_array(keys, decision, 3).tolist() == [draw32(k, decision, 3) for k, _ in pairs]


def test_every_decision_has_a_number_below_64() -> None:
    numbers = [decision.value for decision in Decision]

    assert max(numbers) < 64
    assert len(set(numbers)) == len(Decision)


def test_keys_stay_what_they_are() -> None:
    # Results of earlier releases must come out again: these numbers may never change.
    key = name_key(1, 0, "copy", "crm", "invoices")

    assert name_key(1, 0) == 0x426B981C6DA0C9BE
    assert key == 0x0BCCA4D9C2C3BE5E
    assert draw32(key, Decision.RESPONSE_TIME, 2) == 0x191CBFE1


def test_a_key_knows_where_its_parts_end() -> None:
    names = [("a", "bc"), ("ab", "c"), ("abc",), ("a", "b", "c"), ("abc", ""), ("", "abc"), ()]
    runs = [(1, 0), (10, 0), (1, 10), (11, 0), (0, 1)]

    keys = {name_key(*run, *parts) for run, parts in product(runs, names)}

    assert len(keys) == len(runs) * len(names)


def test_many_names_have_the_keys_of_each() -> None:
    names = ["gmail.com", "", "münchen.example"]

    keys = name_keys(1, 2, "domain", names)

    assert keys.tolist() == [name_key(1, 2, "domain", name) for name in names]
    assert name_keys(1, 2, "domain", []).tolist() == []


def test_an_event_has_its_probability_and_a_likelier_one_comes_with_it() -> None:
    bits = draw_array(RECIPIENTS, Decision.UNKNOWN)

    shares = [below(bits, probability) for probability in (0.0, 1e-3, 0.3, 0.9, 1.0)]

    for result, probability in zip(shares, (0.0, 1e-3, 0.3, 0.9, 1.0), strict=True):
        spread = np.sqrt(len(bits) * probability * (1 - probability))
        assert abs(result.sum() - len(bits) * probability) <= 3.3 * spread
    assert all(np.all(rarer <= other) for rarer, other in pairwise(shares))


def test_an_event_is_certain_at_probability_1_and_impossible_at_0() -> None:
    ends = np.array([0, 1, 2**63, 2**64 - 1], dtype=np.uint64)

    assert below(ends, 1.0).all()
    assert not below(ends, 0.0).any()
    assert below(ends, 0.5).tolist() == [True, True, False, False]
    assert below(ends, 2.0**-64).tolist() == [True, False, False, False]


def test_uniform_numbers_are_strictly_inside() -> None:
    ends = uniforms(np.array([0, 2**63, 2**64 - 1], dtype=np.uint64))

    assert ends.tolist() == [2**-53, 0.5 + 2**-53, 1 - 2**-53]


def test_neighbouring_entities_have_keys_of_their_own() -> None:
    numbers = np.arange(1000, dtype=np.uint64)
    keys = [
        mix_array(
            mix_array(name_key(seed, replication, "copy", host, "alerts"), numbers), recipient
        )
        for seed, replication, host, recipient in product(
            (1, 2), (0, 1, 2), ("av", "av2"), range(50)
        )
    ]

    assert len(np.unique(np.concatenate(keys))) == 2 * 3 * 2 * 50 * 1000


@pytest.mark.parametrize(
    "bits",
    [
        pytest.param(draw32_array(RECIPIENTS, Decision.SEND_COST), id="over recipients"),
        pytest.param(
            draw32_array(STREAM, Decision.GAP, np.arange(100_000, dtype=np.uint64)),
            id="over counters",
        ),
        pytest.param(
            np.array(
                [draw32(name_key(s, r, "x"), 0, 0) for s in range(200) for r in range(500)],
                dtype=np.uint32,
            ),
            id="over seeds and replications",
        ),
    ],
)
def test_draws_are_uniform_in_their_high_and_low_bits(bits: npt.NDArray[np.uint32]) -> None:
    for part in (bits >> 24, bits >> 16 & 0xFF, bits >> 8 & 0xFF, bits & 0xFF):
        assert plausible(stats.chisquare(np.bincount(part, minlength=256)).pvalue)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(
            draw32_array(RECIPIENTS[:-1], Decision.DEFER),
            draw32_array(RECIPIENTS[1:], Decision.DEFER),
            id="neighbouring messages",
        ),
        pytest.param(
            draw32_array(mix_array(RECIPIENTS, 0), Decision.DEFER),
            draw32_array(mix_array(RECIPIENTS, 1), Decision.DEFER),
            id="neighbouring recipients",
        ),
        pytest.param(
            draw32_array(RECIPIENTS, Decision.CONNECT_TIME),
            draw32_array(RECIPIENTS, Decision.RESPONSE_TIME),
            id="neighbouring decisions",
        ),
        pytest.param(
            draw32_array(RECIPIENTS, Decision.RESPONSE_TIME, 0),
            draw32_array(RECIPIENTS, Decision.RESPONSE_TIME, 1),
            id="neighbouring attempts",
        ),
        pytest.param(
            draw32_array(RECIPIENTS, Decision.RECEIVE_COST, 1),
            draw32_array(RECIPIENTS, Decision.DEFER, 0),
            id="the next attempt's first decision",
        ),
        pytest.param(
            draw32_array(RECIPIENTS, Decision.DEFER),
            (RECIPIENTS >> np.uint64(32)).astype(np.uint32),
            id="a draw and its key",
        ),
    ],
)
def test_neighbours_are_independent(
    one: npt.NDArray[np.uint32], other: npt.NDArray[np.uint32]
) -> None:
    for shift in (28, 16, 0):
        cells = (one >> shift & 15) * 16 + (other >> shift & 15)
        assert plausible(stats.chisquare(np.bincount(cells, minlength=256)).pvalue)
    assert abs(np.corrcoef(one, other)[0, 1]) < 4 / np.sqrt(len(one))


def plausible(p: float) -> bool:
    """Neither further from even than chance explains, nor suspiciously close."""
    return 1e-3 < p < 1 - 1e-3
