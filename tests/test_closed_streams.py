"""With stdout or stderr closed, a command prints nothing there and does all else."""

import shlex
import subprocess
import sys

import pytest
from worlds.cli_runs import MM4, ROOT, relaysim

SHORT = ("--set", "run.duration=100 s", "--set", "run.warm_up=0 s", "--replications", "2")
RUN = ("run", MM4, *SHORT, "--no-store", "--jobs")


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


@pytest.fixture(scope="module")
def open_streams() -> str:
    """What the command prints with all streams open; the last line is the command."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["relaysim", *RUN, "1"])
        return relaysim(*RUN, "1").stdout


@pytest.mark.skipif(sys.platform == "win32", reason="sh is of POSIX")
@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_closed_stderr_takes_nothing_from_the_result(jobs: str, open_streams: str) -> None:
    shut = closed("2>&-", *RUN, jobs)
    assert (shut.returncode, shut.stderr) == (0, "")
    assert shut.stdout == open_streams.replace("--jobs 1", f"--jobs {jobs}")
    assert "Traceback" not in shut.stdout
    assert shut.stdout.startswith("mm4")


@pytest.mark.skipif(sys.platform == "win32", reason="sh is of POSIX")
@pytest.mark.parametrize(
    ("streams", "command"),
    [(">&-", ("check", MM4)), (">&- 2>&-", ("check", MM4)), ("<&- >&- 2>&-", (*RUN, "1"))],
    ids=["stdout", "stdout and stderr", "all"],
)
def test_the_exit_code_is_that_of_the_command(streams: str, command: tuple[str, ...]) -> None:
    assert closed(streams, *command).returncode == 0
    assert closed(streams, "check", "nosuch.toml").returncode == 2


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="/dev/full is of Linux")
@pytest.mark.parametrize("command", [("--version",), ("run", "--help"), ("check", MM4)])
def test_a_full_disk_is_said_in_one_line(command: tuple[str, ...]) -> None:
    done = closed("> /dev/full", *command)
    assert (done.returncode, done.stderr) == (2, "relaysim: No space left on device\n")
