"""Duplicates: a host without a reply sends a message again that a hub has."""

import pandas as pd
import pytest
from worlds.small_world import SECOND_HUB, Played, play

from relaysim.engine.coupled_runs import coupled
from relaysim.measure.blast.innocent_mail import Innocents
from relaysim.measure.metrics import metrics
from relaysim.measure.recipients import Recipients
from relaysim.trace.duplicates import duplicates, original_of, standing
from relaysim.trace.tables import Signal

TIMED_OUT = "421 4.4.1 Connection timed out"
SLOW = "[destinations.sink]\nresponse_time = '20 s'"
DELAYED = "[hubs.HUB01.receive_connectors.relay]\nmax_acknowledgement_delay = '30 s'"
IMPATIENT = "[hosts.app]\ndata_done_timeout = '10 s'"
RETRY = "[hosts.app]\non_failure = { retry_every = '1 min', give_up_after = '2 min' }"
ONCE = "[hosts.app]\non_failure = { retry_every = '1 min', give_up_after = '65 s' }"
NEWSLETTER = """
[hubs.HUB01]
mta = "exchange-2010"
max_per_domain_outbound_connections = "unlimited"
[hubs.HUB01.receive_connectors.relay]
max_acknowledgement_delay = "30 s"
[destinations.sink]
response_time = "25 s"
[hosts.app]
sessions = 100
on_failure = { retry_every = "5 min", give_up_after = "10 min" }
"""
"""A public case (cloudntech.com, 2014): time-outs of a newsletter of 5,000 to 10,000 messages at
once, at a connector with the defaults of Exchange 2010: 20 connections per source, a delay of 30 s.
The time-out, the receivers and the retries are assumptions."""
NEWSLETTER_AFTER = """
[hubs.HUB01.receive_connectors.relay]
max_acknowledgement_delay = "0 s"
tarpit_interval = "0 s"
max_inbound_connection_per_source = 100
max_inbound_connection_percentage_per_source = 20
"""


def measured(run: Played) -> dict[str, float]:
    """The counts of all mail of a run."""
    frame: pd.DataFrame = metrics(run.trace, run.scenario)
    total = frame[frame["scope"] == "total"]
    return dict(zip(total["metric"], total["value"], strict=True))


def stop(hub: str, at: str) -> str:
    return f"[[events]]\nat = '{at}'\nstop = {{ hub = '{hub}', for = '1 h' }}"


def test_a_host_that_has_no_reply_in_time_sends_the_message_again_and_again() -> None:
    """The hub delivers after 20 s and then replies; the host waits 10 s and retries each minute.

    The next retry would be at 140 s, after the 2 min of the host.
    """
    run = play(SLOW, DELAYED, IMPATIENT, RETRY, mail={"app.load": [0]})
    assert run.visits("HUB01/relay") == [(0, 0.0, 0.0, 10.0), (1, 70.0, 70.0, 80.0)]
    assert run.ends("app.load") == [(20.0, "delivered"), (90.0, "delivered")]
    assert run.messages("app.load", "created") == [0.0, 0.0]
    assert run.messages("app.load", "acknowledged") == [-1.0, -1.0]
    assert run.replies("app.load") == [TIMED_OUT, TIMED_OUT]
    found = measured(run)
    assert [found[name] for name in ("created", "delivered", "duplicates")] == [1, 1, 1]
    assert found["latency_mean"] == 20.0
    assert found["refused_attempts"] == 2


def test_a_host_that_drops_a_message_leaves_it_to_the_hub() -> None:
    run = play(SLOW, DELAYED, IMPATIENT, mail={"app.load": [0]})
    assert run.ends("app.load") == [(20.0, "delivered")]
    assert run.replies("app.load") == [TIMED_OUT]
    assert measured(run)["duplicates"] == 0


@pytest.mark.parametrize("delay", ["0 s", "9 s"])
def test_a_reply_in_time_makes_no_duplicate(delay: str) -> None:
    """The timer of the first message runs out while the session waits for the second one."""
    soon = DELAYED.replace("30 s", delay)
    one = "[hosts.app]\nsessions = 1"
    run = play(SLOW, soon, IMPATIENT, RETRY, one, mail={"app.load": [0, 5]})
    assert run.submissions("app.load") == [1, 1]
    assert -1.0 not in run.messages("app.load", "acknowledged")


def test_a_session_that_timed_out_makes_room_for_the_next_message() -> None:
    one = "[hosts.app]\nsessions = 1"
    run = play(SLOW, DELAYED, IMPATIENT, one, mail={"app.load": [0, 0]})
    assert run.messages("app.load", "connected") == [0.0, 10.0]
    assert run.visits("HUB01/relay") == [(0, 0.0, 0.0, 10.0), (1, 10.0, 10.0, 20.0)]


def test_busy_cores_make_duplicates_too() -> None:
    """A message needs a core for 12 s: the hub commits it 2 s after the host has left."""
    busy = "[hubs.HUB01]\nreceive_cost = '12 s'"
    run = play(busy, IMPATIENT, ONCE, mail={"app.load": [0]})
    assert run.visits("HUB01/relay")[0] == (0, 0.0, 0.0, 10.0)
    assert run.messages("app.load", "committed")[0] == 12.0
    assert run.ends("app.load") == [(12.0, "delivered")]
    again = play(busy, IMPATIENT, RETRY, mail={"app.load": [0]})
    assert again.ends("app.load") == [(12.0, "delivered"), (82.0, "delivered")]


def test_a_mailbox_keeps_the_first_copy_and_discards_the_others() -> None:
    inside = (
        "[mailboxes]\ndelivery_time = '20 s'\n[hosts.app.streams.load]\nto = { internal = 1.0 }"
    )
    run = play(inside, DELAYED, IMPATIENT, RETRY, mail={"app.load": [0]})
    assert run.ends("app.load") == [(20.0, "delivered"), (90.0, "discarded")]
    assert measured(run)["duplicates"] == 0


def test_the_recipients_that_the_hub_refused_are_not_sent_again() -> None:
    """The connector relays to its own domain alone."""
    own = "[hubs.HUB01.receive_connectors.relay]\npermissions = []"
    both = "[hosts.app.streams.load]\nto = { sink = 0.5, internal = 0.5 }"
    slow = "[mailboxes]\ndelivery_time = '20 s'"
    run = play(own, both, slow, DELAYED, IMPATIENT, RETRY, mail={"app.load": [(0, 6)]})
    statuses = run.statuses("app.load")
    taken = [row for row in range(6) if statuses[row] == "delivered"]
    assert 0 < len(taken) < 6
    assert statuses[6:] == ["discarded"] * len(taken)
    assert original_of(run.trace).tolist() == [*range(6), *taken]


def test_a_message_that_the_hub_loses_after_the_time_out_arrives_by_the_retry() -> None:
    """The hub stops at 11 s, before its commit at 12 s; the copy counts, as the only one."""
    busy = "[hubs.HUB01]\nreceive_cost = '12 s'"
    short = stop("HUB01", "11 s").replace("1 h", "10 s")
    run = play(busy, short, IMPATIENT, RETRY, mail={"app.load": [0]})
    assert run.ends("app.load") == [(12.0, "abandoned"), (82.0, "delivered")]
    assert standing(run.trace).tolist() == [1, 1]
    found = measured(run)
    counts = ("created", "delivered", "abandoned", "duplicates", "latency_mean")
    assert [found[name] for name in counts] == [1, 1, 0, 0, 82.0]


def test_a_session_cut_by_a_stop_makes_a_duplicate_that_may_come_first() -> None:
    """HUB01 has the message at its stop at 10 s; the host sends it to HUB02, which delivers it.

    HUB01 delivers it an hour later: the user has it in time, and once more.
    """
    pair = """
    [dns]
    "relay.cozumpark.com" = ["192.168.168.169", "192.168.168.172"]
    [hosts.app]
    server = "relay.cozumpark.com"
    [send_connectors.internet]
    source_transport_servers = ["HUB01", "HUB02"]
    """
    run = play(
        SECOND_HUB, pair, SLOW, DELAYED, RETRY, stop("HUB01", "10 s"), mail={"app.load": [0]}
    )
    assert run.hubs("app.load") == ["HUB01", "HUB02"]
    assert run.ends("app.load") == [(3630.0, "delivered"), (90.0, "delivered")]
    assert standing(run.trace).tolist() == [1, 1]
    found = measured(run)
    assert [found[name] for name in ("delivered", "duplicates", "latency_mean")] == [1, 1, 90.0]


def test_a_front_end_that_stops_loses_the_reply_and_not_the_message() -> None:
    """HUB02 writes for 10 s what the front end of HUB01 proxies to it; HUB01 stops at 5 s."""
    free = """
    mta = "exchange-se"
    receive_cost = "0 s"
    categorize_cost = "0 s"
    send_cost = "0 s"
    queue_database_batch_size = 1
    commit_write = "10 s"
    shadow_redundancy_enabled = false
    """
    servers = "".join(f"[hubs.{hub}]{free}" for hub in ("HUB01", "HUB02"))
    both = "[send_connectors.internet]\nsource_transport_servers = ['HUB01', 'HUB02']"
    short = stop("HUB01", "5 s").replace("1 h", "20 s")
    mail = {"app.load": [0.0] * 8}
    run = play(SECOND_HUB, servers, both, short, RETRY, mail=mail)
    sent = zip(run.hubs("app.load")[:8], run.submissions("app.load")[:8], strict=True)
    # HUB01 lost what it wrote itself: that is submitted again, and no duplicate.
    taken = [hub for hub, submissions in sent if submissions == 1]
    assert taken == ["HUB02"] * len(duplicates(run.trace))
    found = measured(run)
    assert [found[name] for name in ("delivered", "duplicates")] == [8, len(taken)]


@pytest.mark.parametrize(
    ("changes", "connections", "twice"),
    [
        (("data_done_timeout = '20 s'",), 20, 100),
        (("data_done_timeout = '20 s'", NEWSLETTER_AFTER), 100, 0),
        (("data_done_timeout = '10 min'",), 20, 0),
    ],
    ids=["before", "after", "a longer time-out"],
)
def test_the_newsletter_of_2010(changes: tuple[str, ...], connections: int, twice: int) -> None:
    """Time-outs of a newsletter at Exchange 2010, and what the company changed: `NEWSLETTER`.

    Its receivers answer after 25 s. Before, each of 100 messages is sent again once, since the
    second retry would come after 10 min.
    """
    run = play(NEWSLETTER, f"[hosts.app]\n{changes[0]}", *changes[1:], mail={"app.load": [0] * 100})
    visits = [(enter, end) for _, enter, begin, end in run.visits("HUB01/relay") if begin >= 0]
    assert sum(enter == 0 for enter, _ in visits) == connections
    found = measured(run)
    counts = ("created", "delivered", "duplicates")
    assert [found[name] for name in counts] == [100, 100, twice]
    assert run.replies("app.load").count(TIMED_OUT) == 2 * twice
    assert (-1.0 in run.messages("app.load", "acknowledged")) == (twice > 0)


def test_reputation_counts_both_copies() -> None:
    """The address is a spam trap: each copy hits it."""
    traps = """
    [blocklists.css]
    profile = "spamhaus-css"
    [hosts.app.streams.load]
    mailing_list = { addresses = 1, trap_share = 1.0 }
    """
    slow = "[egress.'198.51.100.10']\nbandwidth = '800 bit/s'"
    run = play(traps, slow, DELAYED, IMPATIENT, RETRY, mail={"app.load": [0]})
    signals = run.trace.signals
    assert signals["recipient"][signals["signal"] == Signal.TRAP].tolist() == [0, 1]


def test_coupled_runs_compare_the_copy_that_counts() -> None:
    """Behind the newsletter the alert takes 23 s and is sent twice; without it, once and 4 s."""
    news = """
    [hubs.HUB01]
    max_per_domain_outbound_connections = 1
    [destinations.sink]
    response_time = "4 s"
    [hosts.app.streams.news]
    culprit = true
    """
    run = play(news, DELAYED, IMPATIENT, RETRY, mail={"app.news": [0] * 5, "app.load": [1]})
    assert len(run.messages("app.load", "created")) == 2
    runs = coupled(run.scenario, run.draws)
    found = Innocents.of(runs, run.scenario, Recipients.of(runs.treatment, run.scenario))
    latencies = [found.treatment.latency, found.control.latency, found.absent.latency]
    assert [latency.tolist() for latency in latencies] == [[23e6], [23e6], [4e6]]
