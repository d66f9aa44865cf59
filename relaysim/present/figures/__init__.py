"""The figures of a comparison by name, and how figures are written: as PNG and SVG."""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from relaysim.measure.resource_metrics import QueueResource, queue_resources
from relaysim.present.drawing import style
from relaysim.present.drawing.empty_figure import NothingToDrawError
from relaysim.present.drawing.style import Sheet
from relaysim.present.figures.backlog import backlog
from relaysim.present.figures.comparison_material import Material
from relaysim.present.figures.differences import differences
from relaysim.present.figures.harm_bars import blast_radius
from relaysim.present.figures.incident_course import incident
from relaysim.present.figures.latency_curves import latency
from relaysim.present.figures.provider_states import providers
from relaysim.present.figures.refusal_curves import reach
from relaysim.present.figures.throughput import throughput
from relaysim.present.figures.wait_bars import waits
from relaysim.present.text.headline_metrics import deadlines, headlines
from relaysim.study.execution.figure_mark import KINDS, ForeignFileError, require_marked
from relaysim.study.execution.scratch_directory import scratch
from relaysim.study.guard import described

__all__ = [
    "FIGURES",
    "ForeignFileError",
    "Material",
    "NothingToDrawError",
    "UndrawnError",
    "draw",
    "require_marked",
]


def _latency(of: Material) -> Sheet:
    missing = {name: series.missing for name, series in of.comparison.series.items()}
    return latency(missing, deadlines(of.comparison.scenarios), of.caption_of_means)


def _backlog(of: Material) -> Sheet:
    run = of.comparison.scenarios[0].run
    waiting = {name: series.backlog for name, series in of.comparison.series.items()}
    known: dict[str, QueueResource] = {}
    for design in of.comparison.scenarios:
        known |= queue_resources(design)
    return backlog(waiting, known, run.start, run.duration / 1e6, of.caption_of_means)


def _throughput(of: Material) -> Sheet:
    run = of.comparison.scenarios[0].run
    rates = {name: series.throughput for name, series in of.comparison.series.items()}
    return throughput(rates, run.start, run.duration / 1e6, of.caption_of_means)


def _waits(of: Material) -> Sheet:
    return waits(of.comparison.metrics, list(of.comparison.series), of.caption_of_means)


def _differences(of: Material) -> Sheet:
    metrics, base = of.comparison.metrics, of.comparison.scenarios[0]
    subjects = metrics.loc[metrics["scope"] == "class", "subject"]
    shown = headlines(base, subjects, of.comparison.scenarios[1:])
    return differences(of.comparison.comparisons, shown, base.name, of.caption)


def _blast_radius(of: Material) -> Sheet:
    return blast_radius(of.comparison.metrics, list(of.comparison.blast), of.caption)


def _reach(of: Material) -> Sheet:
    run = of.comparison.scenarios[0].run
    curves = {name: series.reach for name, series in of.comparison.blast.items()}
    listed = {design.name: of.listed(design) for design in of.comparison.scenarios}
    return reach(curves, listed, run.start, run.duration / 1e6, of.caption_of_means)


def _incident(of: Material) -> Sheet:
    return incident(of.course(of.chosen.design), of.caption_of_one)


def _providers(of: Material) -> Sheet:
    caption = of.caption_of_one
    return providers({d.name: of.course(d) for d in of.comparison.scenarios}, caption)


FIGURES: dict[str, Callable[[Material], Sheet]] = {
    "latency": _latency,
    "backlog": _backlog,
    "throughput": _throughput,
    "waits": _waits,
    "differences": _differences,
    "blast_radius": _blast_radius,
    "reach": _reach,
    "incident": _incident,
    "providers": _providers,
}
"""The figures by the name of their files. Each raises NothingToDrawError where it would be empty:
the last four do if reputation changes nothing."""


class UndrawnError(Exception):
    """Some figures could not be drawn; all others were written.

    `faults` has the name and the exception of each, `files` the paths of the others.
    """

    def __init__(self, faults: Sequence[tuple[str, Exception]], files: list[Path]) -> None:
        self.faults, self.files = tuple(faults), files
        text = "; ".join(f"figure {name} failed: {described(error)}" for name, error in faults)
        super().__init__(text)


def draw(
    figures: Mapping[str, Callable[[], Sheet]],
    directory: str | os.PathLike[str],
    report: Callable[[str], None] | None = None,
) -> list[Path]:
    """Write figures, by the names of their files, into a directory; return the paths.

    The same result gives the same bytes. A file is replaced as a whole or not at all. A figure that
    would be empty is left out, and an earlier file of that name is removed; `report` is called with
    the reason.

    Raises
    ------
    ForeignFileError
        Before any drawing, if a file of such a name was not written by relaysim.
    OSError
        If the directory cannot be written.
    UndrawnError
        If a figure could not be drawn, after all others were written.
    """
    target = Path(directory)
    require_marked(target, figures)
    target.mkdir(parents=True, exist_ok=True)
    with scratch(target, "figures") as made, style.paper():
        files, missing, faults = list[Path](), list[str](), list[tuple[str, Exception]]()
        for name, figure in figures.items():
            try:
                files += style.write(figure(), made / name)
            except NothingToDrawError as why:
                missing.append(name)
                if report is not None:
                    report(f"no figure {name}: {why}")
            # A full disk ends all figures; a fault in one of them ends that one alone.
            except OSError:
                raise
            except Exception as error:
                missing.append(name)
                faults.append((name, error))
        # A file of an earlier run would show another result.
        for name in missing:
            for kind in KINDS:
                (target / f"{name}{kind}").unlink(missing_ok=True)
        placed = [file.replace(target / file.name) for file in files]
    if faults:
        raise UndrawnError(faults, placed)
    return placed
