"""The answer of a comparison and of a run: one paragraph, few numbers, then where to find more."""

import pytest
from worlds.small_comparison import comparison, listing_day

import relaysim
from relaysim.present.text.answer_numbers import MOST_LINES
from relaysim.present.text.comparison_answer import paragraph


@pytest.mark.parametrize("result", [comparison, listing_day])
def test_a_page_has_an_answer_few_numbers_and_more(result) -> None:
    """The numbers take at most 25 lines, and all tables are behind --full."""
    text = relaysim.summary(result())
    answer, rest = text.split("\n\n", 1)
    numbers, more = rest.split("More: ", 1)
    assert len(answer.splitlines()) <= 12
    assert len(numbers.rstrip("\n").splitlines()) <= MOST_LINES
    assert "--full" in more
    assert "--explain" in more
    assert "seed 1" in more
    assert len(relaysim.summary(result(), full=True)) > 2 * len(text)


def test_the_answer_is_the_same_in_a_terminal_and_a_report() -> None:
    """Both print `paragraph`."""
    text = " ".join(relaysim.summary(comparison()).split())
    assert text.startswith(" ".join(paragraph(comparison()).split()))


def test_explanations_are_printed_on_request() -> None:
    """The meaning of the verdicts is the same after every comparison."""
    assert "Bonferroni" not in relaysim.summary(comparison())
    assert "Bonferroni" in relaysim.summary(comparison(), explain=True)
