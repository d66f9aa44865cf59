"""What a comparison says: what differs between the designs, and what that changes."""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from rich.console import RenderableType

from relaysim.analysis.listing_sources import listing_possible
from relaysim.measure.metric_catalogue import METRICS
from relaysim.present.text.blast_summary import blast
from relaysim.present.text.bottleneck_table import binding_tables
from relaysim.present.text.caption import ASSUMPTIONS, NOT_MODELLED, origin, unseen
from relaysim.present.text.headline_metrics import Headline, headlines
from relaysim.present.text.late_days import MEDIANS, late_days
from relaysim.present.text.metric_rows import Lookup, compares, difference_of, sides_of
from relaysim.present.text.no_mail import no_mail
from relaysim.present.text.not_judged import not_judged
from relaysim.present.text.number_format import NONE, chance
from relaysim.present.text.run_summary import time
from relaysim.present.text.shown_subjects import classes
from relaysim.present.text.terminal import Grid, heading, tables, text
from relaysim.present.text.unstable_quantiles import late
from relaysim.scenario.difference import diff
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import CONFIDENCE, EQUAL, NOT_DECIDED
from relaysim.stats.replications_needed import MOST
from relaysim.stats.several_designs import confidence_of
from relaysim.stats.unstable_quantile import cliff_of
from relaysim.study.compare import Comparison
from relaysim.study.ranking import ranking


def report(found: Comparison) -> list[RenderableType]:
    """All of it, for the terminal."""
    base, *others = found.scenarios
    measured = Lookup(found.metrics)
    subjects = measured.subjects("class")
    shown = headlines(base, subjects, others)
    listings = any(map(listing_possible, found.scenarios))
    names = [design.name for design in found.scenarios]
    titles = [
        text(f"{each.name}: {each.title}" if each.title else each.name) for each in found.scenarios
    ]
    lines: list[RenderableType] = []
    nothing = no_mail(measured, found.scenarios)
    if nothing is not None:
        for other in others:
            lines += changes(base, other)
        return [*titles, text(""), *lines, text(nothing), text(origin(found.provenance))]
    for other in others:
        lines += [*changes(base, other), *tables(verdicts(found, base.name, other.name, shown))]
        lines += doubts(found, base.name, other.name, shown)
    return [
        *titles,
        text(""),
        *lines,
        *(tables(ranks) if (ranks := best(found, shown)).rows else []),
        *late_days(measured, found.scenarios, classes(subjects)),
        *not_judged(measured, names, classes(subjects)),
        *tables(time(measured, names, classes(subjects))),
        *binding_tables(measured, names, classes(subjects)),
        *blast(found),
        text(reading(len(others))),
        *([text(MEDIANS)] if listings else []),
        text(unseen(found.provenance.replications)),
        text(ASSUMPTIONS),
        text(NOT_MODELLED),
        text(origin(found.provenance)),
    ]


def changes(base: Scenario, other: Scenario) -> list[RenderableType]:
    """What a design has otherwise than the base, one line for each value."""
    found = [text(str(change), hanging=4) for change in diff(base, other)]
    head = f"What {other.name} has otherwise than {base.name}"
    return [heading(head), *(found or [text("nothing")]), text("")]


def verdicts(found: Comparison, base: str, other: str, shown: Sequence[Headline]) -> Grid:
    """The headline metrics of a design against those of the base; losses where there are any."""
    rows: list[list[str]] = []
    heading = None
    for headline, subject, row in _shown(Lookup(found.comparisons), other, shown):
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
    return Grid(f"{other} against the base, {base}", header, rows, wrapped=("verdict",))


def gain(factor: float) -> str:
    """What pairing gained; where nearly all is common to both, no decimals."""
    if math.isnan(factor):
        return NONE
    return f"x{factor:.1f}" if factor < 100.0 else f"x{factor:,.0f}"


def best(found: Comparison, shown: Sequence[Headline]) -> Grid:
    """How likely each design is the best of all, by the means of the first headlines."""
    names = [design.name for design in found.scenarios]
    rows: list[list[str]] = []
    for headline in shown:
        # Of times each design knows only what it got through itself.
        if headline.scope != "class" or METRICS[headline.metric].unit == "s":
            continue
        mine = []
        for subject in headline.subjects:
            try:
                order = ranking(found, headline.scope, subject, headline.metric)
            except ValueError:
                continue  # Nothing to rank: no replication has a value in all designs.
            likely = order.set_index("scenario")["probability_best"]
            if set(likely.index) >= set(names) and likely.notna().all():
                # Each has the best mean in every draw only if all are equal in every replication.
                same = (likely == 1.0).all()
                cells = (EQUAL if same else chance(float(likely[name])) for name in names)
                mine.append([f"  {subject}", *cells])
        rows += [[headline.text], *mine] if mine else []
    title = (
        "How likely each design has the best mean (normal means, as for the intervals; of equal "
        "designs each has it)"
    )
    return Grid(title, ["", *names], rows)


def doubts(
    found: Comparison, base: str, other: str, shown: Sequence[Headline]
) -> list[RenderableType]:
    """What to make of the rows of `verdicts` that are not decided, or on a cliff."""
    if found.replications == 1:
        return [text("One replication has no intervals: nothing is decided."), text("")]
    compared = Lookup(found.comparisons)
    lines: list[RenderableType] = []
    for headline, subject, row in _shown(compared, other, shown):
        said = [*_not_decided(row), *_cliff(found, (base, other), row, compared)]
        if said:
            lines.append(text(f"{subject}, {headline.text}: {'; '.join(said)}.", hanging=2))
    return [*lines, text("")] if lines else []


def reading(designs: int) -> str:
    """How to read the table of so many designs."""
    wide = f"{100 * confidence_of(designs):.4g} % interval"
    if designs > 1:
        wide += (
            f" (Bonferroni: so the verdicts on one metric of one subject hold for all {designs} "
            f"designs together with {100 * CONFIDENCE:.0f} %)"
        )
    return (
        f"A difference is the mean of paired differences with half the width of its {wide}; "
        "in a latency quantile lost mail is later than any other, and a difference with a lost "
        "quantile is counted, not averaged. Gain: how many times smaller "
        "pairing made the standard deviation, and about as many times narrower the interval. "
        "`equal`: the same in every replication; `equivalent`: the whole interval is "
        "smaller than what matters; `not decided`: more replications decide it, if difference and "
        "spread stay as they are. Where the time goes is over the recipients that each design got "
        "through: what it lost has left the mean."
    )


def _shown(
    compared: Lookup, other: str, shown: Sequence[Headline]
) -> Iterator[tuple[Headline, str, dict[str, Any]]]:
    """The rows of the headline metrics that say something."""
    for headline in shown:
        for subject in headline.subjects:
            row = compared.row(other, headline.scope, subject, headline.metric)
            if row is not None and compares(row) and headline.says_something(row):
                yield headline, subject, row


def _not_decided(row: dict[str, Any]) -> Iterator[str]:
    many = row["replications_needed"]
    if row["verdict"] != NOT_DECIDED:
        return
    if math.isnan(many):
        if row["replications"] == 1:
            yield "not decided; a single replication has a value in both designs"
        return
    about = f"about {float(f'{many:.2g}'):,.0f}" if many < math.inf else f"not even {MOST:,}"
    yield f"not decided; {about} replications give an even chance of deciding it"


def _cliff(
    found: Comparison, designs: Sequence[str], row: dict[str, Any], compared: Lookup
) -> Iterator[str]:
    """That a quantile stands on a cliff, in which of the designs, and what to judge by instead."""
    key = (row["scope"], row["subject"])
    cliffs = {name: cliff_of(found.per_replication, name, *key, row["metric"]) for name in designs}
    found_on = [f"{late(each)} in {name}" for name, each in cliffs.items() if each is not None]
    if found_on:
        instead = compared.row(row["scenario"], *key, "on_time")
        said = "" if instead is None else f" ({difference_of(instead)}, {instead['verdict']})"
        yield f"stands on a cliff, {' and '.join(found_on)}: judge by on_time{said}"
