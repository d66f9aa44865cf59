"""Output of commands: text or JSON on stdout, directories, and a progress bar."""

import json
import os
import shlex
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from relaysim.cli.command_errors import UserError, as_user_error
from relaysim.cli.interrupt import raise_again
from relaysim.scenario.problem import printable
from relaysim.study.execution.freed_memory import keep_freed_memory
from relaysim.study.guard import caught
from relaysim.wording import counted

if TYPE_CHECKING:
    from relaysim.present.text.summary import Summed
    from relaysim.study.execution.store import Store
    from relaysim.study.result import Result
    from relaysim.trace.invariants import Violation


_PAUSE = 60.0


def print_json(content: Mapping[str, Any]) -> None:
    """Print one JSON object on stdout, in ASCII where stdout does not take all letters."""
    all_letters = (getattr(sys.stdout, "encoding", None) or "").lower().startswith("utf")
    typer.echo(json.dumps(content, indent=2, ensure_ascii=not all_letters))


def print_text(result: "Summed", full: bool = False, explain: bool = False) -> None:
    """Print the text of a result, with all its tables and explanations if wanted."""
    from relaysim.present.text.summary import result_text
    from relaysim.present.text.terminal import show

    show(result_text(result, full, explain))


def typed() -> str:
    """Return the command as it was typed: every result carries it."""
    return command_line("relaysim", *sys.argv[1:])


def command_line(*words: str | Path, windows: bool = os.name == "nt") -> str:
    """Return words as a shell takes them: one of POSIX, or cmd and PowerShell."""
    texts = [str(word) for word in words]
    return subprocess.list2cmdline(texts) if windows else shlex.join(texts)


def note(text: str) -> None:
    """Print a line on stderr, beside the output; control characters stand as escapes."""
    typer.echo("\n".join(map(printable, text.split("\n"))), err=True)


def require_writable(directory: Path | None) -> None:
    """Raise UserError for a directory that cannot be written, before hours go into its content."""
    from relaysim.study.execution.output_directory import OutputError, require_own_output

    if directory is not None:
        with as_user_error(OutputError, OSError):
            require_own_output(directory)


def write(result: "Result", directory: Path | None) -> None:
    """Write a result into a directory, if one is wanted."""
    from relaysim.study.execution.output_directory import OutputError
    from relaysim.study.written_results import write as write_result

    if directory is not None:
        with as_user_error(OutputError, OSError):
            note(f"written: {write_result(result, directory)}")


def require_drawable(directory: Path | None, command: str) -> None:
    """Raise UserError for a directory that cannot hold the figures of a command, before it runs."""
    from relaysim.study.execution.output_directory import OutputError, require_directory

    if directory is not None:
        try:
            require_directory(directory)
        except OutputError as error:
            raise UserError(f"--figures {error}") from error
        from relaysim.present.figure_registry import NAMES
        from relaysim.present.figures import ForeignFileError, require_marked

        with as_user_error(ForeignFileError, OSError):
            require_marked(directory, NAMES[command])


def draw(result: object, directory: Path | None) -> None:
    """Draw the figures of a result into a directory, if one is wanted, and print where they are."""
    if directory is None:
        return
    from relaysim.present import figures as drawn
    from relaysim.present.figure_registry import figures

    undrawn = None
    with as_user_error(drawn.NothingToDrawError, drawn.ForeignFileError):
        try:
            files = drawn.draw(figures(result), directory, report=note)
        except drawn.UndrawnError as error:
            undrawn, files = error, error.files
        except OSError as error:
            why = error.strerror or error
            raise UserError(f"--figures {directory} cannot be written: {why}") from error
    names = ",".join(dict.fromkeys(file.stem for file in files))
    several = f"{{{names}}}" if "," in names else names
    if files:
        note(f"figures: {directory / several}.{{png,svg}} ({len(files)} files)")
    if undrawn is not None:
        for name, fault in undrawn.faults:
            caught(f"figure {name}", fault)
        raise typer.Exit(1)


def note_store_use(store: "Store | None") -> None:
    """Print how many runs a store has saved, and which of its entries could not be used."""
    if store is not None and store.used:
        note(f"{_runs(store.used)} from {store.directory}")
    if store is not None and store.distrusted:
        note(f"{len(store.distrusted)} damaged or foreign entries there were computed anew")
    if store is not None and store.unkept:
        note(f"{_runs(store.unkept)} could not be kept in {store.directory}: {store.why}")


def _runs(count: int) -> str:
    return counted(count, "finished run")


@contextmanager
def progress(
    what: str, store: "Store | None" = None
) -> Iterator[Callable[[int, int], None] | None]:
    """Show a bar on stderr with the number of runs that are done; a line a minute in a log.

    After an interrupt a line says how many finished runs the `store` holds.
    """
    raise_again()
    # With one job this process runs the replications itself.
    keep_freed_memory()
    try:
        with _progress(what) as shown:
            yield shown
    except KeyboardInterrupt:
        note(_kept(store))
        raise
    except (MemoryError, BrokenExecutor) as error:
        short = isinstance(error, MemoryError)
        cause = "the memory is not enough" if short else "a worker process was killed"
        why = "" if short else ", most often because the memory is not enough"
        raise UserError(
            f"{cause}{why}: use fewer --jobs or a smaller run.scale; {_kept(store)}"
        ) from error


def _kept(store: "Store | None") -> str:
    """Return how many runs of a study that ended early are kept."""
    held = store.used + store.kept if store is not None else 0
    if store is not None and held:
        return f"{_runs(held)} in {store.directory}: the same command goes on there"
    return "no finished run is kept"


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    if not sys.stderr.isatty():
        yield _lines(what)
        return
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    from relaysim.present.text.terminal import console

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console(error=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _lines(what: str) -> Callable[[int, int], None]:
    start = last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        now = time.monotonic()
        if now - last >= _PAUSE:
            left = (now - start) / done * (total - done)
            note(f"{what}: {done:,} of {total:,} runs, about {left / 60:.0f} min left")
            last = now

    return report


def require_no_violations(violations: "Sequence[tuple[str, Violation]]") -> None:
    """Leave with exit code 1 if a run broke an invariant: relaysim itself is wrong then."""
    for where, violation in violations:
        note(f"relaysim: {violation.invariant} does not hold in {where}: {violation.text}")
    if violations:
        raise typer.Exit(1)
