"""A study that is killed, interrupted or without a place loses nothing: see the benchmark."""

import importlib.util
import os
import re
import signal
import sys
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from worlds.cli_runs import relaysim

from relaysim.study.execution import lost_worker
from relaysim.study.execution.jobs import ClusterError, WorkerError, in_order

ROOT = Path(__file__).parents[2]
RUNS, SECONDS = 3, 1500


@pytest.fixture(scope="module")
def interrupts() -> ModuleType:
    path = ROOT / "benchmarks" / "interrupts.py"
    spec = importlib.util.spec_from_file_location("interrupts", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["interrupts"] = module  # where its dataclasses look for their annotations
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def undisturbed() -> dict[int, str]:
    """The undisturbed result by the number of processes, once it is there."""
    return {}


@pytest.fixture
def bench(interrupts: ModuleType, tmp_path: Path, undisturbed: dict[int, str]) -> Any:
    return small(interrupts, tmp_path, undisturbed, jobs=2)


@pytest.fixture
def busy_bench(interrupts: ModuleType, tmp_path: Path) -> Any:
    """A study of four runs: after two of them both workers have one."""
    return small(interrupts, tmp_path, {}, jobs=2, runs=4)


def small(
    interrupts: ModuleType, folder: Path, undisturbed: dict[int, str], jobs: int, runs: int = RUNS
) -> Any:
    """A study of three runs: after two of them one process can do the rest.

    The third takes longer than the time between two entries and the signal.
    """
    bench = interrupts.Bench(folder, seconds=SECONDS, replications=runs, jobs=jobs)
    if jobs not in undisturbed:
        undisturbed[jobs] = in_this_process(bench.words())
    bench.expected.append(undisturbed[jobs])
    return bench


def in_this_process(words: list[str]) -> str:
    """Return what a command prints, computed by one process whatever its --jobs."""
    alone = [*words, "--jobs", "1"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.argv", ["relaysim", *words])  # the result carries the command
        result = relaysim(*alone)
    assert result.exit_code == 0
    return result.stdout


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("the command is killed (SIGKILL)", -9),
        ("all its processes are killed at once", -9),
        ("Ctrl-C", 130),
    ],
)
def test_what_was_finished_is_kept_and_no_process_stays(
    interrupts: ModuleType, bench: Any, name: str, code: int
) -> None:
    row = interrupts.SITUATIONS[name](bench)
    assert row.exit == code
    assert row.kept >= 2
    assert row.used == row.kept
    assert row.same
    assert row.alive == 0
    assert "Traceback" not in row.printed
    if name == "Ctrl-C":
        text = (
            r"(\d+) finished runs? in (.+): the same command goes on there\nrelaysim: interrupted\n"
        )
        sentence = re.fullmatch(text, row.printed)
        assert sentence is not None, row.printed
        # An interrupt may come between the write of an entry and its count.
        assert int(sentence[1]) in (row.kept - 1, row.kept)
        assert sentence[2] == str(bench.store)


def test_a_worker_that_is_killed_ends_the_study_which_keeps_what_was_finished(
    interrupts: ModuleType, busy_bench: Any
) -> None:
    row = interrupts.SITUATIONS["a worker is killed"](busy_bench)
    assert (row.exit, row.same, row.alive) == (2, True, 0)
    assert 2 <= row.kept == row.used
    assert "Traceback" not in row.printed
    words = " ".join(row.printed.split())
    assert "a worker process was killed by SIGKILL, most often because memory ran out" in words
    # A long path is broken at the edge of a terminal.
    kept = f"finished runs: {row.kept} of 4, kept: {row.kept} in {busy_bench.store}"
    assert "".join(kept.split()) in "".join(row.printed.split())
    assert "run fewer processes at a time (--jobs 1) or a smaller run.scale" in words


def test_a_container_without_a_home_costs_no_result(interrupts: ModuleType, bench: Any) -> None:
    row = interrupts.no_home(bench)
    assert (row.exit, row.kept, row.same, row.alive) == (0, 0, True, 0)
    assert row.printed == (
        "no finished run is kept: no home directory, so no cache: --store DIR names a place\n"
    )


def test_two_commands_may_work_on_one_store(
    interrupts: ModuleType, tmp_path: Path, undisturbed: dict[int, str]
) -> None:
    """Each has one process, which writes what it has run, as with workers."""
    row = interrupts.two_at_once(small(interrupts, tmp_path, undisturbed, jobs=1))
    assert (row.exit, row.kept, row.same, row.alive) == (0, RUNS, True, 0)
    assert "damaged" not in row.printed


def killed_in_the_middle_of_its_result() -> bytes:
    def half(connection: Any, data: Any) -> None:
        os.write(connection.fileno(), data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)

    Connection._send = half  # type: ignore[method-assign,assignment]
    return bytes(2**20)


def test_a_worker_that_is_killed_in_the_middle_of_its_result_ends_the_study(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The other one works on meanwhile, and joblib waits for the rest of the result."""
    monkeypatch.setattr(lost_worker, "_PAUSE", 0.1)
    results = in_order([killed_in_the_middle_of_its_result, partial(bytes, 1)], 2)
    with pytest.raises(WorkerError, match="a worker process was killed, most often"):
        list(results)
    assert list(in_order([partial(bytes, 1), partial(bytes, 2)], 2)) == [bytes(1), bytes(2)]


def without_memory() -> int:
    raise MemoryError


@pytest.mark.parametrize("jobs", [1, 2])
def test_too_little_memory_says_what_is_kept_and_what_to_do(jobs: int) -> None:
    with pytest.raises(WorkerError) as caught:
        list(in_order([without_memory, without_memory], jobs))
    assert str(caught.value) == (
        "a run had too little memory\n"
        "finished runs: 0 of 2, kept: none\n"
        "run fewer processes at a time (--jobs 1) or a smaller run.scale; "
        "the same command uses what is kept"
    )
    assert isinstance(caught.value, ClusterError)
