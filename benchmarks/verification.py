"""The simulator against queueing theory: of 20 seeds, how many intervals contain the formula?

    python benchmarks/verification.py              # all systems, some ten minutes on two cores
    python benchmarks/verification.py M/M/4        # those whose names contain this

Each seed gives a 95 % interval over 10 replications. At least 16 of 20 must contain the value of
the formula, each must be narrower than 5 % of its mean to either side, and the 99.9 % interval over
all 200 replications must contain it too. The systems stand in tests/verification/systems.py; the
tests run them with two seeds. The exit status is 1 if a system fails.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests" / "verification"))

from agreement import NARROW, REPLICATIONS, Agreement, agreement, fewest
from systems import SEEDS, SYSTEMS, seeds


def holds(found: Agreement, count: int) -> bool:
    """Whether theory and simulator agree in a quantity."""
    return found.covered >= fewest(count) and found.widest < NARROW and found.contains


def row(quantity: str, found: Agreement, count: int) -> str:
    """One line of the table."""
    mean, _, high, _ = found.together
    return (
        f"  {quantity:20} {found.theory:9.5f} {mean:9.5f} {(high - mean) / mean:7.2%}"
        f" {found.covered:4} of {count} {found.widest:8.2%}"
        f"  {'agrees' if holds(found, count) else 'DISAGREES'}"
    )


def main() -> None:
    """Run the systems and print the table."""
    parser = argparse.ArgumentParser(description="compare the simulator with queueing theory")
    parser.add_argument("name", nargs="?", default="", help="part of the names of the systems")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"at most {SEEDS}")
    args = parser.parse_args()
    count = min(args.seeds, SEEDS)
    print(f"{count} seeds, {REPLICATIONS} replications each")
    print(f"  {'':20} {'theory':>9} {'mean':>9} {'±99.9 %':>7} {'contain':>10} {'widest':>8}")
    good = True
    for system in SYSTEMS:
        if args.name in system.name:
            print(system.name, flush=True)
            for quantity, found in agreement(system, seeds(system, count)).items():
                print(row(quantity, found, count), flush=True)
                good = good and holds(found, count)
    sys.exit(not good)


if __name__ == "__main__":
    main()
