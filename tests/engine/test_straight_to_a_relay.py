"""Hosts that submit straight to a relay service: no hub holds what the service does not take."""

from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from worlds.ground_truth import stated
from worlds.small_world import Played, play, tables

from relaysim.engine.fast import simulation as fast
from relaysim.engine.run import simulate
from relaysim.plan.compiler import compile_plan
from relaysim.scenario.load import from_mapping
from relaysim.trace.invariants import check
from relaysim.trace.tables import Level, first_divergence
from relaysim.traffic.workload import draw

HOUR = 3600
THREADS = "432 4.3.2 STOREDRV.ClientSubmit; sender thread limit exceeded"
DAILY = (
    "550 5.1.90 Your message can't be sent because you've reached your daily limit for message "
    "recipients"
)
STRAIGHT = """
[relays.service]
profile = "none"
names = ["mx.provider.example"]
[hosts.app]
server = "mx.provider.example"
"""
AUTH = """
[relays.service]
profile = "m365-smtp-auth"
names = ["smtp.office365.com"]
connect_time = "0 s"
connect_failure = 0.0
response_time = "1 s"
[hosts.app]
server = "smtp.office365.com"
"""
RETRY = '[hosts.app]\non_failure = { retry_every = "5 min", give_up_after = "1 d" }'
DROP = '[hosts.app]\non_failure = "drop"'
OTHER = """
[hosts.other]
kind = "none"
address = "192.168.168.51"
server = "service"
"""


INWARDS = """
[hosts.app.streams.load]
unknown_rate = 1.0
[hosts.app.streams.own]
to = { internal = 1.0 }
"""
"""Mail to users that do not exist, and mail to colleagues."""


def limited(limit: str, *changes: str, **given: object) -> Played:
    """A run whose host submits to a service with one limit."""
    return play(STRAIGHT, f"[relays.service.limits.one]\n{limit}", *changes, **given)


def test_the_service_takes_the_mail_and_delivers_it_from_its_own_ip() -> None:
    """1 s to connect, two round trips of 1 s up to RCPT TO and two to the end of the content.

    The service replies 2 s later and delivers in 3 s: the host is done before the recipient has it.
    """
    run = play(
        STRAIGHT,
        "[relays.service]\nconnect_time = '1 s'\nresponse_time = '2 s'",
        "[hosts.app]\nround_trip = '1 s'",
        "[destinations.sink]\nresponse_time = '3 s'",
        mail={"app.load": [0]},
    )
    assert run.connectors("app.load") == ["service/submission"]
    assert run.messages("app.load", "acknowledged") == [1 + 4 + 2]
    assert run.attempts("service->example.org") == [(0, 7.0, 10.0, "250 2.0.0 OK")]
    assert run.ends("app.load") == [(10.0, "delivered")]
    assert run.hubs("app.load") == run.last_hubs("app.load") == ["service"]
    assert run.trace.names.egress[run.trace.attempts["egress"][0]] == "192.0.2.26"


def test_an_application_by_smtp_auth_takes_5_h_33_min_for_10_000_mails() -> None:
    """Three sessions of the application, each held until the next minute: 30 messages a minute.

    333 minutes take 9,990 messages, the last ten come in the next minute. The application itself
    has the 550 for one more; nobody sends an NDR.
    """
    mail = {"app.load": [0] * 10_000 + [6 * HOUR]}
    run = play(AUTH, RETRY, "[hosts.app]\nsessions = 3", mail=mail)
    ends = run.ends("app.load")
    last = max(end for end, _ in ends[:-1])
    hours, minutes, seconds = int(last // HOUR), int(last % HOUR // 60), int(last % 60)
    assert f"{hours} h {minutes} min {seconds} s" == stated("10,000 mails of an application")
    assert Counter(status for _, status in ends) == {"delivered": 10_000, "refused": 1}
    assert ends[-1] == (6 * HOUR, "refused")
    assert run.verdicts("app.load")[-1] == DAILY
    assert len(run.trace.messages) == 10_001


def test_with_a_fourth_session_an_application_that_drops_loses_9_742_of_10_000() -> None:
    """The fourth session gets 432 in a round trip of 50 ms, drops the message and takes the next.

    In 8 minutes it drops 9,600 messages and the others send 240. In 7.1 s of the ninth minute it
    drops 142, and the other three send six each: that is all. One that retries loses none.
    """
    four = "[hosts.app]\nsessions = 4\nround_trip = '50 ms'"
    run = play(AUTH, DROP, four, mail={"app.load": [0] * 10_000})
    assert Counter(run.statuses("app.load")) == {"abandoned": 9_742, "delivered": 258}
    assert Counter(run.verdicts("app.load"))[THREADS] == 9_742
    run = play(AUTH, RETRY, four, mail={"app.load": [0] * 1_000})
    assert set(run.statuses("app.load")) == {"delivered"}


SECOND = """
counts = "recipients"
window = "fixed second"
limit = 50
over = "defer"
reply = "454 Throttling failure: Maximum sending rate exceeded."
"""


@pytest.mark.parametrize(
    ("rule", "ends"),
    [
        (DROP, {"delivered": 500, "abandoned": 500}),
        (RETRY, {"delivered": 1000}),
        (RETRY.replace("1 d", "5 min"), {"delivered": 500, "abandoned": 500}),
    ],
)
def test_half_of_a_campaign_at_twice_the_rate_of_the_service_is_lost_or_comes_later(
    rule: str, ends: dict[str, int]
) -> None:
    """100 a second for 10 s at a service that takes 50: the others get 454."""
    mail = {"app.load": [number / 100 for number in range(1000)]}
    run = limited(SECOND, rule, "[hosts.app]\nsessions = 100", mail=mail)
    assert Counter(run.statuses("app.load")) == ends
    late = sorted(end for end, status in run.ends("app.load") if status == "delivered")[500:]
    assert all(300 <= end < 310 for end in late)


HARD = """
counts = "recipients"
window = "rolling day"
limit = 3
over = "reject"
reply = "550 5.7.0 [{ip}] has sent too much"
"""


def test_recipients_above_a_hard_limit_are_refused_and_the_message_goes_to_the_others() -> None:
    run = limited(HARD, RETRY, mail={"app.load": [(0, 5), (1, 1)]})
    assert run.statuses("app.load") == ["delivered"] * 3 + ["refused"] * 3
    assert run.verdicts("app.load")[-1] == "550 5.7.0 [192.168.168.50] has sent too much"


def test_hosts_share_the_limit_of_an_account_but_not_that_of_an_ip() -> None:
    mail = {"app.load": [(0, 3)], "other.load": [(1, 2)]}
    assert limited(HARD, OTHER, mail=mail).statuses("other.load") == ["refused"] * 2
    by_ip = limited(HARD + 'whose = "ip"', OTHER, mail=mail)
    assert by_ip.statuses("other.load") == ["delivered"] * 2


def test_a_hub_and_a_host_share_the_limit_of_an_account() -> None:
    """The hub has the mail before the service refuses it, so it bounces."""
    hub = """
    [hosts.other]
    server = "192.168.168.169"
    [send_connectors.internet]
    smart_hosts = ["mx.provider.example"]
    """
    run = limited(HARD, OTHER, hub, mail={"app.load": [(0, 3)], "other.load": [(1, 2)]})
    assert run.statuses("app.load") == ["delivered"] * 3
    assert run.statuses("other.load") == ["bounced"] * 2


def test_a_session_that_a_service_refuses_for_good_loses_its_message() -> None:
    never = """
    counts = "connections"
    window = "open"
    limit = 1
    over = "reject"
    reply = "550 5.7.0 One session"
    """
    slow = "[relays.service]\nresponse_time = '2 s'"
    run = limited(never, RETRY, slow, mail={"app.load": [0, 1]})
    assert run.ends("app.load") == [(2.0, "delivered"), (1.0, "refused")]


def test_a_4xx_after_the_content_is_one_more_attempt_of_the_host() -> None:
    run = play(STRAIGHT, RETRY, "[relays.service]\ndefer = 1.0", mail={"app.load": [0]})
    assert run.ends("app.load") == [(24 * HOUR - 300, "abandoned")]
    assert run.submissions("app.load") == [24 * 12]


def test_a_connection_carries_the_messages_that_the_service_takes_on_it() -> None:
    one = "[relays.service]\nmax_messages_per_connection = 1\nconnect_time = '1 s'"
    run = play(STRAIGHT, one, "[hosts.app]\nsessions = 1", mail={"app.load": [0, 0]})
    assert run.messages("app.load", "acknowledged") == [1.0, 2.0]


def test_an_outage_of_the_service_puts_the_host_into_retry() -> None:
    down = "[[events]]\nat = '0 s'\noutage = { destination = 'service', for = '30 s' }"
    run = play(STRAIGHT, RETRY, down, mail={"app.load": [0]})
    assert run.levels(Level.HOST_RETRY, "app") == [(0.0, 1), (300.0, 0)]
    assert run.ends("app.load") == [(300.0, "delivered")]
    assert play(STRAIGHT, DROP, down, mail={"app.load": [0]}).ends("app.load") == [
        (0.0, "abandoned")
    ]


def test_an_ndr_and_mail_for_colleagues_come_to_a_hub_as_mail_from_outside() -> None:
    run = play(STRAIGHT, INWARDS, mail={"app.load": [0], "app.own": [1]})
    assert run.statuses("app.load") == ["bounced"]
    assert run.last_hubs("service.dsn") == run.last_hubs("app.own") == ["HUB01"]
    assert run.statuses("service.dsn") == run.statuses("app.own") == ["delivered"]
    assert len(run.attempts("service->HUB01")) == 2


def test_a_company_without_a_hub_sends_by_its_services_alone() -> None:
    """The service has the mailboxes too: NDRs and mail for colleagues end there."""
    mail = {"app.load": [0], "app.own": [1]}
    with TemporaryDirectory() as folder:
        given = tables(STRAIGHT, INWARDS, mail=mail, folder=Path(folder))
        del given["hubs"], given["send_connectors"]
        scenario = from_mapping(given, "story")
        draws = draw(scenario, 0, 1)
        trace = simulate(scenario, draws)
        assert first_divergence(trace, fast.run(compile_plan(scenario), draws)) is None
    assert not check(trace, draws, scenario)
    run = Played(scenario, draws, trace)
    assert run.statuses("app.own") == run.statuses("service.dsn") == ["delivered"]
    assert trace.names.hubs == ("service",)


def test_culprits_use_up_no_limit_of_others_where_the_coupling_by_contention_is_off() -> None:
    bulk = OTHER.replace("other", "bulk").replace('"none"', '"bulk_marketing"')
    quick = '[hosts.bulk]\non_failure = "drop"\nround_trip = "0 s"\nbandwidth = "unlimited"'
    mail = {"bulk.load": [(0, 3)], "app.load": [1]}
    assert limited(HARD, bulk, quick, mail=mail).statuses("app.load") == ["refused"]
    off = "[coupling]\ncontention = false"
    assert limited(HARD, bulk, quick, off, mail=mail).statuses("app.load") == ["delivered"]
