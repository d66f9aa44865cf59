"""The text of a comparison: the answer, the numbers behind it, and all tables."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType

from relaysim.analysis.listing_sources import listing_possible
from relaysim.measure.bad_periods import HOUR_OF_RUN, PERIODS
from relaysim.measure.metric_catalogue import METRICS
from relaysim.present.text.answer_numbers import comparison_numbers
from relaysim.present.text.blast_summary import RULES, blast
from relaysim.present.text.bottleneck_table import binding_tables
from relaysim.present.text.caption import ASSUMPTIONS, NOT_MODELLED, more, origin, unseen
from relaysim.present.text.comparison_answer import deciding, paragraph
from relaysim.present.text.headline_metrics import Headline, headlines
from relaysim.present.text.late_days import MEDIANS, late_days, meaning
from relaysim.present.text.metric_rows import Lookup, compares, difference_of, sides_of
from relaysim.present.text.no_mail import no_mail
from relaysim.present.text.not_judged import WHY, not_judged
from relaysim.present.text.number_format import NONE, chance
from relaysim.present.text.run_summary import time
from relaysim.present.text.shown_subjects import classes
from relaysim.present.text.terminal import Grid, heading, tables, text
from relaysim.present.text.unstable_quantiles import late
from relaysim.scenario.difference import diff
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import CONFIDENCE, EQUAL, EQUIVALENT, NOT_DECIDED
from relaysim.stats.several_designs import confidence_of
from relaysim.stats.unstable_quantile import late_share_if_unstable
from relaysim.study.compare import Comparison
from relaysim.study.ranking import ranking


def comparison_text(
    comparison: Comparison, full: bool = False, explain: bool = False
) -> list[RenderableType]:
    """Return what `relaysim compare` prints: the answer, the numbers that carry it, and more.

    Parameters
    ----------
    comparison : Comparison
        A base design and at least one alternative.
    full : bool
        Whether all tables follow.
    explain : bool
        Whether the explanations follow that are the same for every comparison.

    Returns
    -------
    list of RenderableType
        One paragraph, at most `answer_numbers.MOST_LINES` lines of numbers, notes on the designs,
        and where to find more.
    """
    measured = Lookup(comparison.metrics)
    nothing = no_mail(measured, comparison.scenarios)
    notes = [text(note) for note in comparison.provenance.notes]
    if nothing is not None:
        lines = [
            line
            for other in comparison.scenarios[1:]
            for line in changes(comparison.scenarios[0], other)
        ]
        return [text(nothing), text(""), *lines, *notes, text(origin(comparison.provenance))]
    return [
        text(paragraph(comparison)),
        text(""),
        *comparison_numbers(comparison, full),
        *notes,
        *(all_tables(comparison) if full else []),
        *(explanations(comparison) if explain else []),
        *more(full, explain, "`relaysim report` writes a page"),
        text(origin(comparison.provenance)),
    ]


def all_tables(comparison: Comparison) -> list[RenderableType]:
    """Return the tables of a comparison: what differs, verdicts, delays, waits, blast radius."""
    base, *others = comparison.scenarios
    measured = Lookup(comparison.metrics)
    subjects = classes(measured.subjects("class"))
    shown = headlines(base, measured.subjects("class"), others)
    names = [design.name for design in comparison.scenarios]
    lines: list[RenderableType] = [
        text(f"{design.name}: {design.title}" if design.title else design.name)
        for design in comparison.scenarios
    ]
    lines.append(text(""))
    for other in others:
        lines += changes(base, other)
        lines += tables(verdicts(comparison, base.name, other.name, shown))
        lines += doubts(comparison, base.name, other.name, shown)
    ranks = best(comparison, shown)
    return [
        *lines,
        *(tables(ranks) if ranks.rows else []),
        *late_days(measured, comparison.scenarios, subjects),
        *not_judged(measured, names, subjects),
        *tables(time(measured, names, subjects)),
        *binding_tables(measured, names, subjects),
        *blast(comparison),
    ]


def explanations(comparison: Comparison) -> list[RenderableType]:
    """Return the explanations that are the same for every comparison."""
    base, *others = comparison.scenarios
    listings = any(map(listing_possible, comparison.scenarios))
    paragraphs = [
        reading(len(others)),
        *([MEDIANS] if listings else []),
        meaning(base, list(PERIODS) if listings else [HOUR_OF_RUN]),
        WHY,
        *([RULES] if comparison.blast else []),
        unseen(comparison.provenance.replications),
        ASSUMPTIONS,
        NOT_MODELLED,
    ]
    return [part for paragraph in paragraphs for part in (text(paragraph), text(""))]


def changes(base: Scenario, other: Scenario) -> list[RenderableType]:
    """Return the values that differ between an alternative and the base, one line each."""
    lines = [text(str(change), hanging=4) for change in diff(base, other)]
    title = f"What differs in {other.name} from {base.name}"
    return [heading(title), *(lines or [text("nothing")]), text("")]


def verdicts(comparison: Comparison, base: str, other: str, shown: Sequence[Headline]) -> Grid:
    """Return the headline metrics of an alternative and of the base, with the verdicts.

    The last column is the variance reduction by common random numbers, as a factor of the standard
    deviation.
    """
    rows: list[list[str]] = []
    heading = None
    for headline, subject, row in _shown(Lookup(comparison.comparisons), other, shown):
        if headline is not heading:
            rows.append([headline.text])
            heading = headline
        rows.append(
            [
                f"  {subject}",
                *sides_of(row),
                difference_of(row),
                row["verdict"],
                gain(row["narrowing"]),
            ]
        )
    header = ["", "base", "design", "difference", "verdict", "gain"]
    return Grid(f"{other}, compared with {base}", header, rows, wrapped=("verdict",))


def gain(factor: float) -> str:
    """Return the gain of pairing as text; without decimals if nearly all is common to both."""
    if math.isnan(factor):
        return NONE
    return f"x{factor:.1f}" if factor < 100.0 else f"x{factor:,.0f}"


def best(comparison: Comparison, shown: Sequence[Headline]) -> Grid:
    """Return the probability that each design has the best mean, for shares of time."""
    names = [design.name for design in comparison.scenarios]
    rows: list[list[str]] = []
    for headline in shown:
        # A time is known only of the mail that a design delivered.
        if headline.scope != "class" or METRICS[headline.metric].unit == "s":
            continue
        ranked = []
        for subject in headline.subjects:
            try:
                order = ranking(comparison, headline.scope, subject, headline.metric)
            except ValueError:
                continue  # No replication has a value in all designs.
            likely = order.set_index("scenario")["probability_best"]
            if set(likely.index) >= set(names) and likely.notna().all():
                # All designs have the best mean in every draw only if they are equal.
                same = (likely == 1.0).all()
                cells = (EQUAL if same else chance(float(likely[name])) for name in names)
                ranked.append([f"  {subject}", *cells])
        rows += [[headline.text], *ranked] if ranked else []
    title = "Probability that a design has the best mean (normal means, as for the intervals)"
    return Grid(title, ["", *names], rows)


def doubts(
    comparison: Comparison, base: str, other: str, shown: Sequence[Headline]
) -> list[RenderableType]:
    """Return a line for each row of `verdicts` that is not decided or not stable."""
    if comparison.replications == 1:
        return [text("One replication has no confidence intervals: nothing is decided."), text("")]
    compared = Lookup(comparison.comparisons)
    lines: list[RenderableType] = []
    for headline, subject, row in _shown(compared, other, shown):
        parts = [*_not_decided(row), *_unstable(comparison, (base, other), row, compared)]
        if parts:
            lines.append(text(f"{subject}, {headline.text}: {'; '.join(parts)}.", hanging=2))
    return [*lines, text("")] if lines else []


def reading(alternatives: int) -> str:
    """Return how to read the table `verdicts` of a comparison with so many alternatives."""
    interval = f"{100 * confidence_of(alternatives):.4g} % confidence interval"
    if alternatives > 1:
        interval += (
            f" (Bonferroni: the verdicts on one metric of one subject hold for all {alternatives} "
            f"alternatives together with {100 * CONFIDENCE:.0f} %)"
        )
    return (
        f"A difference is the mean of paired differences with its {interval}. "
        "In a latency quantile lost mail is later than any other, and a difference with a lost "
        "quantile is counted, not averaged. Gain: the factor by which pairing reduces the standard "
        f"deviation. `{EQUAL}`: the same in every replication; `{EQUIVALENT}`: the whole "
        f"interval is smaller than the equivalence margin; `{NOT_DECIDED}`: more replications "
        "decide it, if difference and spread stay as they are. The table of waits covers the "
        "recipients that a design delivered, so lost mail is not in its means."
    )


def _shown(
    compared: Lookup, other: str, shown: Sequence[Headline]
) -> Iterator[tuple[Headline, str, dict[str, Any]]]:
    """Yield the rows of the headline metrics that have a value to show."""
    for headline in shown:
        for subject in headline.subjects:
            row = compared.row(other, headline.scope, subject, headline.metric)
            if row is not None and compares(row) and headline.says_something(row):
                yield headline, subject, row


def _not_decided(row: dict[str, Any]) -> Iterator[str]:
    if row["verdict"] != NOT_DECIDED:
        return
    needed = row["replications_needed"]
    if not math.isnan(needed):
        yield f"{NOT_DECIDED}{deciding([needed])}"
    elif row["replications"] == 1:
        yield f"{NOT_DECIDED}; a single replication has a value in both designs"


def _unstable(
    comparison: Comparison, designs: Sequence[str], row: dict[str, Any], compared: Lookup
) -> Iterator[str]:
    """Yield in which designs a quantile is unstable, and what to compare instead."""
    key = (row["scope"], row["subject"])
    late_shares = {
        name: late_share_if_unstable(comparison.per_replication, name, *key, row["metric"])
        for name in designs
    }
    shares = [
        f"{late(share)} of the mail is late in {name}"
        for name, share in late_shares.items()
        if share
    ]
    if shares:
        instead = compared.row(row["scenario"], *key, "on_time")
        value = "" if instead is None else f" ({difference_of(instead)}, {instead['verdict']})"
        yield f"unstable, because {' and '.join(shares)}; compare on_time instead{value}"
