"""How long a warm-up a scenario needs, and what has none."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds.small_designs import MORE, design

from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import ScenarioError
from relaysim.study.execution.execution import Execution
from relaysim.study.execution.store import Store
from relaysim.study.sampling import Sampling
from relaysim.study.warm_up import FINEST, latencies, rounded_up, settle, warm_up, with_warm_up

SCENARIOS = Path(__file__).parents[2] / "scenarios"
RATE = "hosts.app.streams.invoices.arrivals.rate"
BUSY = (f"{RATE}=1.8/s", "run.duration=1000 s", "run.replications=5")
"""Two connections at 90 % load: the queue takes minutes to become as long as it will be."""
QUIET = (f"{RATE}=1/s", "run.duration=1200 s", MORE)


def test_a_queue_that_fills_slowly_has_its_start_cut_off() -> None:
    result = warm_up(design("busy", *BUSY), jobs=1)
    assert result.truncation is not None
    assert (result.verdict, len(result.series), result.truncation.index) == ("cut", 50, 15)
    assert result.cut == 300_000_000  # 15 bins of 20 s
    assert result.reason == (
        "from there on the mean latency, in 50 bins of the run, is steady (MSER-5)"
    )
    assert result.series.index[15] == 300.0
    assert result.series.iloc[:15].mean() < 0.8 * result.series.iloc[15:].mean()


def test_where_all_is_alike_nothing_is_cut() -> None:
    clock = 'hosts.app.streams.invoices.arrivals={process = "every", every = "1 s"}'
    alike = design("alike", *QUIET[1:], clock, "destinations.sink.response_time=1 s")
    result = warm_up(alike, jobs=1)
    assert set(result.series) == {1.0}
    assert (result.verdict, result.cut) == ("cut", 0)
    assert (
        result.reason
        == "the mean latency, in 50 bins of the run, is steady from the start (MSER-5)"
    )


def test_the_series_is_the_mean_of_the_replications_by_creation() -> None:
    scenario = design("quiet", *QUIET)
    runs = [latencies(scenario, i, 7) for i in range(3)]
    assert runs[0].shape == (2, FINEST)
    first = [run[0, :20].sum() / run[1, :20].sum() for run in runs]
    result = warm_up(scenario, jobs=1)
    assert result.series.iloc[0] == pytest.approx(sum(first) / 3)
    assert result.series.index[1] == 24.0


def test_a_warm_up_that_is_there_plays_no_part(tmp_path: Path) -> None:
    store = Store(tmp_path)
    result = warm_up(design("quiet", *QUIET), jobs=1, store=store)
    for text in ("auto", "10 min"):
        again = warm_up(design("quiet", *QUIET, f"run.warm_up={text}"), jobs=1, store=store)
        assert again.series.equals(result.series)
    assert store.used == 6


def test_processes_change_nothing() -> None:
    one, two = (warm_up(design("quiet", *QUIET), 2, 3, jobs=jobs) for jobs in (1, 2))
    assert one.series.equals(two.series)
    assert (one.cut, one.provenance.facts()) == (two.cut, two.provenance.facts())


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (
            ('hosts.app.streams.invoices.arrivals.profile="office-hours"',),
            "the rate of app.invoices changes with time (profile)",
        ),
        (
            (
                "hosts.app.streams.invoices.arrivals="
                '{process = "campaign", at = "10 s", messages = 100, rate = "2/s"}',
            ),
            "the rate of app.invoices changes with time (arrivals)",
        ),
        (
            (
                "hosts.app.streams.invoices.arrivals="
                '{process = "every", every = "1 s", at = "10 s"}',
            ),
            "the rate of app.invoices changes with time (arrivals)",
        ),
        (
            ("hosts.app.streams.invoices.mailing_list={addresses = 100}",),
            "app.invoices uses up its mailing list",
        ),
        (('events=[{at = "5 s", stop = {hub = "HUB01", for = "1 s"}}]',), "events are set"),
        (("blocklists.psbl.profile=psbl",), "blocklists (psbl) remember what was sent"),
        (("destinations.sink.profile=gmail",), "sink remembers what was sent to it"),
    ],
)
def test_a_terminating_run_has_no_warm_up(settings: tuple[str, ...], reason: str) -> None:
    result = warm_up(design("story", *settings))
    assert (result.verdict, result.cut, result.truncation) == ("terminating", 0, None)
    assert result.reason == f"{reason}: the run has no steady state, and its start belongs to it"
    assert result.series.empty


@pytest.mark.parametrize(
    "arrivals",
    [
        f'{{process = "poisson", rate = "1/s", profile = {[2] * 24}}}',
        '{process = "bursts", rate = "1/s", burst_factor = 2, burst_length = "10 s"}',
        '{process = "every", every = "1 s", at = "1 s"}',
    ],
)
def test_a_constant_rate_has_a_steady_state(arrivals: str) -> None:
    setting = f"hosts.app.streams.invoices.arrivals={arrivals}"
    result = warm_up(design("steady", *QUIET[1:], setting), 2, jobs=1)
    assert result.verdict != "terminating"


def test_too_much_mail_never_settles() -> None:
    result = warm_up(design("full", f"{RATE}=2/s"))
    assert (result.verdict, result.cut) == ("does not settle", 0)
    assert result.reason == (
        "the mail asks 100 % of what the 2 connections of HUB01 to example.org can do, and the "
        "queue grows without end: enlarge hubs.HUB01.max_per_domain_outbound_connections or send "
        "less"
    )


def test_a_run_that_ends_before_the_warm_up_does_not_settle() -> None:
    result = warm_up(design("busy", f"{RATE}=1.8/s", "run.duration=2000 s"), 5, 7, jobs=1)
    assert (result.verdict, result.cut, len(result.series)) == ("does not settle", 0, 125)
    assert result.reason == (
        "the mean latency, in 125 bins of the run, is best cut at 1280 s of 2000 s (MSER-5), in "
        "the second half, so the run is too short to see the end of the warm-up: lengthen "
        "run.duration, or write run.warm_up yourself"
    )


def test_few_recipients_do_not_show_a_start() -> None:
    result = warm_up(design("few", MORE), jobs=1)
    assert (result.verdict, result.truncation) == ("does not settle", None)
    assert result.reason == (
        "about 117 recipients get through in a run, and it takes some 1,000, spread over all of it, "
        "to see the start: lengthen run.duration, or write run.warm_up yourself"
    )


def test_settle_replaces_auto_and_nothing_else() -> None:
    printed: list[str] = []
    auto = design("busy", *BUSY, "run.warm_up=auto")
    done = settle(auto, Sampling(), Execution(jobs=1), printed.append)
    assert done == design("busy", *BUSY, "run.warm_up=300 s")
    assert printed == [
        "busy: warm-up 5 min: from there on the mean latency, in 50 bins of the run, is steady "
        "(MSER-5)"
    ]
    given_ = design("busy", *BUSY, "run.warm_up=1 s")
    assert settle(given_, Sampling(), Execution(), printed.append) is given_
    assert len(printed) == 1


def test_settle_says_why_a_terminating_run_has_none() -> None:
    printed: list[str] = []
    auto = load(SCENARIOS / "shared-hub.toml", ["run.warm_up=auto"])
    done = settle(auto, Sampling(), Execution(), printed.append)
    assert done == load(SCENARIOS / "shared-hub.toml")
    assert printed == [
        "shared-hub: warm-up 0 s: the rate of users.correspondence changes with time (profile): "
        "the run has no steady state, and its start belongs to it"
    ]


def test_settle_does_not_guess() -> None:
    with pytest.raises(ScenarioError) as caught:
        settle(design("full", f"{RATE}=3/s", "run.warm_up=auto"), Sampling(), Execution())
    (problem,) = caught.value.problems
    assert (problem.path, problem.value, problem.file) == (("run", "warm_up"), "auto", "full")
    assert problem.message.startswith("the mail asks 150 % of what the 2 connections")


def test_a_warm_up_is_put_into_a_scenario() -> None:
    def told(scenario: Scenario) -> tuple[int, bool]:
        return scenario.run.warm_up, scenario.run.warm_up_auto

    auto = design("busy", "run.warm_up=auto")
    assert told(with_warm_up(auto, 5)) == (5, False)
    assert told(auto) == (0, True)


@pytest.mark.parametrize(
    ("cut", "rounded"),
    [
        (0, 0),
        (9_999, 9_999),
        (137_300_000, 140_000_000),
        (300_000_000, 300_000_000),
        (4_380_000_000, 4_500_000_000),
        (600_000_000_001, 604_800_000_000),
    ],
)
def test_cuts_are_rounded_up_to_times_that_read_well(cut: int, rounded: int) -> None:
    assert rounded_up(cut) == rounded


@given(st.integers(0, 2**50))
def test_a_cut_is_never_rounded_down_nor_far_up(cut: int) -> None:
    assert cut <= rounded_up(cut) <= 1.1 * cut
    assert rounded_up(rounded_up(cut)) == rounded_up(cut)
