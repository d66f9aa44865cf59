"""The messages and copies of one replication, drawn before the run."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from relaysim.scenario.arrivals import Replay
from relaysim.scenario.model import Scenario
from relaysim.scenario.recording import read
from relaysim.scenario.stream import Stream
from relaysim.traffic.arrivals import creation_times
from relaysim.traffic.draw import (
    Decision,
    draw32_array,
    draw_array,
    mix_array,
    name_key,
    uniforms,
)
from relaysim.traffic.pace import pace_of
from relaysim.traffic.receivers import Receivers, policies, receivers
from relaysim.traffic.sample import recipients, sample

__all__ = ["Draws", "draw"]

Keys = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Draws:
    """One replication's messages and copies: the same in every design that has these streams.

    n messages in order of (stream, number), c copies in order of (message, recipient number).
    """

    streams: tuple[str, ...]
    """`host.stream`, in order of (host, stream)."""
    stream: npt.NDArray[np.int32]
    """[n] index into `streams`."""
    number: Integers
    """[n] within the stream, from 0."""
    created: Integers
    """[n] microseconds in [0, duration), never falling within a stream."""
    size: Integers
    """[n] bytes, from 1."""
    first_copy: Integers
    """[n + 1] the copies of message m are rows first_copy[m] to first_copy[m + 1] - 1."""
    domain: Integers
    """[c] index into `domains`."""
    key: Keys
    """[c] what `draw32` takes: a hash of seed, replication, host, stream, number and recipient."""
    domains: tuple[str, ...]
    """The internal domain, then those of the destinations by name, each in its own order."""
    destination: tuple[int, ...]
    """Per domain: index into `destinations`."""
    destinations: tuple[str, ...]
    """`internal`, then the destinations by name."""
    uses: npt.NDArray[np.bool_]
    """[domains, blocklists by name] whether the domain acts on the list in this replication."""


@dataclass(frozen=True)
class _Part:
    """The messages of one stream and their copies."""

    created: Integers
    size: Integers
    copies: Integers
    domain: Integers
    key: Keys


def draw(scenario: Scenario, replication: int, seed: int) -> Draws:
    """All chance that is fixed before a run; the seed is this one, not that of the scenario.

    The arrays are read-only.
    """
    places = receivers(scenario)
    names = sorted((host, name) for host, at in scenario.hosts.items() for name in at.streams)
    parts = [_part(scenario, places, names_of, replication, seed) for names_of in names]
    lengths = [len(part.created) for part in parts]
    copies = _joined([part.copies for part in parts])
    draws = Draws(
        streams=tuple(f"{host}.{name}" for host, name in names),
        stream=np.repeat(np.arange(len(parts), dtype=np.int32), lengths),
        number=_joined([np.arange(length, dtype=np.int64) for length in lengths]),
        created=_joined([part.created for part in parts]),
        size=_joined([part.size for part in parts]),
        first_copy=np.concatenate((np.zeros(1, dtype=np.int64), np.cumsum(copies))),
        domain=_joined([part.domain for part in parts]),
        key=np.concatenate([part.key for part in parts] or [np.zeros(0, dtype=np.uint64)]),
        domains=places.domains,
        destination=places.destination,
        destinations=places.destinations,
        uses=policies(scenario, places, replication, seed),
    )
    for value in vars(draws).values():
        if isinstance(value, np.ndarray):
            value.setflags(write=False)
    return draws


def _part(
    scenario: Scenario, places: Receivers, names: tuple[str, str], replication: int, seed: int
) -> _Part:
    host, name = names
    stream, run = scenario.hosts[host].streams[name], scenario.run
    pace = pace_of(f"{host}.{name}", scenario.events, run.scale, run.duration)
    created = creation_times(
        stream.arrivals, name_key(seed, replication, "stream", host, name), run, pace
    )
    numbers = np.arange(len(created), dtype=np.uint64)
    messages = mix_array(name_key(seed, replication, "message", host, name), numbers)
    size, copies = _shapes(stream, messages)
    owners = mix_array(name_key(seed, replication, "copy", host, name), numbers)
    key = mix_array(np.repeat(owners, copies), _within(copies))
    return _Part(created, size, copies, _domains(stream.to, places, key), key)


def _shapes(stream: Stream, messages: Keys) -> tuple[Integers, Integers]:
    """Size in bytes and number of recipients of each message: recorded ones, where there are."""
    recording = read(stream.arrivals.file) if isinstance(stream.arrivals, Replay) else None
    count = len(messages)
    if recording is not None and recording.size is not None:
        size = np.maximum(recording.size[:count], 1)
    else:
        size = sample(stream.size, uniforms(draw_array(messages, Decision.SIZE)), least=1)
    if recording is not None and recording.recipients is not None:
        return size, recording.recipients[:count]
    return size, recipients(stream.recipients, uniforms(draw_array(messages, Decision.RECIPIENTS)))


def _domains(to: Mapping[str, float], places: Receivers, copies: Keys) -> Integers:
    """A destination by its share for each copy, and one of its domains, all equally likely."""
    names = sorted(to)
    reached = np.cumsum([to[name] for name in names])
    u = uniforms(draw_array(copies, Decision.DESTINATION))
    place = np.searchsorted(reached[:-1] / reached[-1], u, side="right")
    first = np.array([places.span[name][0] for name in names], dtype=np.int64)
    count = np.array([places.span[name][1] for name in names], dtype=np.int64)
    # The upper half of a 64-bit product of 32 random bits and the count is below the count.
    within = draw32_array(copies, Decision.DOMAIN).astype(np.int64) * count[place] >> 32
    return np.asarray(first[place] + within)


def _within(copies: Integers) -> Keys:
    """Recipient numbers: 0 to k - 1 for each message with k copies."""
    ends = np.cumsum(copies)
    return (np.arange(copies.sum()) - np.repeat(ends - copies, copies)).astype(np.uint64)


def _joined(parts: list[Integers]) -> Integers:
    return np.concatenate([*parts, np.zeros(0, dtype=np.int64)])
