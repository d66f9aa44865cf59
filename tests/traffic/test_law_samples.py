"""What a law says is what is drawn: by sample for the traffic, by table for the engine."""

import math
from array import array
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy import stats

from relaysim.scenario.distribution import Law, RecipientLaw, SizeLaw, TimeLaw, mean
from relaysim.traffic.draw import mix_array, name_key, uniforms
from relaysim.traffic.quantile import mean_below, quantile
from relaysim.traffic.sample import LARGEST, ONE, factor_table, quantile_table, recipients, sample
from relaysim.units import LIMIT

SECOND = 1_000_000
U = uniforms(mix_array(name_key(1, 0, "test"), np.arange(100_000, dtype=np.uint64)))


def time_law(value: object) -> Law:
    return TypeAdapter(TimeLaw).validate_python(value)


def size_law(value: object) -> Law:
    return TypeAdapter(SizeLaw).validate_python(value)


def law(distribution: str, **parameters: object) -> Law:
    return time_law({"distribution": distribution, **parameters})


# Each law beside the same one in SciPy's words. sigma of a log-normal with cv 1 is sqrt(ln 2).
SIGMA = math.sqrt(math.log(2))
LAWS = {
    "exponential": (law("exponential", mean="1 s"), stats.expon(scale=SECOND)),
    "lognormal, mean and cv": (
        law("lognormal", mean="1 s", cv=1.0),
        stats.lognorm(SIGMA, scale=SECOND * math.exp(-(SIGMA**2) / 2)),
    ),
    "lognormal, median and sigma": (
        law("lognormal", median="1 s", sigma=0.5),
        stats.lognorm(0.5, scale=SECOND),
    ),
    "lognormal, mean and sigma": (
        law("lognormal", mean="1 s", sigma=1.4),
        stats.lognorm(1.4, scale=SECOND * math.exp(-(1.4**2) / 2)),
    ),
    "lognormal, median and cv": (
        law("lognormal", median="1 s", cv=1.0),
        stats.lognorm(SIGMA, scale=SECOND),
    ),
    "gamma": (law("gamma", mean="1 s", cv=0.5), stats.gamma(4, scale=SECOND / 4)),
    "gamma, wide": (law("gamma", mean="1 s", cv=1.5), stats.gamma(1 / 2.25, scale=2.25 * SECOND)),
    "gamma, narrow": (law("gamma", mean="1 s", cv=0.1), stats.gamma(100, scale=SECOND / 100)),
    "weibull": (
        law("weibull", mean="1 s", shape=0.7),
        stats.weibull_min(0.7, scale=SECOND / math.gamma(1 + 1 / 0.7)),
    ),
    "pareto": (law("pareto", minimum="1 s", alpha=2.5), stats.pareto(2.5, scale=SECOND)),
    "pareto, cut": (
        law("pareto", minimum="1 s", alpha=1.2, maximum="100 s"),
        stats.truncpareto(1.2, 100, scale=SECOND),
    ),
    "pareto, cut, alpha 1": (
        law("pareto", minimum="1 s", alpha=1.0, maximum="100 s"),
        stats.truncpareto(1.0, 100, scale=SECOND),
    ),
    "pareto, cut, without a mean of its own": (
        law("pareto", minimum="1 s", alpha=0.5, maximum="100 s"),
        stats.truncpareto(0.5, 100, scale=SECOND),
    ),
    "uniform": (law("uniform", low="1 s", high="3 s"), stats.uniform(SECOND, 2 * SECOND)),
}
each_law = pytest.mark.parametrize(("given_law", "reference"), LAWS.values(), ids=LAWS)


@each_law
def test_quantiles_are_those_of_scipy(given_law: Law, reference: Any) -> None:
    shares = np.array([1e-12, 1e-3, 0.1, 0.5, 0.9, 0.999, 1 - 1e-12])

    np.testing.assert_allclose(quantile(given_law, shares), reference.ppf(shares), rtol=1e-6)


@each_law
def test_the_stated_mean_is_the_mean_of_what_is_drawn(given_law: Law, reference: Any) -> None:
    drawn = sample(given_law, U)
    error = drawn.std() / math.sqrt(len(drawn))

    assert mean(given_law) == pytest.approx(reference.mean(), rel=1e-9)
    assert abs(drawn.mean() - mean(given_law)) < 3.5 * error


@each_law
def test_samples_have_the_distribution(given_law: Law, reference: Any) -> None:
    assert stats.kstest(sample(given_law, U), reference.cdf).pvalue > 1e-3


@each_law
def test_a_table_has_the_mean_of_its_law_to_the_last_unit(given_law: Law, reference: Any) -> None:
    table = quantile_table(given_law)

    assert isinstance(table, array)
    assert table.typecode == "q"
    assert len(table) in (65_536, 131_072)
    assert abs(sum(table[:65_536]) / 65_536 - mean(given_law)) < 0.001


@each_law
def test_a_table_is_the_law_in_65536_equal_parts(given_law: Law, reference: Any) -> None:
    table = quantile_table(given_law)[:65_536]
    inner = np.array(table[1:-1])
    edges = np.arange(1, 65_536) / 65_536

    assert list(table) == sorted(table)
    assert np.all(reference.ppf(edges[:-1]) - 1 <= inner)
    assert np.all(inner <= reference.ppf(edges[1:]) + 1)
    if given_law.distribution not in {"pareto", "lognormal"}:  # their tails hold much variance
        assert np.var(table) == pytest.approx(reference.var(), rel=0.002)


def test_three_milliseconds_are_not_the_mean_of_the_logarithm() -> None:
    answer = law("lognormal", mean="3 ms", cv=1.0)

    assert sum(quantile_table(answer)[:65_536]) == 3000 * 65_536
    assert sample(answer, U).mean() == pytest.approx(3000, rel=0.02)


@pytest.mark.parametrize("cv", [0.1, 0.8, 1.0, 1.5])
@pytest.mark.parametrize("distribution", ["gamma", "lognormal"])
def test_cv_is_standard_deviation_over_mean(distribution: str, cv: float) -> None:
    table = np.array(quantile_table(law(distribution, mean="400 ms", cv=cv))[:65_536])

    assert table.mean() == 400_000
    assert table.std() / table.mean() == pytest.approx(cv, rel=0.02)


def test_a_heavy_tail_stays_in_the_table() -> None:
    # 43 % of this law's mean lies below its highest 65,536th, which midpoints would cut off.
    table = quantile_table(law("pareto", minimum="1 s", alpha=1.05))[:65_536]

    assert sum(table) == 21 * SECOND * 65_536
    assert table[0] == SECOND + 7  # the mean of the lowest 65,536th
    assert table[-1] / 65_536 == pytest.approx(0.59 * 21 * SECOND, rel=0.02)


def test_a_cut_pareto_law_keeps_its_digits_at_both_ends() -> None:
    # Nearly flat in the logarithm: the median is the geometric mean, the mean 99 / ln 100.
    flat = law("pareto", minimum="1 s", alpha=1e-12, maximum="100 s")
    # 2**60 times as wide as its minimum: with alpha 1 the mean is ln 2**60.
    wide = law("pareto", minimum="1 us", alpha=1.0, maximum=f"{2**60} us")

    assert quantile(flat, np.array([0.5]))[0] == pytest.approx(10 * SECOND, rel=2e-8)
    assert mean_below(flat, np.ones(1))[0] == pytest.approx(99 / math.log(100) * SECOND, rel=2e-8)
    assert sum(quantile_table(wide)[:65_536]) / 65_536 == pytest.approx(60 * math.log(2), abs=1e-4)


def test_a_constant_is_constant() -> None:
    constant = time_law("5 ms")

    assert set(quantile_table(constant)) == {5000}
    assert set(sample(constant, U).tolist()) == {5000}
    assert quantile(constant, U[:2]).tolist() == [5000.0, 5000.0]
    assert mean_below(constant, np.array([0.5])).tolist() == [2500.0]


def test_empirical_values_come_back_equally_often(tmp_path: Path) -> None:
    file = tmp_path / "sizes.txt"
    file.write_text("6 KB\n1 KB\n\n2 KB\n", encoding="utf-8")
    result = size_law({"distribution": "empirical", "file": str(file)})

    values, counts = np.unique(sample(result, U), return_counts=True)

    assert values.tolist() == [1024, 2048, 6144]
    assert stats.chisquare(counts).pvalue > 1e-3
    assert sum(quantile_table(result)) == 3072 * 65_536


def test_no_size_is_below_one_byte_and_no_time_below_zero() -> None:
    tiny = size_law({"distribution": "exponential", "mean": "1 B"})

    assert sample(tiny, U, least=1).min() == 1
    assert sample(tiny, U).min() == 0
    assert sample(size_law("0 B"), U[:3], least=1).tolist() == [1, 1, 1]


MEANS = st.integers(1, 2**61).map(lambda value: f"{value} us")
CVS = st.floats(0, 20, exclude_min=True)
ANY_LAW = st.one_of(
    st.builds(lambda m: law("exponential", mean=m), MEANS),
    st.builds(lambda m, c: law("lognormal", mean=m, cv=c), MEANS, CVS),
    st.builds(lambda m, c: law("lognormal", median=m, sigma=c), MEANS, CVS),
    st.builds(lambda m, c: law("gamma", mean=m, cv=c), MEANS, CVS),
    st.builds(lambda m, k: law("weibull", mean=m, shape=k), MEANS, st.floats(0.1, 100)),
    st.builds(
        lambda m, a: law("pareto", minimum=m, alpha=a),
        MEANS,
        st.floats(1, 100, exclude_min=True),
    ),
    st.builds(
        lambda low, more, a: law(
            "pareto", minimum=f"{low} us", alpha=a, maximum=f"{low + more} us"
        ),
        st.integers(1, 2**61),
        st.integers(1, 2**60),
        st.floats(0, 100, exclude_min=True),
    ),
    st.builds(
        lambda low, more: law("uniform", low=f"{low} us", high=f"{low + more} us"),
        st.integers(0, 2**61),
        st.integers(0, 2**60),
    ),
)


@settings(deadline=None, max_examples=40)
@given(ANY_LAW)
def test_no_parameter_gives_anything_but_whole_numbers_in_range(any_law: Law) -> None:
    extremes = np.array([2**-53, 1e-9, 0.5, 1 - 1e-9, 1 - 2**-53])

    table = np.array(quantile_table.__wrapped__(any_law))
    tail = table[65_536:]
    drawn = sample(any_law, extremes)

    assert LARGEST < LIMIT
    assert len(tail) in (0, 65_536)
    for values in (table[:65_536], drawn, *((tail,) if len(tail) else ())):
        assert values.min() >= 0
        assert values.max() <= LARGEST
        assert np.all(np.diff(values) >= 0)


@settings(deadline=None, max_examples=40)
@given(ANY_LAW)
def test_a_table_has_the_mean_whatever_the_parameters(any_law: Law) -> None:
    stated = float(mean_below(any_law, np.ones(1))[0])
    whole = quantile_table.__wrapped__(any_law)
    table, tail = whole[:65_536], whole[65_536:]

    if tail and tail[-1] < LARGEST:
        assert abs(sum(tail) / 65_536 - table[-1]) < max(2, 1e-9 * table[-1])
    if table[-1] < LARGEST:
        assert abs(sum(table) / 65_536 - stated) < max(1, 1e-9 * stated)
    else:  # what lies beyond the cap is lost
        assert sum(table) / 65_536 < stated * (1 + 1e-9)


@pytest.mark.parametrize("cv", [0.05, 0.5, 1.0, 5.0])
def test_factors_spread_by_cv_around_exactly_one(cv: float) -> None:
    table = factor_table(cv)

    assert sum(table) == ONE * 65_536
    assert np.std(table) / ONE == pytest.approx(cv, rel=0.001)
    assert all(low <= high for low, high in pairwise(table))


def test_without_spread_every_factor_is_one() -> None:
    assert set(factor_table(0.0)) == {ONE}


def test_equal_laws_share_one_table() -> None:
    first, second = (law("gamma", mean="7 ms", cv=0.3) for _ in range(2))

    assert quantile_table(first) is quantile_table(second)
    assert quantile_table(first) is not quantile_table(law("gamma", mean="7 ms", cv=0.4))


def test_zipf_recipients_come_with_the_stated_probabilities() -> None:
    zipf = TypeAdapter(RecipientLaw).validate_python({"distribution": "zipf", "s": 1.5, "max": 6})
    weights = np.arange(1, 7) ** -1.5

    counts = np.bincount(recipients(zipf, U), minlength=7)

    assert counts[0] == 0
    assert stats.chisquare(counts[1:], weights / weights.sum() * len(U)).pvalue > 1e-3


@settings(deadline=None, max_examples=40)
@given(st.floats(0, 20, exclude_min=True), st.integers(1, 5000))
def test_zipf_recipients_stay_between_one_and_the_maximum(s: float, most: int) -> None:
    zipf = TypeAdapter(RecipientLaw).validate_python({"distribution": "zipf", "s": s, "max": most})

    counts = recipients(zipf, np.array([2**-53, 1 - 2**-53]))

    assert counts[0] == 1
    assert 1 <= counts[1] <= most


def test_a_constant_number_of_recipients() -> None:
    assert recipients(3, U[:4]).tolist() == [3, 3, 3, 3]
