"""The five figures of a comparison, as PNG and SVG."""

import os
import tempfile
from collections.abc import Callable
from pathlib import Path

from matplotlib.figure import Figure

from relaysim.present.caption import origin
from relaysim.present.figures import style
from relaysim.present.figures.backlog import backlog
from relaysim.present.figures.differences import differences
from relaysim.present.figures.latency import latency
from relaysim.present.figures.throughput import throughput
from relaysim.present.figures.waits import waits
from relaysim.present.headlines import deadlines, headlines
from relaysim.study.compare import Comparison


def _latency(found: Comparison) -> Figure:
    missing = {name: series.missing for name, series in found.series.items()}
    return latency(missing, deadlines(found.scenarios), origin(found.provenance))


def _backlog(found: Comparison) -> Figure:
    run = found.scenarios[0].run
    waiting = {name: series.backlog for name, series in found.series.items()}
    return backlog(waiting, run.start, run.duration / 1e6, origin(found.provenance))


def _throughput(found: Comparison) -> Figure:
    run = found.scenarios[0].run
    rates = {name: series.throughput for name, series in found.series.items()}
    return throughput(rates, run.start, run.duration / 1e6, origin(found.provenance))


def _waits(found: Comparison) -> Figure:
    return waits(found.metrics, list(found.series), origin(found.provenance))


def _differences(found: Comparison) -> Figure:
    metrics, base = found.metrics, found.scenarios[0]
    subjects = metrics.loc[metrics["scope"] == "class", "subject"]
    shown = headlines(base, subjects)
    return differences(found.comparisons, shown, base.name, origin(found.provenance))


FIGURES: dict[str, Callable[[Comparison], Figure]] = {
    "latency": _latency,
    "backlog": _backlog,
    "throughput": _throughput,
    "waits": _waits,
    "differences": _differences,
}
"""The figures by the name of their files."""


class NothingToDrawError(Exception):
    """No design has mail in common with the base."""


def write(found: Comparison, directory: str | os.PathLike[str]) -> list[Path]:
    """Write every figure of a comparison into a directory; return the paths.

    The same comparison gives the same bytes. A file is replaced as a whole or not at all. OSError
    if the directory cannot be written, NothingToDrawError if no design has a stream in common with
    the base.
    """
    if not any(found.streams.values()):
        raise NothingToDrawError("the designs have no stream in common: there is nothing to draw")
    target = Path(directory)
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".figures-", dir=target) as made, style.paper():
        files = [
            file
            for name, draw in FIGURES.items()
            for file in style.write(draw(found), Path(made) / name)
        ]
        return [file.replace(target / file.name) for file in files]
