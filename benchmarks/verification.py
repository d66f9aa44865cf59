"""The simulator against theory: of 20 seeds, how many intervals contain the formula?

    python benchmarks/verification.py              # everything, half an hour on two cores
    python benchmarks/verification.py M/M/4        # what has this in its name
    python benchmarks/verification.py listed       # listings by chance
    python benchmarks/verification.py refused      # what a listing costs
    python benchmarks/verification.py campaign     # chances of a listing by one campaign

Each seed gives a 95 % interval over 10 replications. At least 16 of 20 must contain the value of
the formula, each must be narrower than 5 % of its mean to either side (10 % for listings, which
are few and long), and the 99.9 % interval over all 200 replications must contain it too. The
systems stand in tests/verification, in systems.py, hub_systems.py, listed_time.py and
refused_mail.py; the tests run them with one or two seeds.

What one campaign does to a list that counts is counted over 100 runs: the number of runs with a
listing must lie in its 99.9 % binomial interval. Where a listing is rarer than 5 %, 100 more runs
have more traps and weights that make up for it; their 99.9 % interval must contain the chance.

The exit status is 1 if anything fails.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from scipy.stats import binom
from worlds.agreement import NARROW, REPLICATIONS, SURE, Agreement, System, agreement, fewest
from worlds.count_lists import CAMPAIGNS, RARE, chance, counted, weighted
from worlds.hub_systems import HUB_SYSTEMS, hub_seeds
from worlds.listed_time import FEW, POISSON
from worlds.refused_mail import LISTINGS
from worlds.systems import SEEDS, SYSTEMS, seeds

from relaysim.stats.interval import Estimate

REPUTATION: tuple[System, ...] = (*POISSON, *LISTINGS)
RUNS = 100
"""Campaigns for each line of their table."""


def narrow(system: System) -> float:
    """How wide an interval of one seed may be to either side, as a share of its mean."""
    return FEW if system in POISSON else NARROW


def holds(measured: Agreement, count: int, widest: float) -> bool:
    """Whether theory and simulator agree in a quantity."""
    return measured.covered >= fewest(count) and measured.widest < widest and measured.contains


def row(quantity: str, measured: Agreement, count: int, good: bool) -> str:
    """One line of the table."""
    mean, _, high, _ = measured.together
    return (
        f"  {quantity:20} {measured.theory:9.5f} {mean:9.5f} {(high - mean) / mean:7.2%}"
        f" {measured.covered:4} of {count} {measured.widest:8.2%}"
        f"  {verdict(good)}"
    )


def verdict(good: bool) -> str:
    """In a word."""
    return "agrees" if good else "DISAGREES"


def systems(name: str, count: int) -> bool:
    """Run the systems with a name like this and print the table; whether all agree."""
    chosen = [system for system in (*SYSTEMS, *HUB_SYSTEMS, *REPUTATION) if name in system.name]
    if not chosen:
        return True
    print(f"{count} seeds, {REPLICATIONS} replications each")
    print(f"  {'':20} {'theory':>9} {'mean':>9} {'±99.9 %':>7} {'contain':>10} {'widest':>8}")
    good = True
    for system in chosen:
        print(system.name, flush=True)
        seeds = own_seeds(system, count)
        for quantity, measured in agreement(system, seeds).items():
            fine = holds(measured, count, narrow(system))
            print(row(quantity, measured, count, fine), flush=True)
            good = good and fine
    return good


def own_seeds(system: System, count: int) -> range:
    """Return the first seeds of a system of any kind."""
    if system in SYSTEMS:
        return seeds(system, count)
    if system in HUB_SYSTEMS:
        return hub_seeds(system, count)
    return listing_seeds(system, count)


def listing_seeds(system: System, count: int) -> range:
    """The first seeds of a system of listings: no two have one in common."""
    first = 1 + SEEDS * REPUTATION.index(system)
    return range(first, first + count)


def campaigns(runs: int) -> bool:
    """Run the campaigns and print how often each list took notice; whether all is as it should."""
    print(f"{runs} runs of one campaign: listed, and the 99.9 % interval")
    good = True
    for seed, (trap_share, addresses) in enumerate(CAMPAIGNS, 1):
        print(f"{trap_share:.0e} of {addresses:,} addresses", flush=True)
        for name, hits in counted(trap_share, addresses, runs, seed, jobs=None).items():
            true = chance(name, trap_share, addresses)
            low, high = (int(end) for end in binom.interval(SURE, runs, true))
            fine = hits.agrees(true) and hits.faithful
            line = f"  {name:20} {true:9.3g} {hits.listed:9} of {runs} {low:6} to {high}"
            print(f"{line:66}  {verdict(fine)}", flush=True)
            good = good and fine
            if true < RARE:
                rare = weighted(name, trap_share, addresses, runs, seed, jobs=None)
                fine = rare.low <= true <= rare.high
                print(f"{weights(rare):66}  {verdict(fine)}", flush=True)
                good = good and fine
    return good


def weights(rare: Estimate) -> str:
    """What runs with weights say of the chance."""
    return f"  {'  by weighted runs':30} {rare.value:9.3g} {rare.low:10.3g} to {rare.high:.3g}"


def main() -> None:
    """Run the systems and the campaigns and print their tables."""
    parser = argparse.ArgumentParser(description="compare the simulator with theory")
    parser.add_argument("name", nargs="?", default="", help="part of a name")
    parser.add_argument("--seeds", type=int, default=SEEDS, help=f"at most {SEEDS}")
    parser.add_argument("--runs", type=int, default=RUNS, help="of each campaign")
    args = parser.parse_args()
    good = systems(args.name, min(args.seeds, SEEDS))
    if args.name in "one campaign":
        good = campaigns(args.runs) and good
    sys.exit(not good)


if __name__ == "__main__":
    main()
