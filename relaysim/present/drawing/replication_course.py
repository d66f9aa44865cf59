"""The course of one replication: states of public IPs, and the toll of innocent mail."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt
import pandas as pd

from relaysim.analysis.mail_paths import paths
from relaysim.analysis.sharing import outside
from relaysim.engine.coupled_runs import coupled
from relaysim.mail.address import domain_of
from relaysim.mail.provider_state import State
from relaysim.measure.blast.harm import toll
from relaysim.measure.blast.incident_spans import grouped, incident_of
from relaysim.measure.blast.innocent_mail import Innocents
from relaysim.measure.frames import Frames, tables
from relaysim.measure.measured_window import Window
from relaysim.measure.recipients import Recipients
from relaysim.plan.names import Party, sender_name
from relaysim.scenario.culprit import culprits
from relaysim.scenario.model import Scenario
from relaysim.traffic.workload import draw

HOUR, DAY = 3600.0, 86_400.0
LISTED = 4
"""The state of an IP on a blocklist, beside those of `mail.provider_state.State`."""
_LEAST = 0.01
_RECIPIENTS = ["stream", "created", "end", "latency"]


class StateSubject(NamedTuple):
    """What a provider state is about: mail from a domain by an IP at a mailbox provider."""

    provider: str
    egress: str
    sender: str


class Span(NamedTuple):
    """A span of time, seconds, in which an IP is on a list or in a bad provider state.

    `subject` is the blocklist of a listing, or what a provider state is about.
    """

    subject: str | StateSubject
    egress: str
    state: int
    start: float
    end: float


class Incident(NamedTuple):
    """Listings and bad provider states without a day's pause between them, as in `measure.blast`.

    `start` and `end` are seconds.
    """

    start: float
    end: float
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Course:
    """One replication of a scenario, by the frames of its run.

    `frames` are `recipients`, `listings`, `levels` and `actions`. `toll` has one row for each
    innocent recipient of a kind of `measure.blast.harm`, with the columns `kind`, `created` and
    `end` (seconds; `end` is the time of its final status).
    """

    scenario: Scenario
    replication: int
    frames: Frames
    toll: pd.DataFrame
    named: Mapping[str, StateSubject]
    """What the subjects of provider states in the frame `levels` stand for."""

    @classmethod
    def of(cls, scenario: Scenario, replication: int, seed: int) -> Self:
        """Run the replication, or run it again: it is the same each time.

        The toll takes the coupled runs, as the metrics of the blast radius do.
        """
        runs = coupled(scenario, draw(scenario, replication, seed))
        recipients = Recipients.of(runs.treatment, scenario)
        frames = tables(runs.treatment, scenario, replication, recipients)
        kept = {name: frames[name] for name in ("listings", "levels", "actions")}
        innocents = Innocents.of(runs, scenario, recipients)
        kept["recipients"] = frames["recipients"][_RECIPIENTS]
        names = runs.treatment.names
        parts = zip(
            names.provider_states,
            names.provider_state_destination,
            names.provider_state_egress,
            names.provider_state_sender,
            names.provider_state_party,
            strict=True,
        )
        named = {
            name: StateSubject(names.destinations[to], names.egress[ip], sender_name(sender, party))
            for name, to, ip, sender, party in parts
        }
        return cls(scenario, replication, kept, _toll(innocents), named)

    @property
    def duration(self) -> float:
        """The time in which mail is created, seconds."""
        return self.scenario.run.duration / 1e6

    @cached_property
    def end(self) -> float:
        """The end of the recorded time, seconds."""
        last = [self.frames["recipients"]["end"].max(), self.frames["levels"]["time"].max()]
        # Without any change of a state the last time is NaN.
        return float(np.nanmax([self.duration, *last]))

    @cached_property
    def spans(self) -> list[Span]:
        """Listings, then bad provider states, each in the order of time."""
        return [
            *_listings(self.frames["listings"], self.end),
            *_bad_states(self.frames, self.named, self.end),
        ]

    @cached_property
    def incidents(self) -> list[Incident]:
        """The incidents of `measure.blast`; a provider that only junks mail makes none."""
        spans = [span for span in self.spans if span.state >= State.THROTTLE]
        if not spans:
            return []
        start, end = (
            np.array([getattr(span, name) for span in spans]) for name in ("start", "end")
        )
        window = Window.of(self.scenario)
        incidents = []
        for rows in grouped(_ticks(start), _ticks(end)):
            first, last = float(start[rows].min()), float(end[rows].max())
            if first < window.end / 1e6 and last > window.start / 1e6:
                incidents.append(Incident(first, last, tuple(spans[row] for row in rows)))
        return incidents

    def incident_toll(self, incident: Incident) -> pd.DataFrame:
        """Return the rows of `toll` that belong to an incident, as the frame `incidents` counts.

        Parameters
        ----------
        incident : Incident
            One of `incidents`.

        Returns
        -------
        pandas.DataFrame
            One row for each innocent recipient.
        """
        starts = np.array([other.start for other in self.incidents])
        number = incident_of(_ticks(starts), _ticks(self.toll["end"].to_numpy(np.float64)))
        toll: pd.DataFrame = self.toll[number == self.incidents.index(incident)]
        return toll

    @cached_property
    def state_subjects(self) -> dict[StateSubject, bool]:
        """All subjects of provider states, and whether innocent mail belongs to each.

        The rules of routing give the subjects, also those whose state never changes; subjects whose
        state changed follow.
        """
        known: dict[StateSubject, bool] = {}
        guilty, coupling = culprits(self.scenario), self.scenario.coupling
        separate = not (coupling.provider_ip and coupling.provider_domain)
        for path in paths(self.scenario):
            innocent = path.name not in guilty
            sender = domain_of(self.scenario.hosts[path.host].streams[path.stream].sender)
            if separate:
                sender = sender_name(sender, Party.INNOCENTS if innocent else Party.CULPRITS)
            for route, hop in outside(path):
                provider = self.scenario.destinations.get(route.domains.destination)
                if provider is not None and provider.reputation is not None and hop.egress:
                    subject = StateSubject(route.domains.destination, hop.egress, sender)
                    known[subject] = known.get(subject, False) or innocent
        changed = (s.subject for s in self.spans if isinstance(s.subject, StateSubject))
        # Mail that was moved leaves by an IP that its route does not name; only culprits are moved.
        return {**dict.fromkeys(changed, False), **known}

    @cached_property
    def sending(self) -> list[tuple[float, float]]:
        """Spans of whole hours, seconds, in which mail of culprits is delivered or junked.

        Hours with less than a hundredth of the busiest one do not count.
        """
        recipients = self.frames["recipients"]
        chosen = recipients["stream"].isin(culprits(self.scenario)) & recipients["latency"].notna()
        count = np.bincount((recipients.loc[chosen, "end"].to_numpy() // HOUR).astype(np.int64))
        least = max(_LEAST * count.max(initial=0), 1.0)
        # Where the condition changes: spans begin at even places and end at odd ones.
        edges = np.flatnonzero(np.diff(count >= least, prepend=False, append=False))
        begins, ends = (HOUR * edges[::2]).tolist(), (HOUR * edges[1::2]).tolist()
        return list(zip(begins, ends, strict=True))


def _toll(innocents: Innocents) -> pd.DataFrame:
    """Return the rows of `Course.toll`, kind by kind."""
    recipients = innocents.recipients
    parts = [
        pd.DataFrame(
            {
                "kind": kind,
                "created": recipients.created[chosen] / 1e6,
                "end": recipients.end[chosen] / 1e6,
            }
        )
        for kind, chosen in toll(innocents).items()
    ]
    return pd.concat(parts, ignore_index=True)


def _ticks(seconds: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return times in microseconds."""
    # Frames have seconds; the functions of `measure.blast` compare integers.
    return np.rint(seconds * 1e6).astype(np.int64)


def _listings(frame: pd.DataFrame, end: float) -> Iterator[Span]:
    """Yield the listings; one that does not apply to all mail has that in its subject."""
    rows: Any = frame.sort_values("start", kind="stable").to_dict("records")
    for row in rows:
        against = "" if row["against"] == "all" else f" ({row['against']})"
        # NaN is not equal to itself: the listing outlived the run.
        until = row["end"] if row["end"] == row["end"] else end
        # NaN stands for an absent IP.
        listed = row["egress"] if row["egress"] == row["egress"] else row["sender_domain"]
        yield Span(f"{row['blocklist']}{against}", listed, LISTED, row["start"], until)


def _bad_states(frames: Frames, named: Mapping[str, StateSubject], end: float) -> Iterator[Span]:
    """Yield the spans in which a provider state is not good."""
    levels = frames["levels"]
    levels = levels[levels["level"] == "provider"]
    for name, rows in levels.groupby(levels["subject"].astype(str), sort=True):
        subject = named[str(name)]
        times: npt.NDArray[np.float64] = np.append(rows["time"].to_numpy(np.float64), end)
        for state, start, until in zip(rows["value"], times[:-1], times[1:], strict=True):
            if state > State.GOOD and until > start:
                yield Span(subject, subject.egress, int(state), float(start), float(until))
