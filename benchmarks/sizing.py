"""How often `size` finds the answer that theory knows: M/M/c, the smallest c below a mean wait.

    python benchmarks/sizing.py [--seeds N]     # some minutes

Messages come at 3.2 a second and take 1 s; Erlang's C formula says what c connections wait.
"""

import argparse
from collections import Counter
from pathlib import Path

from relaysim.study.size import size
from relaysim.study.varied_values import Vary
from relaysim.theory.erlang import mmc_wait

MM4 = Path(__file__).parent.parent / "scenarios" / "mm4.toml"
CONNECTIONS = Vary.parse("hubs.HUB01.max_per_domain_outbound_connections=4:8")
RATE, SERVICE, BOUND = 3.2, 1.0, 0.25


def main() -> None:
    """Print how many of the seeds find the smallest c, and what the others say."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=100)
    seeds = parser.parse_args().seeds
    waits = {c: mmc_wait(RATE, 1.0 / SERVICE, c) for c in range(4, 9)}
    right = min(c for c, wait in waits.items() if wait < BOUND)
    print("Mean wait by Erlang C:", ", ".join(f"{c}: {wait:.4f} s" for c, wait in waits.items()))
    target = f"total.wait_delivery < {1000 * BOUND:g} ms"
    settings = ("run.duration=600 s", "run.warm_up=60 s")
    answers: Counter[str] = Counter()
    for seed in range(1, seeds + 1):
        answers[size(MM4, CONNECTIONS, [target], settings=settings, seed=seed).value] += 1
        print(f"\r{seed} of {seeds} seeds", end="", flush=True)
    print(f"\n{target}: theory says {right}; found {dict(answers.most_common())}")
    print(f"right in {answers[str(right)]} of {seeds} seeds")


if __name__ == "__main__":
    main()
