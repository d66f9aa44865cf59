"""The boxes of a design: addresses in one piece, and only limits of boxes that are there."""

import pytest
from worlds.lettering import title
from worlds.small_comparison import LITTLE, SCENARIOS

from relaysim.present.drawing import style
from relaysim.present.drawing.text_width import SMALLEST, fitting, wrapped
from relaysim.present.figures.binding_limits import RULE, Limit
from relaysim.present.figures.design_drawing import Picture, design
from relaysim.present.figures.mail_flows import HUB, Stop, flows
from relaysim.scenario.load import load
from relaysim.study.replicate import trace_of


def test_the_title_and_the_key_name_no_limit_of_a_place_without_a_box() -> None:
    made = load(SCENARIOS / "connectors-only.toml", LITTLE)
    drawn = flows(trace_of(made, 0, 1), made)
    elsewhere = Limit(Stop(HUB, "idle"), "up to 9 wait", "cores", "idle")
    with style.paper():
        plain, other = (
            design(Picture(made, drawn, limits, {}), "") for limits in ([], [elsewhere])
        )
    assert title(other) == title(plain)
    for figure in (plain, other):
        words = [
            text.get_text() for text in figure.findobj(lambda artist: hasattr(artist, "get_text"))
        ]
        assert RULE not in words


@pytest.mark.parametrize(("text", "width"), [("198.51.100.100", 0.743), ("by a.b", 0.743)])
def test_a_word_that_fits_in_smaller_letters_stays_in_one_piece(text: str, width: float) -> None:
    size = fitting(text, 8.0, width, bold=True)
    assert SMALLEST <= size <= 8.0
    assert wrapped(text, size, width, bold=True) == [text]


def test_a_word_that_fits_in_no_letters_keeps_its_size() -> None:
    assert fitting("198.51.100.100", 8.0, 0.3) == 8.0
