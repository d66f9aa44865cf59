"""The ladder of designs against the shared hub, as docs/ladder.md.

python benchmarks/ladder.py [--replications N]     # eight minutes on two cores
"""

import argparse
from pathlib import Path
from typing import Any

import pandas as pd

import relaysim
from relaysim.present.text.comparison import gain
from relaysim.present.text.metric_rows import difference_of, interval_of
from relaysim.present.text.number_format import chance, number
from relaysim.scenario.load import load
from relaysim.stats.several_designs import confidence_of
from relaysim.study.compare import Comparison, compare
from relaysim.study.execution.store import Store

ROOT = Path(__file__).parent.parent
BASE = "shared-hub"
RUNGS = {
    "fresh-hub": "as installed: Anonymous not ticked, no relay connector, no bulk mail",
    "connectors-only": "Anonymous ticked, `internalrelay` and `externalrelay` added, no bulk mail",
    "shared-hub": "the newsletter joins on `externalrelay`",
    "shared-hub-default-ack": "delayed acknowledgement of 30 s on `externalrelay`, the default",
    "shared-hub-8-cores": "twice the cores: the hardware of two hubs",
    "shared-hub-priority": "priority queuing, the newsletter at low priority",
    "shared-hub-throttled": "600 messages a minute from one address on `externalrelay`",
    "shared-hub-slow-campaign": "the newsletter sent at 30 messages a second instead of 100",
    "dedicated-hub-same-ip": "a hub for the newsletter, behind the same public IP",
    "dedicated-hub-same-allocation": "and an own, new public IP in the same allocation",
    "dedicated-hub": "and an own, new public IP in another allocation",
    "dedicated-hub-own-domain": "and a sender domain of its own",
    "dedicated-hub-warm": "the IP of `dedicated-hub`, known for more than a year",
    "listing-day": "the shared hub, its IP on Spamhaus CSS from 11:00 on",
}
SHOWN = (
    ("corporate.internal", "on_time", "on time"),
    ("corporate.internal", "latency_p95_busy_hours", "p95 in the busy hours"),
    ("corporate.external", "on_time", "on time"),
    ("corporate.external", "latency_p95_busy_hours", "p95 in the busy hours"),
    ("transactional", "on_time", "on time"),
    ("transactional", "latency_p95_busy_hours", "p95 in the busy hours"),
    ("bulk", "on_time", "on time"),
    ("bulk", "completion", "campaign complete after"),
)
BLAST = (
    ("listed", "listed"),
    ("refused_innocents", "innocent recipients refused"),
    ("junked_innocents", "junked"),
    ("blast_reputation", "harm by reputation"),
    ("blast_congestion", "harm by congestion"),
)
WAITS = (
    ("wait_host", "host"),
    ("wait_commit", "commit"),
    ("wait_submission", "core"),
    ("wait_delivery", "connection"),
    ("wait_line", "line"),
    ("wait_mailbox", "mailbox"),
    ("wait_retry", "retry"),
    ("service", "service"),
)
Rows = list[list[str]]


def table(head: list[str], rows: Rows) -> str:
    """A Markdown table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def values(comparison: Comparison) -> dict[tuple[str, str, str], Any]:
    """The rows of `metrics` of the scope `class`, by design, subject and metric."""
    rows = comparison.metrics[comparison.metrics["scope"] == "class"]
    return {(row["scenario"], row["subject"], row["metric"]): row for _, row in rows.iterrows()}


def levels(comparison: Comparison) -> str:
    """Return the results of each rung with intervals, as a table."""
    by = values(comparison)
    rows = []
    for name, what in RUNGS.items():
        cells = [
            interval_of(row) if row is not None else "-"
            for row in (by.get((name, subject, metric)) for subject, metric, _ in SHOWN)
        ]
        rows.append([f"`{name}`", what, *cells])
    heads = [f"{subject}: {text}" for subject, _, text in SHOWN]
    return table(["rung", "what it changes", *heads], rows)


def differences(comparison: Comparison) -> str:
    """Return paired difference, verdict and gain of each rung, as a table."""
    frame = comparison.comparisons[comparison.comparisons["scope"] == "class"]
    by: dict[tuple[str, str, str], Any] = {
        (row["scenario"], row["subject"], row["metric"]): row for _, row in frame.iterrows()
    }
    rows = []
    for name in RUNGS:
        for subject, metric, text in SHOWN:
            row = by.get((name, subject, metric))
            if row is None or pd.isna(row["difference"]):
                continue
            rows.append(
                [
                    f"`{name}`",
                    f"{subject}: {text}",
                    difference_of(row),
                    row["verdict"],
                    gain(row["narrowing"]),
                ]
            )
    return table(["rung", "metric", "difference", "verdict", "gain of pairing"], rows)


def blast(comparison: Comparison) -> str:
    """Return the harm to innocent mail by the newsletter, as a table."""
    frame = comparison.metrics[(comparison.metrics["scope"] == "total")]
    by: dict[tuple[str, str], Any] = {
        (row["scenario"], row["metric"]): row
        for _, row in frame[frame["subject"] == "total"].iterrows()
    }
    rows = []
    for name in RUNGS:
        cells = [by.get((name, metric)) for metric, _ in BLAST]
        if name in comparison.blast and all(cell is not None for cell in cells):
            sentences = [
                chance(cell["value"], cell["low"], cell["high"])
                if cell["metric"] == "listed"
                else interval_of(cell)
                for cell in cells
                if cell is not None
            ]
            rows.append([f"`{name}`", *sentences])
    return table(["rung", *(text for _, text in BLAST)], rows)


def waits(comparison: Comparison) -> str:
    """Return the mean waits of a recipient, as a table."""
    by = values(comparison)
    rows = []
    for subject in dict.fromkeys(subject for subject, _, _ in SHOWN):
        for name in RUNGS:
            cells = [by.get((name, subject, metric)) for metric, _ in WAITS]
            if any(cell is None or pd.isna(cell["value"]) for cell in cells):
                continue
            rows.append(
                [
                    subject,
                    f"`{name}`",
                    *(number(cell["value"], "s") for cell in cells if cell is not None),
                ]
            )
    return table(["class", "rung", *(text for _, text in WAITS)], rows)


def page(result: Comparison) -> str:
    """Return the page as Markdown."""
    confidence = 100 * confidence_of(len(result.scenarios) - 1)
    return f"""# The ladder of designs

Each rung of `scenarios/` compared with the shared hub, on the same mail: {result.replications} runs
of a working day, seed {result.seed}. Values are means with their 95 % confidence intervals; where a
listing can happen, a time is the median of the days. Made with relaysim {relaysim.__version__} by
`python benchmarks/ladder.py --replications {result.replications}`.

## Results of each rung

{levels(result)}

## Differences from the shared hub

Paired differences over the streams that a rung has in common with the shared hub; latencies over
the recipients that both delivered. The gain says how many times narrower pairing makes the
interval. With so many rungs each interval has {confidence:.4g} %
confidence, so that the verdicts on one metric of one subject hold together with 95 %.

{differences(result)}

## Where the time is spent

Mean wait of a delivered recipient, by cause, and its service time. Recipients that a design lost
are not in its mean.

{waits(result)}

## Blast radius

Harm to innocent mail by the newsletter in a day (`docs/reputation.md` says how it is
measured). The listing of `listing-day` is scripted. `docs/campaigns.md` has four weeks.

{blast(result)}

A new IP is cold: the large providers accept little mail from a new IP on its first days, so most of
the newsletter expires. This is the cost of an own IP until the providers know it; other mail is not
affected.
"""


def main() -> None:
    """Compare, and write the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=30)
    wanted = parser.parse_args()
    names = [BASE, *(name for name in RUNGS if name != BASE)]
    designs = [load(ROOT / "scenarios" / f"{name}.toml") for name in names]

    def progress(done: int, total: int) -> None:
        print(f"\r{done} of {total} runs", end="", flush=True)

    comparison = compare(
        *designs, replications=wanted.replications, progress=progress, store=Store()
    )
    target = ROOT / "docs" / "ladder.md"
    target.write_text(page(comparison), encoding="utf-8")
    print(f"\nwritten: {target.relative_to(ROOT)}")


if __name__ == "__main__":
    main()
