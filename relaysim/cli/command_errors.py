"""Errors that the user can correct: a message on stderr and an exit code, never a traceback."""

import errno
import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup

from relaysim.scenario.problem import printable
from relaysim.study.guard import LOGGER
from relaysim.wording import columns, filled

WRONG, INTERRUPTED = 2, 130

UsageError: Any = typer.BadParameter.__mro__[1]
"""What Typer raises for a wrong command line: Click's class, which later versions bring along."""


class UserError(Exception):
    """An error that the user can correct; the message says how."""


@contextmanager
def as_user_error(*kinds: type[Exception]) -> Iterator[None]:
    """Turn errors of these kinds into a UserError."""
    try:
        yield
    except kinds as error:
        raise UserError(str(error)) from error


def is_broken_pipe(error: OSError, windows: bool = os.name == "nt") -> bool:
    """Return whether an error means that the reader has stopped reading: EINVAL on Windows."""
    return windows and error.errno == errno.EINVAL and error.filename is None


def wrapped(message: str) -> str:
    """Return a message for the terminal.

    Parameters
    ----------
    message
        Text that may repeat what a user wrote.

    Returns
    -------
    str
        The lines of the message, filled to the width of the terminal. A word stays whole, such as a
        path: it is copied. A control character stands as an escape, as TOML writes it.
    """
    return "\n".join(
        filled(line, rest="    ") if len(line) > columns() else line
        for line in map(printable, message.split("\n"))
    )


def _print_error(message: str) -> None:
    typer.echo(wrapped(f"relaysim: {message}"), err=True)


def _end_unwritten(error: OSError) -> NoReturn:
    """End a command whose output has no place, or no reader any more."""
    if isinstance(error, BrokenPipeError):
        raise error
    if is_broken_pipe(error):
        raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from error
    _print_error(str(error.strerror or error))
    # What is still to be written has nowhere to go.
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    raise typer.Exit(WRONG) from None


def _usage(error: Any) -> str:
    """Return what is wrong with a command line, and where its options are listed.

    Typer would print the usage and a box, with words of the library that parses values.
    """
    # Click lists the choices of an argument with tabs.
    text = error.format_message().replace("Value error, ", "").expandtabs(4).rstrip(".")
    command = error.ctx.command_path if error.ctx is not None else "relaysim"
    return f"{text[:1].lower()}{text[1:]} (see {command} --help)"


class Notes(logging.Handler):
    """A log handler that prints each warning of relaysim once on stderr, in one line."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.printed: set[str] = set()

    def emit(self, record: logging.LogRecord) -> None:
        """Print the message of a log record."""
        message = record.getMessage()
        if message not in self.printed:
            self.printed.add(message)
            _print_error(message)


@contextmanager
def logged() -> Iterator[None]:
    """Print what relaysim logs meanwhile."""
    logger, handler = logging.getLogger(LOGGER), Notes()
    logger.addHandler(handler)
    try:
        yield
    finally:
        logger.removeHandler(handler)


class Commands(TyperGroup):
    """The group of commands, which turns errors of the user into messages."""

    def parse_args(self, ctx: Any, args: list[str]) -> Any:
        """Refuse words that are empty, or not text, and a wrong option before the command."""
        for word in args:
            if any("\ud800" <= letter <= "\udfff" for letter in word):
                shown = word.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
                _print_error(f"{shown} is not UTF-8 text: write it in UTF-8, or rename the file")
                raise typer.Exit(WRONG)
            if not word:
                _print_error('an argument is empty (""): write a name or a value')
                raise typer.Exit(WRONG)
        if not args:
            return super().parse_args(ctx, args)
        try:
            return super().parse_args(ctx, args)
        except UsageError as error:
            _print_error(_usage(error))
            raise typer.Exit(WRONG) from None
        except OSError as error:
            _end_unwritten(error)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            with logged():
                done = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
            return done
        except UserError as error:
            _print_error(str(error))
            raise typer.Exit(WRONG) from None
        except UsageError as error:
            _print_error(_usage(error))
            raise typer.Exit(WRONG) from None
        except KeyboardInterrupt:
            typer.echo("relaysim: interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except MemoryError:
            _print_error(
                "the memory is not enough: use a smaller run.scale or a shorter run.duration"
            )
            raise typer.Exit(WRONG) from None
        except OSError as error:
            _end_unwritten(error)
