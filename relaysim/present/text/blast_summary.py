"""The blast radius in a comparison: probability of a listing, and harm to innocent mail."""

import math
from collections.abc import Iterator, Sequence

from rich.console import RenderableType

from relaysim.analysis.listing_sources import listed_things
from relaysim.audit.new_ip import cold_egress
from relaysim.present.text.metric_rows import Lookup
from relaysim.present.text.number_format import NONE, chance, interval
from relaysim.present.text.terminal import heading, text
from relaysim.scenario.culprit import culprits, is_culprit
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.stats.proportion import unseen
from relaysim.study.compare import Comparison
from relaysim.units import format_duration

MOST = 6
"""The most streams and lists that are named."""
LEAST = 0.0005
"""The harm from which on a stream is named."""
RULES = (
    "Junked mail is delivered and is no harm; it is counted separately. "
    "Rules of blocklists and mailbox providers that are not published are assumptions: "
    "`relaysim profiles blocklist` and `relaysim profiles destination` name each source."
)


def blast(comparison: Comparison) -> list[RenderableType]:
    """Return the section on the blast radius, if a design has a culprit and it was measured."""
    if not comparison.blast:
        return []
    lines: list[RenderableType] = [heading("Blast radius"), text(horizon(comparison)), text("")]
    for head, sentences in blast_sentences(comparison):
        lines.append(text(head, hanging=4))
        lines += [text(line, 2, 2) for line in sentences]
        lines.append(text(""))
    return lines


def horizon(comparison: Comparison) -> str:
    """Return the sentence on the subject of the section and the length of the measured time."""
    run, count = comparison.scenarios[0].run, comparison.replications
    return (
        "Harm to innocent mail by the culprits in one replication "
        f"({format_duration(run.duration - run.warm_up)}); means over {count} "
        f"replication{'s' if count > 1 else ''}{', with 95 % intervals' if count > 1 else ''}."
    )


def blast_sentences(comparison: Comparison) -> Iterator[tuple[str, list[str]]]:
    """Yield the name of each design with its culprits, and its sentences."""
    measured, compared = Lookup(comparison.metrics), Lookup(comparison.comparisons)
    base = comparison.scenarios[0]
    for design in comparison.scenarios:
        guilty = sorted(culprits(design))
        if not guilty:
            yield f"{design.name}: no stream is a culprit", []
            continue
        sentences = [
            *_sentences(design, measured),
            *_gain(design, base, compared),
            *_cold(design, measured),
        ]
        yield f"{design.name}, culprit{_all(guilty)}", sentences


def _all(names: Sequence[str]) -> str:
    return f"{'s' if len(names) > 1 else ''} {', '.join(names)}"


def _sentences(design: Scenario, measured: Lookup) -> Iterator[str]:
    """Yield the sentences about a design."""
    total = (design.name, "total", "total")
    yield from _listings(design, measured)
    streams = ((host, item) for host in design.hosts.values() for item in host.streams.values())
    if all(is_culprit(host, stream) for host, stream in streams):
        yield "Innocent mail: there is none."
        return
    hit = {
        word: measured.interval(*total, f"{word}_innocents")
        for word in ("refused", "junked", "late")
        if measured.value(*total, f"{word}_innocents") > 0.0
    }
    if not hit and not measured.value(*total, "harmed"):
        yield "Innocent mail: none is refused, junked or late because of the culprits."
        return
    recipients = (
        ", ".join(f"{count} {word}" for word, count in hit.items()) or "none refused or late"
    )
    harmed = measured.interval(*total, "harmed")
    yield f"Innocent recipients: {recipients}; harmed in total, with lost ones: {harmed}."
    if not measured.value(*total, "blast_radius"):
        return
    yield (
        f"Harm: {measured.interval(*total, 'blast_radius')} of innocent mail, by weight: "
        f"{measured.interval(*total, 'blast_reputation')} by reputation and "
        f"{measured.interval(*total, 'blast_congestion')} by congestion."
    )
    yield from _streams(design, measured)
    yield from _if_listed(design, measured)


def _listings(design: Scenario, measured: Lookup) -> Iterator[str]:
    """Yield sentences on listings: their probability, number and length, and the blocklists."""
    total = (design.name, "total", "total")
    if not design.blocklists:
        yield "Listings: none, as there are no blocklists."
        return
    row = measured.row(*total, "listed")
    if row is None or not row["value"]:
        least = ""
        if row is not None:
            most = chance(unseen(row["replications"]))
            least = f"; their probability is below {most} (with 95 % confidence)"
        yield f"Listings: none in the replications{least}."
        return
    by_list = {
        name: measured.value(design.name, "blocklist", name, "listed")
        for name in measured.subjects("blocklist")
    }
    worst = sorted((n for n, share in by_list.items() if share > 0.0), key=lambda n: -by_list[n])
    lists = ", ".join(f"{name} {chance(by_list[name])}" for name in worst[:MOST])
    length = measured.interval(*total, "listing_length")
    lasts = (
        f"; mean length of a listing, cut off at the end of the run: {length}"
        if length != NONE
        else ""
    )
    count = f"{measured.interval(*total, 'listings')} in each"
    begun = count if measured.value(*total, "listings") else "all began before the time counted"
    time = measured.interval(*total, "listed_time")
    yield (
        f"Listings: in {measured.chance(*total, 'listed')} of the replications; {begun}, a "
        f"{listed_things(design)} is listed for {time}{lasts}. By list: {lists}."
    )


def _streams(design: Scenario, measured: Lookup) -> Iterator[str]:
    """Yield a sentence on the streams with harm, the worst first."""
    harm = {
        name: measured.value(design.name, "stream", name, "blast_radius")
        for name in measured.subjects("stream")
        if " | " not in name
    }
    worst = sorted((name for name, share in harm.items() if share > LEAST), key=lambda n: -harm[n])
    if worst:
        named = (
            f"{name} {measured.interval(design.name, 'stream', name, 'blast_radius')}"
            for name in worst[:MOST]
        )
        more = f", and {len(worst) - MOST} more" if len(worst) > MOST else ""
        yield f"By stream: {', '.join(named)}{more}."


def _cold(design: Scenario, measured: Lookup) -> Iterator[str]:
    """Yield a sentence on the cost of the limits for a new IP."""
    new = {finding.place for finding in cold_egress(design)}
    for ip in design.egress:
        key = (design.name, "egress", ip)
        if dotted(("egress", ip)) in new and measured.value(*key, "expired") > 0.0:
            yield (
                f"New IP: mailbox providers throttle {ip} on its first days; of its recipients "
                f"{measured.interval(*key, 'expired')} expired, and "
                f"{measured.interval(*key, 'on_time')} came on time."
            )


def _gain(design: Scenario, base: Scenario, measured: Lookup) -> Iterator[str]:
    """Yield the isolation gain, if there is a base with harm to avoid."""
    row = measured.row(design.name, "total", "total", "isolation_gain")
    if row is not None and not math.isnan(row["difference"]):
        ends = row["difference_low"], row["difference_high"]
        one = "; from one replication" if math.isnan(ends[0]) else ""
        more = " (negative: this design has more of it)" if row["difference"] < 0.0 else ""
        yield (
            f"Isolation gain, the share of {base.name}'s harm by reputation that is avoided: "
            f"{interval(row['difference'], *ends, 'share', bounded=False)}{more}{one}."
        )


def _if_listed(design: Scenario, measured: Lookup) -> Iterator[str]:
    """Yield the numbers given a listing, if some replications have one and some have none."""
    given = (design.name, "total", "total | listed")
    row = measured.row(*given, "blast_reputation")
    likely = measured.value(design.name, "total", "total", "listed")
    if row is not None and 0.0 < likely < 1.0:
        yield (
            f"Given a listing ({row['replications']} of the replications): "
            f"{measured.interval(*given, 'refused_innocents')} refused, "
            f"harm by reputation {measured.interval(*given, 'blast_reputation')}."
        )
