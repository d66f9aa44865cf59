"""A receiver that serves few connections at a time: more of them wait, or get no answer."""

from pathlib import Path

import pytest
from worlds.ground_truth import stated
from worlds.small_world import Mail, Played, play, tables

from relaysim.engine.fast import simulation as fast
from relaysim.plan.compiler import compile_plan
from relaysim.scenario.load import from_mapping
from relaysim.traffic.workload import draw

OUT = "HUB01->example.org"
OK = "250 2.0.0 OK"
UNABLE = "421 4.2.1 Unable to connect"
TOO_MANY = "421 4.7.0 Error: too many connections from 198.51.100.10"
ONE_AT_A_TIME = """
[destinations.sink]
response_time = "10 s"
max_connections_per_ip = 1
connection_backlog = 2
surplus_connections = "drop"
"""
ANSWERS = "[destinations.sink]\nsurplus_connections = '421'"


def test_connections_wait_for_a_place_in_turn_and_further_ones_get_no_answer() -> None:
    """The last one notices after the 30 s of `smtp_connect_timeout`."""
    run = play(ONE_AT_A_TIME, mail={"app.load": [0, 1, 2, 3]})
    assert run.attempts(OUT)[:4] == [
        (0, 0.0, 10.0, OK),
        (1, 1.0, 20.0, OK),
        (2, 2.0, 30.0, OK),
        (3, 3.0, 33.0, UNABLE),
    ]


def test_further_connections_may_get_a_reply_at_once() -> None:
    run = play(ONE_AT_A_TIME, ANSWERS, mail={"app.load": [0, 1, 2, 3]})
    (refused,) = [attempt for attempt in run.attempts(OUT) if attempt[1] == 3.0]
    assert refused == (3, 3.0, 3.0, TOO_MANY)


@pytest.mark.parametrize(("at", "reply"), [("5 s", UNABLE), ("15 s", OK)])
def test_a_connection_that_waited_finds_an_outage(at: str, reply: str) -> None:
    """The second connection has its place at 10 s; the outage lasts for six seconds."""
    outage = f'[[events]]\nat = "{at}"\noutage = {{ destination = "sink", for = "6 s" }}'
    run = play(ONE_AT_A_TIME, outage, mail={"app.load": [0, 1]})
    second = run.attempts(OUT)[1]
    assert (second[1], second[2]) == (1.0, 20.0 if reply == OK else 10.0)
    assert second[3] == reply


def test_a_stop_of_the_hub_loses_no_place() -> None:
    """HUB01 stops from 5 s to 6 s, and the receiver has its two connections of before until 10 s.

    So the second place of the backlog is for one new connection, and the other gets no answer. At
    10 s that of before has its turn and leaves, then the new one is served.
    """
    stop = '[[events]]\nat = "5 s"\nstop = { hub = "HUB01", for = "1 s" }'
    run = play(ONE_AT_A_TIME, stop, mail={"app.load": [0, 1]})
    assert [attempt[1:] for attempt in run.attempts(OUT) if attempt[1] == 6.0] == [
        (6.0, 20.0, OK),
        (6.0, 36.0, UNABLE),
    ]


CONGESTED = """
[hubs.HUB01]
mta = "postfix"
receive_cost = "0 s"
send_cost = "0 s"
commit_write = "0 s"
process_start_time = "0 s"
reject_time = "0 s"
initial_destination_concurrency = 20
minimal_backoff_time = "10000 s"
maximal_backoff_time = "10000 s"
[destinations.sink]
response_time = "2 s"
max_connections_per_ip = 5
surplus_connections = "drop"
[run]
duration = "6000 s"
drain = "1 s"
"""
"""Deliveries of two seconds, five at a time; a message is tried once."""


def unanswered(folder: Path, messages: int, backlog: int, timeout: str, feedback: str) -> float:
    """The share of messages that a receiver does not answer, %."""
    settings = f"""
    [hubs.HUB01]
    smtp_connect_timeout = "{timeout}"
    destination_concurrency_positive_feedback = "{feedback}"
    destination_concurrency_negative_feedback = "{feedback}"
    [destinations.sink]
    connection_backlog = {backlog}
    """
    mail: Mail = {"app.load": [0] * messages}
    scenario = from_mapping(tables(CONGESTED, settings, mail=mail, folder=folder), "congested")
    draws = draw(scenario, 0, 1)
    run = Played(scenario, draws, fast.run(compile_plan(scenario), draws))
    replies = [reply for _, start, _, reply in run.attempts(OUT) if start >= 0]
    assert len(replies) == messages
    return 100 * replies.count(UNABLE) / messages


def shares(folder: Path, messages: int, backlogs: tuple[int, ...], timeout: str) -> list[float]:
    """For each backlog with feedback 1 and 1/N."""
    return [
        unanswered(folder, messages, backlog, timeout, feedback)
        for backlog in backlogs
        for feedback in ("1", "1/concurrency")
    ]


def test_the_published_shares_of_a_congested_receiver(tmp_path: Path) -> None:
    """SCHEDULER_README of Postfix, second table: 2,000 recipients, 2 by 2.

    The receiver has five processes, and asks for an accept queue of five. The compiled engine
    alone plays it, for its speed.
    """
    measured = ", ".join(f"{share:.1f} %" for share in shares(tmp_path, 1000, (5, 7), "30 s"))
    assert measured == stated("Deliveries that a full server does not answer")


def test_the_published_shares_with_a_time_out_of_300_s(tmp_path: Path) -> None:
    """Third table: 20,000 recipients, and Linux, whose accept queue is one longer than asked."""
    measured = ", ".join(f"{share:.2f} %" for share in shares(tmp_path, 10_000, (6,), "300 s"))
    assert measured == stated("The same with a time-out of 300 s")
