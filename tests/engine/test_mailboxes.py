"""The users' mail: submitted by the mailbox server, delivered to it."""

from worlds.small_world import SECOND_HUB, play

from relaysim.trace.tables import Visit

USERS = """
[mailboxes]
delivery_time = "1 s"
[hosts.app]
kind = "mailbox_users"
server = "192.168.168.169"
round_trip = "1 s"
bandwidth = "8 kbit/s"
[hosts.app.streams.load]
to = { internal = 1.0 }
"""
"""A submission takes 2 s and a second for each 1000 bytes."""


def test_mailbox_submission_needs_no_connector_and_no_set_up() -> None:
    run = play(USERS, mail={"app.load": [(0, 1, 1000)]})
    assert run.connectors("app.load") == [""]
    assert run.visits("HUB01.mailboxsubmission") == [(0, 0.0, 0.0, 3.0)]
    assert run.messages("app.load", "committed") == [3.0]
    assert run.messages("app.load", "acknowledged") == [3.0]
    assert run.ends("app.load") == [(4.0, "delivered")]


def test_each_hub_takes_so_many_submissions_at_a_time() -> None:
    two = "[hubs.HUB01]\nmax_concurrent_mailbox_submissions = 2"
    run = play(USERS, two, mail={"app.load": [(0, 1, 1000)] * 3})
    assert run.messages("app.load", "connected") == [0.0, 0.0, 3.0]


def test_without_an_override_list_every_hub_of_the_site_gets_its_turn() -> None:
    """That is why a second hub is not dedicated to the bulk mail by being there."""
    run = play(USERS, SECOND_HUB, mail={"app.load": [0, 1, 2, 3]})
    assert run.hubs("app.load") == ["HUB01", "HUB02", "HUB01", "HUB02"]


def test_with_an_override_list_only_its_hubs_get_a_turn() -> None:
    only = "[mailboxes]\nsubmission_server_override_list = ['HUB02']"
    run = play(USERS, SECOND_HUB, only, mail={"app.load": [0, 1, 2]})
    assert run.hubs("app.load") == ["HUB02"] * 3


def test_a_hub_that_is_down_is_passed_over() -> None:
    down = "[[events]]\nat = '0 s'\nstop = { hub = 'HUB01', for = '90 s' }"
    run = play(USERS, SECOND_HUB, down, mail={"app.load": [0, 1, 100, 101]})
    assert run.hubs("app.load") == ["HUB02", "HUB02", "HUB01", "HUB02"]


def test_submissions_that_a_stop_cuts_off_go_to_another_hub_at_once() -> None:
    down = "[[events]]\nat = '1 s'\nstop = { hub = 'HUB01', for = '1 h' }"
    run = play(USERS, SECOND_HUB, down, mail={"app.load": [(0, 1, 1000)]})
    assert run.visits("HUB01.mailboxsubmission") == [(0, 0.0, 0.0, 1.0)]
    assert run.visits("HUB02.mailboxsubmission") == [(0, 3.0, 3.0, 6.0)]
    assert run.hubs("app.load") == ["HUB02"]
    assert run.submissions("app.load") == [2]


def test_what_waited_behind_them_goes_to_another_hub_too() -> None:
    one = "[hubs.HUB01]\nmax_concurrent_mailbox_submissions = 1"
    down = "[[events]]\nat = '1 s'\nstop = { hub = 'HUB01', for = '1 h' }"
    run = play(USERS, SECOND_HUB, one, down, mail={"app.load": [(0, 1, 1000)] * 3})
    assert run.visits("HUB02.mailboxsubmission") == [
        (1, 0.0, 0.0, 3.0),
        (0, 3.0, 3.0, 6.0),
        (2, 3.0, 3.0, 6.0),
    ]
    assert run.submissions("app.load") == [2, 1, 1]


FULL = """
[hubs.{}.back_pressure]
queue_drive_size = "10 GB"
queue_drive_used = "9.8 GB"
"""
"""The drive of the queue database is High from the first poll on, at 2 s."""
SHORT = "452 4.3.1 Insufficient system resources"


def test_after_a_refusal_the_mailbox_server_asks_the_next_hub_at_once() -> None:
    run = play(USERS, SECOND_HUB, FULL.format("HUB01"), mail={"app.load": [3, 4, 5]})
    assert run.hubs("app.load") == ["HUB02"] * 3
    assert run.messages("app.load", "connected") == [3.0, 4.0, 5.0]
    assert run.submissions("app.load") == [2, 1, 2]
    assert run.statuses("app.load") == ["delivered"] * 3


def test_after_the_last_hub_the_message_waits_for_the_retry() -> None:
    """Both hubs refuse at 3 s, and again every minute until the server gives up."""
    soon = "[hosts.app]\non_failure = { retry_every = '1 min', give_up_after = '150 s' }"
    both = (FULL.format("HUB01"), FULL.format("HUB02"))
    run = play(USERS, SECOND_HUB, *both, soon, mail={"app.load": [3]})
    assert run.ends("app.load") == [(123.0, "abandoned")]
    assert run.verdicts("app.load") == [SHORT]
    assert run.submissions("app.load") == [6]


def test_a_refusal_by_the_last_hub_that_is_up_counts() -> None:
    """HUB02 is down, so nobody is left to ask after HUB01."""
    down = "[[events]]\nat = '0 s'\nstop = { hub = 'HUB02', for = '90 s' }"
    run = play(USERS, SECOND_HUB, FULL.format("HUB01"), down, mail={"app.load": [3, 4]})
    assert run.messages("app.load", "connected") == [123.0, 124.0]
    assert run.hubs("app.load") == ["HUB02", "HUB02"]


def test_while_all_hubs_are_down_the_mail_waits_in_the_mailboxes() -> None:
    down = "[[events]]\nat = '0 s'\nstop = { hub = 'HUB01', for = '150 s' }"
    run = play(USERS, down, mail={"app.load": [(0, 1, 1000)]})
    assert run.messages("app.load", "connected") == [180.0]
    assert run.submissions("app.load") == [4]
    assert run.statuses("app.load") == ["delivered"]


def test_the_mailbox_server_gives_up_too() -> None:
    down = "[[events]]\nat = '0 s'\nstop = { hub = 'HUB01', for = '1 h' }"
    soon = "[hosts.app]\non_failure = { retry_every = '1 min', give_up_after = '2 min' }"
    run = play(USERS, down, soon, mail={"app.load": [10]})
    assert run.ends("app.load") == [(70.0, "abandoned")]
    assert run.verdicts("app.load") == ["421 4.2.1 Unable to connect"]
    run = play(USERS, down, "[hosts.app]\non_failure = 'drop'", mail={"app.load": [10]})
    assert run.ends("app.load") == [(10.0, "abandoned")]


def test_mailbox_delivery_has_its_own_number_of_threads() -> None:
    two = "[hubs.HUB01]\nmax_concurrent_mailbox_deliveries = 2"
    inside = "[mailboxes]\ndelivery_time = '1 s'\n[hosts.app.streams.load]\nto = { internal = 1.0 }"
    run = play(two, inside, mail={"app.load": [0, 0, 0]})
    assert [end for end, _ in run.ends("app.load")] == [1.0, 1.0, 2.0]
    assert run.opened("HUB01.mailbox") == [1, 1, 0]


def test_mail_from_outside_to_the_mailboxes_has_no_transfer_over_the_line() -> None:
    inside = "[mailboxes]\ndelivery_time = '1 s'\n[hosts.app.streams.load]\nto = { internal = 1.0 }"
    run = play(inside, "[egress.'198.51.100.10']\nbandwidth = '8 kbit/s'", mail={"app.load": [0]})
    assert run.ends("app.load") == [(1.0, "delivered")]
    assert Visit.LINE not in run.trace.visits["visit"].tolist()
    assert run.trace.attempts["egress"].tolist() == [-1]
