"""The output contract, second half: every metric and every scope, with unit and meaning."""

from relaysim.measure.blast_catalogue import BLAST, BLAST_SCOPES
from relaysim.measure.frame_columns import HELD_PARTS, PARTS_OF_LATENCY
from relaysim.stats.metric import Margin, Metric

__all__ = [
    "BLAST_SCOPES",
    "BOTH_DELIVERED",
    "DELIVERED_METRICS",
    "FEWEST_IN_AN_HOUR",
    "LATENCY_METRICS",
    "LISTING_METRICS",
    "METRICS",
    "PAIRED_LATENCY",
    "PERIOD_METRICS",
    "PERIOD_SCOPES",
    "RECIPIENT_METRICS",
    "RESOURCE_METRICS",
    "SCOPES",
    "SKEWED_BY_LISTINGS",
    "SUBMISSION_METRICS",
    "Margin",
    "Metric",
]

_RECIPIENTS = Margin(1.0, 0.01)
_TIME = Margin(1.0, 0.05)
_LENGTH = Margin(1.0, 0.05)
_CHANCE = Margin(0.05)
BOTH_DELIVERED = "_both_delivered"
"""The ending of metrics of the recipients that both designs of a comparison delivered."""
DELIVERED_LATENCY = (
    ("latency_mean", "latency, creation to final 250"),
    *PARTS_OF_LATENCY,
    *HELD_PARTS,
)
PAIRED_LATENCY = (
    *(f"latency_{name}" for name in ("p50", "p90", "p95", "p99", "max")),
    *(name for name, _ in DELIVERED_LATENCY),
)
FEWEST_IN_AN_HOUR = 20
"""Judged recipients of a class from which on an hour is judged (an assumption): with fewer a single
late recipient would make the hour bad."""
_GOT = "recipients created in the window that were"

METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric("created", "recipients", "more", _RECIPIENTS, "recipients created in the window"),
        Metric("accepted", "recipients", "more", _RECIPIENTS, f"{_GOT} committed by a hub"),
        Metric(
            "refused",
            "recipients",
            "less",
            _RECIPIENTS,
            f"{_GOT} refused at submission, last answer 5xx",
        ),
        Metric("abandoned", "recipients", "less", _RECIPIENTS, f"{_GOT} dropped by the host"),
        Metric("delivered", "recipients", "more", _RECIPIENTS, f"{_GOT} delivered"),
        Metric("junked", "recipients", "less", _RECIPIENTS, f"{_GOT} delivered to the junk folder"),
        Metric(
            "bounced",
            "recipients",
            "less",
            _RECIPIENTS,
            f"{_GOT} refused permanently by the receiver",
        ),
        Metric(
            "expired",
            "recipients",
            "less",
            _RECIPIENTS,
            f"{_GOT} dropped by the hub at their expiry",
        ),
        Metric(
            "in_flight", "recipients", "less", _RECIPIENTS, f"{_GOT} in flight when the run ended"
        ),
        Metric(
            "suppressed",
            "recipients",
            "less",
            _RECIPIENTS,
            f"{_GOT} never sent: off the mailing list, or their stream was paused",
        ),
        Metric(
            "duplicates",
            "recipients",
            "less",
            _RECIPIENTS,
            "recipients created in the window that got a message once more: copies delivered or "
            "junked after the first one, which alone counts everywhere else; a mailbox discards "
            "them",
        ),
        Metric(
            "on_time",
            "share",
            "more",
            Margin(0.005),
            "share of the judged recipients (created in the window, at least their deadline before "
            "the end of the run) that were delivered or junked within the deadline of their stream",
            denominator="judged",
        ),
        Metric(
            "judged",
            "recipients",
            "more",
            _RECIPIENTS,
            "recipients created in the window, at least their deadline before the end of the run",
        ),
        Metric(
            "not_judged",
            "recipients",
            "less",
            _RECIPIENTS,
            "recipients created in the window later than their deadline before the end of the run: "
            "`on_time`, latency quantiles and harm leave them out, however they ended",
        ),
        Metric(
            "throughput",
            "recipients/s",
            "more",
            Margin(0.0, 0.01),
            "recipients delivered or junked in the window, whenever they were created, per second",
        ),
        Metric(
            "peak_throughput",
            "recipients/s",
            "more",
            Margin(0.0, 0.05),
            "the same in the best whole minute of the window, counted from its start",
        ),
        Metric(
            "completion",
            "s",
            "less",
            Margin(60.0, 0.05),
            "first creation to the last final status; lost (infinite) where a recipient was not "
            "reached: refused, abandoned, expired, bounced for another reason than 5.1.1 (no such "
            "mailbox), or kept back while its stream paused; else absent where one is in flight",
        ),
        *(
            Metric(
                f"latency_p{p}",
                "s",
                "less",
                _TIME,
                f"{p} % of the judged recipients have at most this latency, creation to final 250; "
                "infinite (lost) where it takes one that was not delivered or junked",
            )
            for p in (50, 90, 95, 99)
        ),
        Metric(
            "latency_max",
            "s",
            "less",
            _TIME,
            "the same of all judged recipients: lost where one was not delivered or junked",
        ),
        Metric(
            "latency_p95_busy_hours",
            "s",
            "less",
            _TIME,
            "p95 of the judged recipients created in a busy hour, lost ones being later than all: "
            "an hour of the run that creates at least 90 % as many recipients of all mail as the "
            "busiest hour",
        ),
        *(
            Metric(name, "s", "less", _TIME, f"mean per judged and delivered recipient: {text}")
            for name, text in DELIVERED_LATENCY
        ),
        *(
            Metric(
                f"{name}{BOTH_DELIVERED}",
                "s",
                "less",
                _TIME,
                f"`{name}` over the recipients that both designs delivered or junked, in "
                "`comparisons` alone",
            )
            for name in PAIRED_LATENCY
        ),
        Metric(
            "bad_day_share",
            "share",
            "less",
            _CHANCE,
            "share of the judged days that were bad: under `run.bad_day_below` of the judged "
            "recipients created on the day were on time; a run of one day has 0 or 1",
            chance=True,
        ),
        Metric(
            "judged_days",
            "days",
            "more",
            Margin(1.0),
            "days, of 24 h from the start of the run, on which a judged recipient was created in "
            "the window",
        ),
        Metric(
            "bad_hour_share",
            "share",
            "less",
            Margin(0.01),
            "the same share of the judged hours: includes a quiet hour that loses its mail",
            denominator="judged_hours",
        ),
        Metric(
            "judged_hours",
            "hours",
            "more",
            Margin(1.0),
            "hours, of 60 min from the start of the run, in which at least "
            f"{FEWEST_IN_AN_HOUR} judged recipients were created in the window",
        ),
        Metric(
            "refused_attempts",
            "attempts",
            "less",
            _RECIPIENTS,
            "refused attempts to submit messages created in the window, at a hub: by this hub; "
            "a message that is accepted later counts too, is in `delivered`, and is no loss",
        ),
        Metric(
            "utilization",
            "share",
            "less",
            Margin(0.01),
            "share of the servers that were busy, mean over the window",
        ),
        *(
            Metric(
                name,
                "share",
                "less",
                Margin(0.01),
                f"the same in the busiest {what} of the window, of whole ones from its start",
            )
            for name, what in (
                ("utilization_busiest_hour", "hour"),
                ("utilization_busiest_5_min", "five minutes"),
            )
        ),
        Metric("queue_mean", "entries", "less", _LENGTH, "number waiting, mean over the window"),
        Metric("queue_max", "entries", "less", _LENGTH, "largest number waiting in the window"),
        Metric(
            "wait_mean",
            "s",
            "less",
            Margin(0.1, 0.05),
            "mean wait of the entries that arrived in the window and were served; absent where no "
            "entry that had to wait was served",
        ),
        Metric(
            "minutes_above",
            "min",
            "less",
            Margin(1.0, 0.05),
            "time in the window with a queue above Microsoft's threshold: 100 in "
            "the submission queue, 250 in a delivery queue",
        ),
        Metric(
            "listed",
            "share",
            "less",
            _CHANCE,
            "1 if it was listed in the window at all, else 0: the mean is the probability",
            chance=True,
        ),
        Metric("listings", "listings", "less", Margin(0.1), "listings that began in the window"),
        Metric(
            "listed_time",
            "s",
            "less",
            Margin(600.0),
            "time in the window in which the IP or domain was on at least one list, or the list "
            "had any of them",
        ),
        Metric(
            "listing_length",
            "s",
            "less",
            Margin(600.0, 0.05),
            "mean length of the listings that began in the window; one that outlives the run "
            "counts up to its end",
        ),
        *BLAST,
    )
}

RECIPIENT_METRICS = tuple(
    name
    for name in list(METRICS)[: list(METRICS).index("bad_day_share")]
    if not name.endswith(BOTH_DELIVERED)
)
"""Metrics of groups of recipients."""
DELIVERED_METRICS = tuple(name for name, _ in DELIVERED_LATENCY)
"""Metrics of delivered and junked recipients alone, which a comparison does not take."""
LATENCY_METRICS = tuple(
    name
    for name in RECIPIENT_METRICS
    if name.startswith("latency_") and name not in DELIVERED_METRICS
)
"""Quantiles of the latency, in which lost recipients count as later than any other."""
RESOURCE_METRICS = (
    *("utilization", "utilization_busiest_hour", "utilization_busiest_5_min"),
    *("queue_mean", "queue_max", "wait_mean", "minutes_above"),
)
PERIOD_METRICS = ("bad_day_share", "judged_days", "bad_hour_share", "judged_hours")
"""Metrics of days and hours, for the scopes `PERIOD_SCOPES`."""
PERIOD_SCOPES = ("total", "class")
SUBMISSION_METRICS = ("refused_attempts",)
"""Metrics of attempts at submission, for the scopes total, stream and hub."""
LISTING_METRICS = ("listed", "listings", "listed_time", "listing_length")

SCOPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "total": (
        "all mail, without DSNs; all public IPs and, on lists of domains, all sender domains",
        RECIPIENT_METRICS + PERIOD_METRICS + LISTING_METRICS + SUBMISSION_METRICS,
    ),
    "class": (
        "a class; also split as `CLASS.internal` and `CLASS.external`; DSNs are the class `dsn`",
        RECIPIENT_METRICS + PERIOD_METRICS,
    ),
    "stream": ("`host.stream`", RECIPIENT_METRICS + SUBMISSION_METRICS),
    "destination": ("a destination; `internal` is the own mailboxes", RECIPIENT_METRICS),
    "hub": ("a hub: recipients whose last hub it was", RECIPIENT_METRICS + SUBMISSION_METRICS),
    "egress": (
        "a public IP: recipients whose last attempt left by it",
        RECIPIENT_METRICS + LISTING_METRICS,
    ),
    "resource": (
        (
            "`HUB.cpu`, `HUB.commit`, `HUB.submission`, `HUB.mailboxsubmission`, `HUB.mailbox`, "
            "`HUB->domain` (`HUB->destination` where domains are counted), `HUB->HUB`, "
            "`LINE.line`, `HUB/connector` (connections)"
        ),
        RESOURCE_METRICS,
    ),
    "sender_domain": (
        "the registered domain of senders, where a blocklist lists domains",
        LISTING_METRICS,
    ),
    "blocklist": ("a blocklist", LISTING_METRICS),
}

SKEWED_BY_LISTINGS = frozenset(
    {metric for metric in RECIPIENT_METRICS if metric.startswith("latency_")}
    | {f"{metric}{BOTH_DELIVERED}" for metric in PAIRED_LATENCY if metric.startswith("latency_")}
    | {"listed_time", "listing_length", "address_hours"}
)
"""Metrics that get no interval of a mean in a scenario where a listing can happen.

Replications with a listing have hours and days where the others have seconds, or nothing. Of two
variants of `shared-hub`, 95 % intervals contained the true mean in 16 to 82 % of the trials.
"""
