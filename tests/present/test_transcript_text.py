"""The transcript as people read it: within 80 columns, one line an event, sums that can be checked."""

from pathlib import Path

import pytest

import relaysim
from relaysim.present.drawing import style
from relaysim.present.figures.message_path import path
from relaysim.present.text.transcript import few

SCENARIOS = Path(__file__).parents[2] / "scenarios"


@pytest.fixture(scope="module")
def refused():
    design = relaysim.load(SCENARIOS / "fresh-hub.toml", ["run.scale=0.05"])
    return relaysim.transcript(design, "crm.invoices:1")


@pytest.fixture(scope="module")
def several():
    design = relaysim.load(SCENARIOS / "listing-day.toml", ["run.scale=0.05"])
    return relaysim.transcript(design, "users.correspondence:5")


def test_a_refusal_is_told_with_its_tarpit_and_its_reply(refused):
    lines = relaysim.summary(refused).splitlines()
    assert lines[0] == "crm.invoices:1 in replication 0 of fresh-hub"
    assert [line[12:] for line in lines if "arpit" in line or "530" in line][:3] == [
        "       +6 ms  *: Tarpit for '0.00:00:05'",
        "     +5.01 s  S: 530 5.7.1 Client was not authenticated",
        "     +5.01 s  refused: 530 5.7.1 Client was not authenticated",
    ]
    (row,) = [line for line in lines if line.startswith("1 ") and line.endswith(" no")]
    assert row.split()[2:] == ["refused", "5.01", "s", "no"]


def test_every_line_fits_the_terminal(refused, several):
    for found in (refused, several):
        assert max(map(len, relaysim.summary(found).splitlines())) <= 80


def test_the_mailbox_server_speaks_no_smtp(several):
    text = relaysim.summary(several)
    assert "handed over by the mailbox server" in text
    assert "MAIL FROM" not in text
    assert "local parts" not in text


def test_very_many_recipients_leave_room_for_what_became_of_them():
    assert few(range(0, 60, 2)) == "1, 3, 5, 7, 9, ... (30)"
    assert few([0, 1, 2, 7]) == "1-3, 8"


def test_its_seed_and_plan_stand_below(refused):
    text = " ".join(relaysim.summary(refused).split())
    assert "Replication 0 alone, counted from 0; seed 1; 1 replication; plan fresh-hub " in text


def test_the_figure_has_a_row_for_each_course_and_says_how_it_ended(several):
    with style.paper():
        figure = path(several)
    (panel,) = figure.axes
    ends = {text.get_text().split(",")[0] for text in panel.texts}
    assert ends == {"delivered 250 2.0.0"}
    assert panel.get_xscale() == "log"
    assert "time since it was created" in panel.get_xlabel()
    assert figure.message.startswith("users.correspondence:5 of listing-day: ")


def test_what_was_before_the_message_has_a_minus_and_no_plus():
    """The host is in Retry already when the message is created."""
    settings = ["run.scale=0.02", 'events=[{at="0 s", stop={hub="HUB01", for="10 d"}}]']
    design = relaysim.load(SCENARIOS / "shared-hub.toml", settings)
    found = relaysim.transcript(design, "crm.invoices:3")
    lines = relaysim.summary(found).splitlines()
    before, created = [line.split("  ")[1:] for line in lines if "crm" in line][1:3]
    assert [each.strip() for each in created if each] == ["+0 s", "created by crm"]
    sign, *_ = [each.strip() for each in before if each]
    assert sign[0] == "-"
    assert "+-" not in relaysim.summary(found)
