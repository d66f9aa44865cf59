"""Steps 1 to 3: a host connects, and talks with a receive connector."""

import pytest
from worlds.small_world import play

from relaysim.mail import reply

RELAY = "HUB01/relay"
QUEUED = "250 2.6.0 <id> Queued mail for delivery"
TOO_MANY = (
    "421 4.3.2 The maximum number of concurrent server connections has exceeded a limit, closing "
    "transmission channel"
)
TOO_MANY_OF_ONE = (
    "421 4.3.2 The maximum number of concurrent connections has exceeded a limit, closing "
    "transmission channel"
)

SLOW = """
[hosts.app]
round_trip = "1 s"
"""
"""A session: 2 s to set it up, then 4 s a message."""
ONE_EACH = """
[hosts.app]
messages_per_connection = 1
"""
RETRY = """
[hosts.app]
on_failure = { retry_every = "5 min", give_up_after = "1 d" }
"""


# Setting up.


def test_a_session_takes_two_round_trips_to_set_up_and_four_for_a_message() -> None:
    """TCP with the greeting, EHLO; MAIL, RCPT, DATA, the body."""
    run = play(SLOW, mail={"app.load": [10]})
    assert run.messages("app.load", "connected") == [10.0]
    assert run.messages("app.load", "committed") == [16.0]
    assert run.visits(RELAY) == [(0, 10.0, 10.0, 16.0)]


@pytest.mark.parametrize(
    ("more", "committed"),
    [
        ("", 6.0),
        ("[hubs.HUB01.receive_connectors.relay]\nauth_mechanism = ['Tls']", 10.0),
        (
            "[hosts.app]\naccount = 'app@cozumpark.com'\nport = 25\n"
            "[hubs.HUB01.receive_connectors.relay]\npermission_groups = ['ExchangeUsers']\n"
            "auth_mechanism = ['BasicAuth']",
            8.0,
        ),
    ],
)
def test_tls_costs_four_round_trips_and_a_login_two(more: str, committed: float) -> None:
    assert play(SLOW, more, mail={"app.load": [0]}).messages("app.load", "committed") == [committed]


def test_the_body_takes_its_size_over_the_bandwidth_of_the_session() -> None:
    run = play("[hosts.app]\nbandwidth = '8 kbit/s'", mail={"app.load": [(0, 1, 3000)]})
    assert run.messages("app.load", "committed") == [3.0]


def test_each_recipient_costs_a_round_trip() -> None:
    run = play(SLOW, mail={"app.load": [(0, 3)]})
    assert run.messages("app.load", "committed") == [8.0]
    assert run.statuses("app.load") == ["delivered"] * 3


PIPELINING = "[hosts.app]\npipelining = true"


def test_a_host_that_pipelines_sends_all_recipients_in_one_round_trip() -> None:
    """2 s of set-up; MAIL with three RCPT; DATA; the body."""
    run = play(SLOW, PIPELINING, mail={"app.load": [(0, 3)]})
    assert run.messages("app.load", "committed") == [5.0]
    assert run.statuses("app.load") == ["delivered"] * 3


def test_an_open_session_takes_the_next_message_from_the_spool() -> None:
    one = "[hosts.app]\nsessions = 1"
    run = play(SLOW, one, mail={"app.load": [0, 1, 2]})
    assert run.messages("app.load", "connected") == [0.0, 6.0, 10.0]
    assert run.messages("app.load", "committed") == [6.0, 10.0, 14.0]
    assert run.visits(RELAY) == [(0, 0.0, 0.0, 14.0)]


def test_a_session_closes_after_its_messages_and_when_the_spool_is_empty() -> None:
    two = "[hosts.app]\nsessions = 1\nmessages_per_connection = 2"
    run = play(SLOW, two, mail={"app.load": [0, 1, 2, 100]})
    assert run.visits(RELAY) == [
        (0, 0.0, 0.0, 10.0),
        (2, 10.0, 10.0, 16.0),
        (3, 100.0, 100.0, 106.0),
    ]


def test_messages_beyond_the_sessions_of_the_host_wait_in_its_spool() -> None:
    run = play(SLOW, ONE_EACH, "[hosts.app]\nsessions = 2", mail={"app.load": [0, 0, 0]})
    assert run.messages("app.load", "connected") == [0.0, 0.0, 6.0]


# Turned away.


def test_a_connector_takes_only_so_many_connections() -> None:
    limit = "[hubs.HUB01.receive_connectors.relay]\nmax_inbound_connection = 1"
    run = play(SLOW, limit, mail={"app.load": [0, 1]})
    assert run.ends("app.load") == [(6.0, "delivered"), (2.0, "abandoned")]
    assert run.verdicts("app.load")[1] == TOO_MANY
    assert run.replies("app.load") == [QUEUED, TOO_MANY]
    assert run.connectors("app.load") == [RELAY, ""]


def test_a_connector_takes_only_so_many_connections_of_one_source() -> None:
    other = """
    [hubs.HUB01.receive_connectors.relay]
    max_inbound_connection_per_source = 1
    [hosts.other]
    kind = "none"
    address = "192.168.168.51"
    server = "192.168.168.169"
    """
    run = play(SLOW, other, mail={"app.load": [0, 1], "other.load": [1]})
    assert run.verdicts("app.load")[1] == TOO_MANY_OF_ONE
    assert run.statuses("other.load") == ["delivered"]


def test_hosts_with_one_address_are_one_source() -> None:
    other = """
    [hubs.HUB01.receive_connectors.relay]
    max_inbound_connection_per_source = 1
    [hosts.other]
    kind = "none"
    address = "192.168.168.50"
    server = "192.168.168.169"
    """
    run = play(SLOW, other, mail={"app.load": [0], "other.load": [1]})
    assert run.verdicts("other.load") == [TOO_MANY_OF_ONE]


def test_a_source_gets_a_percentage_of_the_connections_that_are_free() -> None:
    """50 % of 5, of 4, of 3 and of 2 free ones are 2, 2, 1 and 1: the third finds itself over."""
    limit = """
    [hubs.HUB01.receive_connectors.relay]
    max_inbound_connection = 5
    max_inbound_connection_percentage_per_source = 50
    """
    run = play(SLOW, limit, mail={"app.load": [0, 0, 0]})
    assert run.statuses("app.load") == ["delivered", "delivered", "abandoned"]
    assert run.verdicts("app.load")[2] == TOO_MANY_OF_ONE


def test_no_limit_of_one_source_binds_the_internet() -> None:
    limit = """
    [hubs.HUB01.receive_connectors.relay]
    max_inbound_connection = 5
    max_inbound_connection_per_source = 1
    max_inbound_connection_percentage_per_source = 20
    [hosts.app]
    kind = "internet"
    """
    run = play(SLOW, limit, mail={"app.load": [0, 0, 0, 0, 0]})
    assert run.messages("app.load", "connected") == [0.0] * 5


def test_a_place_on_the_connector_is_free_again_when_a_session_closes() -> None:
    limit = "[hubs.HUB01.receive_connectors.relay]\nmax_inbound_connection = 1"
    run = play(SLOW, limit, mail={"app.load": [0, 6, 11]})
    assert run.statuses("app.load") == ["delivered", "delivered", "abandoned"]


def test_connections_above_the_rate_wait_for_the_next_slot() -> None:
    """Two a minute: the third waits for a minute after the first, the fourth after the second."""
    rate = "[hubs.HUB01]\nmax_connection_rate_per_minute = 2"
    run = play(rate, ONE_EACH, mail={"app.load": [0, 10, 20, 30, 75]})
    assert run.messages("app.load", "connected") == [0.0, 10.0, 60.0, 70.0, 120.0]
    assert run.visits(RELAY)[2] == (2, 20.0, 60.0, 60.0)


def test_without_a_connector_the_service_is_not_available() -> None:
    nobody = "[hubs.HUB01.receive_connectors.relay]\nremote_ip_ranges = ['10.0.0.1']"
    run = play(SLOW, nobody, mail={"app.load": [0]})
    assert run.ends("app.load") == [(1.0, "abandoned")]
    assert run.verdicts("app.load") == ["421 4.3.2 Service not available"]
    assert run.submissions("app.load") == [1]


def test_a_name_for_which_no_hub_listens_cannot_be_connected_to() -> None:
    nowhere = "[dns]\nmail = ['192.168.168.99']\n[hosts.app]\nserver = 'mail'"
    run = play(nowhere, mail={"app.load": [0]})
    assert run.verdicts("app.load") == ["421 4.2.1 Unable to connect"]


# MAIL FROM.


def test_an_anonymous_sender_without_the_right_to_submit_is_refused_after_the_tarpit() -> None:
    strict = """
    [hubs.HUB01.receive_connectors.relay]
    permission_groups = ["ExchangeUsers"]
    permissions = []
    tarpit_interval = "5 s"
    """
    run = play(SLOW, strict, mail={"app.load": [0]})
    assert run.ends("app.load") == [(8.0, "refused")]
    assert run.verdicts("app.load") == ["530 5.7.1 Client was not authenticated"]
    assert run.messages("app.load", "committed") == [-1.0]


def test_a_refused_sender_does_not_end_the_session() -> None:
    strict = """
    [hubs.HUB01.receive_connectors.relay]
    max_message_size = "1 KB"
    [hosts.app]
    sessions = 1
    """
    run = play(SLOW, strict, mail={"app.load": [(0, 1, 1025), (0, 1, 1024)]})
    assert run.ends("app.load") == [(3.0, "refused"), (7.0, "delivered")]
    assert run.verdicts("app.load")[0] == str(reply.MESSAGE_TOO_LARGE)
    assert run.visits(RELAY) == [(0, 0.0, 0.0, 7.0)]


RATE = """
[hubs.HUB01.receive_connectors.relay]
message_rate_limit = "2/min"
"""
OVER_RATE = "421 4.4.2 Message submission rate for this client has exceeded the configured limit"


def test_a_message_over_the_rate_is_refused_and_closes_the_session() -> None:
    """Of four in one minute two pass; the third closes the session, the fourth opens another."""
    run = play(RATE, SLOW, "[hosts.app]\nsessions = 1", mail={"app.load": [0, 0, 0, 0, 60]})
    assert run.statuses("app.load") == [
        "delivered",
        "delivered",
        "abandoned",
        "abandoned",
        "delivered",
    ]
    assert run.verdicts("app.load")[2:4] == [OVER_RATE] * 2
    assert run.visits(RELAY) == [
        (0, 0.0, 0.0, 11.0),
        (3, 11.0, 11.0, 14.0),
        (4, 60.0, 60.0, 66.0),
    ]


@pytest.mark.parametrize(
    ("source", "statuses"),
    [
        ("IPAddress", ["delivered", "delivered", "delivered"]),
        ("All", ["delivered", "delivered", "abandoned"]),
        ("None", ["delivered", "delivered", "delivered"]),
    ],
)
def test_the_rate_counts_by_address_or_all_together(source: str, statuses: list[str]) -> None:
    other = f"""
    [hubs.HUB01.receive_connectors.relay]
    message_rate_source = "{source}"
    [hosts.other]
    kind = "none"
    address = "192.168.168.51"
    server = "192.168.168.169"
    """
    run = play(RATE, other, mail={"app.load": [0, 1], "other.load": [2]})
    assert run.statuses("app.load") + run.statuses("other.load") == statuses


def test_a_host_that_retries_sends_a_message_over_the_rate_again() -> None:
    run = play(RATE, RETRY, mail={"app.load": [0, 0, 0]})
    assert run.ends("app.load") == [(0.0, "delivered"), (0.0, "delivered"), (300.0, "delivered")]
    assert run.submissions("app.load") == [1, 1, 2]


# RCPT TO.

INTERNAL_ONLY = """
[hubs.HUB01.receive_connectors.relay]
permissions = []
tarpit_interval = "5 s"
[hosts.app.streams.load]
to = { sink = 0.5, internal = 0.5 }
"""


def test_a_message_goes_on_without_the_recipients_that_are_refused() -> None:
    """Each refused recipient costs a round trip and the tarpit."""
    run = play(SLOW, INTERNAL_ONLY, mail={"app.load": [(0, 4)]})
    outside = run.statuses("app.load").count("refused")
    assert 0 < outside < 4
    time = 2 + 1 + 4 + 2 + 5 * outside
    assert sorted(set(run.ends("app.load"))) == [(time, "delivered"), (time, "refused")]
    assert set(run.verdicts("app.load")) == {"550 5.7.1 Unable to relay", "250 2.0.0 OK"}
    assert run.replies("app.load") == [QUEUED]


def test_pipelined_recipients_that_are_refused_cost_the_tarpit_each_and_one_round_trip() -> None:
    run = play(SLOW, PIPELINING, INTERNAL_ONLY, mail={"app.load": [(0, 4)]})
    outside = run.statuses("app.load").count("refused")
    assert 0 < outside < 4
    time = 2 + 1 + 2 + 5 * outside
    assert sorted(set(run.ends("app.load"))) == [(time, "delivered"), (time, "refused")]


def test_a_refused_sender_that_pipelines_has_its_recipients_refused_too() -> None:
    strict = """
    [hubs.HUB01.receive_connectors.relay]
    permission_groups = ["ExchangeUsers"]
    permissions = []
    tarpit_interval = "5 s"
    """
    run = play(SLOW, PIPELINING, strict, mail={"app.load": [(0, 2)]})
    assert run.ends("app.load") == [(2.0 + 1 + 15, "refused")] * 2
    assert set(run.verdicts("app.load")) == {"530 5.7.1 Client was not authenticated"}


def test_a_message_whose_recipients_are_all_refused_has_no_body() -> None:
    run = play(
        SLOW,
        INTERNAL_ONLY,
        "[hosts.app.streams.load]\nto = { sink = 1.0, internal = 0.0 }",
        mail={"app.load": [(0, 2)]},
    )
    assert run.ends("app.load") == [(15.0, "refused")] * 2
    assert run.messages("app.load", "committed") == [-1.0]
    assert run.replies("app.load") == ["550 5.7.1 Unable to relay"]


def test_who_logs_in_is_not_tarpitted() -> None:
    login = """
    [hubs.HUB01.receive_connectors.relay]
    permission_groups = ["ExchangeUsers"]
    permissions = []
    auth_mechanism = ["BasicAuth"]
    tarpit_interval = "5 s"
    [hosts.app]
    account = "app@cozumpark.com"
    port = 25
    [hosts.app.streams.load]
    sender = "somebody@cozumpark.com"
    """
    run = play(SLOW, login, mail={"app.load": [0]})
    assert run.ends("app.load") == [(5.0, "refused")]
    assert run.verdicts("app.load") == [str(reply.NO_SENDER_RIGHT)]


def test_recipients_over_the_limit_go_in_further_transactions() -> None:
    """A good client sends five recipients, at most two a message, as three messages.

    Set-up 2 s, 5 recipients 5 s, three times MAIL and DATA at 1 s and 2 s, three bodies at 1 s,
    and three times the core time.
    """
    limit = """
    [hubs.HUB01]
    receive_cost = "10 s"
    [hubs.HUB01.receive_connectors.relay]
    max_recipients_per_message = 2
    [hosts.app]
    bandwidth = "8 kbit/s"
    """
    run = play(SLOW, limit, mail={"app.load": [(0, 5, 1000)]})
    assert run.messages("app.load", "committed") == [2 + 5 + 3 * 3 + 3 * 1 + 3 * 10]
    assert run.statuses("app.load") == ["delivered"] * 5


# What a host does about it.


def test_a_host_that_drops_gives_each_message_one_try() -> None:
    down = "[[events]]\nat = '0 s'\nstop = { hub = 'HUB01', for = '1 min' }"
    run = play(SLOW, down, mail={"app.load": [0, 10, 60]})
    assert run.ends("app.load") == [(1.0, "abandoned"), (11.0, "abandoned"), (66.0, "delivered")]
    assert run.verdicts("app.load")[0] == "421 4.2.1 Unable to connect"


def test_a_host_that_retries_rests_with_its_whole_spool() -> None:
    """The hub is down for 7 min: tries at 0 and 5 min fail, and what comes meanwhile waits."""
    down = "[[events]]\nat = '0 s'\nstop = { hub = 'HUB01', for = '7 min' }"
    run = play(RETRY, down, mail={"app.load": [0, 100, 500, 700]})
    assert run.messages("app.load", "connected") == [600.0, 600.0, 600.0, 700.0]
    assert run.submissions("app.load") == [3, 1, 1, 1]
    assert run.messages("app.load", "created") == [0.0, 100.0, 500.0, 700.0]


def test_a_host_gives_up_when_the_next_try_would_be_too_late() -> None:
    down = "[[events]]\nat = '0 s'\nstop = { hub = 'HUB01', for = '1 h' }"
    soon = "[hosts.app]\non_failure = { retry_every = '5 min', give_up_after = '12 min' }"
    run = play(soon, down, mail={"app.load": [0, 200]})
    assert run.ends("app.load") == [(600.0, "abandoned"), (900.0, "abandoned")]


def test_messages_that_were_turned_away_keep_their_order() -> None:
    """Three sessions fail after a round trip each; later one connects a minute."""
    down = "[[events]]\nat = '0 s'\nstop = { hub = 'HUB01', for = '1 min' }"
    three = "[hosts.app]\nsessions = 3\n[hubs.HUB01]\nmax_connection_rate_per_minute = 1"
    run = play(SLOW, RETRY, down, three, mail={"app.load": [0, 0.25, 0.5]})
    assert run.messages("app.load", "connected") == [301.0, 361.0, 421.0]


def test_a_message_may_open_another_session_while_its_first_one_goes_on() -> None:
    """A hub short of resources puts off the news, then takes 700 s over an alert in that session.

    The news, from an outside sender, is refused twice at MAIL FROM, 55 s late; the alert, from an
    own one, passes.
    """
    pressed = """
    [hubs.HUB01.back_pressure]
    version_bucket_size = "1 KB"
    [hosts.app]
    sessions = 2
    bandwidth = "8 bit/s"
    on_failure = { retry_every = "5 min", give_up_after = "1 d" }
    [hosts.app.streams.news]
    sender = "news@example.net"
    [hosts.big]
    kind = "none"
    address = "192.168.168.51"
    server = "192.168.168.169"
    bandwidth = "1 kbit/s"
    """
    mail = {
        "big.load": [(0, 1, 130 * 1024)],
        "app.report": [(29, 1, 250)],
        "app.news": [(30, 1, 10)],
        "app.alerts": [(31, 1, 700)],
    }
    run = play(pressed, mail=mail)
    assert run.visits(RELAY) == [
        (2, 29.0, 29.0, 334.0),
        (1, 385.0, 385.0, 440.0),
        (1, 740.0, 740.0, 795.0),
        (1, 30.0, 30.0, 840.0),
        (3, 0.0, 0.0, 1064.96),
        (1, 1095.0, 1095.0, 1105.0),
    ]
    assert run.submissions("app.news") == [4]
    assert run.statuses("app.news") == ["delivered"]
