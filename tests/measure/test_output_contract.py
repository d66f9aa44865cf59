"""The written contract and the frames say the same."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from worlds.trace_story import LATER, REFUSAL, Story, scenario

from relaysim.mail.provider_state import State
from relaysim.measure.frame_columns import FRAMES
from relaysim.measure.frames import Frames, gather, tables
from relaysim.measure.metric_catalogue import (
    BLAST_SCOPES,
    DELIVERED_METRICS,
    LATENCY_METRICS,
    METRICS,
    PAIRED_LATENCY,
    SCOPES,
)
from relaysim.measure.metrics import metrics
from relaysim.measure.output_reference import document
from relaysim.trace.tables import Action, Cause, Level, Signal, Status, Trace

RUN_FRAMES = (
    *("messages", "recipients", "attempts", "listings", "levels"),
    *("signals", "lookups", "actions", "refusals"),
)


def story() -> Trace:
    """A delivered recipient with a retry, a refused one, a DSN, a listing and a level."""
    example = Story()
    first = example.message("app.alerts", ["gmail.com"], 0, connected=0.25, committed=2)
    example.ends(example.recipient(example.message("app.news", ["gmail.com"], 1, connected=1)), 2, Status.REFUSED,
              REFUSAL)  # fmt: skip
    transaction = example.queued([first], "HUB01->gmail.com", at=3)
    example.attempt(transaction, enter=3, start=4, end=5, reply=LATER)
    example.attempt(transaction, enter=65, start=65.5, end=66, attempt=1, opened=0)
    example.ends(0, 66, Status.BOUNCED, REFUSAL)
    notice = example.message(
        "HUB01.dsn", ["cozumpark.com"], 66, connected=66, committed=66, parent=0
    )
    inside = example.queued([example.recipient(notice)], "HUB01.mailbox", at=66)
    example.attempt(inside, enter=66, start=66, end=67)
    example.ends(example.recipient(notice), 67)
    example.level(Level.OUTAGE, 2, 30, 1)
    example.level(Level.PROVIDER, 0, 31, State.BLOCK)
    example.level(Level.PAUSED, 1, 32, 1)
    example.listing("198.51.100.10", 10, 20)
    example.listing("203.0.113.25", 10, -1, Cause.WIDENING, against=1)
    example.signal(Signal.TRAP, 0, 8)
    example.signal(Signal.COMPLAINT, 0, 9, subject=2)
    example.signal(Signal.REPORT, 0, 9, subject=0)
    example.lookup("gmail.com", 5, 905, listed=True)
    example.action(Action.DETECTED, 33)
    example.action(Action.REQUESTED, 34, subject=0)
    example.action(Action.REQUESTED, 34, subject=-1 - 2)
    example.action(Action.PAUSED, 34, subject=1)
    example.refusal(1, 2, REFUSAL)
    return example.trace(end=67)


@pytest.fixture(scope="module")
def frames() -> Frames:
    return tables(story(), scenario(), replication=4)


@pytest.mark.parametrize("name", RUN_FRAMES)
def test_a_frame_has_the_columns_of_the_contract(frames: Frames, name: str) -> None:
    assert list(frames[name].columns) == [column.name for column in FRAMES[name]]
    assert frames[name]["replication"].unique().tolist() == [4]
    for column in FRAMES[name]:
        if column.unit == "s":
            assert frames[name][column.name].dtype == np.float64


def test_every_scope_has_its_metrics_with_their_units() -> None:
    frame = metrics(story(), scenario())
    assert list(dict.fromkeys(frame["scope"])) == [
        "total", "class", "stream", "destination", "hub", "egress", "resource", "blocklist",
    ]  # fmt: skip
    for scope, (_, names) in SCOPES.items():
        own = frame[frame["scope"] == scope]
        # No blocklist of the story lists domains.
        assert set(own["metric"]) == (set() if scope == "sender_domain" else set(names))
        assert not own.duplicated(["subject", "metric"]).any()
    for metric, unit in zip(frame["metric"], frame["unit"], strict=True):
        assert unit == METRICS[metric].unit


def test_every_metric_belongs_to_a_scope() -> None:
    scopes = (*SCOPES.values(), *BLAST_SCOPES.values())
    # The isolation gain compares designs: it stands in comparisons alone.
    # So do metrics of what both designs delivered.
    alone = {"isolation_gain", *(f"{name}_both_delivered" for name in PAIRED_LATENCY)}
    assert {n for _, names in scopes for n in names} == set(METRICS) - alone
    assert (len(LATENCY_METRICS), len(DELIVERED_METRICS), len(PAIRED_LATENCY)) == (
        6,
        1 + 8 + 4,
        5 + 13,
    )


def test_names_stand_in_place_of_numbers(frames: Frames) -> None:
    messages, recipients = frames["messages"], frames["recipients"]
    assert messages["stream"].tolist() == ["app.alerts", "app.news", "HUB01.dsn"]
    assert messages["class"].tolist() == ["system", "bulk", "dsn"]
    assert messages["host"].isna().tolist() == [False, False, True]
    assert messages["hub"].tolist()[::2] == ["HUB01", "HUB01"]
    assert messages["connected"].tolist() == [0.25, 1.0, 66.0]
    assert messages["parent"].tolist() == [-1, -1, 0]
    assert recipients["status"].tolist() == ["bounced", "refused", "delivered"]
    assert recipients["reply"].tolist()[:2] == ["550 5.7.1 Unable to relay"] * 2
    assert recipients["domain"].tolist() == ["gmail.com", "gmail.com", "cozumpark.com"]
    assert recipients["egress"].tolist()[0] == "198.51.100.10"
    assert recipients["egress"].isna().tolist() == [False, True, True]
    assert frames["listings"]["blocklist"].tolist() == ["css", "css"]
    assert frames["listings"]["cause"].tolist() == ["script", "widening"]
    assert frames["listings"]["against"].tolist() == ["all", "innocents"]


def test_every_state_signal_and_act_names_whose_it_is(frames: Frames) -> None:
    assert frames["levels"]["subject"].tolist() == [
        "gmail", "gmail 198.51.100.10 cozumpark.com", "app.news",
    ]  # fmt: skip
    assert frames["levels"]["value"].tolist() == [1, 3, 1]
    assert frames["signals"]["signal"].tolist() == ["trap", "complaint", "report"]
    assert frames["signals"]["subject"].tolist() == ["spamhaus", "gmail", "css"]
    assert frames["lookups"]["listed"].tolist() == [True]
    actions = frames["actions"]
    assert actions["action"].tolist() == ["detected", "requested", "requested", "paused"]
    assert actions["subject"].isna().tolist() == [True, False, False, False]
    assert actions["subject"].tolist()[1:] == ["css", "gmail", "app.news"]


def test_a_recipient_has_its_times_and_the_parts_of_its_life(frames: Frames) -> None:
    bounced, refused, notice = (row for _, row in frames["recipients"].iterrows())
    assert (bounced["queued"], bounced["first_attempt"], bounced["attempts"]) == (3.0, 4.0, 2)
    assert (bounced["wait_delivery"], bounced["wait_retry"], bounced["service"]) == (1.5, 60, 4.25)
    assert np.isnan(bounced["latency"])
    assert np.isnan(refused["wait_host"])
    assert np.isnan(refused["queued"])
    assert notice["latency"] == notice["service"] == 1.0
    attempts = frames["attempts"]
    assert attempts["opened"].tolist() == [True, False, True]
    assert attempts["message"].tolist() == [0, 0, 2]


def test_replications_are_gathered_one_under_the_other(frames: Frames) -> None:
    empty = tables(Story().trace(end=0), scenario(), replication=5)
    again = tables(story(), scenario(), replication=6)
    gathered = gather([frames, empty, again])
    assert gathered["recipients"]["replication"].tolist() == [4] * 3 + [6] * 3
    assert isinstance(gathered["recipients"]["reply"].dtype, pd.CategoricalDtype)
    assert gathered["recipients"]["status"].tolist() == ["bounced", "refused", "delivered"] * 2


def test_the_page_has_every_column_and_every_metric() -> None:
    page = document()
    for name, columns in FRAMES.items():
        assert f"## `{name}`" in page
        for column in columns:
            assert f"| `{column.name}` | {column.unit} | {column.meaning} |" in page
    for metric in METRICS.values():
        assert f"| `{metric.name}` | {metric.unit} | {metric.better} |" in page
    assert "| 0.005 | share of the judged recipients" in page
    assert "| 1 or 5% of the base | mean per judged and delivered recipient: latency" in page


def test_the_page_on_outputs_is_the_contract() -> None:
    page = (Path(__file__).parents[2] / "docs" / "output.md").read_text(encoding="utf-8")

    assert page == f"# What comes out\n\n{document()}\n", (
        "write docs/output.md anew from document()"
    )
