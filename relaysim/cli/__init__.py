"""The command line. What a command needs is imported when it runs, so that help comes at once."""

import os
import signal
import sys
from io import TextIOWrapper

from relaysim.cli.app import app

__all__ = ["app", "main"]


def main() -> None:
    """Run the command line and leave with its exit code."""
    if sys.stdout is None or sys.stderr is None:
        # Somebody closed them: there is nobody to tell anything.
        nowhere = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115, PTH123
        sys.stdout, sys.stderr = sys.stdout or nowhere, sys.stderr or nowhere
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            # A terminal that has no "±" shows "?", and that is no reason to fail.
            stream.reconfigure(errors="replace")
    # Processes that work for this one end with it, as after an interrupt.
    signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    app()
