"""The sections of a report, in the order in which they are read."""

from collections.abc import Callable, Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from relaysim.measure.recipients import streams
from relaysim.present.drawing import style
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.style import Sheet
from relaysim.present.figure_registry import figures, of_run
from relaysim.present.figures.run_material import Story
from relaysim.present.report import report_answer as answer
from relaysim.present.report import report_workload as workload
from relaysim.present.report.report_blocks import (
    Block,
    Listing,
    Paragraph,
    Picture,
    Points,
    Section,
    TableBlock,
)
from relaysim.present.text import blast_summary as blast
from relaysim.present.text import comparison as compared
from relaysim.present.text import sensitivity_tables as sensitive
from relaysim.present.text import size_summary as sized
from relaysim.present.text import sweep_tables as swept
from relaysim.present.text.bottleneck_table import binding
from relaysim.present.text.caption import ASSUMPTIONS, NOT_MODELLED, SURVIVORS, origin, unseen
from relaysim.present.text.comparison_answer import paragraph
from relaysim.present.text.headline_metrics import headlines
from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.run_summary import lateness, refused_attempts, resources, time
from relaysim.present.text.shown_subjects import classes
from relaysim.present.text.terminal import Grid
from relaysim.scenario.difference import diff
from relaysim.stats.interval import CONFIDENCE
from relaysim.stats.several_designs import confidence_of
from relaysim.study.architecture import Report
from relaysim.study.guard import Guarded, described

NORMAL = ("latency", "backlog", "throughput", "waits")
BAD = ("blast_radius", "reach", "incident", "providers")
_DRAWN = 4
"""The most designs that are drawn."""


def sections(found: Report) -> list[Section]:
    """All of them; what is left out says so."""
    drawn = _Drawn(figures(found.comparison))
    base = found.comparison.scenarios[0].name
    made = (
        _whole("answer", _ANSWER, lambda: _answer(found)),
        _whole("designs", _DESIGNS, lambda: _differences(found)),
        _whole("workload", _WORKLOAD, lambda: _workload(found)),
        _whole("day", _DAY, lambda: _normal(found, drawn)),
        _whole("bad-day", _BAD_DAY, lambda: _bad(found, drawn)),
        _whole("differences", _PAIRED, lambda: _paired(found, drawn)),
        _whole("turning", _TURNING, lambda: _turning(found)),
        _whole("sizing", _SIZING.format(base), lambda: _sizing(found)),
        _left_out(found),
        _provenance(found),
    )
    return list(made)


_ANSWER = "The answer"
_DESIGNS = "What differs between the designs"
_WORKLOAD = "The mail, and the source of each number"
_DAY = "The day: how late, and what it waits for"
_BAD_DAY = "A bad day: listings and harm to other mail"
_PAIRED = "The differences, pair by pair"
_TURNING = "What turns the answer"
_SIZING = "What a larger hub alone would buy {}"


def _whole(anchor: str, title: str, make: Callable[[], Section]) -> Section:
    """The section, or in its place what failed: the other sections are worth reading."""
    with Guarded(f'section "{title}"') as part:
        return make()
    error = "" if part.error is None else described(part.error)
    return Section(anchor, title, [Paragraph(f"This section failed ({error}).")])


class _Drawn:
    """Figures by name, those that have something to show."""

    def __init__(self, known: Mapping[str, Callable[[], Sheet]]) -> None:
        self.known = known

    def __call__(self, name: str, stem: str | None = None) -> Iterator[Block]:
        shown = stem or name
        with Guarded(f"figure {shown}", NothingToDrawError) as part, style.paper():
            try:
                made = self.known[name]()
            except NothingToDrawError as why:
                yield Paragraph(f"No figure {shown}: {why}.")
                return
            style.settle(made)
        if part.error is not None:
            yield Paragraph(f"No figure {shown}: it failed ({described(part.error)}).")
            return
        yield Picture(shown, made)


def source(found: Report, confidence: float | None = CONFIDENCE) -> str:
    """Replications, intervals if there are any, and seed: what stands below every table."""
    many, seed = found.comparison.replications, found.comparison.seed
    shown = many > 1 and confidence is not None
    half = f" with {100 * (confidence or 0):.4g} % intervals" if shown else ""
    return f"Means over {many} replication{'s' if many != 1 else ''}{half}; seed {seed}."


def _answer(found: Report) -> Section:
    run = found.comparison.scenarios[0].run
    blocks: list[Block] = [
        Paragraph(paragraph(found.comparison), strong=True),
        *_behind(found),
        *(Points(said, head) for head, said in answer.points(found)),
    ]
    scaled = "" if run.scale == 1.0 else f"All mail is scaled by {run.scale:g} (run.scale). "
    blocks.append(Points(list(answer.flips(found)), "When it flips"))
    blocks.append(
        Paragraph(
            f"Each figure is that of one run of {len(found.comparison.scenarios)} designs on the "
            f"same mail, which begins {run.start:%d %B %Y, %H:%M}. "
            f"{source(found, _of_differences(found))} "
            f"{scaled}{_apart(found)}{unseen(found.comparison.replications)}"
        )
    )
    return Section("answer", _ANSWER, blocks)


def _behind(found: Report) -> list[Paragraph]:
    """What "delivered" means for designs with a smart host."""
    return [Paragraph(each) for each in found.comparison.provenance.notes]


def _of_differences(found: Report) -> float:
    """The confidence of the interval of each difference from the base."""
    return confidence_of(len(found.comparison.scenarios) - 1)


def _apart(found: Report) -> str:
    """Streams that not all designs have: differences are of those that both have."""
    every = [frozenset(streams(each)) for each in found.comparison.scenarios]
    own = sorted(frozenset().union(*every) - frozenset.intersection(*every))
    if not own:
        return ""
    return f"Not in all designs, and compared in none: {', '.join(own)}. "


def _differences(found: Report) -> Section:
    base, *others = found.comparison.scenarios
    blocks: list[Block] = [
        Points(
            [f"{each.name}: {each.title}" if each.title else each.name for each in (base, *others)]
        )
    ]
    for other in others:
        changes = [str(change) for change in diff(base, other)] or ["nothing"]
        blocks.append(Points((), f"What differs in {other.name} from {base.name}"))
        blocks.append(Listing("\n".join(changes)))
    first = Story(found.comparison.run(base.name))
    for place, design in enumerate((base, *others)[:_DRAWN], 1):
        story = Story(found.comparison.run(design.name), first if place > 1 else None)
        blocks += _Drawn(of_run(story))("design", f"design-{place}")
    if len(others) >= _DRAWN:
        blocks.append(Paragraph(f"The other {1 + len(others) - _DRAWN} designs are not drawn."))
    return Section("designs", _DESIGNS, blocks)


def _workload(found: Report) -> Section:
    base = found.comparison.scenarios[0]
    stated = "Every number below is the scenario's own or a default whose source is named."
    return Section(
        "workload",
        _WORKLOAD,
        [
            Paragraph(
                f"{stated} {workload.assumed(base)} of the defaults are assumptions: nobody "
                f"published them. {ASSUMPTIONS}"
            ),
            TableBlock(workload.streams(base), f"From the scenario; run.scale {base.run.scale:g}."),
            TableBlock(workload.numbers(base), "From the scenario and its profiles.", folded=True),
        ],
    )


def _normal(found: Report, drawn: _Drawn) -> Section:
    measured = Lookup(found.comparison.metrics)
    shown = classes(measured.subjects("class"))
    names = [design.name for design in found.comparison.scenarios]
    held_up = binding(measured, names, shown)
    blocks: list[Block] = [
        *(
            TableBlock(_named(lateness(measured, name, shown), name), source(found))
            for name in names
        ),
        TableBlock(time(measured, names, shown), source(found, None)),
        *(TableBlock(grid, source(found, None)) for grid in (held_up,) if grid.rows),
        *(
            TableBlock(_named(resources(measured, name), name), source(found, None), folded=True)
            for name in names
        ),
        *(
            TableBlock(_named(grid, name), source(found, None), folded=True)
            for name in names
            if (grid := refused_attempts(found.comparison.series[name].refusals)).rows
        ),
        Paragraph(SURVIVORS),
    ]
    for name in NORMAL:
        blocks += drawn(name)
    return Section("day", _DAY, blocks)


def _bad(found: Report, drawn: _Drawn) -> Section:
    comparison = found.comparison
    if not comparison.blast:
        said = "No stream is a culprit: no public IP gets listed for what another stream sends."
        return Section("bad-day", _BAD_DAY, [Paragraph(said)])
    blocks: list[Block] = [
        Paragraph(blast.horizon(comparison)),
        *(Points(said, head) for head, said in blast.told(comparison)),
        Paragraph(blast.RULES),
    ]
    for name in BAD:
        blocks += drawn(name)
    return Section("bad-day", _BAD_DAY, blocks)


def _paired(found: Report, drawn: _Drawn) -> Section:
    comparison = found.comparison
    base, *others = comparison.scenarios
    shown = headlines(base, Lookup(comparison.metrics).subjects("class"), comparison.scenarios[1:])
    blocks: list[Block] = []
    for other in others:
        blocks.append(
            TableBlock(
                compared.verdicts(comparison, base.name, other.name, shown),
                source(found, _of_differences(found)),
            )
        )
        doubts = _said(compared.doubts(comparison, base.name, other.name, shown))
        blocks += [Points(doubts, "What to make of it")] if doubts else []
    blocks.append(Paragraph(compared.reading(len(others))))
    ranks = compared.best(comparison, shown)
    blocks += [TableBlock(ranks, source(found, None))] if ranks.rows else []
    blocks += drawn("differences")
    return Section("differences", _PAIRED, blocks)


def _turning(found: Report) -> Section:
    blocks: list[Block] = []
    if found.flips is not None:
        swept_of = f"{source(found)} Each column is a point of the sweep."
        blocks += [TableBlock(swept.by_design(found.flips, found.quantity), swept_of)]
        blocks += _Drawn(figures(found.flips))("sweep")
    if found.turning is not None:
        turning = found.turning
        half = (
            f"Means over {turning.replications} replications; intervals are of 97.5 % "
            f"for changes and of 95 % for differences; seed {turning.seed}."
        )
        blocks += [
            Paragraph(
                f"Each of {len(turning.inputs)} assumptions that are likely to turn the answer is "
                f"halved and doubled, one at a time. {turning.asked} is "
                f"{sensitive.as_it_is(turning)} as it is. " + " ".join(sensitive.sentences(turning))
            ),
            *([TableBlock(table, half)] if (table := sensitive.tornado(turning)).rows else []),
            *_Drawn(figures(turning))("tornado"),
            Paragraph(
                "All assumptions: relaysim sensitivity takes them one by one, which is a matter of "
                "an hour."
            ),
        ]
    else:
        blocks.append(Paragraph("Which assumptions turn it was not looked at (--no-sensitivity)."))
    return Section("turning", _TURNING, blocks)


def _sizing(found: Report) -> Section:
    base = found.comparison.scenarios[0].name
    blocks: list[Block] = []
    for each in found.sizings:
        tried = ", ".join(map(str, each.tried))
        head = f"{each.target.text}, as {each.instead_of} gives it; {base} with {tried} cores"
        if each.found is None:
            blocks.append(Points([f"No such hub: {each.why}."], head))
            continue
        rows = sized.evidence(each.found)
        blocks += [
            Points([f"{each.found.path} = {each.found.value} {sized.verdict(each.found)}"], head),
            TableBlock(rows, f"Intervals hold together; seed {each.found.provenance.seed}."),
        ]
    if not blocks:
        said = "Not looked at (--no-sizing)."
        if not found.rival:
            said = f"Nothing to buy: no other design is better than {base} in {found.quantity}."
        blocks.append(Paragraph(said))
    else:
        blocks.insert(
            0, Paragraph("Equal service: how many cores give the base what the other design gives.")
        )
    return Section("sizing", _SIZING.format(base), blocks)


def _left_out(found: Report) -> Section:
    many = found.comparison.replications
    return Section(
        "limits",
        "What this does not say",
        [*_behind(found), Paragraph(NOT_MODELLED), Paragraph(unseen(many)), Paragraph(ASSUMPTIONS)],
    )


def _provenance(found: Report) -> Section:
    comparison = found.comparison
    rows = [[name, digest[:12]] for name, digest in comparison.provenance.scenarios]
    times = found.provenance.times()
    return Section(
        "provenance",
        "Provenance",
        [
            Paragraph(origin(found.provenance, designs=False)),
            TableBlock(
                Grid("Designs and the hashes of their plans", ["design", "plan"], rows),
                f"Of {comparison.replications} replications; seed {comparison.seed}.",
            ),
            Paragraph(f"Computed {times['started']} to {times['finished']}. Made again by:"),
            Listing(found.provenance.command or "relaysim report"),
        ],
    )


def _named(grid: Grid, name: str) -> Grid:
    return Grid(f"{name}: {grid.title}", grid.header, grid.rows, grid.wrapped)


def _said(lines: list[RenderableType]) -> list[str]:
    """Paragraphs for the terminal as plain sentences."""
    texts = [" ".join(line.plain.split()) for line in lines if isinstance(line, Text)]
    return [each for each in texts if each]
