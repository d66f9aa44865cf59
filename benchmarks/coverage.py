"""How often 95 % intervals contain the truth, which theory knows here: docs/coverage.md.

    python benchmarks/coverage.py                  # a minute on two cores; writes the page
    python benchmarks/coverage.py --studies 40     # a trial; prints the page and writes nothing

The exit status is 1 if the coverage of a quantity lies outside 93 to 97 %.
"""

import argparse
import math
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
from ladder import table

import relaysim
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.stats.interval import Estimate
from relaysim.stats.proportion import chances
from relaysim.study.execution.jobs import in_order
from relaysim.study.long_run import long_run
from relaysim.study.run_result import run
from relaysim.theory.single_server import mm1_wait

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "coverage.md"
STUDIES, REPLICATIONS = 400, 10
RATE = 0.5
WARM_UP, SHORT, LONG = 100, 5_000, 20_000
"""Seconds: the warm-up, and how long the runs are of a study and of batch means."""
LOWEST, HIGHEST = 0.93, 0.97
FIRST_LONG = 1_000_000
"""Seed of the first long run: studies and long runs have no mail in common."""

MEAN = mm1_wait(RATE, 1.0) + 1.0
# First come, first served: time in M/M/1 is exponential with rate mu - lambda (Gross, Shortle,
# Thompson and Harris, Fundamentals of Queueing Theory, the chapter on simple Markovian queues).
P95 = math.log(1 / 0.05) / (1.0 - RATE)
WAIT = mm1_wait(RATE, 1.0)
QUANTITIES = {
    ("latency_mean", "mean latency"): MEAN,
    ("latency_p95", "p95 of the latency"): P95,
    ("wait_delivery", "mean wait for the connection"): WAIT,
}


def scenario(seconds: int) -> Scenario:
    """The M/M/1: one connection, answers of 1 s in the mean, half a message a second."""
    settings = (
        f"hosts.app.streams.load.arrivals.rate={RATE}/s",
        "hubs.HUB01.max_per_domain_outbound_connections=1",
        f"run.duration={WARM_UP + seconds} s",
        f"run.warm_up={WARM_UP} s",
    )
    return load(ROOT / "scenarios" / "mm4.toml", settings)


def study(seed: int) -> list[Estimate]:
    """The intervals that a user reads: those of `relaysim run`."""
    result = run(scenario(SHORT), REPLICATIONS, seed, jobs=1).metrics
    rows = result[result["scope"] == "total"].set_index("metric")
    columns = ["value", "low", "high", "replications"]
    return [Estimate(*rows.loc[metric, columns]) for metric, _ in QUANTITIES]


def batches(seed: int) -> list[Estimate]:
    """The interval of batch means from one long run."""
    return [long_run(scenario(LONG), "total.latency_mean", seed).batches.estimate]


def every(call: Callable[[int], list[Estimate]], first: int, count: int) -> np.ndarray:
    """Studies x quantities x (value, low, high, n)."""

    def report(done: int, of: int) -> None:
        print(f"\r{done} of {of}", end="", file=sys.stderr)

    calls = [partial(call, first + i) for i in range(count)]
    rows = np.array(list(in_order(calls, progress=report)))
    print(file=sys.stderr)
    return rows


def row(what: str, truth: float, intervals: np.ndarray) -> tuple[list[str], bool]:
    """A line of the table about studies x (value, low, high, n), and whether it is good."""
    value, low, high, _ = intervals.T
    some = ~np.isnan(low)
    inside = ((low <= truth) & (truth <= high))[some]
    share, lowest, highest, _ = (float(part[0]) for part in chances(inside[None].astype(float)))
    good = LOWEST <= share <= HIGHEST
    half = ((high - low) / 2)[some]
    off = value.mean() - truth
    return [
        what,
        f"{truth:.4f} s",
        f"{off:+.4f} ± {1.96 * value.std(ddof=1) / math.sqrt(len(value)):.4f} s",
        f"{half.mean():.3f} s",
        f"{int(inside.sum())} of {int(some.sum())}",
        f"{share:.1%} ({lowest:.1%} to {highest:.1%})",
        "yes" if good else "NO",
    ], good


def page(studies: int) -> tuple[str, bool]:
    """The page, and whether all is as it should be."""
    short, long = every(study, 1, studies), every(batches, FIRST_LONG, studies)
    lines = [
        row(f"{what}, Student's t", truth, short[:, i])
        for i, ((_, what), truth) in enumerate(QUANTITIES.items())
    ]
    lines.append(row("mean latency, batch means", MEAN, long[:, 0]))
    refused = int(np.isnan(long[:, 0, 1]).sum())
    head = [
        *("quantity, interval", "theory", "mean of all studies, less theory"),
        *("half the width", "contain theory", "coverage", "93 to 97 %"),
    ]
    text = f"""# How often intervals contain the truth

A 95 % interval should contain the true value in 95 of 100 studies. Here theory gives the true
value: an M/M/1 queue, made of `scenarios/mm4.toml` with one connection, {RATE:g} messages a second
and a mean response time of 1 s. There are {studies} independent studies of {REPLICATIONS}
replications, each with the interval that `relaysim run` prints; and {studies} runs that are
{LONG // SHORT} times as long, each with the interval of batch means. Made with relaysim
{relaysim.__version__} by `python benchmarks/coverage.py`.

{table(head, [line for line, _ in lines])}

The brackets hold Wilson's 95 % interval of the coverage: {studies} studies allow no better
estimate.

Coverage needs replications without bias. A run of {SHORT:,} s begins empty. The warm-up of
{WARM_UP} s is some eight times the relaxation time of the queue (1 / (1 - √ρ)² = 12 s), so no bias
of the start is left. The p95 of few recipients is biased; the third column has the bias with the
{RATE * SHORT:,.0f} recipients of a replication. Short runs at a high load cover less well, with any
number of replications: more replications narrow the interval around a biased mean.

Batch means: {refused} of the {studies} long runs have no interval, because neighbouring batches are
too highly correlated (`relaysim/stats/batch_means.py`).
"""
    return text, all(good for _, good in lines)


def main() -> None:
    """Run the studies and write the page."""
    parser = argparse.ArgumentParser(description="coverage of 95 % intervals")
    parser.add_argument("--studies", type=int, default=STUDIES)
    studies = parser.parse_args().studies
    text, good = page(studies)
    if studies == STUDIES:
        PAGE.write_text(text, encoding="utf-8")
    print(text)
    sys.exit(not good)


if __name__ == "__main__":
    main()
