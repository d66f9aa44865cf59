"""What pairing gains between designs, near and far, as docs/pairing.md and docs/pairing.png.

python benchmarks/pairing.py [--replications N] [--scale X]     # a minute
"""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from ladder import table
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

import relaysim
from relaysim.measure.metric_catalogue import METRICS
from relaysim.present.drawing.style import looks, paper
from relaysim.present.text.metric_rows import difference_of
from relaysim.present.text.number_format import interval
from relaysim.scenario.load import load
from relaysim.stats.replications_needed import MOST, deviation_of, room, smallest
from relaysim.study.compare import Comparison, compare
from relaysim.study.ranking import DRAWS, ranking

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
STUDIES = (
    ("shared-hub", "shared-hub-8-cores", "dedicated-hub-same-ip", "dedicated-hub"),
    ("dedicated-hub", "dedicated-hub-same-allocation"),
)
"""A base, and what is compared with it."""
SHOWN = (
    ("class", "corporate.external", "on_time", "corporate.external: on time"),
    ("class", "transactional", "on_time", "transactional: on time"),
    (
        "class",
        "corporate.internal",
        "latency_mean_both_delivered",
        "corporate.internal: mean latency",
    ),
    ("class", "transactional", "latency_mean_both_delivered", "transactional: mean latency"),
    ("total", "total", "blast_radius", "blast radius"),
    ("total", "total", "blast_reputation", "of it by reputation"),
)
DRAWN = ("class", "transactional", "on_time")


def gains(comparison: Comparison) -> str:
    """A row for each design and metric: what pairing gains, and what it saves."""
    by: dict[Any, Any] = {
        (row["scenario"], row["scope"], row["subject"], row["metric"]): row
        for row in comparison.comparisons.to_dict("records")
    }
    base, *others = (design.name for design in comparison.scenarios)
    rows = []
    for name in others:
        for *key, text in SHOWN:
            row = by[name, *key]
            paired, independent = spread(comparison, base, row)
            rows.append(
                [
                    f"`{name}`",
                    text,
                    difference_of(row),
                    row["verdict"],
                    f"x{independent / paired:,.1f}"
                    if paired > 0.0
                    else "all"
                    if independent
                    else "-",
                    many(row, paired, 1),
                    many(row, independent, 2),
                ]
            )
    head = ["design", "metric", "difference", "verdict", "gain", "paired", "not paired"]
    return table(head, rows)


def spread(comparison: Comparison, base: str, row: dict[str, Any]) -> tuple[float, float]:
    """The standard deviation of the paired differences, and what it would be without pairing."""
    half = row["difference_high"] - row["difference"]
    paired = float(deviation_of(half, row["replications"], row["confidence"]))
    if paired > 0.0:
        return paired, paired * row["narrowing"]
    key = row["scope"], row["subject"], row["metric"]
    ours, theirs = (values(comparison, name, *key) for name in (base, row["scenario"]))
    return 0.0, float(np.hypot(ours.std(ddof=1), theirs.std(ddof=1)))


def many(row: dict[str, Any], deviation: float, samples: int) -> str:
    """How many replications of each design decide it."""
    least = METRICS[row["metric"]].margin.of(row["value"] - row["difference"])
    half = room(np.array([row["difference"]]), np.array([least]))
    needed = smallest(np.array([deviation]), half, row["confidence"], samples)[0]
    return f"{needed:,.0f}" if np.isfinite(needed) else f"above {MOST:,}"


def values(intervals: Comparison, *key: str) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The values of a metric of a design by replication."""
    frame = intervals.per_replication
    rows = np.logical_and.reduce(
        [
            frame[column] == value
            for column, value in zip(("scenario", "scope", "subject", "metric"), key, strict=True)
        ]
    )
    return frame[rows].sort_values("replication")["value"].to_numpy(np.float64)


def ranks(comparison: Comparison) -> str:
    """The designs by the share of transactional mail that is on time."""
    rows: Any = ranking(comparison, *DRAWN).to_dict("records")
    return table(
        ["rank", "design", "transactional: on time", "probability that it is the best"],
        [
            [
                str(row["rank"]),
                f"`{row['scenario']}`",
                interval(row["value"], row["low"], row["high"], "share"),
                f"{100 * row['probability_best']:.0f} %",
            ]
            for row in rows
        ],
    )


def figure(comparison: Comparison) -> Figure:
    """Transactional mail on time by replication: neighbours go up and down together."""
    drawn = Figure(figsize=(6.4, 2.8), layout="constrained")
    FigureCanvasAgg(drawn)
    axes = drawn.add_subplot()
    names = [design.name for design in comparison.scenarios]
    for name, look in looks(names).items():
        axes.plot(
            values(comparison, name, *DRAWN),
            label=name,
            color=look.colour,
            linestyle=look.dashes,
            marker="o",
            markersize=3,
        )
    axes.set_xlabel("replication")
    axes.set_title("transactional mail on time")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    axes.yaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
    drawn.legend(loc="outside right upper", frameon=False)
    return drawn


def page(studies: list[Comparison], scale: float) -> str:
    """Return the page as Markdown."""
    first, *_ = studies
    count, seed = first.replications, first.seed
    tables = "\n\n".join(
        f"### Against `{comparison.scenarios[0].name}`\n\n"
        f"Intervals of {100 * comparison.comparisons['confidence'].iloc[0]:.4g} %.\n\n"
        f"{gains(comparison)}"
        for comparison in studies
    )
    return f"""# Pairing

All designs of a comparison get the same mail: every draw is a hash of its purpose, so a recipient
has the same size, the same destination and the same random numbers in each design (common random
numbers: Law, Simulation Modeling and Analysis, section 11.2). Common variation cancels in the
difference, and the interval of the difference is narrower by the factor

    gain = sqrt(s1^2 + s2^2) / s12

where s1 and s2 are the standard deviations of the two designs over the replications, and s12 is
that of the paired differences. The frame `comparisons` has the factor as `narrowing`. Student's
quantile is larger for n - 1 degrees of freedom than for 2n - 2, so the interval gains a little
less: by 2 % at 30 replications, by 10 % at 8.

{count} replications, seed {seed}, `run.scale` {scale:g}. Made with relaysim
{relaysim.__version__} by `python benchmarks/pairing.py --replications {count} --scale {scale:g}`.

![Transactional mail on time, by replication](pairing.png)

## Gain

The gain is near 1 between a shared hub and a separate hub without congestion: the shared hub
varies, the separate hub hardly does, and a constant is not correlated with anything. The gain is
large between similar designs, whose metrics are correlated. The gain is small where the design
removes the cause of the variation: internal mail waits for cores with four cores, and not with
eight.

In the tables, "all" means that the designs differ by the same value in every replication, so two
replications decide. "-" means that neither design varies. The columns paired and not paired have
the number of replications of each design that decide, from two on, if difference and spread stay
the same.

{tables}

## Replications needed

A difference d above the equivalence margin is decided when the interval leaves out zero, so when
half its width is below |d|. A difference within the margin is decided when the whole interval lies
within the margin, so when half its width is at most the margin less |d|. The number is the smallest
n with

    t(n - 1) s12 / sqrt(n)  within that bound,

t being Student's quantile for the confidence of the interval: the paired interval of Law (section
10.2.1) with the search for n of his section 9.4.1. Without pairing it is t(2n - 2) sqrt(s1^2 +
s2^2) / sqrt(n). What happens in a replication or does not (`listed`) has the intervals of Wilson
and Newcombe, and is decided as if the replications seen came over and over again. The frame has the
number as `replications_needed`, for what is not decided. The number uses the spread of the few
replications of the study: it is an order of magnitude, and with that many replications the
probability of a verdict is about 50 %.

## Several designs

With k designs against one base, each interval has the confidence 1 - 0.05/k (Bonferroni: Law,
section 10.3.1), so that the verdicts on one metric of one subject hold together with 95 %. Verdicts
on all of them do not: choose the metric first. The frame has the confidence as `confidence`.

`relaysim.study.ranking.ranking(comparison, scope, subject, metric)` gives the probability that a
design is the best. This is the share of {DRAWS:,} draws of the means, given the replications, in
which the design has the best mean (multivariate t with n - 1 degrees of freedom, the same draws for
all designs). Like a paired t interval, it assumes normal means of the replications. Equal designs
share the probability.

{ranks(first)}

## Unstable quantiles

A p95 is unstable where about 5 % of the recipients are late: in one replication a late recipient
decides the p95, in the next a punctual one. `compare --full` names such a quantile under three
conditions. The standard deviation of the quantile over the replications is above half its mean; the
standard deviation of `on_time` is not; and the shares of late recipients, among delivered
recipients, reach or cross the tail of the quantile within a fifth of it: 4 to 6 % for p95. Compare
`on_time` there: pairing does not narrow the interval of an unstable quantile.
"""


def main() -> None:
    """Compare, and write the page and its figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=30)
    parser.add_argument("--scale", type=float, default=1)
    wanted = parser.parse_args()
    settings = [f"run.scale={wanted.scale}"]

    def progress(done: int, total: int) -> None:
        print(f"\r{done} of {total} runs", end="", flush=True)

    studies = [
        compare(
            *(load(ROOT / "scenarios" / f"{name}.toml", settings) for name in names),
            replications=wanted.replications,
            seed=1,
            progress=progress,
        )
        for names in STUDIES
    ]
    (DOCS / "pairing.md").write_text(page(studies, wanted.scale), encoding="utf-8")
    with paper():
        figure(studies[0]).savefig(DOCS / "pairing.png", dpi=110, metadata={"Software": None})
    print("\nwritten: docs/pairing.md, docs/pairing.png")


if __name__ == "__main__":
    main()
