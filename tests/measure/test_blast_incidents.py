"""Incidents, listed or blocked IPs, harmed recipients with causes, and metrics given a listing."""

import numpy as np
import pandas as pd
import pytest
from worlds.coupled_story import CULPRIT, LATE, SOON, Coupling, lost, took
from worlds.trace_story import BLOCKED, LATER, LISTED, NAMES, Story, scenario

from relaysim.mail.provider_state import State
from relaysim.measure.blast.blast_series import BlastSeries
from relaysim.measure.blast.conditional import kinds
from relaysim.measure.blast.incident_spans import IncidentSpans
from relaysim.measure.frame_columns import FRAMES
from relaysim.measure.measured_window import Window
from relaysim.measure.metric_catalogue import BLAST_SCOPES
from relaysim.measure.metrics import metrics
from relaysim.trace.tables import Level, Signal, Status

HOUR = 3600
DAYS = ('run.duration="9 d"',)
WINDOW = Window(0, 9 * 24 * HOUR * 1_000_000)


def incidents(story: Story, window: Window = WINDOW) -> list[tuple[float, float]]:
    """Start and end of each, in hours."""
    result = IncidentSpans.of(story.trace(9 * 24 * HOUR)).incidents(window)
    return [(span.start / 3.6e9, span.end / 3.6e9) for span in result]


def test_spans_of_trouble_less_than_a_day_apart_are_one_incident() -> None:
    story = Story()
    story.listing("198.51.100.10", 10 * HOUR, 20 * HOUR)
    story.listing("203.0.113.25", 12 * HOUR, 14 * HOUR)
    story.level(Level.PROVIDER, 0, 43 * HOUR, State.THROTTLE)  # 23 h after the listing
    story.level(Level.PROVIDER, 0, 50 * HOUR, State.WARN)  # no trouble any more
    story.listing("198.51.100.10", 74 * HOUR, 75 * HOUR)  # 24 h after
    assert incidents(story) == [(10, 50), (74, 75)]
    day = 24 * HOUR * 1_000_000
    assert incidents(story, Window(2 * day, 3 * day)) == [(10, 50)]
    assert incidents(story, Window(0, 10 * HOUR * 1_000_000)) == []


def test_without_trouble_there_is_no_incident() -> None:
    assert incidents(Story()) == []


def test_address_hours_are_those_of_ips_that_no_culprit_used() -> None:
    example = Coupling()
    example.alert(0, SOON, SOON, SOON)
    example.news(1, SOON, SOON)
    example.treatment.listing("198.51.100.10", 0, HOUR)  # the culprit's
    example.treatment.listing("203.0.113.25", HOUR, 3 * HOUR)
    example.treatment.level(Level.PROVIDER, 1, 2 * HOUR, State.BLOCK)
    example.treatment.level(Level.PROVIDER, 1, 4 * HOUR, State.THROTTLE)
    result = example.values()
    assert result["address_hours"] == 3
    assert (result["incident"], result["incidents"]) == (1, 1)


def test_the_frame_of_incidents_says_who_did_what_to_which_ip() -> None:
    example = Coupling(DAYS)
    example.alert(40 * HOUR, lost(LISTED), SOON, SOON)
    example.alert(60 * HOUR, lost(LISTED), SOON, SOON)  # by a domain that believes it still
    example.alert(200 * HOUR, lost(BLOCKED), SOON, SOON)
    recipient = example.news(HOUR, SOON, SOON)
    for at in (20, 29, 45):
        example.treatment.signal(Signal.TRAP, recipient, at * HOUR)
    example.treatment.listing("198.51.100.10", 30 * HOUR, 50 * HOUR)
    example.treatment.level(Level.PROVIDER, 0, 199 * HOUR, State.BLOCK)
    frame = example.measured(end=9 * 24 * HOUR).incident_frame(7)
    assert list(frame.columns) == [column.name for column in FRAMES["incidents"]]
    assert frame.fillna(-1).to_dict("list") == {
        "replication": [7, 7],
        "start": [30.0 * HOUR, 199.0 * HOUR],
        "end": [50.0 * HOUR, -1],  # the second outlives the run
        "egress": ["198.51.100.10", "198.51.100.10"],
        "sender_domains": ["", ""],
        "blocklists": ["css", ""],
        "providers": ["", "gmail"],
        "signals": [2, 0],
        "refused_innocents": [2, 1],
    }
    empty = Coupling().measured().incident_frame(0)
    assert list(empty.columns) == list(frame.columns)
    assert empty.dtypes["start"] == np.float64


def test_every_harmed_recipient_has_its_cause() -> None:
    example = Coupling()
    example.alert(0, lost(LISTED), SOON, SOON)
    example.alert(1, lost(BLOCKED), SOON, SOON)
    example.alert(2, LATE, LATE, SOON)
    example.alert(3, took(2, Status.JUNKED), SOON, SOON)
    example.alert(4, took(20, Status.JUNKED), SOON, SOON)
    example.alert(5, took(9, Status.EXPIRED, LATER), SOON, SOON)
    deferred = example.alert(6, LATE, SOON, SOON)
    example.alert(7, SOON, LATE, LATE)  # better off
    example.alert(8, lost(LISTED), SOON, lost(LISTED))  # no worse than without
    last = len(example.treatment.tables["attempts"].flat) // 10
    example.treatment.tables["attempts"].flat[deferred * 10 + 7] = LISTED  # the first attempt
    example.treatment.attempt(deferred, 20, 25, 26, attempt=1)
    assert last == 9
    frame = example.measured().harmed(3)
    assert list(frame.columns) == [column.name for column in FRAMES["harmed"]]
    assert frame["recipient"].tolist() == [0, 1, 2, 3, 4, 5, 6]
    assert frame["cause"].tolist() == [
        "css", "provider", "late", "junked", "late", "expired", "css",
    ]  # fmt: skip
    assert frame["harm"].tolist() == [1, 1, 1, 0, 1, 1, 1]
    assert frame["harm_control"].tolist() == [0, 0, 1, 0, 0, 0, 0]
    assert frame["harm_absent"].tolist() == [0] * 7
    assert frame["latency_control"].tolist() == [2.0, 2.0, 20.0, 2.0, 2.0, 2.0, 2.0]
    assert frame["latency"].isna().tolist() == [True, True, False, False, False, True, False]
    assert set(frame["class"]) == {"system"}
    assert set(frame["replication"]) == {3}


def test_given_a_listing_there_are_values_of_their_own() -> None:
    example = Coupling()
    example.alert(0, lost(LISTED), SOON, SOON)
    plain = example.measured().metrics()
    assert not plain["subject"].str.contains("|", regex=False).any()
    example.treatment.listing("198.51.100.10", 0, HOUR)
    assert example.values("total", "total | listed") == pytest.approx(example.values(), nan_ok=True)
    assert example.values("stream", "app.alerts | listed")["harmed"] == 1
    for scope, (_, names) in BLAST_SCOPES.items():
        frame = example.measured().metrics()
        assert set(frame.loc[frame["scope"] == scope, "metric"]) == set(names)


def test_one_domain_that_may_do_either_has_results_of_two_kinds() -> None:
    example = Coupling(["destinations.gmail.refuses_on={css=0.6}"])
    example.alert(0, lost(LISTED), SOON, SOON)
    result = example.values("destination", "gmail | refuses")
    assert result == example.values("destination", "gmail")
    assert example.values("total", "total | gmail refuses")["harmed"] == 1
    assert example.values("total", "total | gmail accepts") == {}


def test_the_kind_is_what_the_domain_has_drawn() -> None:
    draws = Story().draws()
    maybe = scenario([*CULPRIT, "destinations.gmail.refuses_on={spamhaus-css=0.6}"])
    assert kinds(maybe, draws) == {"gmail": "refuses"}
    draws.action[NAMES.domains.index("gmail.com")] = 2
    assert kinds(maybe, draws) == {"gmail": "accepts"}
    # Who always refuses, and a crowd of domains, have no two kinds.
    assert kinds(scenario(CULPRIT), draws) == {}
    crowd = scenario([*CULPRIT, "destinations.business.refuses_on={css=0.6}"])
    assert kinds(crowd, draws) == {}
    scores = "destinations.gmail.refusal_action={reject=0.5, score=0.5}"
    assert kinds(scenario([*CULPRIT, scores]), draws) == {"gmail": "accepts"}


def test_series_tell_the_harm_of_each_hour() -> None:
    example = Coupling()
    example.alert(10, lost(LISTED), SOON, SOON)
    example.alert(HOUR + 10, LATE, LATE, SOON)
    example.alert(HOUR + 20, lost(LISTED, seconds=2 * HOUR), SOON, SOON)
    series = example.measured().series()
    assert series.harm.index.tolist() == [0.0, 3600.0, 7200.0, 10800.0]
    assert series.harm["reputation"].tolist() == [1, 1, 0, 0]
    assert series.harm["congestion"].tolist() == [0, 1, 0, 0]
    assert series.harm["refused"].tolist() == [1, 0, 0, 1]  # when it was refused
    assert series.reach.index.tolist() == [3600.0 * hour for hour in range(5)]
    assert list(series.reach.columns) == ["app.alerts"]
    quiet = Coupling().measured().series()
    mean = BlastSeries.mean([series, quiet])
    assert mean.harm["reputation"].tolist() == [0.5, 0.5, 0, 0]


def test_listings_are_counted_for_all_ips_each_ip_and_each_list() -> None:
    story = Story()
    story.listing("198.51.100.10", 10, 30)
    story.listing("198.51.100.10", 20, 60)
    story.listing("203.0.113.25", 90, -1)
    frame = metrics(story.trace(end=200), scenario())  # the window has 100 s
    table = frame[frame["metric"].str.startswith("list")]
    values = table.pivot_table(index=["scope", "subject"], columns="metric", values="value")

    def row(*key: str) -> dict[str, float]:
        return dict(values.loc[key])

    assert row("total", "total") == {
        "listed": 1, "listings": 3, "listed_time": 60, "listing_length": (20 + 40 + 110) / 3,
    }  # fmt: skip
    assert row("egress", "203.0.113.25") == {
        "listed": 1, "listings": 1, "listed_time": 10, "listing_length": 110,
    }  # fmt: skip
    assert row("blocklist", "css") == row("total", "total")
    quiet = metrics(Story().trace(end=200), scenario()).set_index(["scope", "metric"])["value"]
    assert quiet["blocklist", "listed"] == 0
    assert pd.isna(quiet["blocklist", "listing_length"])
