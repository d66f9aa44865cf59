"""Processes that end with the one that started them, however that ends."""

import ctypes
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

_PR_SET_PDEATHSIG = 1


def ends_with_parent() -> None:
    """Let the kernel end this process when its parent ends; for `preexec_fn`."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def ends_group_with_parent(group: int) -> "subprocess.Popen[bytes]":
    """Start a process that ends a process group when its own input ends.

    Its input ends when this process closes it, or when this process ends. The kernel does not do
    that for a process which changes its user, as the master of Postfix does.

    Parameters
    ----------
    group : int
        The process group.
    """
    return subprocess.Popen(
        ["sh", "-c", "cat; kill -TERM -$0", str(group)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )


def start_script(script: Path, order: dict[str, Any], folder: Path) -> subprocess.Popen[str]:
    """Start a script of this folder on an order.

    Parameters
    ----------
    script : Path
        A script that needs the standard library alone.
    order : dict
        What it is to do; it reads it as JSON.
    folder : Path
        Where the order is written.
    """
    file = folder / f"{script.stem}.json"
    file.write_text(json.dumps(order), encoding="utf-8")
    return subprocess.Popen(
        [sys.executable, "-I", str(script), str(file)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=ends_with_parent,
    )
