"""Runs that would not fit into the memory are refused before they start."""

import os
from pathlib import Path

import pytest
from worlds.cli_runs import MM4, SHARED, refused
from worlds.golden_sections import Golden

from relaysim.analysis.run_size import memory
from relaysim.scenario.load import load
from relaysim.scenario.problem import ScenarioError
from relaysim.study import replicate
from relaysim.study.compare import compare
from relaysim.study.execution import memory as room
from relaysim.study.run_result import run

LARGE = "run.duration=300000 s"
"""Nearly a million messages."""


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> None:
    """A computer with 1.5 GB, on which nothing is simulated."""
    monkeypatch.setattr(room, "available", lambda: 1_500_000_000)
    monkeypatch.setattr(replicate, "simulate", lambda *_: pytest.fail("it was simulated"))


@pytest.mark.usefixtures("free")
def test_a_run_that_does_not_fit_is_refused_with_exit_code_2(golden_section: Golden) -> None:
    golden_section(
        "errors/memory", refused("run", MM4, "--set", "run.scale=2", "--set", LARGE, "--jobs", "1")
    )


@pytest.mark.usefixtures("free")
@pytest.mark.parametrize("command", [("trace",), ("trace", "--message", "app.load:1"), ("qshape",)])
def test_a_trace_that_does_not_fit_is_refused_too(command: tuple[str, ...]) -> None:
    name, *options = command
    text = refused(name, MM4, *options, "--set", "run.scale=2", "--set", LARGE)
    assert "1.5 GB are available" in " ".join(text.split())


@pytest.mark.usefixtures("free")
def test_runs_at_a_time_need_memory_of_their_own(golden_section: Golden) -> None:
    golden_section("errors/memory", refused("run", MM4, "--set", LARGE, "--jobs", "4"))


def test_runs_that_fit_one_at_a_time_run(monkeypatch: pytest.MonkeyPatch) -> None:
    scenario = load(MM4, ["run.scale=0.001"])
    monkeypatch.setattr(room, "available", lambda: int(1.5 * memory(scenario)))
    assert run(scenario, replications=2, jobs=1).replications == 2
    with pytest.raises(ScenarioError, match=r"--jobs\s+1\)"):
        run(scenario, replications=2, jobs=2)


@pytest.mark.usefixtures("free")
def test_the_largest_design_of_a_comparison_counts() -> None:
    base = load(MM4, ["run.duration=40000 s", "run.scale=0.1"])
    rate = "hosts.app.streams.load.arrivals.rate=3200/s"
    other = load(MM4, ["run.duration=40000 s", "run.scale=0.1", rate])
    other = other.model_copy(update={"name": "busy"})
    with pytest.raises(ScenarioError, match=r"busy: a run has about"):
        compare(base, other, replications=3, jobs=1, blast=False)


def test_what_the_system_does_not_say_is_no_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "available", lambda: None)
    room.require_room([load(MM4, [LARGE])], 1)


def test_coupled_runs_keep_three_traces() -> None:
    shared, alone = load(SHARED), load(MM4)
    assert memory(shared, coupled=True) > 1.5 * memory(shared)
    # Without a culprit there are no coupled runs.
    assert memory(alone, coupled=True) == memory(alone)


def test_the_smallest_limit_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    proc, groups = tmp_path / "proc", tmp_path / "groups"
    (proc / "self").mkdir(parents=True)
    (groups / "jobs" / "one").mkdir(parents=True)
    monkeypatch.setattr(room, "_PROC", proc)
    monkeypatch.setattr(room, "_CGROUPS", groups)
    monkeypatch.setattr(os, "sysconf", lambda _: 1_000, raising=False)
    assert room.available() == 1_000_000
    (proc / "meminfo").write_text("MemTotal: 9000 kB\nMemAvailable:    7000 kB\n", encoding="utf-8")
    assert room.available() == 7_000 * 1024
    (proc / "self" / "cgroup").write_text("0::/jobs/one\n", encoding="utf-8")
    (groups / "jobs" / "one" / "memory.max").write_text("max\n", encoding="utf-8")
    (groups / "jobs" / "memory.max").write_text("6000000\n", encoding="utf-8")
    assert room.available() == 6_000_000
    limits = "Limit  Soft Limit  Hard Limit  Units\nMax address space  {}  unlimited  bytes\n"
    (proc / "self" / "limits").write_text(limits.format("unlimited"), encoding="utf-8")
    assert room.available() == 6_000_000
    (proc / "self" / "limits").write_text(limits.format(5_000_000), encoding="utf-8")
    assert room.available() == 5_000_000
