"""How fast, how much memory, and how both grow: ratios within one run, never absolute promises.

    python benchmarks/throughput.py            # speed and memory, about two minutes
    python benchmarks/throughput.py --growth   # also from 10,000 to 1,000,000 messages

The yardstick is an M/M/4 queue written the way SimPy's documentation would: a `Resource` and one
process a customer. It is run in turn with relaysim in the same process, so that a machine whose
speed drifts slows both.
"""

import argparse
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import process_time

import simpy

from relaysim.engine import run as reference
from relaysim.engine.choice import simulate
from relaysim.engine.fast import simulation as fast
from relaysim.engine.fast.build import compilers
from relaysim.plan.compiler import compile_plan
from relaysim.scenario.load import load
from relaysim.traffic.workload import draw

SCENARIOS = Path(__file__).parent.parent / "scenarios"
MEASURED = ("mm4", "shared-hub", "campaign-aged-list")
CUSTOMERS = 100_000
ROUNDS = 5


def yardstick() -> float:
    """Customers per second of processor time of the idiomatic SimPy M/M/4."""
    env, rng = simpy.Environment(), random.Random(1)
    servers = simpy.Resource(env, capacity=4)
    waits: list[float] = []

    def customer() -> simpy.events.ProcessGenerator:
        arrived = env.now
        with servers.request() as request:
            yield request
            waits.append(env.now - arrived)
            yield env.timeout(rng.expovariate(1.0))

    def arrivals() -> simpy.events.ProcessGenerator:
        for _ in range(CUSTOMERS):
            yield env.timeout(rng.expovariate(3.2))
            env.process(customer())

    env.process(arrivals())
    start = process_time()
    env.run()
    return CUSTOMERS / (process_time() - start)


def engines(name: str) -> tuple[float, float]:
    """Messages per second of processor time of the reference engine and of the compiled one.

    From plan and draws to the trace: what both do.
    """
    scenario = load(SCENARIOS / f"{name}.toml")
    plan, draws = compile_plan(scenario), draw(scenario, 0, 1)
    speeds = []
    for engine in (reference, fast):
        start = process_time()
        engine.run(plan, draws)
        speeds.append(len(draws.created) / (process_time() - start))
    return speeds[0], speeds[1]


def bare_heap() -> float:
    """Events per second of a heap of events in C++ with nothing around it: the limit."""
    source = Path(__file__).parent / "bare_heap.cpp"
    with TemporaryDirectory() as folder:
        program = Path(folder) / "heap"
        command = [*next(compilers()), "-x", "c++", "-std=c++17", "-O2", "-o", str(program)]
        subprocess.run([*command, str(source)], check=True)
        return float(subprocess.run([program], check=True, capture_output=True, text=True).stdout)


def spread(values: Sequence[float]) -> str:
    """Return the median, with the smallest and the largest."""
    return f"{median(values):.1f} ({min(values):.1f} to {max(values):.1f})"


def speed() -> None:
    """Print the speed of both engines beside the yardstick, as medians of ratios."""
    rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in MEASURED}
    for _ in range(ROUNDS):
        for name, times in rows.items():
            times.append((*engines(name), yardstick()))
    print(f"{'messages/s':<20} {'reference':>10} {'compiled':>10} {'SimPy M/M/4':>12}", end="")
    print(f"   {'compiled/reference':<22} compiled/SimPy")
    for name, times in rows.items():
        medians = [median(values) for values in zip(*times, strict=True)]
        print(f"{name:<20} {medians[0]:>10,.0f} {medians[1]:>10,.0f} {medians[2]:>12,.0f}", end="")
        print(f"   {spread([ours / slow for slow, ours, _ in times]):<22}", end=" ")
        print(spread([ours / simpy for _, ours, simpy in times]))
    print(f"a bare heap of events in C++: {bare_heap():,.0f} events/s")


LIST = "hosts.marketing.streams.newsletter.mailing_list"
NOBODY_WATCHES = (
    *(f"destinations.{name}.reputation=none" for name in ("gmail", "outlook", "yahoo")),
    *(
        f"destinations.{name}.refuses_on.{listed}=0"
        for name in ("gmail", "outlook", "yahoo", "business")
        for listed in ("css", "spamcop", "uceprotect-2")
    ),
    *(f"{LIST}.{rate}=0" for rate in ("trap_share", "complaint_rate", "unknown_rate")),
)


def handled(*overrides: str) -> tuple[int, float]:
    """Messages of a run of the shared hub, DSNs included, and its processor time."""
    scenario = load(SCENARIOS / "shared-hub.toml", overrides)
    start = process_time()
    trace = simulate(scenario, draw(scenario, 0, 1))
    return len(trace.messages), process_time() - start


def reputation() -> None:
    """Print what reputation costs on the shared hub: everybody watches, over nobody does.

    A listing makes bounces, reports and vain attempts, so a run has more to do: that is in the time
    of the run, and the reports count as messages where it goes by the message.
    """
    runs, messages = [], []
    for _ in range(ROUNDS):
        (many, on), (few, off) = handled(), handled(*NOBODY_WATCHES)
        runs.append(on / off)
        messages.append(on / many / (off / few))
    print("\nreputation on the shared hub, processor time with over without")
    print(f"a run      {median(runs):.2f}   ({min(runs):.2f} to {max(runs):.2f})")
    print(f"a message  {median(messages):.2f}   ({min(messages):.2f} to {max(messages):.2f})")


PEAK = """
import resource, sys
from relaysim.engine.choice import simulate
from relaysim.scenario.load import load
from relaysim.study.replicate import KeptOutput, replicate
from relaysim.traffic.workload import draw
scenario = load(sys.argv[2], sys.argv[3:])
draws = draw(scenario, 0, 1)
count = len(draws.created)
if sys.argv[1] == "trace":
    simulate(scenario, draws)
else:
    del draws
    replicate(scenario, 0, 1, KeptOutput())
print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def peak(up_to: str, name: str, *overrides: str) -> tuple[int, int]:
    """Messages of a run, and the peak memory of a process of its own that does it, bytes.

    `up_to` is "trace" (draws, plan, engine) or "metrics" (and all that is computed from the trace).
    """
    path = str(SCENARIOS / f"{name}.toml")
    command = [sys.executable, "-c", PEAK, up_to, path, *overrides]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    count, kilobytes = map(int, output.split())
    return count, kilobytes * 1024


DAYS = "hosts.marketing.streams.newsletter.arrivals.every=1 d"
SIZES = {
    "mm4": (("run.duration=3125 s",), ("run.duration=312500 s",)),
    "shared-hub": (
        ("run.duration=4 h", "hosts.marketing.streams.newsletter.arrivals.messages=1000"),
        (DAYS, "run.duration=11.5 d"),
    ),
}


def memory() -> None:
    """Print peak memory per message, as the slope between a small and a large run."""
    print(f"\n{'bytes a message':<15} {'messages':>19} {'to the trace':>13} {'to the metrics':>15}")
    for name, (small, large) in SIZES.items():
        slopes = []
        for up_to in ("trace", "metrics"):
            (few, low), (many, high) = peak(up_to, name, *small), peak(up_to, name, *large)
            slopes.append((high - low) / (many - few))
        print(f"{name:<15} {f'{few:,} to {many:,}':>19} {slopes[0]:>13,.0f} {slopes[1]:>15,.0f}")


def relay(name: str, *overrides: str) -> float:
    """Messages per second of processor time, from the drawing of the mail to the trace."""
    scenario = load(SCENARIOS / f"{name}.toml", overrides)
    start = process_time()
    draws = draw(scenario, 0, 1)
    simulate(scenario, draws)
    return len(draws.created) / (process_time() - start)


def growth() -> None:
    """Print the processor time per message of a large run over that of a small one."""
    print(f"\n{'scenario':<12} {'time per message at 10^6 over 10^4':>35}")
    for name, (small, large) in SIZES.items():
        few = median(relay(name, *small) for _ in range(ROUNDS))
        print(f"{name:<12} {few / relay(name, *large):>35.2f}")


def main() -> None:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--growth", action="store_true", help="also the large runs (minutes)")
    wanted = parser.parse_args()
    speed()
    reputation()
    if wanted.growth:
        memory()
        growth()


if __name__ == "__main__":
    main()
