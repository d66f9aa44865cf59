"""How busy the machine was besides the measurement, from /proc."""

import os
import time
from dataclasses import dataclass
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


@dataclass(frozen=True)
class Reading:
    """Processor time until now, seconds.

    Attributes
    ----------
    total, busy, stolen : float
        Of all cores: time, time with work, and time that the host gave to other machines.
    own : float
        Work of the processes of the measurement.
    """

    total: float
    busy: float
    stolen: float
    own: float


def read(groups: set[int]) -> Reading:
    """Return the processor time until now.

    Parameters
    ----------
    groups : set of int
        The process groups of the measurement; its own process counts too.
    """
    with Path("/proc/stat").open(encoding="ascii") as file:
        user, nice, system, idle, wait, irq, softirq, stolen = (
            int(ticks) / _TICK for ticks in file.readline().split()[1:9]
        )
    busy = user + nice + system + irq + softirq
    return Reading(busy + idle + wait + stolen, busy, stolen, _own_time(groups))


@dataclass(frozen=True)
class Disturbance:
    """What else used the machine during a measurement, as shares of all of its cores.

    Attributes
    ----------
    others : float
        Work of other processes.
    stolen : float
        Time that the host gave to other machines.
    """

    others: float
    stolen: float

    @property
    def share(self) -> float:
        """Return both together."""
        return self.others + self.stolen


def disturbance(before: Reading, after: Reading) -> Disturbance:
    """Return what else used the machine between two readings."""
    total = max(after.total - before.total, 1 / _TICK)
    others = after.busy - before.busy - (after.own - before.own)
    return Disturbance(max(0.0, others) / total, (after.stolen - before.stolen) / total)


def _own_time(groups: set[int]) -> float:
    """Return the time of all processes of the groups, with that of children that have ended."""
    ticks = 0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        fields = _fields(folder)
        if fields and (int(folder.name) == os.getpid() or int(fields[2]) in groups):
            ticks += sum(int(field) for field in fields[11:15])
    return ticks / _TICK


def _fields(process: Path) -> list[str]:
    """Return the fields of a process from its state on; none if it has ended."""
    try:
        return (
            (process / "stat")
            .read_text(encoding="utf-8", errors="replace")
            .rpartition(")")[2]
            .split()
        )
    except OSError:
        return []


def started(process: int) -> float:
    """Return when a process started, seconds since 1970."""
    age_of_machine = float(Path("/proc/uptime").read_text(encoding="ascii").split()[0])
    return time.time() - age_of_machine + int(_fields(Path(f"/proc/{process}"))[19]) / _TICK
