"""The page on output, made from the contract."""

from collections.abc import Mapping

from relaysim.measure.frame_columns import FRAMES
from relaysim.measure.metric_catalogue import BLAST_SCOPES, FEWEST_IN_AN_HOUR, METRICS, SCOPES
from relaysim.stats.metric import Margin

NOTES = """\
Times are seconds since the start of the run. The window is [`warm_up`, `duration`). A recipient
counts if it was created in the window, a DSN if the recipient that caused it was. Rates,
utilization, queues and listings are about the events in the window, of all mail.

`on_time`, latency and harm are about judged recipients: those created at least their deadline
before the end of the run. The creation alone decides, whatever the final status, so leaving out the
others causes no bias.

Latency runs from creation to the final 250. Its quantiles count every judged recipient, and a
recipient that was not delivered or junked is later than any other. A quantile that such a recipient
decides is lost. Frames have `inf` for it, text says "lost", JSON has `null` and CSV nothing, both
with `lost` true. Quantiles are interpolated linearly between order statistics. The mean latency and
its parts are over recipients that were delivered or junked. The eight parts of the latency add up
to it exactly, recipient by recipient.

In a comparison a difference with a lost value is counted (`replications_better`,
`replications_worse`) and decided by the sign test. Metrics that end in `_both_delivered` are over
the recipients that both designs delivered or junked.

`low` and `high` are the ends of Student's 95 % confidence interval over the replications. `listed`
and `incident`, which happen in a replication or do not, have Wilson's interval, and their
differences Newcombe's. An interval ends where the range of the quantity ends: a share at 0 and 1,
all else at 0.

Over replications, a share that counts recipients or streams is the ratio of two sums, such as all
on time over all judged. The column `denominator` of the table names the metric whose sum is the
denominator. The interval is that of the ratio estimator (linearization: Cochran, Sampling
Techniques, 3rd edition, 1977, section 6.3). A paired difference is the difference of the two
ratios, with paired residuals. With the same denominator in all replications both equal those of
the mean of the shares.
`median`, `least` and `most` are about the shares of single replications. A replication without a
share is left out. A long run has batch means of latencies, and no shares. The yearly risk has
weighted means of the shares of horizons, because it is about the harm of one horizon.

Queue lengths count waiting entries, without those in service. Mail to spam traps of blocklist
operators belongs to no destination.
"""
BLAST = """\
Where a scenario has a culprit, `blast_radius` and `compare` make three runs of the same recipients.
In T everything is on. In C the culprits send the same mail with the same answers from every
address, but no operator or provider counts it, and no listing is scripted. In N the culprits send
nothing, and no listing is scripted.

A recipient is harmed in a run if it is not delivered or junked within the deadline of its stream.
Judged recipients count: those created at least that deadline before the end of the run, whatever
their final status. All streams but culprits and DSNs are innocent. A share weighs each recipient
with the `weight` of its stream, or all alike where the weights add up to nothing. A value is about
one replication: one horizon.

Some subjects exist in some replications alone; `replications` has their number:

- `X | listed`: replications in which some public IP or domain was listed in the window;
- `D | refuses` and `D | accepts`, `total | D refuses` and `total | D accepts`: for a destination D
  of one domain. A replication draws once whether D acts on blocklists, so there are two kinds of
  results, and an interval around the mean of both says little.
"""
DAYS = f"""\
A day is 24 h, counted from the start of the run; the last day may be shorter. A day is late for a
class if under `run.bad_day_below` (0.95, an assumption) of its judged recipients that were created
on the day are on time. A day without judged recipients is no day of the class. `bad_day_share` is
late over judged days of all replications. Its interval is Clopper and Pearson's (Biometrika 26,
1934), with the number of independent days that the days of each replication equal (Korn and
Graubard, Survey Methodology 24, 1998). A difference of two such shares has Newcombe's interval, by
replication.

Hours of 60 min, counted from the start of the run, are judged in the same way: `bad_hour_share`
includes a quiet hour that loses its mail. An hour is judged for a class if it has at least
{FEWEST_IN_AN_HOUR} judged recipients (an assumption). Replications are the clusters of the interval
too. A difference of two such shares is a difference of two ratios, see above.

Where a listing can happen (a blocklist or a provider can act, or an event lists an IP), `latency_*`
metrics, `listed_time`, `listing_length` and `address_hours` have no interval but `median`, `least`
and `most`. Their verdict is about the median of the paired differences.
"""
VERDICTS = """\
The equivalence margin of a metric is the larger of an absolute value and a share of the base. A
comparison is

- `equal` if the value is the same in both designs in every replication, of at least two: the
  verdict is about these replications, in which both designs had the same draws;
- `equivalent` if the whole confidence interval of the difference lies within the margin, on both
  sides of zero;
- `better` or `worse` if the interval leaves out zero and the difference itself exceeds the margin;
- `loses more mail` in place of these two where the design with the better `on_time`, `completion`,
  late days or hours, latency, or fewer bounces and other losses, delivers fewer recipients than the
  other, by more than 0.5 % of those created. With fewer recipients the rest is faster, and mail
  that is not sent does not bounce;
- `not decided` otherwise, and always with one replication. More replications decide it.

The first of these that holds is the verdict.
"""


def document() -> str:
    """Return the contract as Markdown tables."""
    lines: list[str] = []
    for frame, columns in FRAMES.items():
        lines += [f"## `{frame}`", "", "| column | unit | meaning |", "| --- | --- | --- |"]
        lines += [f"| `{c.name}` | {c.unit} | {c.meaning} |" for c in columns]
        lines += [""]
    lines += ["## Scopes", "", *_scopes(SCOPES)]
    lines += ["", "## Scopes of the blast radius", "", BLAST, *_scopes(BLAST_SCOPES)]
    lines += ["", "## Metrics", "", NOTES, DAYS]
    lines += ["| metric | unit | better | equivalence margin | meaning | denominator |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    for metric in METRICS.values():
        cells = (
            f"`{metric.name}`",
            metric.unit,
            metric.better,
            _margin(metric.margin),
            metric.meaning,
            f"`{metric.denominator}`" if metric.denominator else "",
        )
        lines += [f"| {' | '.join(cells)} |"]
    return "\n".join([*lines, "", "## Verdicts", "", VERDICTS])


def _scopes(scopes: Mapping[str, tuple[str, tuple[str, ...]]]) -> list[str]:
    rows = [
        f"| `{scope}` | {subjects} | {', '.join(f'`{n}`' for n in names)} |"
        for scope, (subjects, names) in scopes.items()
    ]
    return ["| scope | subjects | metrics |", "| --- | --- | --- |", *rows]


def _margin(margin: Margin) -> str:
    parts = [f"{margin.absolute:g}"] if margin.absolute else []
    parts += [f"{margin.relative:.0%} of the base"] if margin.relative else []
    return " or ".join(parts)
