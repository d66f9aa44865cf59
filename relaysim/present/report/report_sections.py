"""The sections of a report, in the order in which they are read."""

from collections.abc import Callable, Iterator, Mapping

from rich.console import RenderableType
from rich.text import Text

from relaysim.analysis.listing_sources import listing_possible
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


def sections(report: Report) -> list[Section]:
    """Return all sections; a section that was left out has a sentence for it."""
    drawn = _Drawn(figures(report.comparison))
    base = report.comparison.scenarios[0].name
    made = (
        _whole("answer", _ANSWER, lambda: _answer(report)),
        _whole("designs", _DESIGNS, lambda: _differences(report)),
        _whole("workload", _WORKLOAD, lambda: _workload(report)),
        _whole("day", _DAY, lambda: _normal(report, drawn)),
        _whole("bad-day", _BAD_DAY, lambda: _bad(report, drawn)),
        _whole("differences", _PAIRED, lambda: _paired(report, drawn)),
        _whole("turning", _TURNING, lambda: _turning(report)),
        _whole("sizing", _SIZING.format(base), lambda: _sizing(report)),
        _left_out(report),
        _provenance(report),
    )
    return list(made)


_ANSWER = "The answer"
_DESIGNS = "What differs between the designs"
_WORKLOAD = "Workload, and the source of each number"
_DAY = "Latency, waits and utilization"
_BAD_DAY = "Listings, and harm to other mail"
_PAIRED = "Paired differences and verdicts"
_TURNING = "Sensitivity: what reverses the answer"
_SIZING = "Hardware: {} with more cores"


def _whole(anchor: str, title: str, make: Callable[[], Section]) -> Section:
    """Return the section, or in its place the fault: the other sections are still useful."""
    with Guarded(f'section "{title}"') as part:
        return make()
    error = "" if part.error is None else described(part.error)
    return Section(anchor, title, [Paragraph(f"This section failed ({error}).")])


class _Drawn:
    """Figures by name, those that are not empty."""

    def __init__(self, known: Mapping[str, Callable[[], Sheet]]) -> None:
        self.known = known

    def __call__(self, name: str, stem: str | None = None) -> Iterator[Block]:
        shown = stem or name
        with Guarded(f"figure {shown}", NothingToDrawError) as part, style.paper():
            try:
                made = self.known[name]()
            except NothingToDrawError as why:
                yield Paragraph(f"The figure {shown} is left out: {why}.")
                return
            style.settle(made)
        if part.error is not None:
            yield Paragraph(f"The figure {shown} failed ({described(part.error)}).")
            return
        yield Picture(shown, made)


def source(report: Report, confidence: float | None = CONFIDENCE) -> str:
    """Return replications, intervals if there are any, and seed: the line below every table."""
    count, seed = report.comparison.replications, report.comparison.seed
    shown = count > 1 and confidence is not None
    half = f" with {100 * (confidence or 0):.4g} % intervals" if shown else ""
    return f"Means over {count} replication{'s' if count != 1 else ''}{half}; seed {seed}."


def _answer(report: Report) -> Section:
    run = report.comparison.scenarios[0].run
    blocks: list[Block] = [
        Paragraph(paragraph(report.comparison), strong=True),
        *_behind(report),
        *(Points(text, head) for head, text in answer.points(report)),
    ]
    scaled = "" if run.scale == 1.0 else f"All mail is scaled by {run.scale:g} (run.scale). "
    blocks.append(Points(list(answer.flips(report)), "When the answer changes"))
    blocks.append(
        Paragraph(
            f"All numbers are of one comparison of {len(report.comparison.scenarios)} designs on "
            f"the same mail, which begins {run.start:%d %B %Y, %H:%M}. "
            f"{source(report, _of_differences(report))} {scaled}{_apart(report)}".rstrip()
        )
    )
    return Section("answer", _ANSWER, blocks)


def _behind(report: Report) -> list[Paragraph]:
    """Return the meaning of "delivered" for designs with a smart host."""
    return [Paragraph(note) for note in report.comparison.provenance.notes]


def _of_differences(report: Report) -> float:
    """Return the confidence of the interval of each difference from the base."""
    return confidence_of(len(report.comparison.scenarios) - 1)


def _apart(report: Report) -> str:
    """Return the streams that not all designs have: differences are of common streams."""
    every = [frozenset(streams(scenario)) for scenario in report.comparison.scenarios]
    partial = sorted(frozenset().union(*every) - frozenset.intersection(*every))
    if not partial:
        return ""
    return f"Not in all designs, and compared in none: {', '.join(partial)}. "


def _differences(report: Report) -> Section:
    base, *others = report.comparison.scenarios
    blocks: list[Block] = [
        Points(
            [f"{item.name}: {item.title}" if item.title else item.name for item in (base, *others)]
        )
    ]
    for other in others:
        changes = [str(change) for change in diff(base, other)] or ["nothing"]
        blocks.append(Points((), f"What differs in {other.name} from {base.name}"))
        blocks.append(Listing("\n".join(changes)))
    first = Story(report.comparison.run(base.name))
    for place, design in enumerate((base, *others)[:_DRAWN], 1):
        story = Story(report.comparison.run(design.name), first if place > 1 else None)
        blocks += _Drawn(of_run(story))("design", f"design-{place}")
    if len(others) >= _DRAWN:
        blocks.append(Paragraph(f"The other {1 + len(others) - _DRAWN} designs are not drawn."))
    return Section("designs", _DESIGNS, blocks)


def _workload(report: Report) -> Section:
    base = report.comparison.scenarios[0]
    stated = "Every number below is stated in the scenario, or is a default with its source."
    return Section(
        "workload",
        _WORKLOAD,
        [
            Paragraph(
                f"{stated} {workload.assumed(base)} of the defaults are assumptions, because no "
                "value is published. The most important one is the core time of a message, see the "
                "limits of this report."
            ),
            TableBlock(workload.streams(base), f"From the scenario; run.scale {base.run.scale:g}."),
            TableBlock(workload.numbers(base), "From the scenario and its profiles.", folded=True),
        ],
    )


def _normal(report: Report, drawn: _Drawn) -> Section:
    measured = Lookup(report.comparison.metrics)
    shown = classes(measured.subjects("class"))
    names = [design.name for design in report.comparison.scenarios]
    held_up = binding(measured, names, shown)
    latencies = [
        _named(lateness(measured, item.name, shown, listing_possible(item)), item.name)
        for item in report.comparison.scenarios
    ]
    blocks: list[Block] = [
        *(TableBlock(grid, source(report)) for grid in latencies),
        TableBlock(time(measured, names, shown), source(report, None)),
        *(TableBlock(grid, source(report, None)) for grid in (held_up,) if grid.rows),
        *(
            TableBlock(_named(resources(measured, name), name), source(report, None), folded=True)
            for name in names
        ),
        *(
            TableBlock(_named(grid, name), source(report, None), folded=True)
            for name in names
            if (grid := refused_attempts(report.comparison.series[name].refusals)).rows
        ),
        Paragraph(SURVIVORS),
    ]
    for name in NORMAL:
        blocks += drawn(name)
    return Section("day", _DAY, blocks)


def _bad(report: Report, drawn: _Drawn) -> Section:
    comparison = report.comparison
    if not comparison.blast:
        text = "No stream is a culprit: no public IP is listed because of the mail of a stream."
        return Section("bad-day", _BAD_DAY, [Paragraph(text)])
    blocks: list[Block] = [
        Paragraph(blast.horizon(comparison)),
        *(Points(text, head) for head, text in blast.blast_sentences(comparison)),
        Paragraph(blast.RULES),
    ]
    for name in BAD:
        blocks += drawn(name)
    return Section("bad-day", _BAD_DAY, blocks)


def _paired(report: Report, drawn: _Drawn) -> Section:
    comparison = report.comparison
    base, *others = comparison.scenarios
    shown = headlines(base, Lookup(comparison.metrics).subjects("class"), comparison.scenarios[1:])
    blocks: list[Block] = []
    for other in others:
        blocks.append(
            TableBlock(
                compared.verdicts(comparison, base.name, other.name, shown),
                source(report, _of_differences(report)),
            )
        )
        doubts = _plain_lines(compared.doubts(comparison, base.name, other.name, shown))
        blocks += [Points(doubts, "Notes on the verdicts")] if doubts else []
    blocks.append(Paragraph(compared.reading(len(others))))
    ranks = compared.best(comparison, shown)
    blocks += [TableBlock(ranks, source(report, None))] if ranks.rows else []
    blocks += drawn("differences")
    return Section("differences", _PAIRED, blocks)


def _turning(report: Report) -> Section:
    blocks: list[Block] = []
    if report.flips is not None:
        swept_of = f"{source(report)} Each column is a point of the sweep."
        blocks += [TableBlock(swept.by_design(report.flips, report.quantity), swept_of)]
        blocks += _Drawn(figures(report.flips))("sweep")
    if report.turning is not None:
        turning = report.turning
        half = (
            f"Means over {turning.replications} replications; intervals are of 97.5 % "
            f"for changes and of 95 % for differences; seed {turning.seed}."
        )
        blocks += [
            Paragraph(
                f"Each of {len(turning.inputs)} assumptions that may well reverse the answer is "
                f"halved and doubled, one at a time. {turning.asked} is "
                f"{sensitive.as_it_is(turning)} as it is. " + " ".join(sensitive.sentences(turning))
            ),
            *([TableBlock(table, half)] if (table := sensitive.tornado(turning)).rows else []),
            *_Drawn(figures(turning))("tornado"),
            Paragraph(
                "`relaysim sensitivity` varies all assumptions, one at a time; this takes about an "
                "hour."
            ),
        ]
    else:
        blocks.append(Paragraph("Not computed (--no-sensitivity)."))
    return Section("turning", _TURNING, blocks)


def _sizing(report: Report) -> Section:
    base = report.comparison.scenarios[0].name
    blocks: list[Block] = []
    for sizing in report.sizings:
        tried = ", ".join(map(str, sizing.tried))
        head = f"{sizing.target.text}, the value of {sizing.instead_of}; {base} with {tried} cores"
        if sizing.size is None:
            blocks.append(Points([f"No number of cores is enough: {sizing.why}."], head))
            continue
        rows = sized.evidence(sizing.size)
        blocks += [
            Points(
                [f"{sizing.size.path} = {sizing.size.value} {sized.verdict(sizing.size)}"], head
            ),
            TableBlock(rows, f"Intervals hold together; seed {sizing.size.provenance.seed}."),
        ]
    if not blocks:
        text = "Not computed (--no-sizing)."
        if not report.rival:
            text = f"Not needed: no other design is better than {base} in {report.quantity}."
        blocks.append(Paragraph(text))
    else:
        blocks.insert(
            0, Paragraph("Equal service: the cores with which the base equals the other design.")
        )
    return Section("sizing", _SIZING.format(base), blocks)


def _left_out(report: Report) -> Section:
    count = report.comparison.replications
    return Section(
        "limits",
        "Limits of this report",
        [
            *_behind(report),
            Paragraph(NOT_MODELLED),
            Paragraph(unseen(count)),
            Paragraph(ASSUMPTIONS),
        ],
    )


def _provenance(report: Report) -> Section:
    comparison = report.comparison
    rows = [[name, digest[:12]] for name, digest in comparison.provenance.scenarios]
    times = report.provenance.times()
    return Section(
        "provenance",
        "Provenance",
        [
            Paragraph(origin(report.provenance, designs=False)),
            TableBlock(
                Grid("Designs and the hashes of their plans", ["design", "plan"], rows),
                f"Of {comparison.replications} replications; seed {comparison.seed}.",
            ),
            Paragraph(f"Computed {times['started']} to {times['finished']}, by this command:"),
            Listing(report.provenance.command or "relaysim report"),
        ],
    )


def _named(grid: Grid, name: str) -> Grid:
    return Grid(f"{name}: {grid.title}", grid.header, grid.rows, grid.wrapped)


def _plain_lines(lines: list[RenderableType]) -> list[str]:
    """Return paragraphs for the terminal as plain sentences."""
    texts = [" ".join(line.plain.split()) for line in lines if isinstance(line, Text)]
    return [text for text in texts if text]
