"""The answer of a report: which design, by how much, what it costs, and when that flips."""

from collections.abc import Iterator, Sequence
from typing import Any

from relaysim.present.text.headline_metrics import NOT_SERVICE, Headline, headlines
from relaysim.present.text.metric_rows import Lookup, compares, difference_of, sides_of
from relaysim.present.text.sensitivity_tables import turning
from relaysim.present.text.sweep_tables import break_evens
from relaysim.stats.interval import LOSES_MORE, NOT_DECIDED
from relaysim.study.architecture import Report, Sizing, innocent_classes, sending_less
from relaysim.study.compare import Comparison
from relaysim.study.factors import in_force

BETTER, WORSE = "better", "worse"
Row = tuple[Headline, str, dict[str, Any]]


def decision(found: Report) -> str:
    """Which design to take, in a sentence, and which are no answer: they send less mail."""
    base, *every = (design.name for design in found.comparison.scenarios)
    less = sending_less(found.comparison)
    others = [name for name in every if name not in less]
    if not others:
        return f"No design sends all mail of {base}: differences are of what both send."
    are = "is no answer: it does" if len(less) == 1 else "are no answers: they do"
    left = f" {_all(less)} {are} not send all mail of {base}." if less else ""
    return f"{_decided(found, base, others)}{left}"


def _decided(found: Report, base: str, others: Sequence[str]) -> str:
    if found.comparison.replications == 1:
        return "One replication has no intervals: nothing is decided. More replications do that."
    counts = {name: tally(found.comparison, name) for name in others}
    clear = [name for name in others if counts[name][BETTER] and not counts[name][WORSE]]
    if clear:
        best = max(clear, key=lambda name: _level(found, name))
        also = _all([name for name in clear if name != best])
        more = f" (so are {also}; of these it is best in {found.quantity})" if also else ""
        of = counts[best]
        doubt = f"; {of[NOT_DECIDED]} are not decided" if of[NOT_DECIDED] > 1 else ""
        doubt = "; one is not decided" if of[NOT_DECIDED] == 1 else doubt
        return (
            f"Take {best}: it is better than {base} in {_figures(of[BETTER])} and worse in none"
            f"{doubt}{more}."
        )
    spared = [name for name in others if _innocents(found, name) == (True, False)]
    if spared:
        best = max(spared, key=lambda name: _level(found, name))
        return (
            f"{best} treats other mail better than {base} wherever a difference is measured, and "
            "its culprits pay for it: a trade, to be decided by what their mail is worth."
        )
    if not any(counts[name][BETTER] or counts[name][WORSE] for name in others):
        return (
            f"No difference between {base} and {_all(others)} is measured: more replications, or a "
            "heavier load, may show one."
        )
    if not any(counts[name][BETTER] for name in others):
        worse = _all([f"{name} is worse in {counts[name][WORSE]}" for name in others])
        unsure = max(counts[name][NOT_DECIDED] for name in others)
        doubt = f"; up to {unsure} are not decided" if unsure else ""
        return f"Stay with {base}: no headline figure is better elsewhere, and {worse}{doubt}."
    return f"No design is better than {base} without being worse in something: see what each costs."


def points(found: Report) -> Iterator[tuple[str, list[str]]]:
    """For each design a heading, and what is better, worse and not decided."""
    comparison = found.comparison
    base, *others = (design.name for design in comparison.scenarios)
    for name in others:
        rows = list(headline_rows(comparison, name))
        served = [row for row in rows if row[0].metric not in NOT_SERVICE]
        parts = {
            "Better": [_said(row) for row in served if row[2]["verdict"] == BETTER],
            "Worse": [_said(row) for row in served if row[2]["verdict"] == WORSE],
            "Faster, but loses more mail": [
                _said(row) for row in served if row[2]["verdict"] == LOSES_MORE
            ],
            "Not decided": [
                _not_decided(row) for row in served if row[2]["verdict"] == NOT_DECIDED
            ],
            "What became of lost mail, what was junked, and refused attempts at submission": [
                _said(row)
                for row in rows
                if row[0].metric in NOT_SERVICE and row[2]["verdict"] in (BETTER, WORSE, LOSES_MORE)
            ],
        }
        said = [f"{word}: {'; '.join(mine)}." for word, mine in parts.items() if mine]
        yield f"{name} instead of {base}", said or ["No headline figure differs measurably."]


def headline_rows(found: Comparison, name: str) -> Iterator[Row]:
    """The rows of the headline figures of a design that say something."""
    compared = Lookup(found.comparisons)
    subjects = Lookup(found.metrics).subjects("class")
    for headline in headlines(found.scenarios[0], subjects, found.scenarios[1:]):
        for subject in headline.subjects:
            row = compared.row(name, headline.scope, subject, headline.metric)
            if row is not None and compares(row) and headline.says_something(row):
                yield headline, subject, row


def tally(found: Comparison, name: str) -> dict[str, int]:
    """How many headline figures are better, worse and not decided.

    How mail was lost is none of them: that it was is in on_time, and fewer bounces may be more
    that expired. Refused attempts are none either: on_time contains what they cost.
    """
    rows = headline_rows(found, name)
    verdicts = [row["verdict"] for of, _, row in rows if of.metric not in NOT_SERVICE]
    return {verdict: verdicts.count(verdict) for verdict in (BETTER, WORSE, NOT_DECIDED)}


def flips(found: Report) -> Iterator[str]:
    """Where the answer turns: along the load, by assumptions, and what hardware alone buys."""
    base = found.comparison.scenarios[0]
    if found.flips is None:
        yield "Along the load: not looked for (--no-flip)."
    else:
        path = found.flips.parameters[0]
        now = in_force(base, path)
        now = f"{int(now):,}" if now.isdecimal() else now
        for said in break_evens(found.flips):
            yield f"Along {path} ({now} as it is): {said}"
    if found.turning is None:
        yield "By assumptions: not looked for (--no-sensitivity)."
    else:
        few, of = len(found.turning.inputs), found.turning.asked
        yield f"By {few} assumptions, each halved and doubled: {of}. {turning(found.turning)}"
    for each in found.sizings:
        yield f"By hardware alone: {_bought(each, base.name)}"


def _bought(each: Sizing, base: str) -> str:
    as_there = f"{each.target.text}, as {each.instead_of} has it"
    if each.found is None:
        return f"{base} is not shown to come to {as_there}, with up to {each.tried[-1]} cores."
    return f"{base} comes to {as_there}, with {each.found.value} cores."


def _name(headline: Headline, subject: str) -> str:
    return headline.text if headline.scope == "total" else f"{subject} {headline.text}"


def _not_decided(row: Row) -> str:
    """What is not decided; one replication has its numbers, as there is nothing else to say."""
    headline, subject, of = row
    return _said(row) if of["replications"] == 1 else _name(headline, subject)


def _said(row: Row) -> str:
    headline, subject, of = row
    was, now = sides_of(of)
    return f"{_name(headline, subject)} {now} instead of {was} ({difference_of(of)})"


def _innocents(found: Report, name: str) -> tuple[bool, bool]:
    """Whether something of innocent mail is better, and whether something is worse."""
    names = innocent_classes(found.comparison.scenarios[0])
    verdicts = {
        row["verdict"]
        for headline, subject, row in headline_rows(found.comparison, name)
        if headline.scope == "class" and subject.split(".")[0] in names
    }
    return BETTER in verdicts, WORSE in verdicts


def _level(found: Report, name: str) -> float:
    return Lookup(found.comparison.metrics).value(name, *found.quantity)


def _figures(many: int) -> str:
    return f"{many} headline figure{'s' if many != 1 else ''}"


def _all(names: Sequence[str]) -> str:
    return (
        ", ".join(names[:-1]) + (" and " if len(names) > 1 else "") + (names[-1] if names else "")
    )
