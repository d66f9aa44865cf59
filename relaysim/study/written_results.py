"""Results as files, and as one JSON object."""

import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd

import relaysim
from relaysim.measure.refused_attempts import NAME as ATTEMPTS
from relaysim.measure.refused_attempts import by_design
from relaysim.study.blast_radius import BlastRadius
from relaysim.study.compare import Comparison
from relaysim.study.execution.figure_mark import has_mark
from relaysim.study.execution.provenance import Provenance
from relaysim.study.execution.scratch_directory import scratch
from relaysim.study.lost_in_files import told_lost
from relaysim.study.precision import Reached
from relaysim.study.replicate import RunResult
from relaysim.study.sensitivity import Sensitivity
from relaysim.study.size import Size
from relaysim.study.sweep import Sweep
from relaysim.study.theory import beside

Result = RunResult | Comparison | BlastRadius | Sweep | Size | Sensitivity

PROVENANCE = "provenance.json"
TABLES = ("metrics", "comparisons", "points", "evidence", "effects", "indices")
FRAMES = (
    *("messages", "recipients", "attempts", "listings", "levels"),
    *("signals", "lookups", "actions", "refusals"),
)
"""The frames of a run."""
BLAST_FRAMES = ("harmed", "incidents")
"""The frames of a blast radius."""


class OutputError(Exception):
    """The directory cannot be written, and why."""


def write(result: Result, directory: str | os.PathLike[str]) -> Path:
    """Write a result into a directory, whole or not at all; return its path.

    `provenance.json` always, and each table of the result as `NAME.csv`: `metrics`, `comparisons`
    of a comparison or a sweep, `points` of a sweep and the `knees` of its targets, `evidence` of a
    size, `effects` of a sensitivity and its `indices`, if they were wanted, `theory` of a run and
    the `precision` that was asked of it, `refused_attempts` of a run or a comparison. A run adds
    its frames (`messages.parquet` and so on; it is repeated if they were not kept), a blast radius
    `harmed.parquet` and `incidents.parquet`. An earlier output is replaced. OutputError if the
    directory holds anything else, or is no directory.
    """
    return put(directory, lambda made: _fill(result, made))


def put(directory: str | os.PathLike[str], fill: Callable[[Path], None]) -> Path:
    """Put what `fill` writes in the place of a directory, whole or not at all; return its path.

    OutputError if it holds anything but an earlier output, or cannot be written.
    """
    target = Path(directory)
    ask_ours(target)
    target = target.resolve()
    with ExitStack() as stack:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            made = stack.enter_context(scratch(target.parent, target.name))
        except OSError as error:
            raise OutputError(f"{target.parent}: {error.strerror}") from error
        try:
            fill(made)
        except OSError as error:
            raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
        _put_in_place(made, target)
    return target


def to_json(result: Result) -> dict[str, Any]:
    """The result as one object of JSON values, without the time of day; NaN is None.

    A value that is lost is None, with a `lost` of true beside it: see `study.lost_in_files`.
    `notes` says in words what the numbers leave out in these designs: see `Provenance.notes`.
    """
    found: dict[str, Any] = {
        "relaysim": relaysim.__version__,
        "seed": result.provenance.seed,
        "replications": result.provenance.replications,
        "notes": result.provenance.notes,
    }
    match result:
        case Size():
            found |= {"path": result.path, "value": result.value, "sure": result.sure}
        case Sensitivity():
            found |= {"quantity": str(result.quantity), "base": _base(result)}
    found |= {name: _rows(table) for name, table in _tables(result)}
    if not isinstance(result, Size | Sensitivity):
        found.setdefault("comparisons", [])
    return found | {"provenance": result.provenance.facts()}


def _tables(result: Result) -> list[tuple[str, pd.DataFrame]]:
    """The tables that a result of its kind has, by name."""
    tables = [(name, getattr(result, name, None)) for name in TABLES]
    if isinstance(result, Sweep) and result.knees:
        tables.append(("knees", _ends(pd.DataFrame(result.knees))))
    if isinstance(result, Comparison):
        breakdowns = {name: series.refusals for name, series in result.series.items()}
        tables.append((ATTEMPTS, by_design(breakdowns)))
    if isinstance(result, RunResult):
        tables.append((ATTEMPTS, by_design({result.scenario.name: result.series.refusals})))
        tables.append(("theory", beside(result)))
        if result.precision:
            tables.append(("precision", pd.DataFrame(map(_precise, result.precision))))
    return [(name, told_lost(name, table)) for name, table in tables if table is not None]


def _ends(knees: pd.DataFrame) -> pd.DataFrame:
    """With words for what lies before the first point or beyond the last."""
    words = {-math.inf: "before", math.inf: "beyond"}
    ends = knees[["low", "high"]].astype(object)
    knees[["low", "high"]] = ends.map(lambda end: words.get(end, end))
    return knees


def _precise(each: Reached) -> dict[str, Any]:
    value, low, high, n = each.interval
    return {
        "quantity": str(each.quantity),
        "value": value,
        "low": low,
        "high": high,
        "unit": each.quantity.of.unit,
        "replications": n,
        "wanted": each.wanted,
        "narrow": each.narrow,
        "needed": each.needed,
    }


def _base(result: Sensitivity) -> dict[str, Any]:
    value, low, high, n = result.base
    ends = {"value": _plain(value), "low": _plain(low), "high": _plain(high)}
    ends["lost"] = math.isinf(value)
    return ends | {"replications": n, "unit": result.quantity.of.unit}


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    columns = {str(name): [_plain(value) for value in frame[name].tolist()] for name in frame}
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _plain(value: Any) -> Any:
    if value is pd.NA or (isinstance(value, float) and not math.isfinite(value)):
        return None
    return value


def _fill(result: Result, directory: Path) -> None:
    for name, table in _tables(result):
        harmless(table).to_csv(directory / f"{name}.csv", index=False, lineterminator="\n")
    frames = result.frames if isinstance(result, RunResult) else {}
    if isinstance(result, BlastRadius):
        frames = {name: getattr(result, name) for name in BLAST_FRAMES}
    for name, frame in frames.items():
        frame.to_parquet(directory / f"{name}.parquet", index=False)
    write_provenance(result.provenance, directory)


def harmless(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose texts no spreadsheet takes for a formula.

    Parameters
    ----------
    table
        A table that becomes a CSV file.

    Returns
    -------
    pandas.DataFrame
        The table with an apostrophe before each text that begins with =, +, -, @, a tab or a
        carriage return. Numbers stay as they are.

    Notes
    -----
    The characters are those of OWASP's page on CSV injection.
    """
    texts = [name for name in table if not pd.api.types.is_numeric_dtype(table[name])]
    return table.assign(
        **{
            str(name): table[name].map(lambda cell: f"'{cell}" if _is_formula(cell) else cell)
            for name in texts
        }
    )


def _is_formula(cell: Any) -> bool:
    return isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))


def write_provenance(provenance: Provenance, directory: Path) -> None:
    """Write where the numbers of a directory come from, and which files are relaysim's.

    It is the last file that is written, and the mark by which relaysim knows its own outputs.
    """
    files = sorted([PROVENANCE, *_files(directory)])
    facts = {**provenance.facts(), "notes": provenance.notes}
    facts |= {"times": provenance.times(), "files": files}
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    (directory / PROVENANCE).write_text(text, encoding="utf-8", newline="\n")


def ask_ours(target: Path) -> None:
    """Refuse a place that is neither free nor an earlier output."""
    target = ask_possible(target)
    if not target.exists():
        return
    found = {path.name for path in target.iterdir()}
    if not found:
        return
    if PROVENANCE not in found:
        raise OutputError(f"{target} is not empty and holds no earlier output of relaysim")
    listed = _listed(target / PROVENANCE)
    if listed is None:
        raise OutputError(
            f"{target / PROVENANCE} was not written by this version of relaysim: remove {target}, "
            "or choose another directory"
        )
    others = sorted(name for name in _files(target) - listed if not has_mark(target / name))
    if others:
        raise OutputError(f"{target} holds files that are not relaysim's: {', '.join(others)}")


def _files(directory: Path) -> set[str]:
    """All that is in a directory and below, by its path there; directories but for empty ones."""
    found = list(directory.iterdir())
    inner = {each: _files(each) for each in found if each.is_dir() and not each.is_symlink()}
    own = {each.name for each in found if not inner.get(each)}
    return own | {f"{each.name}/{name}" for each, names in inner.items() for name in names}


def _listed(file: Path) -> set[str] | None:
    """The files of an earlier output; None if relaysim did not write what should list them."""
    try:
        if file.is_symlink():
            return None
        facts = json.loads(file.read_text(encoding="utf-8"))
        if {"relaysim", "scenarios", "seed", "command", "times", "files"} <= facts.keys():
            return set(facts["files"])
    except (OSError, ValueError, AttributeError, TypeError):
        pass
    return None


def ask_possible(directory: Path) -> Path:
    """Return the path of a directory without symbolic links, or refuse it.

    Parameters
    ----------
    directory
        A directory that is there, or one that is to be made.

    Raises
    ------
    OutputError
        If it cannot be: something else stands in its way, or it is forbidden.
    """
    try:
        resolved = directory.resolve()
        places = (resolved, *resolved.parents)
        taken = next((place for place in places if place.exists() and not place.is_dir()), None)
    except RuntimeError:  # Python's word for a loop, up to 3.12
        raise OutputError(
            f"{directory} cannot be a directory: its path is a loop of symbolic links"
        ) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise OutputError(f"{directory} cannot be a directory: {why}") from None
    if taken is not None:
        raise OutputError(f"{resolved} cannot be a directory: {taken} is none")
    # Where it is made, or what it becomes is renamed: the nearest directory that there is.
    place = next((each for each in resolved.parents if each.is_dir()), resolved)
    try:
        Path(tempfile.mkdtemp(prefix=".relaysim-", dir=place)).rmdir()
    except OSError as error:
        raise OutputError(f"{resolved} cannot be written: {place}: {error.strerror}") from error
    return resolved


def _put_in_place(made: Path, target: Path) -> None:
    """Rename; an earlier output is set aside first, and comes back if the renaming fails."""
    aside = made.with_name(f"{made.name}-old")
    try:
        if target.exists():
            target.rename(aside)
        try:
            made.rename(target)
        except OSError:
            if aside.exists():
                aside.rename(target)
            raise
    except OSError as error:
        raise OutputError(f"{target}: {error.strerror}") from error
    shutil.rmtree(aside, ignore_errors=True)
