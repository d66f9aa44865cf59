"""One measurement of a case: a sink, the hubs, the load; all ended when it is over."""

import math
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from validation import machine
from validation.cases import Burst, Case, Stream
from validation.deliveries import Deliveries
from validation.machine import Disturbance
from validation.maillog import LoggedAttempt, attempts
from validation.postfix import Postfix, free_port
from validation.processes import start_script
from validation.twin import MESSAGE_SIZE

HERE = Path(__file__).parent
WARM = 20
"""Sessions that connect to each hub before the load."""
PATIENCE = 120
"""Seconds until a measurement that does not end is given up."""


class TrialError(Exception):
    """A measurement that is worth nothing; the text says why."""


@dataclass(frozen=True)
class Trial:
    """What was measured.

    Attributes
    ----------
    submitted : DataFrame
        One row a message, from `load.py`.
    attempts : DataFrame
        One row an attempt, from `sink.py`.
    logged : dict of str to list of LoggedAttempt
        For each hub the attempts of its maillog.
    start : float
        When the queue manager of the first hub started, as a whole second: the start of the run of
        the twin, because scans of the deferred queue count from it.
    disturbance : Disturbance
        What else used the machine meanwhile.
    """

    submitted: pd.DataFrame
    attempts: pd.DataFrame
    logged: dict[str, list[LoggedAttempt]]
    start: float
    disturbance: Disturbance

    def arrivals(self) -> dict[str, list[float]]:
        """Return when each message of a stream was submitted, in seconds of the run."""
        return {
            str(stream): sorted(rows["submitted"] - self.start)
            for stream, rows in self.submitted.groupby("stream")
        }

    def deliveries(self) -> dict[str, Deliveries]:
        """Return the deliveries of each stream."""
        accepted = self.attempts[self.attempts["code"] == 250]
        rows = self.submitted.merge(accepted, on="message", validate="one_to_one")
        return {
            str(stream): Deliveries(of["submitted"].to_numpy(float), of["end"].to_numpy(float))
            for stream, of in rows.groupby("stream")
        }


def measure(
    case: Case,
    replies: dict[str, list[tuple[float, int]]],
    seed: int,
    folder: Path,
    delivers: bool = True,
) -> Trial:
    """Measure a case once.

    Parameters
    ----------
    case : Case
        The case.
    replies : dict of str to list of (float, int)
        The plan of the sink: `twin.planned_replies`.
    seed : int
        Of the times of its Poisson streams.
    folder : Path
        A new folder for all files.
    delivers : bool
        Whether to wait until all messages are delivered; else it ends with the submission.

    Raises
    ------
    TrialError
        If a message is lost, comes twice or comes too late.
    """
    ports = {name: free_port() for name in case.next_hops}
    sink_order = {
        "ports": {name: (ports[name], hop.connect_time) for name, hop in case.next_hops.items()},
        "replies": replies,
        "expect": case.messages,
        "out": str(folder / "attempts.csv"),
    }
    with ExitStack() as stack:
        sink = stack.enter_context(_ended(start_script(HERE / "sink.py", sink_order, folder)))
        assert sink.stdout is not None
        sink.stdout.readline()
        hubs = _start_hubs(case, ports, folder, stack)
        start = math.floor(machine.started(next(iter(hubs.values())).manager()))
        order = {
            "warm": _warm(case, hubs),
            "streams": _streams(case, hubs, seed),
            "out": str(folder / "submitted.csv"),
        }
        groups = {sink.pid, *(hub.group for hub in hubs.values())}
        before = machine.read(groups)
        load = stack.enter_context(_ended(start_script(HERE / "load.py", order, folder)))
        _wait(load, "the load")
        if not delivers:
            sink.terminate()
        _wait(sink, "the sink")
        disturbance = machine.disturbance(before, machine.read(groups))
        logged = {name: list(attempts(hub.lines())) for name, hub in hubs.items()}
        problems = [problem for hub in hubs.values() for problem in hub.problems()]
    for problem in problems[:3]:
        print(f"{case.name}: {problem}", flush=True)
    trial = Trial(
        pd.read_csv(folder / "submitted.csv"),
        pd.read_csv(folder / "attempts.csv"),
        logged,
        start,
        disturbance,
    )
    if delivers:
        _check(case, trial)
    return trial


def _start_hubs(
    case: Case, ports: dict[str, int], folder: Path, stack: ExitStack
) -> dict[str, Postfix]:
    """Start the hubs of a case, from the last of a chain to the first, and return them by name."""
    hubs: dict[str, Postfix] = {}
    for name in sorted(case.hubs, reverse=True):
        hub = case.hubs[name]
        routes = {
            f"{next_hop}.test": hubs[hub.next_hub].port if hub.next_hub else port
            for next_hop, port in ports.items()
        }
        hubs[name] = stack.enter_context(Postfix(folder / name, name, hub, routes))
    return dict(sorted(hubs.items()))


def _warm(case: Case, hubs: dict[str, Postfix]) -> list[tuple[int, str, int]]:
    """Return port, a recipient and a number of sessions for each hub."""
    most = max(stream.sessions for stream in case.streams.values())
    recipient = f"user@{next(iter(case.next_hops))}.test"
    return [(hub.port, recipient, min(most, WARM)) for hub in hubs.values()]


def _streams(case: Case, hubs: dict[str, Postfix], seed: int) -> list[dict[str, object]]:
    """Return what the load is to submit."""
    return [
        {
            "name": name,
            "port": hubs[stream.hub].port,
            "recipient": f"user@{stream.next_hop}.test",
            "size": MESSAGE_SIZE,
            "sessions": stream.sessions,
            **_times(stream, seed),
        }
        for name, stream in case.streams.items()
    ]


def _times(stream: Stream, seed: int) -> dict[str, object]:
    if isinstance(stream, Burst):
        return {"messages": stream.messages, "at": stream.at}
    gaps = np.random.default_rng(seed).exponential(1 / stream.rate, stream.messages)
    return {"arrivals": np.cumsum(gaps).tolist()}


@contextmanager
def _ended(process: "subprocess.Popen[str]") -> Iterator["subprocess.Popen[str]"]:
    """End a process with the block, if it has not ended by then."""
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _wait(process: "subprocess.Popen[str]", name: str) -> None:
    try:
        status = process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        raise TrialError(f"{name} has not ended after {PATIENCE} s") from None
    if status:
        raise TrialError(f"{name} ended with status {status}")


def _check(case: Case, trial: Trial) -> None:
    """Raise TrialError unless each message was submitted and accepted exactly once."""
    accepted = trial.attempts[trial.attempts["code"] == 250]["message"]
    if sorted(accepted) != sorted(trial.submitted["message"]):
        raise TrialError(f"{case.name}: messages are lost or came twice")
    sent = sum(row.status == "sent" for rows in trial.logged.values() for row in rows)
    expected = sum(
        stream.messages * (2 if case.hubs[stream.hub].next_hub else 1)
        for stream in case.streams.values()
    )
    if sent != expected:
        raise TrialError(f"{case.name}: the maillogs have {sent} deliveries, not {expected}")
