"""The command line. A command imports its modules when it runs, so that help is printed at once."""

import gc
import os
import sys
from io import TextIOWrapper
from typing import TextIO

from relaysim.cli.interrupt import end_at_once, ended_at_once, handle_as_interrupts

with ended_at_once():
    from relaysim.cli.app import app

__all__ = ["app", "main"]


def _nowhere(number: int) -> TextIO:
    """Return a stream to the null device, instead of one that was closed.

    Processes that work for this one inherit it under its number, and need it.
    """
    opened = os.open(os.devnull, os.O_WRONLY)
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
    os.set_inheritable(number, True)
    return open(number, "w", encoding="utf-8", closefd=False)


def main() -> None:
    """Run the command line and leave with its exit code."""
    # Libraries make many objects that stay when they are imported: a tenth of a second for nothing.
    gc.set_threshold(50_000)
    end_at_once()
    for number, name in ((1, "stdout"), (2, "stderr")):
        if getattr(sys, name) is None:
            setattr(sys, name, _nowhere(number))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that has no "±" shows "?", and that is no reason to fail.
            stream.reconfigure(errors="replace")
    # Processes that work for this one end with it, as after an interrupt.
    handle_as_interrupts()
    app()
