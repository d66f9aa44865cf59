"""Shadow copies: the 250 comes when another server of the site has the message."""

import pytest
from worlds.small_world import SECOND_HUB, play, tables

from relaysim.analysis.offered_load import stages
from relaysim.measure.journey import journey
from relaysim.scenario.load import from_mapping

SECOND = 12_500_000
"""Bytes that take a second between two hubs."""
PAIR = """
[hubs.HUB01]
shadow_redundancy_enabled = true
commit_write = "1 s"
[hubs.HUB02]
shadow_redundancy_enabled = true
receive_cost = "2 s"
commit_write = "4 s"
[hubs.HUB01.receive_connectors.relay]
max_message_size = "unlimited"
[hosts.app]
bandwidth = "unlimited"
"""
"""Commit until 1 s, transfer until 2 s, work of HUB02 until 4 s, its commit until 8 s."""
ONE = {"app.load": [(0, 1, SECOND)]}
DROPPED = "421 4.4.2 Connection dropped"


def stop(hub: str, at: str) -> str:
    return f"[[events]]\nat = '{at}'\nstop = {{ hub = '{hub}', for = '1 h' }}"


def test_a_host_waits_for_the_commit_of_the_copy() -> None:
    run = play(SECOND_HUB, PAIR, mail=ONE)
    assert run.visits("HUB01.commit") == [(0, 0.0, 0.0, 1.0)]
    assert run.visits("HUB02.cpu") == [(0, 2.0, 2.0, 4.0)]
    assert run.visits("HUB02.commit") == [(0, 4.0, 4.0, 8.0)]
    assert run.messages("app.load", "acknowledged") == [8.0]
    assert run.hubs("app.load") == ["HUB01"]
    assert run.ends("app.load") == [(8.0, "delivered")]


def test_the_journey_of_a_message_names_the_server_that_has_the_copy() -> None:
    run = play(SECOND_HUB, PAIR, mail=ONE)
    events = [(event.what, event.where, event.time) for event in journey(run.trace, 0).events]
    assert events[2:6] == [
        ("committed", "HUB01", 1_000_000),
        ("copy received", "HUB02", 4_000_000),
        ("copy committed", "HUB02", 8_000_000),
        ("acknowledged", "HUB01/relay", 8_000_000),
    ]


def test_the_mailbox_server_waits_for_the_copy_too() -> None:
    users = "[hosts.app]\nkind = 'mailbox_users'\nround_trip = '0 s'\n[mailboxes]\n"
    run = play(SECOND_HUB, PAIR, users + "submission_server_override_list = ['HUB01']", mail=ONE)
    assert run.messages("app.load", "acknowledged") == [8.0]


@pytest.mark.parametrize(
    ("change", "acknowledged"),
    [
        ("[hubs.HUB02]\nsite = 'Ankara'\n[mailboxes]\nsite = 'Ankara'", 1.0),
        ("[hubs.HUB02]\nshadow_redundancy_enabled = false", 1.0),
        (stop("HUB02", "0 s"), 1.0),
        # The copy fails when the step that it is in ends.
        (stop("HUB02", "1500 ms"), 2.0),
        (stop("HUB02", "3 s"), 4.0),
        (stop("HUB02", "5 s"), 8.0),
    ],
)
def test_without_a_server_that_takes_the_copy_the_message_is_accepted_alone(
    change: str, acknowledged: float
) -> None:
    run = play(SECOND_HUB, PAIR, change, mail=ONE)
    assert run.messages("app.load", "acknowledged") == [acknowledged]


def test_a_hub_that_stops_during_the_copy_has_not_taken_the_message() -> None:
    run = play(SECOND_HUB, PAIR, stop("HUB01", "5 s"), mail=ONE)
    assert run.ends("app.load") == [(8.0, "abandoned")]
    assert run.verdicts("app.load") == [DROPPED]


def test_the_offered_load_has_the_work_of_the_copy() -> None:
    """2 s of a core of HUB02, and 8 s of a session: commit, transfer, work and commit."""
    stream = f"""
    [hosts.app.streams.load]
    arrivals = {{ process = "every", every = "1 min" }}
    sender = "app@cozumpark.com"
    size = "{SECOND} B"
    to = {{ sink = 1.0 }}
    """
    sessions = "[hosts.app]\nsessions = 9"
    scenario = from_mapping(tables(SECOND_HUB, PAIR, sessions, stream), "story")
    demand = {stage.name: stage.demand["app.load"] for stage in stages(scenario)}
    assert demand == pytest.approx({"app.sessions": 8.0, "HUB01.cpu": 0.0, "HUB02.cpu": 2.0})
