"""The frames `harmed` and `incidents`: harmed recipients, and spans of listings and blocks."""

import numpy as np
import pandas as pd

from relaysim.measure.blast.harm import toll
from relaysim.measure.blast.incident_spans import LISTED, OPEN, Incident, IncidentSpans, incident_of
from relaysim.measure.blast.innocent_mail import Innocents
from relaysim.measure.frame_cells import named, seconds
from relaysim.measure.frames import STATUSES
from relaysim.measure.recipients import streams
from relaysim.scenario.model import Scenario
from relaysim.trace.columns import Column
from relaysim.trace.tables import NO_CAUSE, PROVIDER_CAUSE, Status, Trace

PROVIDER, JUNKED, LATE = "provider", "junked", "late"


def harmed(
    innocents: Innocents, trace: Trace, scenario: Scenario, replication: int
) -> pd.DataFrame:
    """Return the frame `harmed`.

    Parameters
    ----------
    innocents : Innocents
        The innocent recipients of coupled runs.
    trace : Trace
        The treatment, T.
    scenario : Scenario
        The design.
    replication : int
        The number of the replication, from 0.

    Returns
    -------
    pandas.DataFrame
        One row for each innocent recipient with more harm in T than in N, or junked in T alone.
    """
    treatment, control, absent = innocents.treatment, innocents.control, innocents.absent
    # Mail that is junked in time adds no harm, so junk in T alone is chosen beside it.
    chosen = (innocents.excess > 0) | (treatment.junk & ~absent.junk)
    chosen_innocents, names = innocents.where(chosen), trace.names
    treatment, control, absent = (
        chosen_innocents.treatment,
        chosen_innocents.control,
        chosen_innocents.absent,
    )
    rows, known = chosen_innocents.row, streams(scenario)
    classes = sorted({stream.class_ for stream in known.values()})
    # -1: DSNs, which are never innocent recipients.
    of_stream = [classes.index(known[n].class_) if n in known else -1 for n in names.streams]
    reply = trace.recipients["reply"][rows]
    return pd.DataFrame(
        {
            "replication": np.full(len(rows), replication),
            "recipient": rows,
            "message": trace.recipients["message"][rows],
            "stream": named(chosen_innocents.recipients.stream, names.streams),
            "class": named(
                np.array(of_stream, np.int64)[chosen_innocents.recipients.stream], classes
            ),
            "destination": named(chosen_innocents.recipients.destination, names.destinations),
            "domain": named(trace.recipients["domain"][rows], names.domains),
            "created": seconds(chosen_innocents.recipients.created),
            "status": named(chosen_innocents.recipients.status, STATUSES),
            "reply": named(reply, names.replies),
            "latency": seconds(treatment.latency),
            "latency_control": seconds(control.latency),
            "latency_absent": seconds(absent.latency),
            "harm": treatment.harm.astype(np.int64),
            "harm_control": control.harm.astype(np.int64),
            "harm_absent": absent.harm.astype(np.int64),
            "cause": _causes(chosen_innocents, trace),
        }
    )


def _causes(innocents: Innocents, trace: Trace) -> "pd.Categorical[str]":
    """Return the cause of harm: the last reply due to reputation, else the final status."""
    names, status = trace.names, innocents.recipients.status
    words = (*names.blocklists, PROVIDER, JUNKED, LATE)
    others = [f for f in STATUSES if f not in words]
    provider, junked, late = (words.index(word) for word in (PROVIDER, JUNKED, LATE))
    by_status = {f: len(words) + others.index(f) if f in others else junked for f in STATUSES}
    code = np.array([by_status[f] for f in STATUSES], np.int64)[status]
    code[status == Status.DELIVERED] = late
    code[(status == Status.JUNKED) & (innocents.excess > 0)] = late
    # A reply that cites a list or the provider explains more than the final status.
    cause = _reputational(trace, innocents.row)
    code = np.where(cause >= 0, cause, np.where(cause == PROVIDER_CAUSE, provider, code))
    return named(code, [*words, *others])


def _reputational(trace: Trace, rows: Column) -> Column:
    """Return the cause in the last reply due to reputation, of recipient or transaction."""
    causes = np.array([*trace.names.causes, NO_CAUSE], np.int64)
    attempts = trace.attempts
    cause = causes[attempts["reply"]]
    cited = np.flatnonzero(cause != NO_CAUSE)
    cited = cited[np.argsort(attempts["attempt"][cited], kind="stable")]
    # One more, for the transaction -1; the last of several assignments stays.
    last = np.full(len(trace.transactions) + 1, NO_CAUSE)
    last[attempts["transaction"][cited]] = cause[cited]
    reply_causes = causes[trace.recipients["reply"][rows]]
    return np.where(
        reply_causes != NO_CAUSE, reply_causes, last[trace.recipients["transaction"][rows]]
    )


def incidents(
    trace: Trace,
    innocents: Innocents,
    incident_spans: IncidentSpans,
    spans: list[Incident],
    replication: int,
) -> pd.DataFrame:
    """Return the frame `incidents`.

    Parameters
    ----------
    trace : Trace
        The treatment, T.
    innocents : Innocents
        The innocent recipients of coupled runs.
    incident_spans : IncidentSpans
        Listings and bad provider states of T.
    spans : list of Incident
        The incidents of the window, in the order of time.
    replication : int
        The number of the replication, from 0.

    Returns
    -------
    pandas.DataFrame
        One row for each incident.
    """
    names = trace.names
    starts = np.array([span.start for span in spans], np.int64)
    incident = incident_of(starts, innocents.recipients.end)
    refused = toll(innocents)["refused"] & (incident >= 0)
    counts = np.bincount(incident[refused], minlength=len(spans))
    of_stream = np.array(names.stream_registered_domain, np.int64)
    message = trace.recipients["message"][trace.signals["recipient"]]
    senders = of_stream[trace.messages["stream"][message]]
    rows = []
    before = 0
    for span, count in zip(spans, counts.tolist(), strict=True):
        ips = np.setdiff1d(incident_spans.egress[span.rows], -1)
        domains = np.setdiff1d(incident_spans.sender_domain[span.rows], -1)
        # What an operator received before the start is what led to the incident.
        seen = (trace.signals["time"] >= before) & (trace.signals["time"] <= span.start)
        seen &= np.isin(trace.signals["egress"], ips) | np.isin(senders, domains)
        listed = incident_spans.state[span.rows] == LISTED
        rows.append(
            (
                replication,
                span.start / 1e6,
                # NaN: the incident outlived the run.
                span.end / 1e6 if span.end < OPEN else np.nan,
                _joined(ips, names.egress),
                _joined(domains, names.registered_domains),
                _joined(incident_spans.subject[span.rows][listed], names.blocklists),
                _joined(incident_spans.subject[span.rows][~listed], names.destinations),
                int(seen.sum()),
                count,
            )
        )
        before = span.end
    columns = [
        *("replication", "start", "end", "egress", "sender_domains", "blocklists", "providers"),
        *("signals", "refused_innocents"),
    ]
    return pd.DataFrame(rows, columns=columns).astype(
        {"replication": np.int64, "start": np.float64, "end": np.float64}
        | {"egress": str, "sender_domains": str, "blocklists": str, "providers": str}
        | {"signals": np.int64, "refused_innocents": np.int64}
    )


def _joined(codes: Column, names: tuple[str, ...]) -> str:
    return ", ".join(names[code] for code in np.unique(codes).tolist())
