"""Microsoft 365 throttles and blocks old Exchange servers in some minutes of each hour."""

from math import ceil

import numpy as np
import pytest
from worlds.ground_truth import stated
from worlds.small_world import Played, play

DAY, MINUTE = 86_400, 60
SERVICE = """
[relays.m365]
profile = "m365-connector"
names = ["mx.provider.example"]
licences = 100000
connect_time = "0 s"
response_time = "0 s"
connect_failure = 0.0
defer = 0.0
[send_connectors.internet]
smart_hosts = ["mx.provider.example"]
[hubs.HUB01]
reject_time = "0 s"
receive_cost = "0 s"
categorize_cost = "0 s"
send_cost = "0 s"
queue_database_batch_timeout = "0 s"
commit_write = "0 s"
message_retry_interval = "5 min"
[hubs.HUB01.receive_connectors.relay]
max_inbound_connection_percentage_per_source = 100
max_inbound_connection_per_source = "unlimited"
transport_role = "HubTransport"
"""
UNIFORM = {"app.load": [10.0 * n + 5.0 for n in range(DAY // 10)]}
"""A message every ten seconds of a day: 360 an hour, six a minute."""


def old_server(days: int, mta: str = "exchange-2019") -> Played:
    changes = f'[hubs.HUB01]\nmta = "{mta}"\n[relays.m365]\nbelow_baseline = "{days} d"'
    return play(SERVICE, changes, mail=UNIFORM)


def bounced(run: Played) -> float:
    statuses = run.statuses("app.load")
    return statuses.count("bounced") / len(statuses)


@pytest.mark.parametrize(("days", "minutes"), [(60, 5), (70, 10), (80, 20), (90, 60)])
def test_the_blocked_minutes_are_the_share_that_bounces(days: int, minutes: int) -> None:
    assert bounced(old_server(days)) == minutes / 60


def test_5_10_and_20_minutes_an_hour() -> None:
    shares = ", ".join(f"{100 * bounced(old_server(days)):.1f} %" for days in (60, 70, 80))
    assert shares == stated("Mail of an old server that Microsoft 365 blocks")


@pytest.mark.parametrize(("days", "first", "last"), [(50, 0, 20), (60, 5, 35)])
def test_throttled_mail_is_late_and_not_lost(days: int, first: int, last: int) -> None:
    """Each deferred message waits for the first retry after the throttled minutes.

    With a retry every r = 5 min a message at t waits r x ceil((end - t) / r): up to 20 min after 20
    throttled minutes, up to 30 min after 30.
    """
    run = old_server(days)
    waits, expected = [], []
    for created, (end, status) in zip(UNIFORM["app.load"], run.ends("app.load"), strict=True):
        minute = created / MINUTE % 60
        if status == "delivered":
            waits.append(end - created)
            left = last - minute if first <= minute < last else 0.0
            expected.append(5 * MINUTE * ceil(left / 5))
    assert len(waits) == len(UNIFORM["app.load"]) * (60 - first) / 60
    assert max(abs(np.array(waits) - np.array(expected))) < 0.1
    assert max(waits) < (last - first) * MINUTE + 0.1


def test_30_minutes_an_hour_delay_p95_by_30_minutes() -> None:
    """Of what is not blocked 30 of 55 minutes are throttled, and p95 waits for six retries."""
    run = old_server(60)
    waits = [
        end - created
        for created, (end, status) in zip(UNIFORM["app.load"], run.ends("app.load"), strict=True)
        if status == "delivered"
    ]
    p95 = float(np.quantile(waits, 0.95)) / MINUTE
    assert f"no loss, {p95:.0f} min" == stated("Mail of an old server that Microsoft 365 throttles")


def test_versions_that_are_never_taken_bounce_without_a_day() -> None:
    for mta in ("exchange-2010", "exchange-2013"):
        run = play(SERVICE, f'[hubs.HUB01]\nmta = "{mta}"', mail={"app.load": [30 * MINUTE]})
        assert run.statuses("app.load") == ["bounced"]
        assert run.verdicts("app.load") == [
            "550 5.7.230 Connecting Exchange server version is out-of-date; connection to Exchange "
            "Online blocked for 60 mins/hr."
        ]


def test_the_subscription_edition_and_servers_with_updates_pass() -> None:
    updated = play(SERVICE, '[hubs.HUB01]\nmta = "exchange-2019"', mail={"app.load": [60.0]})
    assert updated.statuses("app.load") == ["delivered"]
    run = play(
        SERVICE,
        '[hubs.HUB01]\nmta = "exchange-se"\n[relays.m365]\nbelow_baseline = "95 d"',
        mail={"app.load": [60.0]},
    )
    assert run.statuses("app.load") == ["delivered"]


def test_the_stage_changes_during_the_run() -> None:
    """From day 59 to 60: the first hour throttles 20 minutes, the one a day later blocks five."""
    run = play(
        SERVICE,
        '[run]\nduration = "2 d"\n[hubs.HUB01]\nmta = "exchange-2019"\n[relays.m365]\nbelow_baseline = "59 d"',
        mail={"app.load": [60.0, DAY + 60.0]},
    )
    assert run.ends("app.load")[1] == (DAY + 60.0, "bounced")
    assert run.statuses("app.load")[0] == "delivered"
