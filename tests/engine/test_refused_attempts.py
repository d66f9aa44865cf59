"""Every attempt at submission that a hub does not take leaves a row, and a line in the report."""

from io import StringIO

import pandas as pd
from rich.console import Console
from worlds.golden_sections import Golden
from worlds.small_world import SECOND_HUB, Played, play

from relaysim.mail import reply
from relaysim.measure.event_frames import refusals
from relaysim.measure.metrics import metrics
from relaysim.measure.recipients import Recipients
from relaysim.measure.run_series import Series
from relaysim.present.text.run_summary import losses
from relaysim.present.text.run_summary import refusals as section

TOO_MANY = str(reply.TOO_MANY_CONNECTIONS_PER_SOURCE)
NO_RELAY = "550 5.7.1 Unable to relay"
SHORT = "452 4.3.1 Insufficient system resources"
UNABLE = "421 4.2.1 Unable to connect"
RETRIES = "[hosts.app]\non_failure = { retry_every = '1 min', give_up_after = '1 d' }"


def rows(run: Played) -> list[tuple[str, str, str, float, str, int]]:
    """The frame without the numbers of messages."""
    frame = refusals(run.trace)
    columns = ["host", "hub", "connector", "time", "reply", "recipients"]
    return [
        tuple("" if pd.isna(cell) else cell for cell in row)
        for row in frame[columns].itertuples(index=False)
    ]


def counts(run: Played, *only: str) -> dict[str, float]:
    """The metric `refused_attempts` by subject, of all streams or of some."""
    frame = metrics(run.trace, run.scenario, only=set(only) or None)
    own = frame[frame["metric"] == "refused_attempts"]
    return dict(zip(own["scope"] + " " + own["subject"], own["value"], strict=True))


def test_a_refused_connection_that_is_made_again_shows(golden_section: Golden) -> None:
    """Two sessions at a limit of one: the second one is refused, and its message gets in later."""
    limit = "[hubs.HUB01.receive_connectors.relay]\nmax_inbound_connection_per_source = 1"
    slow = "[hosts.app]\nsessions = 2\nround_trip = '1 s'\n"
    run = play(limit, slow, RETRIES, mail={"app.load": [0, 0]})
    assert run.statuses("app.load") == ["delivered", "delivered"]
    assert rows(run) == [("app", "HUB01", "HUB01/relay", 0.0, TOO_MANY, 1)]
    assert counts(run) == {"total total": 1.0, "stream app.load": 1.0, "hub HUB01": 1.0}
    assert set(counts(run, "app.others").values()) == {0.0}
    series = Series.of(run.trace, run.scenario, Recipients.of(run.trace, run.scenario))
    mean = Series.mean([series, series])
    assert mean.refusals.to_dict("records") == [
        {"host": "app", "where": "HUB01/relay", "reply": TOO_MANY, "attempts": 1.0}
    ]
    console = Console(width=200, file=StringIO(), record=True)
    console.print(*losses(mean.losses, refused=True), *section(mean.refusals))
    lines = [line.rstrip() for line in console.export_text().splitlines()]
    text = " ".join(" ".join(lines).split())
    assert f"1 {TOO_MANY}" in text
    golden_section("reports/refused_attempts", "\n".join(lines))


def test_each_address_that_is_tried_has_a_row() -> None:
    """HUB01 is down; the connection goes on to HUB02, which takes the message."""
    both = "[dns]\nmail = ['192.168.168.169', '192.168.168.172']\n[hosts.app]\nserver = 'mail'"
    down = "[[events]]\nat = '0 s'\nstop = { hub = 'HUB01', for = '1 h' }"
    run = play(SECOND_HUB, both, down, mail={"app.load": [1]})
    assert run.statuses("app.load") == ["delivered"]
    assert [(hub, text) for _, hub, _, _, text, _ in rows(run)] == [("HUB01", UNABLE)]
    assert (counts(run)["hub HUB01"], counts(run)["hub HUB02"]) == (1.0, 0.0)


def test_mail_outside_the_window_counts_for_no_metric() -> None:
    inside = "[hubs.HUB01.receive_connectors.relay]\npermissions = []"
    run = play(inside, "[run]\nwarm_up = '1 h'", mail={"app.load": [0, 7200]})
    assert len(rows(run)) == 2
    assert counts(run)["total total"] == 1.0


def test_refused_recipients_are_counted_in_one_row() -> None:
    inside = "[hubs.HUB01.receive_connectors.relay]\npermissions = []"
    run = play(inside, mail={"app.load": [(0, 3)]})
    assert rows(run) == [("app", "HUB01", "HUB01/relay", 0.0, NO_RELAY, 3)]
    assert counts(run)["total total"] == 1.0


def test_mailbox_submission_has_rows_without_a_connector() -> None:
    users = "[hosts.app]\nkind = 'mailbox_users'\nround_trip = '0 s'\n"
    users += "[hosts.app.streams.load]\nto = { internal = 1.0 }"
    full = "[hubs.HUB01.back_pressure]\nqueue_drive_size = '10 GB'\nqueue_drive_used = '9.8 GB'"
    run = play(users, SECOND_HUB, full, mail={"app.load": [3]})
    assert run.statuses("app.load") == ["delivered"]
    assert rows(run) == [("app", "HUB01", "", 3.0, SHORT, 1)]


def test_nothing_refused_is_no_row_and_no_line() -> None:
    run = play(mail={"app.load": [0]})
    assert rows(run) == []
    assert set(counts(run).values()) == {0.0}
    series = Series.of(run.trace, run.scenario, Recipients.of(run.trace, run.scenario))
    assert section(Series.mean([series]).refusals) == []
