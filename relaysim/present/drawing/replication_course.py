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


class Standing(NamedTuple):
    """A mailbox provider's opinion is about mail from a domain by an IP."""

    provider: str
    egress: str
    sender: str


class Span(NamedTuple):
    """A span of time, seconds, in which an IP is on a list or in a bad provider state.

    `subject` is the blocklist, or the standing for states of `State`.
    """

    subject: str | Standing
    egress: str
    state: int
    start: float
    end: float


class Incident(NamedTuple):
    """Trouble without a day's pause, as `measure.blast` has it: from, to, and its spans."""

    start: float
    end: float
    spans: tuple[Span, ...]


@dataclass(frozen=True)
class Course:
    """One replication of a scenario, by the frames of its run, of this replication alone.

    They are `recipients`, `listings`, `levels` and `actions`. `toll` has one row for each innocent
    recipient of a kind of `measure.blast.harm`, with the columns `kind`, `created` and `end`
    (seconds; `end` is when it got its final status).
    """

    scenario: Scenario
    replication: int
    frames: Frames
    toll: pd.DataFrame
    named: Mapping[str, Standing]
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
            name: Standing(names.destinations[to], names.egress[ip], sender_name(sender, party))
            for name, to, ip, sender, party in parts
        }
        return cls(scenario, replication, kept, _toll(innocents), named)

    @property
    def duration(self) -> float:
        """How long mail is created, seconds."""
        return self.scenario.run.duration / 1e6

    @cached_property
    def end(self) -> float:
        """The end of what is known, seconds."""
        last = [self.frames["recipients"]["end"].max(), self.frames["levels"]["time"].max()]
        return float(np.nanmax([self.duration, *last]))

    @cached_property
    def spans(self) -> list[Span]:
        """Listings, then what providers think ill of, in the order of time."""
        return [
            *_listings(self.frames["listings"], self.end),
            *_ill(self.frames, self.named, self.end),
        ]

    @cached_property
    def incidents(self) -> list[Incident]:
        """The incidents of `measure.blast`; a provider that only junks mail makes none."""
        trouble = [span for span in self.spans if span.state >= State.THROTTLE]
        if not trouble:
            return []
        start, end = (
            np.array([getattr(span, name) for span in trouble]) for name in ("start", "end")
        )
        window = Window.of(self.scenario)
        incidents = []
        for rows in grouped(_ticks(start), _ticks(end)):
            first, last = float(start[rows].min()), float(end[rows].max())
            if first < window.end / 1e6 and last > window.start / 1e6:
                incidents.append(Incident(first, last, tuple(trouble[row] for row in rows)))
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
    def standings(self) -> dict[Standing, bool]:
        """Who judges whose mail, and whether innocent mail is in it.

        By the rules of routing, so those that nothing happens to are there; and those that changed.
        """
        known: dict[Standing, bool] = {}
        guilty, coupling = culprits(self.scenario), self.scenario.coupling
        apart = not (coupling.provider_ip and coupling.provider_domain)
        for path in paths(self.scenario):
            innocent = path.name not in guilty
            sender = domain_of(self.scenario.hosts[path.host].streams[path.stream].sender)
            if apart:
                sender = sender_name(sender, Party.INNOCENTS if innocent else Party.CULPRITS)
            for route, hop in outside(path):
                provider = self.scenario.destinations.get(route.domains.destination)
                if provider is not None and provider.reputation is not None and hop.egress:
                    standing = Standing(route.domains.destination, hop.egress, sender)
                    known[standing] = known.get(standing, False) or innocent
        changed = (s.subject for s in self.spans if isinstance(s.subject, Standing))
        return {**dict.fromkeys(changed, False), **known}

    @cached_property
    def sending(self) -> list[tuple[float, float]]:
        """Spells, by hours, in which mail of culprits gets through.

        Hours with less than a hundredth of the busiest one do not count.
        """
        recipients = self.frames["recipients"]
        chosen = recipients["stream"].isin(culprits(self.scenario)) & recipients["latency"].notna()
        count = np.bincount((recipients.loc[chosen, "end"].to_numpy() // HOUR).astype(np.int64))
        least = max(_LEAST * count.max(initial=0), 1.0)
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
    return np.rint(seconds * 1e6).astype(np.int64)


def _listings(frame: pd.DataFrame, end: float) -> Iterator[Span]:
    """Listings that are not held against all mail of the IP say so."""
    rows: Any = frame.sort_values("start", kind="stable").to_dict("records")
    for row in rows:
        against = "" if row["against"] == "all" else f" ({row['against']})"
        until = row["end"] if row["end"] == row["end"] else end
        yield Span(f"{row['blocklist']}{against}", row["egress"], LISTED, row["start"], until)


def _ill(frames: Frames, named: Mapping[str, Standing], end: float) -> Iterator[Span]:
    levels = frames["levels"]
    levels = levels[levels["level"] == "provider"]
    for subject, own in levels.groupby(levels["subject"].astype(str), sort=True):
        standing = named[str(subject)]
        times: npt.NDArray[np.float64] = np.append(own["time"].to_numpy(np.float64), end)
        for state, start, until in zip(own["value"], times[:-1], times[1:], strict=True):
            if state > State.GOOD and until > start:
                yield Span(standing, standing.egress, int(state), float(start), float(until))
