"""The page on output, made from the contract."""

from collections.abc import Mapping

from relaysim.measure.frame_columns import FRAMES
from relaysim.measure.metric_catalogue import BLAST_SCOPES, FEWEST_IN_AN_HOUR, METRICS, SCOPES
from relaysim.stats.metric import Matters

NOTES = """\
Times are seconds since the start of the run. The window is [`warm_up`, `duration`). Recipients
count if they were created in it, a DSN if the recipient that caused it was; `on_time`, latency and
harm are about those of them that are judged: created at least their deadline before the end of the
run. Left out by their creation alone, however they ended, the others bias nothing; rates,
utilization, queues and listings are about the events in it, of all mail. Latency runs
from creation to the final 250. Its quantiles count every judged recipient, and one that was not
delivered or junked is later than any other: a quantile that such a one decides is lost. Frames have
`inf` for it, text says "lost", JSON has `null` and CSV nothing, both with `lost` true. Quantiles
are interpolated linearly between order statistics; the mean latency and its parts are over what was
delivered or junked. In a comparison a difference with a lost value is counted
(`replications_better`, `replications_worse`) and decided by the sign test; metrics that end in
`_both_delivered` are over the recipients that both designs delivered or junked. The eight parts of
the latency add up to it exactly, recipient by recipient. `low` and `high` are Student's 95 %
confidence interval over the replications; of `listed` and `incident`, which happen in a replication
or do not, Wilson's, and Newcombe's of their differences. An interval ends where the range of the
quantity ends: a share at 0 and 1, all else at 0.

Over replications, a share that counts recipients or streams is the ratio of two sums, such as all
on time over all judged; the column `denominator` of the table names the metric that is summed
below. The interval is that of the ratio estimator (linearization: Cochran, Sampling Techniques, 3rd
edition, 1977, section 6.3), and a paired difference is that of the two ratios, with the residuals
of both paired. With the same denominator in all replications both are those of the mean of the
shares. `median`, `least` and `most` are about the shares of single replications. A replication
without a share is left out. A long run has batch means of latencies, and no shares; the yearly risk
keeps weighted means of the shares of horizons, because the harm of one horizon is what it is about.

Queues count who waits, not
who is being served. Mail to spam traps of blocklist operators stands under no destination.
"""
BLAST = """\
Where a scenario has a culprit, `blast_radius` and `compare` make three runs of the same recipients.
In T everything is on. In C the culprits send the same mail with the same answers from every
address, but nobody counts anything of it, and no listing is scripted. In N the culprits send
nothing, and no listing is scripted. A recipient is harmed in a run if it is not delivered or junked
within the deadline of its stream. Judged recipients count: those created at least that deadline
before the end of the run, however they ended. All streams but culprits and DSNs are innocent. A
share weighs each recipient with the `weight` of its stream, or all alike where the weights add up
to nothing. Values are those of a replication: of one horizon.

Some subjects hold in some replications alone; `replications` says in how many:

- `X | listed`: in those in which some public IP was listed in the window;
- `D | refuses` and `D | accepts`, `total | D refuses` and `total | D accepts`: for a destination D
  of one domain, for which chance decides once a replication whether it acts on blocklists. Results
  then come in two kinds, and an interval around the mean of both says little.
"""
DAYS = f"""\
A day is 24 h, counted from the start of the run; the last one may be shorter. A day is bad for a
class if under `run.bad_day_below` of its judged recipients that were created on the day are on time
(0.95, an assumption); a day without any is no day of the class. `bad_day_share` is bad over judged
days of all replications, its interval that of Clopper and Pearson (Biometrika 26, 1934), with as
many independent days as the days of each replication are worth (Korn and Graubard, Survey
Methodology 24, 1998). A difference of two such shares is Newcombe's, by replication.

The same holds for hours of 60 min, counted from the start of the run: `bad_hour_share` shows an
hour that loses its mail though it is not a busy one. An hour is judged for a class if it has at
least {FEWEST_IN_AN_HOUR} judged recipients (an assumption). Replications are the clusters of the
interval too. A difference of two such shares is that of two ratios, see above.

Where a listing can happen (a blocklist or a provider can act, or an event lists an IP), `latency_*`
metrics, `listed_time`, `listing_length` and `address_hours` have no interval: look at `median`,
`least` and `most`. Their verdict is one on the median of the paired differences.
"""
VERDICTS = """\
The difference that matters of a metric is the larger of an absolute one and a share of the base. A
comparison is

- `equal` if the value is the same in both designs in every replication, of at least two: it is a
  statement about these replications, in which both designs had the same draws;
- `equivalent` if the whole confidence interval of the difference lies within the
  difference that matters, on both sides of zero;
- `better` or `worse` if the interval leaves out zero and the difference itself is larger than the
  one that matters;
- `loses more mail` in place of these two where the design that has the better `on_time`,
  `completion`, late days or hours, latency, or fewer bounces and other losses, delivers fewer
  recipients than the other, by more than 0.5 % of those created: throwing mail away makes the rest
  faster, and what never gets out does not bounce;
- `not decided` otherwise: with one replication always. More replications decide it.

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
    lines += ["| metric | unit | better | difference that matters | meaning | denominator |"]
    lines += ["| --- | --- | --- | --- | --- | --- |"]
    for metric in METRICS.values():
        cells = (
            f"`{metric.name}`",
            metric.unit,
            metric.better,
            _matters(metric.matters),
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


def _matters(matters: Matters) -> str:
    parts = [f"{matters.absolute:g}"] if matters.absolute else []
    parts += [f"{matters.relative:.0%} of the base"] if matters.relative else []
    return " or ".join(parts)
