"""What a sensitivity says and draws: the largest first, small ones counted, nothing cut off."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import pytest

from relaysim.measure.estimate import Estimate
from relaysim.measure.quantity import Quantity
from relaysim.present.figures.nothing import NothingToDrawError
from relaysim.present.figures.tornado import tornado
from relaysim.present.sensitive import broken, report, sentences
from relaysim.study.inputs import Input
from relaysim.study.provenance import Provenance
from relaysim.study.sensitivity import Sensitivity

ON_TIME = Quantity("class", "bulk", "on_time")
ENDS = ("low", "high")


def study(moves: Sequence[float]) -> Sensitivity:
    """Inputs of which each moves a share of 90 % so far down at its high end, by no chance."""
    inputs = [Input(f"hosts.a.n{i}", "2", "1", "4", "a guess") for i in range(len(moves))]
    rows = [
        {
            **{"path": each.path, "low": each.low, "base": each.base, "high": each.high},
            **{"at_low": 0.9, "at_high": 0.9 - move},
            **dict.fromkeys([f"low_difference{part}" for part in ("", "_low", "_high")], 0.0),
            **dict.fromkeys([f"high_difference{part}" for part in ("", "_low", "_high")], -move),
            **{"swing": move, "effect": "measurable" if move else "none"},
            **{"unit": "share", "source": each.source},
        }
        for each, move in zip(inputs, moves, strict=True)
    ]
    return Sensitivity(
        scenario="two",
        quantity=ON_TIME,
        seed=1,
        replications=5,
        base=Estimate(0.9, 0.88, 0.92, 5),
        inputs=tuple(inputs),
        effects=pd.DataFrame(rows),
        sobol=None,
        indices=None,
        provenance=Provenance((("two", "0" * 64),), 1, 5, "", "", ""),
    )


def test_sentences_name_the_largest_and_count_the_others() -> None:
    assert sentences(study([0.2, 0.1, 0.05, 0.01, 0.0, 0.0])) == [
        "4 of 6 numbers move class.bulk.on_time measurably, most of all hosts.a.n0 (20 pp), "
        "hosts.a.n1 (10 pp), hosts.a.n2 (5 pp).",
        "2 change nothing in any replication.",
    ]


def test_what_may_be_chance_is_told() -> None:
    found = study([0.2])
    found.effects["effect"] = "undecided"
    assert sentences(found) == [
        "None of 1 number moves class.bulk.on_time measurably.",
        "1 move it by no more than 20 pp, which may be chance: more replications tell.",
    ]


def test_beyond_fifteen_they_are_counted() -> None:
    text = "\n".join(map(str, report(study(np.linspace(0.2, 0.01, 20).tolist()))[3:4]))
    assert "None" not in text
    lines = _shown(study(np.linspace(0.2, 0.01, 20).tolist()))
    assert sum("hosts.a.n" in line for line in lines) == 15
    assert any(line.startswith("and 5 more, none moves it by more than 5 pp") for line in lines)


def _shown(found: Sensitivity) -> list[str]:
    """The table as it is printed."""
    from relaysim.present.sensitive import _tornado

    grid = _tornado(found)
    return [row[0] for row in grid.rows]


def test_long_paths_are_parted_at_a_point() -> None:
    path = "destinations.outlook.reputation.persistence_time"
    assert broken(path) == "destinations.outlook.reputation\n  .persistence_time"
    assert broken("hubs.HUB01.cores") == "hubs.HUB01.cores"


def test_the_tornado_has_a_bar_for_each_end_the_largest_on_top() -> None:
    (panel,) = tornado(study([0.2, 0.1, 0.0])).axes
    assert [label.get_text() for label in panel.get_yticklabels()] == ["hosts.a.n0", "hosts.a.n1"]
    widths = [patch.get_width() for patch in panel.patches]
    assert widths == pytest.approx([0.0, -0.2, 0.0, -0.1])
    assert panel.get_xlabel() == "class.bulk.on_time, %"
    assert [text.get_text() for text in panel.texts] == ["1", "4", "1", "4"]


def test_where_nothing_moves_there_is_nothing_to_draw() -> None:
    with pytest.raises(NothingToDrawError, match=r"nothing that was changed moves class\.bulk"):
        tornado(study([0.0]))
