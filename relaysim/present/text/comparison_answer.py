"""The answer of a comparison in plain sentences: the better design, for which mail, by how much."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from relaysim.measure.quantity import Quantity
from relaysim.present.text.headline_metrics import NOT_SERVICE, Headline, headlines
from relaysim.present.text.metric_rows import Lookup, change_of, compares, sides_of
from relaysim.stats.interval import BETTER, LOSES_MORE, NOT_DECIDED, WORSE
from relaysim.stats.replications_needed import MOST
from relaysim.study.architecture import decisive, innocent_classes, sending_less
from relaysim.study.compare import Comparison
from relaysim.wording import listed

NAMED = 3
"""Headline figures that a sentence names; the others are counted."""
Row = tuple[Headline, str, dict[str, Any]]
"""A headline metric, the subject and its row of the frame `comparisons`."""


def paragraph(comparison: Comparison) -> str:
    """Return the answer in one paragraph, the same in a terminal and in a report.

    Parameters
    ----------
    comparison : Comparison
        A base design and at least one alternative.

    Returns
    -------
    str
        The decision, the largest differences of each alternative with their confidence intervals,
        and how many replications would decide what is not decided.
    """
    alternatives = [design.name for design in comparison.scenarios[1:]]
    sentences = [decision(comparison, decisive(comparison)[0])]
    if comparison.replications > 1:
        sentences += [text for name in alternatives for text in differences(comparison, name)]
        sentences += not_decided(comparison, alternatives)
    return " ".join(sentences)


def decision(comparison: Comparison, quantity: Quantity) -> str:
    """Return which design to take, and which alternatives send less mail than the base.

    `quantity` ranks alternatives that are better than the base in something and worse in nothing.
    """
    base, *names = (design.name for design in comparison.scenarios)
    less = sending_less(comparison)
    alternatives = [name for name in names if name not in less]
    if not alternatives:
        return (
            f"No alternative sends all mail of {base}: differences cover the mail that both send."
        )
    verb = "does" if len(less) == 1 else "do"
    left = f" {listed(less)} {verb} not send all mail of {base} and cannot replace it."
    return f"{_decided(comparison, quantity, alternatives)}{left if less else ''}"


def _decided(comparison: Comparison, quantity: Quantity, alternatives: Sequence[str]) -> str:
    base = comparison.scenarios[0].name
    if comparison.replications == 1:
        return "Nothing is decided: one replication has no confidence intervals. Run more."
    counts = {name: tally(comparison, name) for name in alternatives}
    levels = Lookup(comparison.metrics)

    def best(names: Sequence[str]) -> str:
        return max(names, key=lambda name: levels.value(name, *quantity))

    clear = [name for name in alternatives if counts[name][BETTER] and not counts[name][WORSE]]
    if clear:
        first = best(clear)
        also = listed([name for name in clear if name != first])
        verb = "are" if len(clear) > 2 else "is"
        more = f" ({also} {verb} too; {first} has the best {quantity})" if also else ""
        figures = counted(counts[first][BETTER], "headline figure")
        return f"Take {first}: it is better than {base} in {figures} and worse in none{more}."
    spared = [name for name in alternatives if _innocents(comparison, name) == (True, False)]
    if spared:
        return (
            f"{best(spared)} is better than {base} for innocent mail and worse for the mail of the "
            "culprits: the choice depends on the value of that mail."
        )
    if not any(counts[name][BETTER] or counts[name][WORSE] for name in alternatives):
        return f"No difference between {base} and {listed(alternatives)} is measured."
    if not any(counts[name][BETTER] for name in alternatives):
        return f"Stay with {base}: no alternative is better in a headline figure."
    return f"No alternative is better than {base} without being worse in something."


def differences(comparison: Comparison, name: str) -> Iterator[str]:
    """Yield what is better and what is worse in an alternative, the first figures with numbers."""
    rows = [row for row in headline_rows(comparison, name) if row[0].metric not in NOT_SERVICE]
    words = {
        BETTER: "is better in",
        WORSE: "is worse in",
        LOSES_MORE: "is faster, but loses more mail, in",
    }
    for verdict, verb in words.items():
        items = [item(row) for row in rows if row[2]["verdict"] == verdict]
        if items:
            shown = items[:NAMED]
            more = len(items) - len(shown)
            rest = f"; and in {more} more" if more else ""
            figures = counted(len(items), "headline figure")
            yield f"{name} {verb} {figures}: {'; '.join(shown)}{rest}."
    if not any(row[2]["verdict"] in words for row in rows):
        yield f"{name} differs measurably in no headline figure."


def not_decided(comparison: Comparison, alternatives: Sequence[str]) -> Iterator[str]:
    """Yield one sentence: what is not decided, and how many replications would decide it."""
    rows = [
        row
        for name in alternatives
        for row in headline_rows(comparison, name)
        if row[0].metric not in NOT_SERVICE and row[2]["verdict"] == NOT_DECIDED
    ]
    if rows:
        names = dict.fromkeys(name_of(headline, subject) for headline, subject, _ in rows)
        needed = [row["replications_needed"] for _, _, row in rows]
        yield f"Not decided: {listed(names, NAMED + 1)}{deciding(needed)}."


def deciding(needed: Sequence[float]) -> str:
    """Return what would decide figures that take so many replications each, NaN if unknown."""
    known = [count for count in needed if not math.isnan(count)]
    if not known:
        return ""
    if max(known) == math.inf:
        return f"; {MOST:,} replications would not decide {'it' if len(needed) == 1 else 'all'}"
    count = float(f"{max(known):.2g}")
    entry = "it" if len(needed) == 1 else "each"
    return f"; {count:,.0f} replications would decide {entry} with a probability of 50 %"


def headline_rows(comparison: Comparison, name: str) -> Iterator[Row]:
    """Yield the rows of an alternative for the headline metrics that have a value."""
    compared = Lookup(comparison.comparisons)
    subjects = Lookup(comparison.metrics).subjects("class")
    for headline in headlines(comparison.scenarios[0], subjects, comparison.scenarios[1:]):
        for subject in headline.subjects:
            row = compared.row(name, headline.scope, subject, headline.metric)
            if row is not None and compares(row) and headline.says_something(row):
                yield headline, subject, row


def tally(comparison: Comparison, name: str) -> dict[str, int]:
    """Return how many headline figures of an alternative are better, worse and not decided.

    Notes
    -----
    Losses by kind and refused attempts are left out: `on_time` contains their cost, and fewer
    bounces may be more expiries.
    """
    rows = headline_rows(comparison, name)
    verdicts = [row["verdict"] for headline, _, row in rows if headline.metric not in NOT_SERVICE]
    return {verdict: verdicts.count(verdict) for verdict in (BETTER, WORSE, NOT_DECIDED)}


def item(row: Row) -> str:
    """Return a figure with both values: "bulk on time 42 % instead of 95 %, 53 pp less (...)"."""
    headline, subject, values = row
    base, design = sides_of(values)
    return f"{name_of(headline, subject)} {design} instead of {base}, {change_of(values)}"


def name_of(headline: Headline, subject: str) -> str:
    """Return the name of a headline figure: "bulk on time", or "expired" for all mail."""
    return headline.text if headline.scope == "total" else f"{subject} {headline.text}"


def counted(count: int, noun: str) -> str:
    """Return "1 headline figure" or "3 headline figures"."""
    return f"{count} {noun}{'s' * (count != 1)}"


def _innocents(comparison: Comparison, name: str) -> tuple[bool, bool]:
    """Return whether a figure of innocent mail is better, and whether one is worse."""
    classes = innocent_classes(comparison.scenarios[0])
    verdicts = {
        row["verdict"]
        for headline, subject, row in headline_rows(comparison, name)
        if headline.scope == "class" and subject.split(".")[0] in classes
    }
    return BETTER in verdicts, WORSE in verdicts
