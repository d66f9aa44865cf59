"""The transcript as people read it: within 80 columns, one line an event, sums that can be checked."""

import re
from pathlib import Path

import pytest
from worlds.drawn import letters
from worlds.golden_text import portable

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


def test_a_refusal_has_its_tarpit_and_its_reply(refused, golden):
    lines = relaysim.summary(refused).splitlines()
    assert re.findall(r"crm\.invoices:1|\b0\b|fresh-hub", lines[0]) == [
        *("crm.invoices:1", "0", "fresh-hub")
    ]
    printed = [
        line[12:].split(maxsplit=2) for line in lines if "'0.00:00:05'" in line or "530" in line
    ]
    assert [each[:2] for each in printed[:3]] == [["+6", "ms"], ["+5.01", "s"], ["+5.01", "s"]]
    assert all("530 5.7.1 Client was not authenticated" in each[2] for each in printed[1:3])
    rows = [line.split() for line in lines if line.startswith("1 ")]
    assert ["5.01", "s"] in [row[3:5] for row in rows]
    golden("transcript/refused", portable("\n".join(lines)))


def test_every_line_fits_the_terminal(refused, several):
    for result in (refused, several):
        assert max(map(len, relaysim.summary(result).splitlines())) <= 80


def test_the_mailbox_server_speaks_no_smtp(several, golden):
    text = relaysim.summary(several)
    assert "MAIL FROM" not in text
    golden("transcript/mailbox-server", portable(text))


def test_very_many_recipients_leave_room_for_their_final_status():
    assert few(range(0, 60, 2)) == "1, 3, 5, 7, 9, ... (30)"
    assert few([0, 1, 2, 7]) == "1-3, 8"


def test_its_seed_and_plan_stand_below(refused):
    text = " ".join(relaysim.summary(refused).split())
    digest = dict(refused.provenance.scenarios)["fresh-hub"]
    assert f"fresh-hub {digest[:12]}" in text


def test_the_figure_has_a_row_for_each_course_and_says_how_it_ended(several, golden):
    with style.paper():
        figure = path(several)
    (panel,) = figure.axes
    assert all("250 2.0.0" in text.get_text() for text in panel.texts)
    assert panel.get_xscale() == "log"
    assert all(name in figure.message for name in ("users.correspondence:5", "listing-day"))
    golden("figures/path", letters(figure))


def test_what_was_before_the_message_has_a_minus_and_no_plus():
    """The host is in Retry already when the message is created."""
    settings = ["run.scale=0.02", 'events=[{at="0 s", stop={hub="HUB01", for="10 d"}}]']
    design = relaysim.load(SCENARIOS / "shared-hub.toml", settings)
    result = relaysim.transcript(design, "crm.invoices:3")
    lines = relaysim.summary(result).splitlines()
    before, created, *_ = re.findall(r"  ([-+][\d.]+ \w+)  .*\bcrm\b", "\n".join(lines))
    assert (before, created) == ("-3.09 min", "+0 s")
    assert "+-" not in relaysim.summary(result)
