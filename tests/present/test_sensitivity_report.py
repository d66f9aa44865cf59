"""What a sensitivity says and draws: the largest first, small ones counted, nothing cut off."""

import re
from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest
from worlds.golden_sections import Golden
from worlds.golden_text import message
from worlds.quantities import quantities

from relaysim.measure.quantity import Quantity
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.figures.tornado import tornado
from relaysim.present.text.sensitivity_tables import (
    CONVENTION,
    as_it_is,
    broken,
    left_out,
    sensitivity_text,
    sentences,
    turning,
)
from relaysim.present.text.sensitivity_tables import tornado as tornado_table
from relaysim.stats.interval import Estimate
from relaysim.study.execution.provenance import Provenance
from relaysim.study.factors import Factor
from relaysim.study.sensitivity import Sensitivity

ON_TIME = Quantity("class", "bulk", "on_time")
ENDS = ("low", "high")


def study(moves: Sequence[float]) -> Sensitivity:
    """Inputs of which each moves a share of 90 % so far down at its high end, by no chance."""
    inputs = [Factor(f"hosts.a.n{i}", "2", "1", "4", "a guess") for i in range(len(moves))]
    parts = ("", "_low", "_high")
    rows = [
        {
            "path": each.path,
            "low": each.low,
            "base": each.base,
            "high": each.high,
            **{f"at_low{part}": 0.9 for part in parts},
            **{f"at_high{part}": 0.9 - move for part in parts},
            **{f"low_difference{part}": 0.0 for part in parts},
            **{f"high_difference{part}": -move for part in parts},
            "swing": move,
            "effect": "measurable" if move else "none",
            "unit": "share",
            "source": each.source,
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


def test_sentences_name_the_largest_and_count_the_others(golden_section: Golden) -> None:
    largest, others = sentences(study([0.2, 0.1, 0.05, 0.01, 0.0, 0.0]))
    assert {"4", "6"} <= quantities(largest)
    assert re.findall(r"hosts\.a\.n\d|-\d+ pp", largest) == [
        *("hosts.a.n0", "-20 pp", "hosts.a.n1", "-10 pp", "hosts.a.n2", "-5 pp")
    ]
    assert quantities(others) == {"2"}
    golden_section("sensitivity/sentences", message(f"{largest}\n{others}"))


def test_an_effect_that_may_be_chance_is_marked(golden_section: Golden) -> None:
    result = study([0.2])
    result.effects["effect"] = "not decided"
    none, chance = sentences(result)
    assert ON_TIME.metric in none
    assert {"1", "20 pp"} == quantities(chance)
    alone, *_ = sentences(replace(result, replications=1))
    golden_section("sensitivity/sentences", message("\n".join([none, chance, alone])))


def test_a_convention_is_called_one() -> None:
    printed = [str(part) for part in sensitivity_text(study([0.25]))]
    assert any(" ".join(part.split()) == CONVENTION for part in printed)


def test_beyond_fifteen_they_are_counted(golden_section: Golden) -> None:
    many = study([0.25] * 15 + [0.125] * 5 + [0.0])
    assert [row[0] for row in tornado_table(many).rows] == [f"hosts.a.n{i}" for i in range(15)]
    text = left_out(many)
    assert text is not None
    assert quantities(text) == {"5", "12.5 pp"}
    golden_section("sensitivity/sentences", message(text))
    assert left_out(study([0.25, 0.0])) is None


def test_what_is_measurable_has_its_row_however_small_it_is() -> None:
    many = study([0.25] * 20 + [0.01])
    many.effects.loc[:19, "effect"] = "not decided"
    assert [row[0] for row in tornado_table(many).rows] == [
        *(f"hosts.a.n{i}" for i in range(14)),
        "hosts.a.n20",
    ]


def test_each_end_has_its_line() -> None:
    (row,) = tornado_table(study([0.25])).rows
    assert row == ["hosts.a.n0", "1\n4", "90 %\n65 %", "0 pp\n-25 pp"]


def test_an_end_that_there_is_not_has_no_line_and_no_bar() -> None:
    result = study([0.25, 0.125])
    result.effects.loc[0, ["low", "at_low", "low_difference"]] = None
    (row, _) = tornado_table(result).rows
    assert row == ["hosts.a.n0", "4", "65 %", "-25 pp"]
    (panel,) = tornado(result).axes
    assert [text.get_text() for text in panel.texts] == ["4", "1", "4"]


def test_a_tiny_effect_leaves_marks_that_differ() -> None:
    (panel,) = tornado(study([1e-9])).axes
    panel.figure.canvas.draw()
    texts = [text for label in panel.get_xticklabels() if (text := label.get_text())]
    assert len(texts) > 1
    assert len(set(texts)) == len(texts)


def test_long_paths_are_parted_at_a_point() -> None:
    path = "destinations.outlook.reputation.persistence_time"
    assert broken(path) == "destinations.outlook.reputation\n  .persistence_time"
    assert broken("hubs.HUB01.cores") == "hubs.HUB01.cores"


def test_the_tornado_has_a_bar_for_each_end_the_largest_on_top() -> None:
    (panel,) = tornado(study([0.2, 0.1, 0.0])).axes
    assert [label.get_text() for label in panel.get_yticklabels()] == ["hosts.a.n0", "hosts.a.n1"]
    widths = [patch.get_width() for patch in panel.patches]
    assert widths == pytest.approx([0.0, -0.2, 0.0, -0.1])
    assert panel.get_xlabel().startswith("class.bulk.on_time")
    assert panel.get_xlabel().endswith("%")
    assert [text.get_text() for text in panel.texts] == ["1", "4", "1", "4"]


def test_the_title_names_the_largest_unless_it_may_be_chance(golden_section: Golden) -> None:
    result = study([0.25])
    certain = tornado(result).message
    assert "hosts.a.n0" in certain
    result.effects["effect"] = "not decided"
    nothing = tornado(result).message
    assert "hosts.a.n" not in nothing
    golden_section("sensitivity/titles", message(f"{certain}\n{nothing}"))


def test_a_small_change_that_is_certain_is_named_before_a_large_one_that_is_not(
    golden_section: Golden,
) -> None:
    result = study([0.2, 0.01])
    result.effects.loc[0, "effect"] = "not decided"
    sentence = sentences(result)[0]
    for text in (tornado(result).message, sentence):
        assert "hosts.a.n1" in text
        assert "hosts.a.n0" not in text
    assert "-1 pp" in quantities(sentence)
    golden_section("sensitivity/titles", message(tornado(result).message))


def test_where_nothing_moves_there_is_nothing_to_draw() -> None:
    with pytest.raises(NothingToDrawError, match=r"class\.bulk\.on_time"):
        tornado(study([0.0]))


def instead(base: Estimate, moves: Sequence[float]) -> Sensitivity:
    """The same of a difference."""
    result = replace(study(moves), base=base, other="other")
    for part in ("", "_low", "_high"):
        result.effects[f"at_low{part}"] = getattr(base, part.strip("_") or "value")
        result.effects[f"at_high{part}"] = result.effects[f"at_low{part}"] - moves
    return result


def test_a_difference_has_the_factors_that_turn_its_sign(golden_section: Golden) -> None:
    result = instead(Estimate(0.3, 0.2, 0.4, 5), [0.6, 0.3, 0.1])
    last = sentences(result)[-1]
    assert re.findall(r"hosts\.a\.n\d = \d", last) == ["hosts.a.n0 = 4", "hosts.a.n1 = 4"]
    first = sentences(result)[0]
    assert re.findall(r"class\.bulk\.on_time|other|two", first) == [
        *("class.bulk.on_time", "other", "two")
    ]
    golden_section("sensitivity/sentences", message(f"{first}\n{last}"))
    assert tornado_table(result).rows[0][2] == "+30 pp (+20 to +40 pp)\n-30 pp (-40 to -20 pp)"
    assert as_it_is(result) == "+30 pp (+20 to +40 pp)"


def test_a_difference_that_keeps_its_sign_or_has_none_says_so(golden_section: Golden) -> None:
    keeps = turning(instead(Estimate(0.3, 0.2, 0.4, 5), [0.1]))
    none = turning(instead(Estimate(0.1, -0.2, 0.4, 5), [0.1]))
    assert keeps != none
    golden_section("sensitivity/sentences", message(f"{keeps}\n{none}"))
