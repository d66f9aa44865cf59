"""Tables fit the terminal, need no colour, and hide nothing."""

import pytest

from relaysim.present.text.terminal import Grid, show, tables, text
from relaysim.wording import MOST


def printed(capsys, *parts):
    show(parts)
    return capsys.readouterr().out


def test_a_table_has_names_on_the_left_and_numbers_on_the_right(capsys):
    grid = Grid(
        "Final statuses",
        ["class", "created", "delivered"],
        [["bulk", "60,000", "5"], ["x", "7", "-"]],
    )
    assert printed(capsys, *tables(grid)) == (
        "Final statuses\n"
        "class  created  delivered\n"
        "-------------------------\n"
        "bulk    60,000          5\n"
        "x            7          -\n"
        "\n"
    )


def test_a_row_of_one_cell_is_a_heading(capsys):
    grid = Grid("Verdicts", ["", "value"], [["on time"], ["  bulk", "98 %"]])
    assert printed(capsys, *tables(grid)) == (
        "Verdicts\n         value\n--------------\non time\n  bulk    98 %\n\n"
    )


def test_a_wide_table_goes_on_below_in_even_parts(capsys):
    grid = Grid(
        "Wide",
        ["class", *"abcdefghi"],
        [["corporate.external", *["12.3 to 12.7"] * 9]],
    )
    lines = printed(capsys, *tables(grid)).splitlines()
    heads = [line.split() for line in lines if line.startswith("class")]
    assert heads == [["class", *"abc"], ["class", *"def"], ["class", *"ghi"]]
    assert max(map(len, lines)) <= MOST


def test_only_wrapped_columns_break_over_lines(capsys):
    verdict = "a verdict of four words"
    rows = [["x" * 60, "12.3 to 12.7", verdict]]
    grid = Grid("Long", ["name", "value", "verdict"], rows, wrapped=["verdict"])
    lines = printed(capsys, *tables(grid)).splitlines()
    assert any("x" * 60 in line for line in lines)
    assert any("12.3 to 12.7" in line for line in lines)
    assert "\n".join(lines).split().count("four") == 1


def test_brackets_are_text_not_markup(capsys):
    reply = "554 5.7.1 Client host [198.51.100.10] blocked"
    assert printed(capsys, text(reply, indent=4)) == f"    {reply}\n"


def test_no_line_ends_in_spaces(capsys):
    grid = Grid("T", ["a", "b"], [["x", "1"], ["heading"]])
    assert all(line == line.rstrip() for line in printed(capsys, *tables(grid)).splitlines())


@pytest.mark.parametrize("hanging", [0, 4])
def test_a_paragraph_breaks_at_spaces(capsys, hanging):
    first, *others = printed(capsys, text("word " * 40, hanging=hanging)).splitlines()
    assert len(first) <= MOST
    assert all(line.startswith(" " * hanging + "word") for line in others)
