"""The output of a result by a command: printed first, then written, then drawn.

A fault in one of the three does not prevent the others.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from relaysim.cli.command_errors import UserError
from relaysim.cli.output import draw, note, print_json, print_text, write
from relaysim.study.guard import Guarded

Step = tuple[str, Callable[[], None]]
"""A part of the output, and what makes it."""
FAULT = 1
"""The exit code where a part of the output failed through a fault of relaysim."""


def hand_over(*steps: Step) -> None:
    """Make each part of the output, also after a part that failed.

    Parameters
    ----------
    *steps
        The parts in their order, the result on stdout first.

    Raises
    ------
    UserError
        After the last part, if a part failed for a reason that the user can remove.
    OSError
        After the last part, if stdout could not be written.
    typer.Exit
        After the last part, if a part failed through a fault of relaysim.
    """
    problems: list[Exception] = []
    code = 0
    for what, make in steps:
        try:
            with Guarded(what, UserError, OSError, typer.Exit) as part:
                make()
        except (UserError, OSError) as error:
            problems.append(error)
        except typer.Exit as leaving:
            code = code or leaving.exit_code
        else:
            code = code or (FAULT if part.error is not None else 0)
    # The caller that catches the error prints its message.
    problems.sort(key=lambda problem: isinstance(problem, OSError))
    for problem in problems[:-1]:
        note(f"relaysim: {problem}")
    if problems:
        raise problems[-1]
    if code:
        raise typer.Exit(code)


def printed(make: Callable[[], None]) -> Step:
    """Return the step that prints the result, flushed before the next step begins."""

    def flushed() -> None:
        make()
        if sys.stdout is not None:
            sys.stdout.flush()

    return "the text", flushed


def drawn(result: object, directory: Path | None) -> Step:
    """Return the step that draws the figures of a result."""
    return "the figures", lambda: draw(result, directory)


def results(
    result: Any,
    json: bool,
    out: Path | None,
    figures: Path | None,
    *more: Step,
    full: bool = False,
    explain: bool = False,
) -> None:
    """Print, write and draw a result that has a text, tables and figures.

    Parameters
    ----------
    result
        A run, a comparison, a sweep, a size or a sensitivity.
    json
        Whether to print one JSON object instead of text.
    out, figures
        Directories of the tables and of the figures; None for none.
    *more
        Further parts, made last.
    full, explain
        Whether the text has all tables, and the explanations that are the same for every result.
    """

    def show() -> None:
        from relaysim.study.written_results import to_json

        if json:
            print_json(to_json(result))
            return
        with Guarded("the text", OSError) as part:
            print_text(result, full, explain)
        if part.error is not None:
            note("relaysim: the result follows as JSON")
            print_json(to_json(result))
            raise typer.Exit(FAULT)

    hand_over(
        printed(show),
        ("the files", lambda: write(result, out)),
        drawn(result, figures),
        *more,
    )
