"""Refused attempts at submission are in the files, the text and the report of a comparison."""

import pytest
from worlds.small_designs import design

from relaysim.present.report.report_sections import sections
from relaysim.present.text.comparison_answer import tally
from relaysim.present.text.summary import summary
from relaysim.study.architecture import Report, decisive
from relaysim.study.compare import Comparison, compare
from relaysim.study.written_results import to_json

CLOSED = "hubs.HUB01.receive_connectors.relay.permissions=[]"
NO_RELAY = "550 5.7.1 Unable to relay"


@pytest.fixture(scope="module")
def found() -> Comparison:
    """A design whose connector relays for nobody, against one that relays."""
    return compare(design("two"), design("closed", CLOSED), replications=2, jobs=1)


def test_the_metric_is_compared_and_broken_down(found: Comparison) -> None:
    rows = found.comparisons.set_index(["scope", "subject", "metric"])
    row = rows.loc[("total", "total", "refused_attempts")]
    created = rows.loc[("total", "total", "created"), "value"]
    assert (row["base_value"], row["value"], row["verdict"]) == (0.0, created, "worse")
    assert to_json(found)["refused_attempts"] == [
        {
            "scenario": "closed",
            "host": "app",
            "where": "HUB01/relay",
            "reply": NO_RELAY,
            "attempts": created,
        }
    ]


def test_the_text_has_it_beside_the_losses_only_where_there_are_any(found: Comparison) -> None:
    assert "refused attempts\n  total " in summary(found, full=True, explain=True)
    same = compare(design("two"), design("again"), replications=1, jobs=1)
    assert "refused attempts" not in summary(same, full=True, explain=True)
    assert to_json(same)["refused_attempts"] == []


def test_the_report_has_a_table_and_decides_nothing_by_it(found: Comparison) -> None:
    quantity, rival = decisive(found)
    whole = Report(found, quantity, rival, None, (), None, found.provenance)
    blocks = [block for each in sections(whole) for block in each.blocks]
    (grid,) = (
        block.grid
        for block in blocks
        if block.kind == "table" and "refused attempts at submission" in block.grid.title
    )
    assert grid.title.startswith("closed: ")
    ((host, where, _, reply),) = grid.rows
    assert (host, where, reply) == ("app", "HUB01/relay", NO_RELAY)
    counted = tally(found, "closed")
    frame = found.comparisons
    without = frame[frame["metric"] != "refused_attempts"]
    assert counted == tally(Comparison(**{**found.__dict__, "comparisons": without}), "closed")
