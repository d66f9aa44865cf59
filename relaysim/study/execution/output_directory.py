"""Output directories: written whole or not at all, and replaced only if relaysim wrote them."""

import errno
import json
import os
import shutil
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from relaysim.study.execution.figure_mark import has_mark
from relaysim.study.execution.provenance import Provenance
from relaysim.study.execution.scratch_directory import scratch

PROVENANCE = "provenance.json"
"""The file that makes a directory an output of relaysim: it lists the files of relaysim."""


class OutputError(Exception):
    """A directory that cannot be written, with the reason."""


def put(directory: str | os.PathLike[str], fill: Callable[[Path], None]) -> Path:
    """Fill a directory, whole or not at all; return its path.

    Parameters
    ----------
    directory
        Where the output goes: a new or empty directory, or an earlier output, which is replaced.
    fill
        Writes the files into a temporary directory, which then takes the place of the other.

    Raises
    ------
    OutputError
        If the directory holds anything but an earlier output, or cannot be written.
    """
    target = Path(directory)
    require_own_output(target)
    target = target.resolve()
    with ExitStack() as stack:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = stack.enter_context(scratch(target.parent, target.name))
        except OSError as error:
            raise OutputError(f"{target.parent}: {error.strerror}") from error
        try:
            fill(unfinished)
        except OSError as error:
            raise OutputError(f"{target} cannot be written: {error.strerror or error}") from error
        _put_in_place(unfinished, target)
    return target


def write_provenance(provenance: Provenance, directory: Path) -> None:
    """Write the provenance of the numbers of a directory, and the list of its files.

    It is the last file that is written, and the mark of an output of relaysim.
    """
    files = sorted([PROVENANCE, *_files(directory)])
    facts = {**provenance.facts(), "notes": provenance.notes}
    facts |= {"times": provenance.times(), "files": files}
    text = json.dumps(facts, indent=2, ensure_ascii=False) + "\n"
    (directory / PROVENANCE).write_text(text, encoding="utf-8", newline="\n")


def require_own_output(target: Path) -> None:
    """Raise OutputError for a place that is neither free nor an earlier output."""
    target = require_directory(target, replaced=True)
    if not target.exists():
        return
    # Its parent would allow to replace it, but the owner forbids changes.
    if not os.access(target, os.W_OK | os.X_OK):
        raise OutputError(f"{target} cannot be written: {os.strerror(errno.EACCES)}")
    names = {path.name for path in target.iterdir()}
    if not names:
        return
    if PROVENANCE not in names:
        raise OutputError(f"{target} is not empty and holds no earlier output of relaysim")
    listed = _listed(target / PROVENANCE)
    # The file may be of another program, or of another version.
    if listed is None:
        raise OutputError(
            f"{target / PROVENANCE} was not written by this version of relaysim: remove {target}, "
            "or choose another directory"
        )
    others = sorted(name for name in _files(target) - listed if not has_mark(target / name))
    if others:
        raise OutputError(f"{target} holds files that are not relaysim's: {', '.join(others)}")


def _files(directory: Path) -> set[str]:
    """Return the paths of all files in a directory and below, and of empty directories."""
    entries = list(directory.iterdir())
    inner = {entry: _files(entry) for entry in entries if entry.is_dir() and not entry.is_symlink()}
    direct = {entry.name for entry in entries if not inner.get(entry)}
    return direct | {f"{entry.name}/{name}" for entry, names in inner.items() for name in names}


def _listed(file: Path) -> set[str] | None:
    """Return the files of an earlier output; None if relaysim did not write the list of them."""
    try:
        if file.is_symlink():
            return None
        facts = json.loads(file.read_text(encoding="utf-8"))
        if {"relaysim", "scenarios", "seed", "command", "times", "files"} <= facts.keys():
            return set(facts["files"])
    except (OSError, ValueError, AttributeError, TypeError):
        pass
    return None


def require_directory(directory: Path, replaced: bool = False) -> Path:
    """Return the path of a directory without symbolic links, or refuse it.

    Parameters
    ----------
    directory
        A directory that is there, or one that is to be made.
    replaced
        Whether a new directory takes its place, so that its parent is written.

    Raises
    ------
    OutputError
        If it cannot be: something else stands in its way, or it is forbidden.
    """
    try:
        resolved = directory.resolve()
        path = (resolved, *resolved.parents)
        taken = next((place for place in path if place.exists() and not place.is_dir()), None)
    except RuntimeError:  # Python's word for a loop, up to 3.12
        raise OutputError(
            f"{directory} cannot be a directory: its path is a loop of symbolic links"
        ) from None
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise OutputError(f"{directory} cannot be a directory: {why}") from None
    if taken is not None:
        what = "a file" if taken.is_file() else "something else"
        raise OutputError(f"{resolved} cannot be a directory: {taken} is {what}")
    places = resolved.parents if replaced else (resolved, *resolved.parents)
    # A directory that is missing is made in the nearest one that exists.
    place = next((parent for parent in places if parent.is_dir()), resolved)
    try:
        Path(tempfile.mkdtemp(prefix=".relaysim-", dir=place)).rmdir()
    except OSError as error:
        where = "" if place == resolved else f"{place}: "
        raise OutputError(f"{resolved} cannot be written: {where}{error.strerror}") from error
    return resolved


def _put_in_place(unfinished: Path, target: Path) -> None:
    """Rename the directory; an earlier output is set aside first, and is restored on failure."""
    aside = unfinished.with_name(f"{unfinished.name}-old")
    try:
        if target.exists():
            target.rename(aside)
        try:
            unfinished.rename(target)
        except OSError:
            if aside.exists():
                aside.rename(target)
            raise
    except OSError as error:
        raise OutputError(f"{target}: {error.strerror}") from error
    shutil.rmtree(aside, ignore_errors=True)
