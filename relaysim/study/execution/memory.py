"""Memory: runs that would not fit into it are refused before they start."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from relaysim.analysis.run_size import REMEDY, memory, sizes
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import Problem, ScenarioError

_PROC, _CGROUPS = Path("/proc"), Path("/sys/fs/cgroup")
_ADDRESS_SPACE = "Max address space"


def require_room(scenarios: Sequence[Scenario], processes: int, coupled: bool = False) -> None:
    """Refuse runs that would not fit into the memory.

    Parameters
    ----------
    scenarios
        The scenario of each run.
    processes
        How many runs there are at a time; each needs memory of its own.
    coupled
        Whether runs with culprits have coupled runs beside them.

    Raises
    ------
    ScenarioError
        If the largest of these runs do not fit together.
    """
    free = available()
    if free is None or not scenarios:
        return
    # Hundreds of runs have the same few scenarios.
    few = {id(scenario): scenario for scenario in scenarios}
    bytes_of = {key: memory(scenario, coupled) for key, scenario in few.items()}
    largest = sorted(scenarios, key=lambda scenario: -bytes_of[id(scenario)])[:processes]
    if sum(bytes_of[id(scenario)] for scenario in largest) > free:
        raise ScenarioError([Problem(("run",), _too_little(largest, bytes_of, free))])


def _too_little(runs: Sequence[Scenario], bytes_of: dict[int, float], free: int) -> str:
    """Return why these runs do not fit together, and the remedy."""
    need, total = bytes_of[id(runs[0])], sum(bytes_of[id(run)] for run in runs)
    messages = next(size.count for size in sizes(runs[0]) if size.what == "messages")
    size = f"about {messages:,.0f} messages of {need / max(messages, 1):,.0f} bytes each"
    if len(runs) == 1:
        what, remedy = f"a run has {size} and needs {need / 1e9:,.1f} GB of memory", ""
    else:
        what = f"{len(runs)} runs at a time need {total / 1e9:,.1f} GB of memory, one has {size}"
        fewer = int(free // need)
        remedy = f"run fewer processes at a time (--jobs {fewer}), or " if fewer else ""
    return (
        f"{runs[0].name}: {what}; {free / 1e9:,.1f} GB are available: {remedy}{REMEDY['messages']}"
    )


def available() -> int | None:
    """Return the memory that processes may still take, bytes; None if the system does not say."""
    return min((*_of_system(), *_of_cgroups(), *_of_user()), default=None)


def _of_system() -> Iterator[int]:
    """Yield the memory of the system that is free or can be freed, else all of its memory."""
    try:
        lines = (_PROC / "meminfo").read_text(encoding="utf-8").splitlines()
        yield from (
            int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:")
        )
    except OSError:
        # Windows has no `sysconf`, and a system need not know these names.
        try:
            yield os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
        except (AttributeError, ValueError, OSError):
            return


def _of_user() -> Iterator[int]:
    """Yield the limit of the address space of a process (`ulimit -v`)."""
    try:
        lines = (_PROC / "self" / "limits").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        if line.startswith(_ADDRESS_SPACE):
            # The soft limit, the hard one and the unit follow the name.
            soft, *_ = line.removeprefix(_ADDRESS_SPACE).split()
            if soft.isdigit():
                yield int(soft)


def _of_cgroups() -> Iterator[int]:
    """Yield the limits of the control groups of this process, such as those of a container."""
    try:
        lines = (_PROC / "self" / "cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return
    for line in lines:
        _, controllers, path = line.split(":", 2)
        # Version 2 names no controllers; version 1 has a folder for each.
        if controllers in ("", "memory"):
            root = _CGROUPS / controllers
            name = "memory.limit_in_bytes" if controllers else "memory.max"
            folder = root / path.lstrip("/")
            for place in (folder, *folder.parents):
                # A container may not see the folders above its own.
                limit = place / name
                if limit.is_file() and limit.read_text(encoding="utf-8").strip().isdigit():
                    yield int(limit.read_text(encoding="utf-8"))
                if place == root:
                    break
