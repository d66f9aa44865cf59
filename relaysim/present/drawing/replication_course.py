"""The course of one replication: what became of public IPs, and what innocent mail had of it."""

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
from relaysim.measure.blast.innocent_mail import Innocents
from relaysim.measure.frames import Frames, tables
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
    """A span of time, seconds, in which an IP is on a list or a provider thinks ill of it.

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

    They are `recipients`, `listings`, `levels` and `actions`. `toll` has the innocent recipients of
    each kind of `measure.blast.harm`, one column a kind, by the hour of their creation (seconds).
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
        found = Innocents.of(runs, scenario, recipients)
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
        return cls(scenario, replication, kept, _toll(found, scenario), named)

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

    def incidents(self) -> list[Incident]:
        """Those that begin while mail is created; an opinion that junks alone is none."""
        bad = sorted((s for s in self.spans if s.state >= State.THROTTLE), key=lambda s: s.start)
        found: list[list[Span]] = []
        until = -np.inf
        for span in bad:
            if span.start - until >= DAY:
                found.append([])
            found[-1].append(span)
            until = max(until, span.end)
        whole = [Incident(f[0].start, max(s.end for s in f), tuple(f)) for f in found]
        return [incident for incident in whole if incident.start < self.duration]

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
        mine = recipients["stream"].isin(culprits(self.scenario)) & recipients["latency"].notna()
        count = np.bincount((recipients.loc[mine, "end"].to_numpy() // HOUR).astype(np.int64))
        least = max(_LEAST * count.max(initial=0), 1.0)
        edges = np.flatnonzero(np.diff(count >= least, prepend=False, append=False))
        begins, ends = (HOUR * edges[::2]).tolist(), (HOUR * edges[1::2]).tolist()
        return list(zip(begins, ends, strict=True))


def _toll(found: Innocents, scenario: Scenario) -> pd.DataFrame:
    hours = int(np.ceil(scenario.run.duration / 1e6 / HOUR))
    hour = found.recipients.created // int(HOUR * 1e6)
    columns = {name: np.bincount(hour[mine], minlength=hours) for name, mine in toll(found).items()}
    return pd.DataFrame(columns, index=pd.Index(HOUR * np.arange(hours), name="seconds"))


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
    for subject, mine in levels.groupby(levels["subject"].astype(str), sort=True):
        standing = named[str(subject)]
        times: npt.NDArray[np.float64] = np.append(mine["time"].to_numpy(np.float64), end)
        for state, start, until in zip(mine["value"], times[:-1], times[1:], strict=True):
            if state > State.GOOD and until > start:
                yield Span(standing, standing.egress, int(state), float(start), float(until))
