"""Shaping: limits of a hub for the mail to one destination."""

import pytest
from worlds.small_world import play, tables

from relaysim.analysis.offered_load import Stages
from relaysim.explanation.message import explain
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import ScenarioError
from relaysim.trace.tables import first_divergence

OTHER = """
[destinations.other]
profile = "none"
domains = ["example.net"]
[hosts.app.streams.more]
to = { other = 1.0 }
"""
SLOW = '[destinations.sink]\nresponse_time = "10 s"\n[destinations.other]\nresponse_time = "10 s"'
AT_ONCE = {"app.load": [0, 0, 0], "app.more": [0, 0, 0]}


def shaped(**limits: object) -> str:
    lines = "\n".join(f"{key} = {value!r}" for key, value in limits.items())
    return f"[hubs.HUB01.shaping.sink]\n{lines}"


def test_the_connections_to_a_destination_have_a_limit_of_their_own() -> None:
    """Three messages of 10 s: one after another to the one, at once to the other."""
    run = play(OTHER, SLOW, shaped(connection_limit=1), mail=AT_ONCE)
    assert [end for end, _ in run.ends("app.load")] == [10.0, 20.0, 30.0]
    assert [end for end, _ in run.ends("app.more")] == [10.0, 10.0, 10.0]


def test_a_connection_carries_so_many_messages() -> None:
    one = shaped(connection_limit=1, messages_per_connection=2)
    run = play(OTHER, SLOW, one, mail=AT_ONCE)
    assert run.opened("HUB01->example.org") == [1, 0, 1]


def test_attempts_start_no_closer_than_the_rate_allows() -> None:
    """Six a minute are one each 10 s; the message of 25 s waits for 30 s, that of 60 s does not."""
    run = play(shaped(rate="6/min"), mail={"app.load": [0, 1, 2, 25, 60]})
    starts = [start for _, start, _, _ in run.attempts("HUB01->example.org")]
    assert starts == [0.0, 10.0, 20.0, 30.0, 60.0]


def test_each_domain_has_the_rate() -> None:
    many = '[destinations.sink]\ndomains = ["example.org", "example.com"]'
    run = play(many, shaped(rate="6/min"), mail={"app.load": [0] * 12})
    ends = sorted(end for end, _ in run.ends("app.load"))
    by_one, by_other = (len(run.attempts(f"HUB01->example.{name}")) for name in ("org", "com"))
    assert by_one + by_other == 12
    assert ends[-1] == 10.0 * (max(by_one, by_other) - 1)


def test_a_rate_holds_after_a_stop_of_the_hub() -> None:
    """The hub stops from 5 to 35 s: the second message, due at 10 s, is sent at 35 s."""
    stop = "[[events]]\nat = '5 s'\nstop = { hub = 'HUB01', for = '30 s' }"
    run = play(shaped(rate="6/min"), stop, mail={"app.load": [0, 1, 2]})
    starts = [start for _, start, _, _ in run.attempts("HUB01->example.org")]
    assert starts == [0.0, 35.0, 45.0]


def test_a_deferred_message_waits_as_long_as_the_destination_says() -> None:
    """Both destinations defer all mail: one is tried each 10 s, the other each minute."""
    defer = "[destinations.sink]\ndefer = 1.0\n[destinations.other]\ndefer = 1.0"
    hub = '[hubs.HUB01]\nmessage_retry_interval = "1 min"\nmessage_expiration_timeout = "2 min"'
    mail = {"app.load": [0], "app.more": [0]}
    run = play(OTHER, defer, hub, shaped(message_retry_interval="10 s"), mail=mail)
    starts = [start for _, start, _, _ in run.attempts("HUB01->example.org") if start >= 0]
    assert starts == [10.0 * number for number in range(12)]
    starts = [start for _, start, _, _ in run.attempts("HUB01->example.net") if start >= 0]
    assert starts == [0.0, 60.0]


def test_limits_that_bind_nothing_change_no_row() -> None:
    wide = shaped(messages_per_connection=1000, rate="1000000/s")
    mail = {"app.load": [0, 0.5, (1, 3), 20]}
    assert first_divergence(play(mail=mail).trace, play(wide, mail=mail).trace) is None


def test_the_limits_of_postfix_are_for_each_transport() -> None:
    """Postfix begins with five deliveries at a time to other next hops."""
    postfix = '[hubs.HUB01]\nmta = "postfix"\nreceive_cost = "0 s"\nsend_cost = "0 s"'
    costs = 'commit_write = "0 s"\nprocess_start_time = "0 s"'
    mail = {"app.load": [0] * 5, "app.more": [0] * 5}
    run = play(OTHER, SLOW, f"{postfix}\n{costs}", shaped(connection_limit=1), mail=mail)
    assert [end for end, _ in run.ends("app.load")] == [10.0, 20.0, 30.0, 40.0, 50.0]
    assert [end for end, _ in run.ends("app.more")] == [10.0] * 5


STREAM = """
[hosts.app.streams.load]
sender = "app@cozumpark.com"
size = "1 KB"
to = { sink = 1.0 }
arrivals = { process = "poisson", rate = "5/min" }
"""


def loaded(*changes: str) -> Scenario:
    return from_mapping(tables(*changes), "story")


def test_the_offered_load_counts_the_rate() -> None:
    """Five messages a minute are 5/6 of a rate of six."""
    stages = Stages(loaded(STREAM, shaped(rate="6/min"))).by_name
    assert stages["HUB01->example.org (rate)"].load({"app.load": 5 / 60}) == pytest.approx(5 / 6)


def test_explain_says_the_limits() -> None:
    limits = shaped(connection_limit=5, messages_per_connection=50, rate="10/s")
    text = " ".join(str(explain(loaded(STREAM, limits), "app", "x@example.org")).split())
    assert "at most 5 connections, 50 messages each and 10/s" in text


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ('[hubs.HUB01]\nmta = "exchange-2010"', "limits hold for all domains alike"),
        (
            '[hubs.HUB01]\nmta = "postfix"\n[hubs.HUB01.shaping.sink]\n'
            'message_retry_interval = "1 h"',
            "one retry clock for all next hops",
        ),
        ("[hubs.HUB01.shaping.sunk]\nconnection_limit = 1", 'did you mean "sink"'),
        ('[hubs.HUB01.shaping.sink]\nrate = "0/s"', 'must be at least "1/d"'),
        ('[hubs.HUB01.shaping.sink]\nrate = "0.9/d"', 'must be at least "1/d"'),
        ("[hubs.HUB01.shaping.sink]\nconnection_limit = 0", "connection_limit"),
    ],
)
def test_what_does_not_fit_is_refused(change: str, message: str) -> None:
    with pytest.raises(ScenarioError) as problem:
        loaded(STREAM, shaped(messages_per_connection=3), change)
    assert message in " ".join(str(problem.value).split())


def test_a_table_without_a_limit_is_refused() -> None:
    with pytest.raises(ScenarioError, match="write a limit"):
        loaded(STREAM, "[hubs.HUB01.shaping.sink]")
