"""A study that is killed loses nothing that was finished."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from worlds.cli_runs import MM4, relaysim

WORDS = ["run", MM4, "--set", "run.duration=2500 s", "--replications", "3", "--json", "--jobs", "2"]


def started(store: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "relaysim", *WORDS],
        env=os.environ | {"RELAYSIM_STORE": str(store)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(store: Path) -> dict[Path, int]:
    """The entries, each with the time it was written."""
    return {path: path.stat().st_mtime_ns for path in store.glob("??/*.arrows")}


def test_a_killed_study_goes_on_where_it_was_and_ends_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    torn = tmp_path / "torn"
    with started(torn) as process:
        while len(finished(torn)) < 2:
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    before = finished(torn)
    assert len(before) == 2

    with started(torn) as process:
        result, text = process.communicate()
    assert process.returncode == 0
    assert f"{len(before)} finished runs from {torn}" in text
    after = finished(torn)
    assert len(after) == 3
    assert {path: after[path] for path in before} == before

    # The undisturbed study, in this process; its result carries the command.
    monkeypatch.setattr("sys.argv", ["relaysim", *WORDS])
    assert result == relaysim(*WORDS, "--jobs", "1").stdout
