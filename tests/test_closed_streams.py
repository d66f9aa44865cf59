"""With stdout or stderr closed, a command prints nothing there and does all else."""

import shlex
import subprocess
import sys

import pytest
from worlds.cli_runs import MM4, ROOT, SHARED

RUN = ("run", MM4, "--set", "run.scale=0.05", "--replications", "2", "--no-store", "--jobs")


def closed(streams: str, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """The command in a shell that closes streams, such as 2>&-."""
    command = shlex.join([sys.executable, "-m", "relaysim", *arguments])
    return subprocess.run(
        ["sh", "-c", f"exec {command} {streams}"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )


@pytest.mark.skipif(sys.platform == "win32", reason="sh is of POSIX")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_closed_stderr_takes_nothing_from_the_result(jobs: str) -> None:
    open_, shut = closed("", *RUN, jobs), closed("2>&-", *RUN, jobs)
    assert (shut.returncode, shut.stderr) == (0, "")
    assert shut.stdout == open_.stdout
    assert "Traceback" not in shut.stdout
    assert shut.stdout.startswith("mm4")


@pytest.mark.skipif(sys.platform == "win32", reason="sh is of POSIX")
@pytest.mark.parametrize("streams", [">&-", ">&- 2>&-", "<&- >&- 2>&-"])
def test_the_exit_code_is_that_of_the_command(streams: str) -> None:
    assert closed(streams, *RUN, "1").returncode == 0
    assert closed(streams, "check", SHARED).returncode == 0
    assert closed(streams, "check", "nosuch.toml").returncode == 2
