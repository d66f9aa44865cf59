"""The length of the warm-up of a scenario, or the reason why there is none.

Only a run that goes on as it began has a steady state whose mean a warm-up leaves unbiased. Mail
that comes in campaigns or by the time of day, events, and lists and providers with a memory make a
terminating run: its start belongs to the result (Law, Simulation Modeling and Analysis, sections
9.3 and 9.4).
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Unpack

import numpy as np
import pandas as pd

from relaysim.analysis.message_rates import messages
from relaysim.analysis.offered_load import stages
from relaysim.engine.choice import simulate
from relaysim.measure.measured_window import SECOND
from relaysim.scenario.arrivals import Bursts, Every, Poisson
from relaysim.scenario.calendar_time import moment
from relaysim.scenario.model import AUTO, Run, Scenario
from relaysim.scenario.problem import Problem, ScenarioError
from relaysim.scenario.stream import Stream
from relaysim.scenario.table import DAY, HOUR, MINUTE
from relaysim.stats.interval import Floats
from relaysim.stats.mser import BATCH, FEWEST, Truncation, mser5
from relaysim.study.execution.execution import Execution, ExecutionOptions
from relaysim.study.execution.provenance import Provenance
from relaysim.study.execution.task import Task
from relaysim.study.sampling import Sampling
from relaysim.trace.tables import Status
from relaysim.traffic.workload import draw
from relaysim.units import format_duration
from relaysim.wording import listed

Verdict = Literal["cut", "terminating", "does not settle"]
FINEST = 1000
"""The most bins of creation time."""
_BINS = (1000, 500, 250, 200, 125, 100, 50)
"""How many bins the finest can be put together to."""
RECIPIENTS = 20
"""The least recipients a bin, in the mean: the mean of fewer says little (assumption)."""
_STEPS = (
    *(SECOND // n for n in (1000, 100, 10)),
    *(n * SECOND for n in (1, 2, 5, 10, 30)),
    *(n * MINUTE for n in (1, 2, 5, 10, 30)),
    *(n * HOUR for n in (1, 2, 6, 12)),
    DAY,
)
"""Cuts are multiples of one of these."""
_LONGER = "lengthen run.duration, or write run.warm_up yourself"


@dataclass(frozen=True)
class WarmUp:
    """The warm-up of a scenario, or the reason why there is none.

    `cut` is microseconds, 0 unless the verdict is "cut". `series` is the mean latency (seconds) of
    the recipients created in each bin of time (the index: its start, seconds), over the
    replications; `series` and `truncation` are there only if runs were needed.
    """

    scenario: Scenario
    verdict: Verdict
    cut: int
    reason: str
    series: "pd.Series[float]" = field(repr=False)
    truncation: Truncation | None
    provenance: Provenance

    def facts(self) -> dict[str, Any]:
        """Return the verdict, the warm-up in seconds and the reason."""
        return {"verdict": self.verdict, "warm_up": self.cut / SECOND, "reason": self.reason}

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the mean latency by the time of creation."""
        return {"latency": self.series.rename_axis("seconds").reset_index()}

    def large_tables(self) -> dict[str, pd.DataFrame]:
        """Return nothing: no frame is kept of a run."""
        return {}


def warm_up(
    scenario: Scenario,
    replications: int | None = None,
    seed: int | None = None,
    **execution: Unpack[ExecutionOptions],
) -> WarmUp:
    """Find the warm-up of a scenario by MSER-5 (`stats.mser`), or the reason why there is none.

    Parameters
    ----------
    scenario
        The design; a `warm_up` that it has is not used.
    replications, seed
        Those of the scenario unless they are given.
    **execution
        `jobs`, `store`, `progress` and `command`; see `Execution`. No result depends on them.

    Returns
    -------
    WarmUp
        The verdict, the warm-up and its reason.

    Raises
    ------
    ValueError
        For fewer than one replication.
    ScenarioError
        If a run is too large.

    Notes
    -----
    MSER-5 cannot see a trend that is slower than the run: close to full load a long run is needed.
    """
    return find_warm_up(scenario, Sampling(replications, seed), Execution(**execution))


def find_warm_up(scenario: Scenario, sampling: Sampling, execution: Execution) -> WarmUp:
    """Find the warm-up of a scenario; see `warm_up`."""
    replications, seed = sampling.resolved([scenario])
    series = pd.Series(np.zeros(0), name="latency")
    truncation, ran = None, 0
    begins, short = next(changing(scenario), None), next(_overloaded(scenario), None)
    if begins is not None:
        verdict, cut, reason = _terminating(begins)
    elif short is not None:
        verdict, cut, reason = _unsettled(short)
    else:
        # MSER-5 needs the start that a warm-up would hide.
        plain = with_warm_up(scenario, 0)
        tasks = [Task(latencies, plain, (i, seed)) for i in range(replications)]
        sums = np.stack(list(execution.results(tasks)))
        ran = replications
        verdict, cut, reason, series, truncation = _judged(sums, scenario.run.duration)
    origin = execution.provenance([scenario], ran, seed)
    return WarmUp(scenario, verdict, cut, reason, series, truncation, origin)


def settle(
    scenario: Scenario,
    sampling: Sampling,
    execution: Execution,
    report: Callable[[str], None] | None = None,
) -> Scenario:
    """Return the scenario with its warm-up found where it says "auto"; any other as it is.

    Parameters
    ----------
    scenario
        The design. A terminating run has no warm-up.
    sampling, execution
        The runs that find the warm-up.
    report
        Called with the warm-up and its reason.

    Raises
    ------
    ScenarioError
        If the run does not settle.
    """
    if not scenario.run.warm_up_auto:
        return scenario
    result = find_warm_up(scenario, sampling, execution)
    if result.verdict == "does not settle":
        where = ("run", "warm_up")
        raise ScenarioError([Problem(where, result.reason, file=scenario.name, value=AUTO)])
    if report is not None:
        report(f"{scenario.name}: warm-up {format_duration(result.cut)}: {result.reason}")
    return with_warm_up(scenario, result.cut)


def settle_all(
    designs: Sequence[Scenario],
    sampling: Sampling,
    execution: Execution,
    report: Callable[[str], None] | None = None,
) -> list[Scenario]:
    """Return designs for a comparison: all with "auto" get the longest warm-up of all designs.

    There is no warm-up if one of the runs is a terminating run, see `settle`.

    Parameters
    ----------
    designs : sequence of Scenario
        The designs.
    sampling : Sampling
        The replications for the search.
    execution : Execution
        The execution of the runs.
    report : callable or None
        Called with a sentence about each warm-up.
    """
    settled = [settle(design, sampling, execution, report) for design in designs]
    cuts = [design.run.warm_up for design in settled]
    ends = [design.run.warm_up_auto and next(changing(design), None) for design in designs]
    # A terminating run needs its start, and designs are compared over the same time.
    longest = 0 if any(ends) else max(cuts)
    return [
        with_warm_up(final, longest) if design.run.warm_up_auto else final
        for design, final in zip(designs, settled, strict=True)
    ]


def with_warm_up(scenario: Scenario, warm_up: int) -> Scenario:
    """Return the same scenario with this warm-up, microseconds."""
    return scenario.model_copy(update={"run": scenario.run.with_warm_up(warm_up)})


def latencies(scenario: Scenario, replication: int, seed: int) -> Floats:
    """Return the latency by time of creation in one run.

    Returns
    -------
    array of float, shape (2, `FINEST`)
        For each of equal bins of creation time the sum of the latency (seconds) of its recipients,
        and their number. Recipients that were delivered or junked count; notices do not.
    """
    trace = simulate(scenario, draw(scenario, replication, seed))
    recipients, message = trace.recipients, trace.recipients["message"]
    created = trace.messages["created"][message]
    arrived = np.isin(recipients["status"], (Status.DELIVERED, Status.JUNKED))
    # DSNs have a parent; they begin at a hub, so their latency is of another kind.
    counted = arrived & (trace.messages["parent"][message] < 0)
    bins = created[counted] * FINEST // scenario.run.duration
    latency = (recipients["end"][counted] - created[counted]) / SECOND
    return np.stack(
        [
            np.bincount(bins, latency, FINEST).astype(np.float64),
            np.bincount(bins, minlength=FINEST).astype(np.float64),
        ]
    )


def rounded_up(cut: int) -> int:
    """Return the next duration (microseconds) that reads well, at most a tenth above."""
    # A tenth of the cut at most, so rounding adds little.
    step = max((step for step in _STEPS if 10 * step <= cut), default=1)
    return -(-cut // step) * step


def _judged(
    sums: Floats, duration: int
) -> "tuple[Verdict, int, str, pd.Series[float], Truncation | None]":
    """Return the result of MSER-5 for latencies, shape (replications, 2, bins)."""
    recipients = sums[:, 1].sum(axis=1).mean()
    # The finest bins that have enough recipients.
    bins = next((n for n in _BINS if recipients >= RECIPIENTS * n), _BINS[-1])
    total, count = sums.reshape(len(sums), 2, bins, FINEST // bins).sum(axis=3).swapaxes(0, 1)
    start = np.arange(bins) * (duration / SECOND / bins)
    index = pd.Index(start, name="seconds")
    mean = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
    replications_with_mail = np.count_nonzero(count, axis=0)
    values = np.divide(
        np.nansum(mean, axis=0),
        replications_with_mail,
        out=np.full(bins, np.nan),
        where=replications_with_mail > 0,
    )
    series = pd.Series(values, index, name="latency")
    # A bin that is empty in all replications has no mean for MSER-5.
    if recipients < RECIPIENTS * bins or not replications_with_mail.all():
        needed = RECIPIENTS * BATCH * FEWEST
        verdict, cut, reason = _unsettled(
            f"about {recipients:,.0f} recipients get through in a run, and it takes some "
            f"{needed:,}, spread over all of it, to see the start: {_LONGER}"
        )
        return verdict, cut, reason, series, None
    truncation = mser5(mean)
    exact = truncation.index * duration / bins
    if not truncation.settled:
        verdict, cut, reason = _unsettled(
            f"{_latency(bins)} is best cut at {format_duration(round(exact))} of "
            f"{format_duration(duration)} (MSER-5), in the second half, so the run is too short "
            f"to see the end of the warm-up: {_LONGER}"
        )
        return verdict, cut, reason, series, truncation
    cut = rounded_up(-(-truncation.index * duration // bins))
    if cut:
        reason = f"from there on {_latency(bins)} is steady (MSER-5)"
    else:
        reason = f"{_latency(bins)} is steady from the start (MSER-5)"
    return "cut", cut, reason, series, truncation


def _latency(bins: int) -> str:
    return f"the mean latency, in {bins:,} bins of the run,"


def _terminating(why: str) -> tuple[Verdict, int, str]:
    return "terminating", 0, f"{why}: the run has no steady state, and its start belongs to it"


def _unsettled(why: str) -> tuple[Verdict, int, str]:
    return "does not settle", 0, why


def changing(scenario: Scenario) -> Iterator[str]:
    """Return what makes later times of a run unlike earlier ones."""
    sent_to = set()
    for host, described in scenario.hosts.items():
        for name, stream in described.streams.items():
            sent_to |= {destination for destination, part in stream.to.items() if part > 0}
            if not _has_constant_rate(stream, scenario.run):
                shape = "profile" if isinstance(stream.arrivals, Poisson) else "arrivals"
                yield f"the rate of {host}.{name} changes with time ({shape})"
            if stream.mailing_list is not None:
                yield f"{host}.{name} uses up its mailing list"
    if scenario.events:
        yield "events are set"
    if scenario.blocklists:
        yield f"blocklists ({listed(scenario.blocklists)}) remember what was sent"
    for name, destination in scenario.destinations.items():
        if destination.reputation is not None and name in sent_to:
            yield f"{name} remembers what was sent to it"


def _has_constant_rate(stream: Stream, run: Run) -> bool:
    match stream.arrivals:
        case Poisson(profile=profile):
            return profile is None or len({*profile.hours}) == len({*profile.weekdays}) == 1
        case Every(at=at, every=every):
            return moment(at, run.start) <= every
        case Bursts():
            return True
    return False


def _overloaded(scenario: Scenario) -> Iterator[str]:
    """Return the stages whose offered load is 100 % or more."""
    seconds = scenario.run.duration / SECOND
    rates = {
        f"{host}.{name}": messages(scenario, host, name) / seconds
        for host, described in scenario.hosts.items()
        for name in described.streams
    }
    for stage in stages(scenario):
        load = stage.load(rates)
        if load >= 1:
            yield (
                f"the mail asks {100 * load:,.0f} % of what {stage.what} can do, and the queue "
                f"grows without end: enlarge {stage.place} or send less"
            )
