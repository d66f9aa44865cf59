"""A study that is killed loses nothing that was finished."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

MM4 = Path(__file__).parents[2] / "scenarios" / "mm4.toml"
COMMAND = [sys.executable, "-m", "relaysim", "run", str(MM4), "--set", "run.duration=2000 s"]
OPTIONS = ["--replications", "8", "--json"]


def started(store: Path) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        COMMAND + OPTIONS,
        env=os.environ | {"RELAYSIM_STORE": str(store)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def finished(store: Path) -> dict[Path, int]:
    """The entries, each with the time it was written."""
    return {path: path.stat().st_mtime_ns for path in store.glob("??/*.arrows")}


def test_a_killed_study_goes_on_where_it_was_and_ends_with_the_same_bytes(tmp_path: Path) -> None:
    whole, torn = tmp_path / "whole", tmp_path / "torn"
    with started(torn) as process:
        while len(finished(torn)) < 3:
            assert process.poll() is None, process.communicate()[1]
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGKILL)
    before = finished(torn)
    assert 3 <= len(before) < 8

    with started(torn) as process:
        result, text = process.communicate()
    assert process.returncode == 0
    assert f"{len(before)} finished runs from {torn}" in text
    after = finished(torn)
    assert len(after) == 8
    assert {path: after[path] for path in before} == before

    with started(whole) as process:
        expected, _ = process.communicate()
    assert result == expected
