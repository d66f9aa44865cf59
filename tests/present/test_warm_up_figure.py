"""The figure of a warm-up: the series, and the cut where it is."""

import pandas as pd
import pytest
from worlds.drawn import letters
from worlds.lettering import title
from worlds.quantities import quantities
from worlds.small_course import scenario

from relaysim.present.drawing import style
from relaysim.present.figures import NothingToDrawError
from relaysim.present.figures.warm_up_curve import warmup
from relaysim.stats.mser import Truncation, mser5
from relaysim.study.execution.provenance import Provenance, now
from relaysim.study.warm_up import WarmUp
from relaysim.units import duration

SHORT = "run.duration=1000 s"


@pytest.fixture(autouse=True)
def _on_paper():
    with style.paper():
        yield


def warm_up(verdict="cut", cut="0 s", truncation=None, series=None):
    """What was found for the small scenario, whose latency doubles after 200 of 1,000 s."""
    design = scenario("mm4", SHORT, "run.warm_up=0 s")
    values = [1.0] * 10 + [2.0] * 40 if series is None else series
    index = pd.Index([20.0 * i for i in range(len(values))], name="seconds")
    origin = Provenance.of([design], 1, 5, "", now())
    return WarmUp(
        scenario=design,
        verdict=verdict,
        cut=duration(cut),
        reason="as told",
        series=pd.Series(values, index, name="latency", dtype=float),
        truncation=truncation,
        provenance=origin,
    )


def marks(figure):
    """Where dashed lines stand, seconds."""
    (panel,) = figure.axes
    return [line.get_xdata()[0] for line in panel.lines if len(set(line.get_xdata())) == 1]


def entries(figure):
    """The texts of the key."""
    return [text.get_text() for legend in figure.legends for text in legend.get_texts()]


def test_a_cut_is_marked_and_the_verdict_is_in_the_title(golden_section):
    result = warm_up(cut="200 s", truncation=mser5([1.0] * 10 + [2.0] * 40))
    figure = warmup(result)
    assert marks(figure) == [200.0]
    assert {"200 s", "2 s"} == quantities(title(figure))
    assert len(entries(figure)) == 3
    golden_section("figures/warmup", letters(figure))
    bins = figure.axes[0].patches[0].get_data()
    assert bins.edges[-1] == 1000.0
    assert bins.values.tolist() == [1.0] * 10 + [2.0] * 40


def test_where_nothing_is_cut_there_is_no_mark(golden_section):
    figure = warmup(warm_up(truncation=mser5([2.0] * 50), series=[2.0] * 50))
    assert marks(figure) == []
    assert quantities(title(figure)) == {"2 s"}
    assert len(entries(figure)) == 2
    golden_section("figures/warmup", letters(figure))


def test_what_does_not_settle_shows_where_it_would_be_cut(golden_section):
    late = Truncation(40, mser5([2.0] * 50).statistic, False, "late")
    figure = warmup(warm_up(verdict="does not settle", truncation=late))
    assert marks(figure) == [800.0]
    assert quantities(title(figure)) == {"1000 s"}
    assert len(entries(figure)) == 3
    golden_section("figures/warmup", letters(figure))


def test_too_few_recipients_are_drawn_without_a_mark():
    few = warm_up(verdict="does not settle", series=[float("nan")] * 50)
    assert marks(warmup(few)) == []


def test_what_took_no_run_has_no_figure():
    with pytest.raises(NothingToDrawError, match=r"^as told$"):
        warmup(warm_up(verdict="terminating", series=[]))
