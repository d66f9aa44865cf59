"""Rankings say which design is the best, and how sure that is."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.special import stdtr
from scipy.stats import binom
from worlds.small_designs import MORE, design

from relaysim.study.compare import Comparison, compare
from relaysim.study.ranking import ranking

KEY = ("stream", "app.invoices", "on_time")
COLUMNS = ["scenario", "value", "low", "high", "rank", "probability_best"]


@pytest.fixture(scope="module")
def found() -> Comparison:
    return compare(design("two"), design("more", MORE), design("same"), replications=3, jobs=1)


def of(found: Comparison, **values: list[float]) -> Comparison:
    """The comparison with other values of a metric, by design and replication."""
    rows = [
        (name, i, *KEY, value, "share")
        for name, row in values.items()
        for i, value in enumerate(row)
    ]
    columns = ["scenario", "replication", "scope", "subject", "metric", "value", "unit"]
    return replace(found, per_replication=pd.DataFrame(rows, columns=columns))


def test_the_best_comes_first_and_equals_share_their_rank(found: Comparison) -> None:
    ranked = ranking(found, *KEY)
    assert list(ranked.columns) == COLUMNS
    assert ranked["scenario"].tolist() == ["more", "same", "two"]
    assert ranked["rank"].tolist() == [1, 2, 2]
    best, same, two = ranked["probability_best"]
    assert best > 0.95
    assert same == two
    metrics = found.metrics.set_index(["scenario", "scope", "subject", "metric"])
    for row in ranked.to_dict("records"):
        own = metrics.loc[(row["scenario"], *KEY)]
        assert (row["value"], row["low"], row["high"]) == pytest.approx(
            (own["value"], own["low"], own["high"])
        )


def test_less_latency_is_better(found: Comparison) -> None:
    ranked = ranking(found, "stream", "app.invoices", "latency_mean")
    assert ranked["scenario"].tolist()[0] == "more"
    assert ranked["value"].is_monotonic_increasing


def test_equals_share_the_first_place(found: Comparison) -> None:
    ranked = ranking(of(found, b=[1.0, 0.5, 0.75], a=[1.0, 0.5, 0.75], c=[0.9, 0.4, 0.7]), *KEY)
    assert ranked["scenario"].tolist() == ["a", "b", "c"]
    assert ranked["rank"].tolist() == [1, 1, 3]
    first, second, last = ranked["probability_best"]
    assert first == second
    # The third is behind by 0.1, 0.1 and 0.05: Student's t of -5 with two degrees of freedom.
    assert last == pytest.approx(stdtr(2, -5.0), abs=0.005)


def test_equal_designs_are_the_best_together_and_not_by_the_toss_of_a_coin(
    found: Comparison,
) -> None:
    ranked = ranking(of(found, a=[1.0, 0.5, 0.75], b=[1.0, 0.5, 0.75]), *KEY)
    assert ranked["probability_best"].tolist() == [1.0, 1.0]
    # The means of these two are equal, and no more.
    apart = ranking(of(found, a=[1.0, 0.5, 0.75], b=[0.5, 1.0, 0.75]), *KEY)
    assert apart["rank"].tolist() == [1, 1]
    assert apart["probability_best"].tolist() == pytest.approx([0.5, 0.5], abs=0.015)


def test_of_two_designs_it_is_what_a_paired_t_test_says(found: Comparison) -> None:
    one, other = [0.9, 0.5, 0.8], [0.8, 0.7, 0.6]
    apart = np.subtract(one, other)
    t = apart.mean() / (apart.std(ddof=1) / np.sqrt(3))
    ranked = ranking(of(found, one=one, other=other), *KEY).set_index("scenario")
    # Within three standard errors of ten thousand draws.
    assert ranked.loc["one", "probability_best"] == pytest.approx(stdtr(2, t), abs=0.015)
    assert ranked["probability_best"].sum() == pytest.approx(1.0)


def test_two_equal_designs_rarely_have_a_certain_rank(found: Comparison) -> None:
    """Of 200 pairs with five replications, about one in twenty is decided at 97.5 %."""
    random = np.random.default_rng(1)
    sure = 0
    for one, other in random.standard_normal((200, 2, 5)):
        ranked = ranking(of(found, one=list(one), other=list(other)), *KEY)
        sure += ranked["probability_best"].max() >= 0.975
    # The 99.9 % interval of a binomial with 200 trials.
    assert binom.ppf(0.0005, 200, 0.05) <= sure <= binom.ppf(0.9995, 200, 0.05)


def test_designs_are_drawn_together(found: Comparison) -> None:
    """A design that is always a little better is the best for sure, however both vary."""
    base = [0.1, 0.9, 0.4, 0.6]
    ranked = ranking(of(found, base=base, better=[each + 0.01 for each in base]), *KEY)
    assert ranked["probability_best"].tolist() == [1.0, 0.0]


def test_only_replications_that_all_have_count(found: Comparison) -> None:
    ranked = ranking(of(found, a=[0.9, np.nan, 0.7], b=[0.8, 1.0, 0.6]), *KEY)
    assert ranked["value"].tolist() == pytest.approx([0.8, 0.7])
    with pytest.raises(ValueError, match=r"no replication has on_time of app\.invoices in all"):
        ranking(of(found, a=[0.9, np.nan], b=[np.nan, 1.0]), *KEY)


def test_one_replication_says_nothing_about_chances(found: Comparison) -> None:
    ranked = ranking(of(found, a=[0.9], b=[0.8]), *KEY)
    assert ranked["rank"].tolist() == [1, 2]
    assert ranked["probability_best"].isna().all()


def test_the_order_of_the_designs_changes_no_number(found: Comparison) -> None:
    a, b, c = [0.9, 0.5, 0.8], [0.8, 0.7, 0.6], [0.85, 0.6, 0.75]
    one, other = of(found, a=a, b=b, c=c), of(found, c=c, b=b, a=a)
    pd.testing.assert_frame_equal(ranking(one, *KEY), ranking(other, *KEY))


def test_what_no_design_has_cannot_be_ranked(found: Comparison) -> None:
    with pytest.raises(ValueError, match=r"no design has on_time of app\.news in the scope"):
        ranking(found, "stream", "app.news", "on_time")
