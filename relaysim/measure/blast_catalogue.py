"""The metrics of coupled runs, and the scopes that have them.

T is the treatment, with all signals; in C, the control, no signal of the culprits counts, and no
listing is scripted; in N the culprits send nothing. A recipient is harmed in a run if it is not
delivered or junked within the deadline of its stream.
"""

from relaysim.stats.metric import Margin, Metric

_RECIPIENTS = Margin(1.0, 0.01)
_HOURS = Margin(1.0, 0.05)
_SHARE = Margin(0.05)
_HARM = Margin(0.001)
_INNOCENT = "judged innocent recipients created in the window"

BLAST = (
    Metric(
        "blast_radius",
        "share",
        "less",
        _HARM,
        f"all harm caused by the culprits, as a share of the {_INNOCENT}, by weight: "
        "`blast_reputation` + `blast_congestion`",
        denominator="innocent_weight",
    ),
    Metric(
        "blast_reputation",
        "share",
        "less",
        _HARM,
        "the part caused by the reputation of the culprits' mail: harm in T less harm in C",
        denominator="innocent_weight",
    ),
    Metric(
        "blast_congestion",
        "share",
        "less",
        _HARM,
        "the part caused by the capacity that the culprits use: harm in C less harm in N",
        denominator="innocent_weight",
    ),
    Metric(
        "blast_junk",
        "share",
        "less",
        _HARM,
        f"share of the {_INNOCENT}, by weight, that were junked in T, less that in N",
        denominator="innocent_weight",
    ),
    Metric(
        "innocent_weight",
        "weight",
        "more",
        _RECIPIENTS,
        f"the {_INNOCENT}, by weight: the sum of the weights of their streams, or their number "
        "where the weights add up to nothing",
    ),
    Metric(
        "harmed", "recipients", "less", _RECIPIENTS, f"{_INNOCENT} with more harm in T than in N"
    ),
    Metric(
        "refused_innocents",
        "recipients",
        "less",
        _RECIPIENTS,
        f"{_INNOCENT} that bounced in T for the reputation of the IP or of the sender domain; "
        "of a blocklist: by the list that the reply cites",
    ),
    Metric(
        "junked_innocents",
        "recipients",
        "less",
        _RECIPIENTS,
        f"{_INNOCENT} junked in T and not in N, but for those of `late_innocents`",
    ),
    Metric(
        "late_innocents",
        "recipients",
        "less",
        _RECIPIENTS,
        "recipients of `harmed` that were delivered or junked in T, too late",
    ),
    Metric(
        "delay_hours",
        "h",
        "less",
        _HOURS,
        "how much later recipients were delivered in T than in N, summed over those of both",
    ),
    Metric(
        "reach_hours",
        "h",
        "less",
        _HOURS,
        "integral over the window of the probability that a fresh message of the stream would "
        "be refused, given what is published and what each domain does with it",
    ),
    Metric(
        "reach_refused",
        "recipients",
        "less",
        _RECIPIENTS,
        "`reach_hours` applied to the recipients of each hour: a check on `refused_innocents`",
    ),
    Metric(
        "blast_streams",
        "share",
        "less",
        _SHARE,
        "share of the innocent streams with at least 1 % more harmed recipients in T than in N",
        denominator="innocent_streams",
    ),
    Metric(
        "innocent_streams",
        "streams",
        "more",
        Margin(1.0),
        f"innocent streams with {_INNOCENT}",
    ),
    Metric(
        "blast_hours",
        "h",
        "less",
        _HOURS,
        "hours of creation, counted from the start of the run, in which that holds for all "
        "innocent recipients, by weight",
    ),
    Metric(
        "address_hours",
        "h",
        "less",
        _HOURS,
        "public IPs that no culprit used and that were listed or blocked by a provider, "
        "integral over the window",
    ),
    Metric(
        "incident",
        "share",
        "less",
        _SHARE,
        "1 if there was an incident, else 0: the mean is the probability",
        chance=True,
    ),
    Metric(
        "incidents",
        "incidents",
        "less",
        Margin(0.1),
        "incidents in the window: spans in which some public IP or domain is listed, or blocked or "
        "throttled by a provider; those less than 24 h apart are one",
    ),
    Metric(
        "containment",
        "share",
        "more",
        _SHARE,
        "share of the recipients harmed by reputation (in T, less those in C) that are the "
        "culprits' own",
        denominator="harmed_by_reputation",
    ),
    Metric(
        "harmed_by_reputation",
        "recipients",
        "less",
        _RECIPIENTS,
        "judged recipients harmed in T, less those in C, of culprits and of innocent streams",
    ),
    Metric(
        "leverage",
        "recipients",
        "less",
        Margin(0.01, 0.05),
        "innocent recipients harmed in T and not in C, for each signal of a culprit's mail that "
        "was received",
    ),
    Metric(
        "isolation_gain",
        "share",
        "more",
        _SHARE,
        "share of the base's `blast_reputation` that the design avoids: 1 less the ratio of "
        "the two means; in `comparisons` alone, its interval by the jackknife",
    ),
)

HARM_METRICS = (
    "blast_radius",
    "blast_reputation",
    "blast_congestion",
    "blast_junk",
    "innocent_weight",
    "harmed",
    "refused_innocents",
    "junked_innocents",
    "late_innocents",
    "delay_hours",
)
"""Metrics of groups of innocent recipients."""
WHOLE_METRICS = (
    "reach_refused",
    "blast_streams",
    "innocent_streams",
    "blast_hours",
    "address_hours",
    "incident",
    "incidents",
    "containment",
    "harmed_by_reputation",
    "leverage",
)
"""Metrics of coupled runs as a whole."""

BLAST_SCOPES: dict[str, tuple[str, tuple[str, ...]]] = {
    "total": ("all innocent mail", HARM_METRICS + WHOLE_METRICS),
    "class": ("a class, also split by side; innocent streams alone", HARM_METRICS),
    "stream": ("an innocent stream", (*HARM_METRICS, "reach_hours", "reach_refused")),
    "destination": ("a destination", HARM_METRICS),
    "egress": ("a public IP: recipients whose last attempt left by it", ("refused_innocents",)),
    "blocklist": ("a blocklist", ("refused_innocents",)),
}
"""What coupled runs add, where a scenario has a culprit."""
