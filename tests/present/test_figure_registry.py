"""Every result names its figures, and draws each by its name."""

import pytest
from worlds.refusals import refusal
from worlds.small_comparison import SCENARIOS, comparison, listing_day
from worlds.small_course import scenario

from relaysim import figure
from relaysim.present.drawing.style import Sheet
from relaysim.present.figure_registry import figures
from relaysim.present.figures import NothingToDrawError
from relaysim.present.figures.run_material import Story
from relaysim.present.text.queue_table import qshape
from relaysim.study.message_trace import transcript
from relaysim.study.run_result import run
from relaysim.study.sensitivity import sensitivity
from relaysim.study.size import size
from relaysim.study.sweep import sweep
from relaysim.study.warm_up import warm_up

MM4 = SCENARIOS / "mm4.toml"
SHORT = ("run.duration=200 s", "run.warm_up=0 s")
RUN = ["design", "statuses", "queues", "qshape"]


def test_a_run_and_a_comparison_name_their_figures():
    assert list(figures(listing_day())) == RUN
    assert list(figures(comparison())) == [
        *("latency", "backlog", "throughput", "waits", "differences"),
        *("blast_radius", "reach", "incident", "providers"),
    ]


def test_studies_have_one_figure_each():
    alone = {"settings": SHORT, "jobs": 1}
    results = {
        "sweep": sweep(MM4, {"run.scale": [0.5, 0.6]}, replications=1, **alone),
        "evidence": size(MM4, {"run.scale": [0.5, 0.6]}, "total.on_time > 1 %", most=5, **alone),
        "tornado": sensitivity(
            MM4, "total.latency_mean", {"run.scale": ("0.5", "1.1")}, replications=2, **alone
        ),
        "warmup": warm_up(scenario("mm4", *SHORT), 2, jobs=1),
        "qshape": qshape(scenario("mm4", *SHORT)),
        "path": transcript(scenario("mm4", *SHORT), "app.load:3"),
    }
    for name, result in results.items():
        assert list(figures(result)) == [name]
        made = figure(result, name)
        assert isinstance(made, Sheet)
        assert made.message
        assert made.origin


@pytest.mark.parametrize("name", RUN)
def test_a_notebook_shows_the_figure_of_a_run(name):
    made = figure(listing_day(), name)
    assert made._repr_png_().startswith(b"\x89PNG")
    assert "listing-day" in made.message or "198.51.100.10" in made.message
    assert made.alt.endswith(made.origin)


def test_an_unknown_name_is_reported_with_the_nearest(golden):
    text = refusal(ValueError, lambda: figure(listing_day(), "qshap"))
    assert all(name in text for name in ("qshap", *RUN))
    golden("errors/figure", text)


def test_a_run_of_nothing_has_no_figures():
    silent = run(scenario("mm4", *SHORT, "hosts.app.streams={}"), 1, jobs=1)
    for name in RUN:
        with pytest.raises(NothingToDrawError):
            figure(silent, name)


def test_the_typical_replication_is_the_one_with_the_median_share_on_time():
    frame = listing_day().per_replication
    own = frame[(frame["scope"] == "total") & (frame["metric"] == "on_time")]
    shares = dict(zip(own["replication"], own["value"], strict=True))
    assert Story(listing_day()).typical == min(shares, key=shares.get)
