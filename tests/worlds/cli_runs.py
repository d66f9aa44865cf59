"""The command line, called within the process or as users call it."""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from relaysim.cli import app
from worlds.golden_text import unwrapped

ROOT = Path(__file__).parents[2]
SCENARIOS = ROOT / "scenarios"
SHARED = str(SCENARIOS / "shared-hub.toml")
DEDICATED = str(SCENARIOS / "dedicated-hub.toml")
LISTING = str(SCENARIOS / "listing-day.toml")
MM4 = str(SCENARIOS / "mm4.toml")
STUDIES = {"run", "compare", "report", "sweep", "size", "warmup", "sensitivity"}
"""Commands that keep what they have run."""
LITTLE = ("--set", "run.scale=0.02", "--replications", "2", "--jobs", "1")
"""Options under which the small company runs in a moment."""
TINY = ("--set", "run.scale=0.005", "--replications", "2", "--jobs", "1")
"""Options for a comparison of which only the form of its output counts."""


def _all(arguments: tuple[str, ...]) -> list[str]:
    """What one test has run is of no use to another."""
    runs = arguments[:1] and arguments[0] in STUDIES and "--store" not in arguments
    return [*arguments, "--no-store"] if runs else [*arguments]


def relaysim(*arguments: str, columns: int = 80) -> Result:
    """The command within this process; `exit_code`, `stdout` and `stderr` say what it did."""
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(app, _all(arguments))


def process(*arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command in a process of its own."""
    command = [sys.executable, "-m", "relaysim", *_all(arguments)]
    return subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)


def refused(*arguments: str) -> str:
    """Return the message of a command that is refused before anything runs."""
    result = relaysim(*arguments)
    assert (result.exit_code, result.stdout) == (2, ""), arguments
    assert "Traceback" not in result.stderr
    return unwrapped(result.stderr)


def commands(*cases: tuple[Sequence[str], ...]) -> list[Any]:
    """Parameters of a test that begin with a command, named by the command."""
    return [pytest.param(*case, id=" ".join(case[0]).replace(f"{ROOT}/", "")) for case in cases]
