"""The limits of a relay service: what counts, whose, over which window, and what happens above."""

from worlds.ground_truth import stated
from worlds.small_world import SECOND_HUB, Played, play

OUT = "HUB01->mx.provider.example"
OK = "250 2.0.0 OK"
SERVICE = """
[relays.service]
profile = "none"
names = ["mx.provider.example"]
[send_connectors.internet]
smart_hosts = ["mx.provider.example"]
"""
HOUR = 3600


def limited(limit: str, *changes: str, **given: object) -> Played:
    """A run whose mail goes by a relay service with one limit."""
    return play(SERVICE, f"[relays.service.limits.one]\n{limit}", *changes, **given)


# Connections.

SESSIONS = """
counts = "connections"
window = "open"
limit = 3
over = "defer"
reply = "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded"
"""
SLOW = "[relays.service]\nresponse_time = '2 s'\n[hubs.HUB01]\nreject_time = '500 ms'"


def test_the_fourth_session_gets_432_and_its_message_waits_for_the_others() -> None:
    """Five messages at once: three sessions carry one each, and later one of the other two.

    The hub opens the fourth session, is refused after half a second, and opens no other one for
    this message until a session has closed.
    """
    run = limited(SESSIONS, SLOW, mail={"app.load": [0] * 5})
    refused = [
        (transaction, start, end)
        for transaction, start, end, reply in run.attempts(OUT)
        if reply == "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded"
    ]
    assert refused == [(3, 0.0, 0.5), (4, 0.0, 0.5)]
    ends = [end for end, _ in run.ends("app.load")]
    assert ends == [2.0, 2.0, 2.0, 4.0, 4.0]
    assert f"432; {ends.count(2.0)} of 5 sent" == stated("The fourth session of SMTP AUTH")


def test_two_hubs_share_the_sessions_of_one_account_but_not_those_of_one_ip() -> None:
    """Each hub has a message: with one session for the account the second hub is in Retry.

    Its queue has no other connection, so its glitch retry comes a minute later.
    """
    both = "[send_connectors.internet]\nsource_transport_servers = ['HUB01', 'HUB02']"
    other = """
    [hosts.other]
    kind = "none"
    address = "192.168.168.51"
    server = "192.168.168.172"
    [egress."203.0.113.25"]
    age = "400 d"
    """
    one = SESSIONS.replace("limit = 3", "limit = 1")
    mail = {"app.load": [0], "other.load": [0]}
    ends = {}
    for whose in ("account", "ip"):
        of = f'[relays.service.limits.one]\nwhose = "{whose}"'
        run = limited(one, SLOW, SECOND_HUB, both, other, of, mail=mail)
        ends[whose] = run.ends("app.load") + run.ends("other.load")
    assert ends == {
        "account": [(2.0, "delivered"), (62.0, "delivered")],
        "ip": [(2.0, "delivered"), (2.0, "delivered")],
    }


# Fixed windows.

DELAYED = 'counts = "messages"\nwindow = "fixed minute"\nlimit = 2\nover = "delay"'
DEFERRED = """
counts = "messages"
window = "fixed minute"
limit = 2
over = "defer"
reply = "450 4.5.127 Message rejected. Excessive message rate from sender"
"""


def test_smtp_auth_takes_10_000_recipients_in_5_h_33_min() -> None:
    """Three sessions and 30 messages a minute: 10,000 recipients, the most of an account in a day.

    The hub tries up to five connections, and each one above three gets 432.

    333 minutes take 9,990 messages. The last ten come in the next minute, each for a second, three
    at a time. One more bounces.
    """
    auth = """
    [relays.service]
    profile = "m365-smtp-auth"
    connect_time = "0 s"
    connect_failure = 0.0
    response_time = "1 s"
    [hubs.HUB01]
    max_per_domain_outbound_connections = 5
    """
    run = play(SERVICE, auth, mail={"app.load": [0] * 10_000 + [6 * HOUR]})
    ends = run.ends("app.load")
    last = max(end for end, _ in ends[:-1])
    assert last == 333 * 60 + 4
    hours, minutes, seconds = int(last // HOUR), int(last % HOUR // 60), int(last % 60)
    assert f"{hours} h {minutes} min {seconds} s" == stated("10,000 recipients by SMTP AUTH")
    assert {status for _, status in ends[:-1]} == {"delivered"}
    assert ends[-1] == (6 * HOUR, "bounced")
    assert run.verdicts("app.load")[-1] == (
        "550 5.1.90 Your message can't be sent because you've reached your daily limit for message "
        "recipients"
    )
    assert {reply[:3] for *_, reply in run.attempts(OUT)} == {"250", "432", "550"}


def test_a_delayed_message_holds_its_session_until_the_next_window() -> None:
    """Five messages, two a minute, over one connection: 0 s, 0 s, 60 s, 60 s and 120 s."""
    run = limited(
        DELAYED, "[hubs.HUB01]\nmax_per_domain_outbound_connections = 1", mail={"app.load": [0] * 5}
    )
    assert [end for end, _ in run.ends("app.load")] == [0.0, 0.0, 60.0, 60.0, 120.0]
    assert run.attempts(OUT)[2][1:] == (0.0, 60.0, OK)


def test_the_minute_is_one_of_the_clock() -> None:
    """Four messages pass within two seconds where a minute begins between them.

    A run that begins at half a minute past has its first full minute after 30 s.
    """
    mail = {"app.load": [59, 59, 60, 60]}
    assert [end for end, _ in limited(DELAYED, mail=mail).ends("app.load")] == [59, 59, 60, 60]
    later = "[run]\nstart = 2010-03-01T00:00:30"
    run = limited(DELAYED, later, mail={"app.load": [0, 0, 0, 30, 30]})
    assert [end for end, _ in run.ends("app.load")] == [0, 0, 30, 30, 90]


def test_a_soft_limit_is_a_4xx_and_the_hub_tries_again_by_its_own_clock() -> None:
    """The third message waits for the message retry of the hub, not for the next window."""
    retry = "[hubs.HUB01]\nmessage_retry_interval = '5 min'"
    run = limited(DEFERRED, retry, mail={"app.load": [0, 0, 0]})
    assert [end for end, _ in run.ends("app.load")] == [0, 0, 300]
    reply = "450 4.5.127 Message rejected. Excessive message rate from sender"
    assert [attempt[1:] for attempt in run.attempts(OUT)[2:]] == [
        (0.0, 0.0, reply),
        (300.0, 300.0, OK),
    ]


def test_two_limits_hold_at_once() -> None:
    """Two a minute and three an hour: the fourth message waits for the next hour."""
    hour = """
    [relays.service.limits.two]
    counts = "messages"
    window = "fixed hour"
    limit = 3
    over = "delay"
    """
    run = limited(DELAYED, hour, mail={"app.load": [0] * 4})
    assert [end for end, _ in run.ends("app.load")] == [0, 0, 60, HOUR]


def test_a_message_with_more_recipients_than_a_soft_limit_never_passes() -> None:
    soft = """
    counts = "recipients"
    window = "fixed minute"
    limit = 2
    over = "defer"
    reply = "454 Throttling failure: Maximum sending rate exceeded."
    """
    run = limited(soft, mail={"app.load": [(0, 3), (0, 2)]})
    assert run.ends("app.load") == [(48 * HOUR, "expired")] * 3 + [(0, "delivered")] * 2


# The rolling day.

TERRL = "550 5.7.233 - Your message can't be sent because your tenant exceeded its daily limit"
TENANT = """
[relays.service]
profile = "m365-connector"
licences = 1
connect_time = "0 s"
connect_failure = 0.0
response_time = "0 s"
[run]
duration = "2 d"
"""


def test_the_tenant_takes_10_000_external_recipients_in_24_hours_to_the_unit() -> None:
    """One licence: 500 x 1^0.7 + 9,500 = 10,000. At 06:00 it takes 6,000, at 15:00 another 3,997.

    Of a message with five recipients at 16:00 three are left. Nothing passes until 06:00 of the
    next day, when the first 6,000 leave the window.
    """
    day = 24 * HOUR
    mail = [*[(6 * HOUR, 100)] * 60, *[(15 * HOUR, 100)] * 39, (15 * HOUR, 97)]
    mail += [
        (16 * HOUR, 5),
        (day + 6 * HOUR - 1, 1),
        *[(day + 6 * HOUR, 3000)] * 2,
        (day + 7 * HOUR, 1),
    ]
    run = play(SERVICE, TENANT, mail={"app.load": mail})
    statuses, verdicts = run.statuses("app.load"), run.verdicts("app.load")
    assert statuses[:10_000] == ["delivered"] * 10_000
    accepted = f"{statuses.index('bounced'):,}"
    assert accepted == stated("External recipients of a tenant in a day")
    assert statuses[10_000:10_003] == ["bounced", "bounced", "bounced"]
    assert statuses[10_003:16_003] == ["delivered"] * 6000
    assert statuses[16_003:] == ["bounced"]
    assert all(text.startswith(TERRL) for text in verdicts[10_000:10_003])
    # An NDR for the two recipients of a message, and one for each whole message.
    assert run.statuses("HUB01.dsn") == ["delivered"] * 3


def test_refused_mail_counts_only_where_the_limit_says_so() -> None:
    """One message a day: the first at 0 h, another at 1 h is refused, a third comes at 24 h.

    Where the refused one counts, the service takes nothing until 25 h.
    """
    hard = """
    counts = "messages"
    window = "rolling day"
    limit = 1
    over = "reject"
    reply = "550 5.7.1 Daily limit reached"
    """
    days = "[run]\nduration = '3 d'"
    mail = {"app.load": [0, HOUR, 24 * HOUR, 49 * HOUR]}
    statuses = {}
    for counts in ("false", "true"):
        of = f"[relays.service.limits.one]\ncounts_refused = {counts}"
        statuses[counts] = limited(hard, days, of, mail=mail).statuses("app.load")
    assert statuses == {
        "false": ["delivered", "bounced", "delivered", "delivered"],
        "true": ["delivered", "bounced", "bounced", "delivered"],
    }


def test_own_domains_and_dsns_are_not_external() -> None:
    """Direct Send takes mail for accepted domains alone, and the hub's NDR to another company."""
    direct = """
    [relays.service]
    profile = "m365-direct-send"
    connect_time = "0 s"
    connect_failure = 0.0
    response_time = "0 s"
    [organization.domains]
    "cloud.example" = "InternalRelay"
    [destinations.cloud]
    profile = "none"
    domains = ["cloud.example"]
    [hosts.app.streams.own]
    to = { cloud = 1.0 }
    sender = "a@elsewhere.example"
    [hosts.app.streams.load]
    sender = "a@elsewhere.example"
    """
    run = play(SERVICE, direct, mail={"app.own": [0], "app.load": [0]})
    assert run.statuses("app.own") == ["delivered"]
    assert run.verdicts("app.load") == ["550 5.4.1 Relay access denied"]
    assert run.statuses("HUB01.dsn") == ["delivered"]


def test_two_ways_to_one_tenant_share_its_limit() -> None:
    """One licence by two connectors: what goes by one of them is missing at the other one."""
    tables = """
    [relays.other]
    profile = "m365-connector"
    names = ["mx.other.example"]
    licences = 1
    connect_time = "0 s"
    connect_failure = 0.0
    response_time = "0 s"
    [send_connectors.other]
    address_spaces = ["SMTP:example.net;1"]
    source_transport_servers = ["HUB01"]
    smart_hosts = ["mx.other.example"]
        smtp_max_messages_per_connection = "unlimited"
    [destinations.net]
    profile = "none"
    domains = ["example.net"]
    [hosts.app.streams.net]
    to = { net = 1.0 }
    """
    mail = {"app.load": [(0, 5000), (0, 4999)], "app.net": [(1, 2)]}
    run = play(SERVICE, TENANT, tables, mail=mail)
    assert set(run.statuses("app.load")) == {"delivered"}
    assert run.statuses("app.net") == ["delivered", "bounced"]
    apart = "[relays.other.limits.tenant]\nwhose = 'account'"
    assert play(SERVICE, TENANT, tables, apart, mail=mail).statuses("app.net") == ["delivered"] * 2


# A stop of the hub.


def test_a_hub_that_stops_while_its_message_is_held_tries_again() -> None:
    """The third message is held until 60 s. The hub stops from 20 to 30 s and connects anew.

    The place of the lost session in the window is used up: the next message waits for 120 s.
    """
    stop = "[[events]]\nat = '20 s'\nstop = { hub = 'HUB01', for = '10 s' }"
    one = DELAYED.replace("limit = 2", "limit = 1")
    run = limited(one, stop, mail={"app.load": [0, 0]})
    assert run.ends("app.load") == [(0, "delivered"), (120, "delivered")]
    assert [attempt[1:] for attempt in run.attempts(OUT)[1:]] == [
        (0.0, 20.0, "421 4.4.2 Connection dropped"),
        (30.0, 120.0, OK),
    ]


def test_culprits_use_up_no_limit_of_others_where_the_coupling_by_contention_is_off() -> None:
    both = """
    [hosts.bulk]
    kind = "bulk_marketing"
    address = "192.168.168.52"
    server = "192.168.168.169"
    on_failure = "drop"
    round_trip = "0 s"
    bandwidth = "unlimited"
    """
    mail = {"bulk.load": [0, 0], "app.load": [1]}
    hard = DEFERRED.replace("defer", "reject").replace("450 4.5.127", "550 5.5.127")
    assert limited(hard, both, mail=mail).statuses("app.load") == ["bounced"]
    off = "[coupling]\ncontention = false"
    assert limited(hard, both, off, mail=mail).statuses("app.load") == ["delivered"]
