"""What goes wrong for the user: a message on stderr and an exit code, never a traceback."""

import errno
import logging
import os
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import typer
from typer.core import TyperGroup

from relaysim.columns import columns
from relaysim.guard import LOGGER

WRONG, INTERRUPTED = 2, 130


class UserError(Exception):
    """Something that the user can put right; the message says what."""


@contextmanager
def told(*kinds: type[Exception]) -> Iterator[None]:
    """Errors of these kinds are the user's to put right."""
    try:
        yield
    except kinds as error:
        raise UserError(str(error)) from error


def is_broken_pipe(error: OSError, windows: bool = os.name == "nt") -> bool:
    """Whether Windows says so of a reader who has stopped reading: its word is EINVAL."""
    return windows and error.errno == errno.EINVAL and error.filename is None


def _wrapped(message: str) -> str:
    """The message with overlong lines broken."""
    return "\n".join(
        textwrap.fill(line, columns(), subsequent_indent="    ", break_on_hyphens=False)
        if len(line) > columns()
        else line
        for line in message.splitlines()
    )


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
            typer.echo(_wrapped(f"relaysim: {message}"), err=True)


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
        """Refuse words that are not text: they could stand in no file that relaysim writes."""
        for word in args:
            if any("\ud800" <= letter <= "\udfff" for letter in word):
                shown = word.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
                wrong = f"{shown} is not UTF-8 text: write it in UTF-8, or rename the file"
                typer.echo(_wrapped(f"relaysim: {wrong}"), err=True)
                raise typer.Exit(WRONG)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        try:
            with logged():
                done = super().invoke(ctx)
            if sys.stdout is not None:
                sys.stdout.flush()
            return done
        except UserError as error:
            typer.echo(_wrapped(f"relaysim: {error}"), err=True)
            raise typer.Exit(WRONG) from None
        except KeyboardInterrupt:
            typer.echo("relaysim: interrupted", err=True)
            raise typer.Exit(INTERRUPTED) from None
        except MemoryError:
            wrong = "the memory is not enough: use a smaller run.scale or a shorter run.duration"
            typer.echo(_wrapped(f"relaysim: {wrong}"), err=True)
            raise typer.Exit(WRONG) from None
        except BrokenPipeError:
            raise
        except OSError as error:
            if is_broken_pipe(error):
                raise BrokenPipeError(errno.EPIPE, os.strerror(errno.EPIPE)) from error
            typer.echo(_wrapped(f"relaysim: {error.strerror or error}"), err=True)
            # What is still to be written has nowhere to go.
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            raise typer.Exit(WRONG) from None
