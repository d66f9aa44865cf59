"""The messages and recipients of one replication, drawn before the run."""

import math
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from relaysim.scenario.model import Scenario
from relaysim.traffic.list_policies import policies
from relaysim.traffic.stream_draws import Drawing
from relaysim.traffic.usual_mail import UsualMail, usual_mail

__all__ = ["Draws", "draw"]

Keys = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Draws:
    """The messages and recipients of one replication, equal in every design with these streams.

    n messages in order of (stream, number), c recipients in order of (message, recipient number).
    """

    seed: int
    replication: int
    """From 0; `name_key` makes a key of seed, replication and name for draws during the run."""
    streams: tuple[str, ...]
    """`host.stream`, in order of (host, stream)."""
    stream: npt.NDArray[np.int32]
    """[n] index into `streams`."""
    created: Integers
    """[n] microseconds in [0, duration), never falling within a stream."""
    size: Integers
    """[n] bytes, from 1."""
    first_recipient: npt.NDArray[np.int32]
    """[n + 1] the recipients of message m are rows [first_recipient[m], first_recipient[m + 1])."""
    domain: npt.NDArray[np.int32]
    """[c] index into `domains`."""
    key: Keys
    """[c] what `draw32` takes: a hash of seed, replication, host, stream, number and recipient."""
    domains: tuple[str, ...]
    """The internal domain, then those of the destinations by name, each in its own order.

    The last is `spamtrap.example`, of the destination `spamtraps`, if there can be traps.
    """
    destination: tuple[int, ...]
    """Per domain: index into `destinations`."""
    destinations: tuple[str, ...]
    """`internal`, then the destinations by name, then `spamtraps` if there can be traps."""
    uses: npt.NDArray[np.bool_]
    """[domains, blocklists by name] whether the domain acts on the list in this replication."""
    stage: npt.NDArray[np.int8]
    """[domains] where the domain refuses: index into `policies.STAGES`."""
    action: npt.NDArray[np.int8]
    """[domains] what it does with mail of a listed IP: index into `policies.ACTIONS`."""
    mirrors: npt.NDArray[np.bool_]
    """[domains] whether it queries a local copy of the lists."""
    greylists: npt.NDArray[np.bool_]
    """[domains] whether it defers mail of senders that it does not know."""
    signal: npt.NDArray[np.uint8]
    """[c] bits of `signals.Signal`."""
    trap_recipient: Integers
    """[t] ascending rows of the recipients that go to traps of operators; one may stand twice."""
    trap_operator: Integers
    """[t] index into `operators`: whose trap it is."""
    operators: tuple[str, ...]
    """The operators of the scenario's lists that have traps, by name."""
    list_size: Integers
    """[streams] addresses of the stream's mailing list, 0 without one.

    Recipient i of a stream, counted from its first, goes to address i % list_size.
    """
    usual: tuple[UsualMail, ...]
    """What each stream sends to each destination day by day; `without` leaves it as it is."""
    log_weight: float
    """Logarithm of how likely these traps are, over how likely `tilt` made them; else 0."""

    @property
    def number(self) -> Integers:
        """Return the number of each message within its stream, from 0."""
        first = np.searchsorted(self.stream, np.arange(len(self.streams)))
        return np.arange(len(self.stream)) - first[self.stream]

    def without(self, streams: frozenset[str]) -> "Draws":
        """Return the draws without the messages of some streams; all names and numbers stay."""
        left_out = np.isin(self.streams, list(streams))
        messages = ~left_out[self.stream]
        recipients = np.diff(self.first_recipient)
        kept = np.repeat(messages, recipients)
        traps = kept[self.trap_recipient]
        row = np.cumsum(kept) - 1
        return _read_only(
            replace(
                self,
                stream=self.stream[messages],
                created=self.created[messages],
                size=self.size[messages],
                first_recipient=_starts(recipients[messages]).astype(np.int32),
                domain=self.domain[kept],
                key=self.key[kept],
                signal=self.signal[kept],
                trap_recipient=row[self.trap_recipient[traps]],
                trap_operator=self.trap_operator[traps],
            )
        )


def draw(scenario: Scenario, replication: int, seed: int, tilt: float = 1.0) -> Draws:
    """Return all random numbers that are fixed before a run.

    Parameters
    ----------
    scenario : Scenario
        The design.
    replication : int
        From 0.
    seed : int
        The seed; the seed of the scenario does not count.
    tilt : float
        The factor on the probability of each spam trap of an operator, see `traps`.

    Returns
    -------
    Draws
        The arrays are read-only.

    Raises
    ------
    ValueError
        If the tilt is not a finite number from 1 on.
    """
    if not 1 <= tilt < math.inf:
        raise ValueError(f"tilt is {tilt}: it makes traps likelier, so it must be 1 or more")
    drawing = Drawing(scenario, replication, seed, tilt)
    places, acts = drawing.places, policies(scenario, drawing.places, replication, seed)
    names = sorted((host, name) for host, at in scenario.hosts.items() for name in at.streams)
    parts = [drawing.part(host, name) for host, name in names]
    lengths = [len(part.created) for part in parts]
    first = _starts([len(part.key) for part in parts])[:-1]
    stream = np.repeat(np.arange(len(parts), dtype=np.int32), lengths)
    created = _joined([part.created for part in parts])
    recipients = _joined([part.recipients for part in parts])
    domain = _joined([part.domain for part in parts])
    return _read_only(
        Draws(
            seed=seed,
            replication=replication,
            streams=tuple(f"{host}.{name}" for host, name in names),
            stream=stream,
            created=created,
            size=_joined([part.size for part in parts]),
            first_recipient=_starts(recipients).astype(np.int32),
            domain=domain.astype(np.int32),
            key=np.concatenate([np.zeros(0, np.uint64), *(part.key for part in parts)]),
            domains=places.domains,
            destination=places.destination,
            destinations=places.destinations,
            uses=acts.uses,
            stage=acts.stage,
            action=acts.action,
            mirrors=acts.mirrors,
            greylists=acts.greylists,
            signal=np.concatenate([np.zeros(0, np.uint8), *(part.signal for part in parts)]),
            trap_recipient=_joined(
                [at + part.trap_recipient for at, part in zip(first, parts, strict=True)]
            ),
            trap_operator=_joined([part.trap_operator for part in parts]),
            operators=tuple(drawing.operators),
            list_size=np.array([part.list_size for part in parts], dtype=np.int64),
            usual=usual_mail(
                scenario,
                np.repeat(stream, recipients),
                np.repeat(created, recipients),
                domain,
                places.destination,
            ),
            log_weight=sum(part.log_weight for part in parts),
        )
    )


def _starts(lengths: Integers | list[int]) -> Integers:
    """Return the starts of consecutive parts of these lengths, and the end of the last part."""
    return np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)))


def _joined(parts: list[Integers]) -> Integers:
    return np.concatenate([*parts, np.zeros(0, dtype=np.int64)])


def _read_only(draws: Draws) -> Draws:
    for value in vars(draws).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return draws
