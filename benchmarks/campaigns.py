"""A weekly newsletter to an aged list on five designs over four weeks, as docs/campaigns.md.

python benchmarks/campaigns.py [--replications N]     # a minute and a half
"""

import argparse
from pathlib import Path

from ladder import table

import relaysim
from relaysim.measure.metric_catalogue import METRICS
from relaysim.present.text import number_format as text
from relaysim.present.text.metric_rows import Lookup
from relaysim.scenario.load import load
from relaysim.stats.interval import Floats, interval, verdict
from relaysim.study.compare import Comparison, compare
from relaysim.study.execution.store import Store
from relaysim.study.isolation_gain import gain

ROOT = Path(__file__).parent.parent
BASE = "campaign-aged-list"
DESIGNS = {
    BASE: "one hub, one IP",
    f"{BASE}-same-ip": "a relay hub for the newsletter, the same IP",
    f"{BASE}-same-allocation": "and a new IP in the same /29",
    f"{BASE}-dedicated": "a new IP in another allocation instead",
    f"{BASE}-dedicated-warm": "that IP, known for more than a year",
}
TABLES = {
    "Listings": (
        ("total", "total", "listed", "listed at all"),
        ("total", "total", "listings", "listings"),
        ("total", "total", "listed_time", "some IP listed"),
        ("egress", "198.51.100.10", "listed_time", "corporate IP listed"),
        ("total", "total", "listing_length", "length of a listing"),
    ),
    "Innocent mail": (
        ("total", "total", "refused_innocents", "refused"),
        ("total", "total", "junked_innocents", "junked"),
        ("total", "total", "late_innocents", "late"),
        ("total", "total", "blast_reputation", "harm by reputation"),
        ("total", "total", "blast_congestion", "harm by congestion"),
        ("total", "total", "blast_junk", "junk added"),
    ),
    "The newsletter itself": (
        ("class", "bulk", "on_time", "on time"),
        ("class", "bulk", "junked", "junked"),
        ("class", "bulk", "bounced", "bounced"),
        ("class", "bulk", "expired", "expired"),
        ("class", "bulk", "suppressed", "not sent"),
    ),
}


def levels(comparison: Comparison, columns: tuple[tuple[str, str, str, str], ...]) -> str:
    """One table: a row for each design, means with intervals."""
    by = Lookup(comparison.metrics)
    lines = []
    for name, what in DESIGNS.items():
        cells = [
            by.chance(name, *key) if key[-1] == "listed" else by.interval(name, *key)
            for *key, _ in columns
        ]
        lines.append([what, *cells])
    return table(["design", *(title for *_, title in columns)], lines)


def gains(comparison: Comparison) -> str:
    """The isolation gain of each design over the shared hub, and its paired differences."""
    lines = []
    was = harm(comparison, BASE)
    for name, what in list(DESIGNS.items())[1:]:
        now = harm(comparison, name)
        pairs = {"blast_reputation": interval(now - was), "isolation_gain": gain(was, now)}
        for metric, estimate in pairs.items():
            written = text.interval(*estimate[:3], "share")
            verdict_ = verdict(METRICS[metric], float(was.mean()), estimate, None)
            lines.append([what, metric, written, verdict_])
    return table(["design", "metric", "against one hub, one IP", "verdict"], lines)


def harm(comparison: Comparison, design: str) -> Floats:
    """The harm by reputation of a design in each replication."""
    frame = comparison.per_replication
    rows = frame[(frame["scenario"] == design) & (frame["metric"] == "blast_reputation")]
    rows = rows[(rows["scope"] == "total") & (rows["subject"] == "total")]
    return rows["value"].to_numpy()


def main() -> None:
    """Run and print the page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=30)
    wanted = parser.parse_args()
    designs = [load(ROOT / "scenarios" / f"{name}.toml") for name in DESIGNS]
    comparison = compare(*designs, replications=wanted.replications, seed=1, store=Store())
    print(
        f"""# A weekly newsletter to an aged list

`{BASE}.toml` and its designs: a company of about 300 people, four weeks, a newsletter to 20,000
addresses every Tuesday at ten. 10 addresses are spam traps and 1,000 do not exist; three readers in
a thousand complain. The administrator checks the blocklists every six hours and cleans the mailing
list when the IP is listed. {wanted.replications} replications, seed 1; values are for four weeks,
means with their 95 % interval (a probability: its Wilson interval; a time: the median and the range
over the replications). Made with relaysim {relaysim.__version__} by
`python benchmarks/campaigns.py --replications {wanted.replications}`.
"""
    )
    for title, columns in TABLES.items():
        print(f"## {title}\n\n{levels(comparison, columns)}\n")
    print(f"## Isolation gain\n\n{gains(comparison)}\n")
    print("Each interval has 95 % confidence by itself.\n")
    print(
        """Harm: a recipient that is not delivered or junked within its deadline, by weight. A new
IP is cold: Gmail and Outlook accept 20 messages an hour from a new IP on its first day,
Yahoo 100. An IP that sends once a week warms up slowly, so part of the newsletter comes
late or expires after two days. This is the cost of the dedicated IP, for the newsletter
alone. No IP changes the share of junk: the providers also rate the sender's domain, and
all designs share this domain."""
    )


if __name__ == "__main__":
    main()
