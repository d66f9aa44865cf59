"""Eleven claims about reputation, each put to the test by a pair of scenarios: docs/findings.md.

    python benchmarks/findings.py                 # all, about a minute and a half on two cores
    python benchmarks/findings.py H2 H4 --replications 10

A claim is a set of paired contrasts. It is confirmed if every one of them is as expected, with its
whole 95 % interval; refuted if one is the other way round, with its whole interval; else not
decided.
"""

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np

import relaysim
from relaysim.present.text import number_format as text
from relaysim.scenario.load import load
from relaysim.stats.interval import Estimate, Estimates, Floats, interval
from relaysim.stats.proportion import chance_differences, chances
from relaysim.study.compare import Comparison, compare
from relaysim.study.isolation_gain import gain

ROOT = Path(__file__).parent.parent
Key = tuple[str, str, str]
"""Scope, subject, metric."""


@dataclass(frozen=True)
class Contrast:
    """One metric in two designs, and what the claim expects of the second one.

    `expects`: "less" or "more" than in the first; "same": the interval of the difference lies
    within `by` on both sides of zero; "zero": exactly none, in every replication; "most": at least
    the share `by` of it is gone; "little": less than that share is.
    """

    what: str
    key: Key
    first: str
    second: str
    expects: str
    by: float = 0.0


@dataclass(frozen=True)
class Finding:
    """A claim, the scenario files that test it, and in how many replications.

    `blast`: whether the coupled runs are needed.
    """

    claim: str
    files: tuple[str, ...]
    contrasts: tuple[Contrast, ...]
    replications: int = 12
    remark: str = ""
    blast: bool = True


def _total(metric: str) -> Key:
    return "total", "total", metric


_CONGESTION, _REPUTATION = _total("blast_congestion"), _total("blast_reputation")
_SENT = "innocent mail harmed"

FINDINGS = {
    "H1": Finding(
        "A hub of its own for the bulk mail removes the congestion, but not the harm to the "
        "reputation, unless the IP is another one.",
        ("findings/company", "findings/own-hub", "findings/own-ip"),
        (
            Contrast(f"{_SENT} by congestion", _CONGESTION, "company", "own-hub", "most", 0.9),
            Contrast(f"{_SENT} by reputation", _REPUTATION, "company", "own-hub", "little", 0.5),
            Contrast(f"{_SENT} by reputation", _REPUTATION, "company", "own-ip", "less"),
        ),
        remark="A hub of its own has its own queues. When the newsletter's queue is in Retry, "
        "other mail does not wait, and that part of the harm by reputation is gone.",
    ),
    "H2": Finding(
        "An own IP in the same /29 does not isolate against UCEPROTECT level 2.",
        ("findings/widening-next-door", "findings/widening-elsewhere"),
        (
            Contrast(
                "runs in which the other IP, 198.51.100.10, gets on a list",
                ("egress", "198.51.100.10", "listed"),
                "widening-elsewhere",
                "widening-next-door",
                "more",
            ),
            Contrast(
                "innocent mail refused that cites UCEPROTECT level 2",
                ("blocklist", "uceprotect-2", "refused_innocents"),
                "widening-elsewhere",
                "widening-next-door",
                "more",
            ),
        ),
        remark="Hardly any receiver refuses on level 2 (1 % of the small companies here; 0.2 % "
        "were measured), so being listed there harms little mail.",
    ),
    "H3": Finding(
        "An own IP with the same From domain leaves the harm by the domain's reputation.",
        ("findings/own-ip", "findings/own-domain"),
        (
            Contrast(
                "innocent mail put into the junk folder",
                _total("blast_junk"),
                "own-ip",
                "own-domain",
                "most",
                0.9,
            ),
        ),
    ),
    "H4": Finding(
        "Sharing dilutes: under a list that divides reports by mail, clean mail on the same IP "
        "lowers the chance of a listing, but a listing hits more.",
        ("findings/dilution-shared", "findings/dilution-own-ip"),
        (
            Contrast(
                "runs with a listing",
                _total("listed"),
                "dilution-own-ip",
                "dilution-shared",
                "less",
            ),
            Contrast(
                "invoices that bounce",
                ("class", "transactional", "bounced"),
                "dilution-own-ip",
                "dilution-shared",
                "more",
            ),
        ),
        replications=40,
        remark="One invoice in a hundred bounces anyway, for an unknown user. How much of an IP's "
        "mail SpamCop sees, and its ratio, are assumptions.",
        blast=False,
    ),
    "H5": Finding(
        "A dedicated IP for a weekly newsletter stays cold; this costs the bulk mail, and no other "
        "mail.",
        ("findings/own-new-ip-weekly", "findings/own-new-ip-daily", "findings/own-ip-weekly"),
        (
            Contrast(
                "newsletters delivered on time",
                ("class", "bulk", "on_time"),
                "own-ip-weekly",
                "own-new-ip-weekly",
                "less",
            ),
            Contrast(
                "newsletters delivered on time",
                ("class", "bulk", "on_time"),
                "own-new-ip-weekly",
                "own-new-ip-daily",
                "more",
            ),
            Contrast(
                f"{_SENT} by reputation",
                _REPUTATION,
                "own-ip-weekly",
                "own-new-ip-weekly",
                "same",
                0.005,
            ),
        ),
        replications=6,
        remark="In this model an IP warms up by days with traffic, as SendGrid's schedule does: "
        "the same mail in daily parts makes it warm in about three weeks. Volume plays no part, so "
        "the published minimum of 50,000 a day is not tested.",
    ),
    "H6": Finding(
        "Priority queuing in one hub gives most of what a second hub gives against congestion.",
        ("shared-hub", "shared-hub-priority", "dedicated-hub-same-ip"),
        (
            Contrast(
                "invoices harmed by congestion",
                ("class", "transactional", "blast_congestion"),
                "shared-hub",
                "dedicated-hub-same-ip",
                "most",
                0.5,
            ),
            Contrast(
                "invoices harmed by congestion",
                ("class", "transactional", "blast_congestion"),
                "shared-hub",
                "shared-hub-priority",
                "most",
                0.5,
            ),
        ),
        replications=10,
    ),
    "H7": Finding(
        "Giving mail up after two days, as Exchange does, turns a three-day block that defers into "
        "loss; five days, as Postfix has it, do not.",
        ("findings/deferred", "findings/deferred-five-days"),
        (
            Contrast(
                "invoices that expire",
                ("class", "transactional", "expired"),
                "deferred",
                "deferred-five-days",
                "most",
                0.9,
            ),
        ),
        replications=10,
    ),
    "H8": Finding(
        "Waiting after a 4xx prevents Outlook's block.",
        ("findings/hammers-on", "findings/backs-off"),
        (
            Contrast(
                "innocent mail refused by Outlook",
                ("class", "transactional", "refused_innocents"),
                "hammers-on",
                "backs-off",
                "most",
                0.5,
            ),
        ),
        remark="That further attempts while throttled lead to a block is the statement of one "
        "Microsoft employee; how many attempts, and after how long, are assumptions. Complaints "
        "can still lead to a block of a host that waits.",
    ),
    "H9": Finding(
        "When the whole source waits after a 4xx, innocent mail on a shared IP waits too; when "
        "only the stream waits, innocent mail does not.",
        ("findings/backs-off", "findings/suspends-stream"),
        (
            Contrast(
                "invoices harmed by reputation",
                ("class", "transactional", "blast_reputation"),
                "backs-off",
                "suspends-stream",
                "less",
            ),
        ),
    ),
    "H10": Finding(
        "Repairing before asking for removal beats asking first.",
        ("findings/asks-first", "findings/repairs-first"),
        (
            Contrast(
                "time on a list",
                ("egress", "198.51.100.10", "listed_time"),
                "asks-first",
                "repairs-first",
                "less",
            ),
            Contrast(
                "innocent mail refused",
                _total("refused_innocents"),
                "asks-first",
                "repairs-first",
                "less",
            ),
        ),
    ),
    "H11": Finding(
        "A stream that stays inside has no exposure of reputation in any design.",
        ("findings/company", "findings/own-hub", "findings/own-ip-next-door", "findings/own-ip"),
        tuple(
            Contrast(
                "SharePoint's mail harmed by reputation",
                ("stream", "sharepoint.alerts", "blast_reputation"),
                "company",
                design,
                "zero",
            )
            for design in ("company", "own-hub", "own-ip-next-door", "own-ip")
        ),
        replications=3,
    ),
}


def values(comparison: Comparison, design: str, key: Key) -> Floats:
    """A metric of a design by replication."""
    frame = comparison.per_replication
    scope, subject, metric = key
    rows = frame[
        (frame["scenario"] == design)
        & (frame["scope"] == scope)
        & (frame["subject"] == subject)
        & (frame["metric"] == metric)
    ]
    result = np.zeros(comparison.replications)
    result[rows["replication"].to_numpy()] = rows["value"].to_numpy()
    return np.nan_to_num(result)


def change(contrast: Contrast, first: Floats, second: Floats) -> Estimate:
    """The paired difference; of a chance by Newcombe's interval."""
    if contrast.key[2] == "listed":
        return _one(chance_differences(first[None], second[None]))
    return interval(second - first)


def _one(estimates: Estimates) -> Estimate:
    value, low, high, n = (float(part[0]) for part in estimates)
    return Estimate(value, low, high, int(n))


def judge(contrast: Contrast, first: Floats, second: Floats) -> int:
    """1 as expected, -1 the other way round, 0 not decided."""
    _, low, high, _ = change(contrast, first, second)
    if contrast.expects == "zero":
        return 1 if not second.any() else -1
    if contrast.expects == "same":
        return 1 if -contrast.by <= low and high <= contrast.by else 0
    if contrast.expects in ("most", "little"):
        _, low, high, _ = gain(first, second)
        if np.isnan(low):
            return 0
        most = 1 if low >= contrast.by else -1 if high < contrast.by else 0
        return most if contrast.expects == "most" else -most
    sign = 1 if contrast.expects == "more" else -1
    if low > 0 or high < 0:
        return sign if low > 0 else -sign
    return 0


def shown(contrast: Contrast, values: Floats, unit: str) -> str:
    """A mean with half its interval, a chance with the ends of its own."""
    if contrast.key[2] == "listed":
        value, low, high, _ = _one(chances(values[None]))
        return text.chance(value, low, high)
    return text.interval(*interval(values)[:3], unit)


def sentence(comparison: Comparison, contrast: Contrast) -> str:
    """The contrast in numbers."""
    rows = comparison.metrics[comparison.metrics["metric"] == contrast.key[2]]
    unit = str(rows["unit"].iloc[0]) if len(rows) else ""
    pair = [(d, values(comparison, d, contrast.key)) for d in (contrast.first, contrast.second)]
    if contrast.expects == "zero":
        return f"{contrast.what}: exactly 0 in `{contrast.second}`" * (not pair[1][1].any())
    changes = " → ".join(f"{shown(contrast, value, unit)} in `{name}`" for name, value in pair)
    difference = change(contrast, pair[0][1], pair[1][1])
    ends = difference.low, difference.high
    return f"{contrast.what}: {changes} ({text.difference(difference.value, *ends, unit)} paired)"


def test(name: str, replications: int | None) -> str:
    """One finding, run and told in Markdown."""
    finding = FINDINGS[name]
    designs = [load(ROOT / "scenarios" / f"{file}.toml") for file in finding.files]
    count = replications or finding.replications
    comparison = compare(*designs, replications=count, seed=1, blast=finding.blast)
    verdicts = [
        judge(
            contrast,
            values(comparison, contrast.first, contrast.key),
            values(comparison, contrast.second, contrast.key),
        )
        for contrast in finding.contrasts
    ]
    word = "refuted" if -1 in verdicts else "not decided" if 0 in verdicts else "confirmed"
    lines = [f"## {name}: {finding.claim}", ""]
    sentences = [sentence(comparison, contrast) for contrast in finding.contrasts]
    lines += [f"**{word.capitalize()}.** " + "; ".join(sentences) + ".", ""]
    if finding.remark:
        lines += [finding.remark, ""]
    files = " ".join(f"scenarios/{file}.toml" for file in finding.files)
    option = "" if finding.blast else " --no-blast"
    lines += [f"`relaysim compare {files} --replications {count} --seed 1{option}`", ""]
    return "\n".join(lines)


HEAD = f"""\
# Findings

Eleven common claims about mail reputation, each tested with scenarios of `scenarios/findings/` or
of the ladder. Values are means with their 95 % interval over the replications; differences
are paired on the same mail. Most parameters are assumptions (`relaysim profiles` prints which), so
a finding states the consequence of the assumptions. Made with relaysim {relaysim.__version__} by
`python benchmarks/findings.py`.
"""


def main() -> None:
    """Run what was asked for, and print it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help="H1 to H11; all if none is given")
    parser.add_argument("--replications", type=int, default=None)
    wanted = parser.parse_args()
    print(HEAD)
    for name in wanted.names or FINDINGS:
        print(test(name, wanted.replications))
        sys.stdout.flush()


if __name__ == "__main__":
    main()
