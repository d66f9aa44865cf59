"""The mail of one stream: its messages, their recipients and their signals."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from relaysim.scenario.arrivals import Replay
from relaysim.scenario.model import Scenario
from relaysim.scenario.recording import read
from relaysim.scenario.reference import SPAMTRAPS
from relaysim.scenario.stream import Stream
from relaysim.traffic.addressee import domains, list_size
from relaysim.traffic.arrival_times import creation_times
from relaysim.traffic.draw import Decision, draw_array, mix_array, name_key, uniforms
from relaysim.traffic.rate import pace_of
from relaysim.traffic.receiving_domains import receivers
from relaysim.traffic.sample import recipients, sample
from relaysim.traffic.signal_draws import (
    add_complaints,
    of_addressees,
    provider_shares,
    report_share,
)
from relaysim.traffic.spam_traps import Traps, has_traps, operator_shares, trap_share, traps

__all__ = ["Drawing", "Part"]

Keys = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
Signals = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class Part:
    """The part of a stream in `Draws`; `trap_recipient` counts from its first recipient."""

    created: Integers
    size: Integers
    recipients: Integers
    domain: Integers
    key: Keys
    signal: Signals
    trap_recipient: Integers
    trap_operator: Integers
    list_size: int
    log_weight: float


class Drawing:
    """The draws of one replication that all streams share."""

    def __init__(self, scenario: Scenario, replication: int, seed: int, tilt: float) -> None:
        self.scenario, self.replication, self.seed, self.tilt = scenario, replication, seed, tilt
        self.operators = operator_shares(scenario)
        self.reported = report_share(scenario)
        self.places = receivers(scenario, has_traps(scenario))
        self._destination = np.array(self.places.destination, dtype=np.int64)
        self._providers = {
            self.places.destinations.index(name): share
            for name, share in provider_shares(scenario).items()
        }

    def part(self, host: str, name: str) -> Part:
        """Return the messages and recipients of a stream."""
        stream, run = self.scenario.hosts[host].streams[name], self.scenario.run
        pace = pace_of(f"{host}.{name}", self.scenario.events, run)
        created = creation_times(stream.arrivals, self._key("stream", host, name), run, pace)
        numbers = np.arange(len(created), dtype=np.uint64)
        size, recipients = _shapes(stream, mix_array(self._key("message", host, name), numbers))
        # The word is hashed into every draw of a recipient: another word would change all numbers.
        owners = mix_array(self._key("copy", host, name), numbers)
        key = addressees = mix_array(np.repeat(owners, recipients), _within(recipients))
        addresses = list_size(stream, run, len(key))
        if addresses:
            used = np.arange(min(addresses, len(key)), dtype=np.uint64)
            addressees = mix_array(self._key("address", host, name), used)
        domain, signal, hits = self._addressees(stream, addressees)
        # Recipient after recipient goes to the next address, and after the last to the first again.
        domain, signal = np.resize(domain, len(key)), np.resize(signal, len(key))
        add_complaints(signal, stream, key, domain > 0, self.reported)
        trap_recipient, trap_operator = hits.recipients(len(addressees), len(key))
        return Part(
            created=created,
            size=size,
            recipients=recipients,
            domain=domain,
            key=key,
            signal=signal,
            trap_recipient=trap_recipient,
            trap_operator=trap_operator,
            list_size=addresses,
            log_weight=hits.log_weight,
        )

    def _addressees(self, stream: Stream, addressees: Keys) -> tuple[Integers, Signals, Traps]:
        """Return domain and signals of each addressee, and the traps of operators among them."""
        domain = domains(stream.to, self.places, addressees)
        share = trap_share(stream)
        operators = [
            (self._key("operator", name), share * part) for name, part in self.operators.items()
        ]
        hits = traps(operators, addressees, np.flatnonzero(domain > 0), self.tilt)
        destination = self._destination[domain]
        signal = of_addressees(stream, addressees, destination, hits.addressee, self._providers)
        if len(hits.addressee):
            domain[hits.addressee] = self.places.span[SPAMTRAPS][0]
        return domain, signal, hits

    def _key(self, *names: str) -> int:
        return name_key(self.seed, self.replication, *names)


def _shapes(stream: Stream, messages: Keys) -> tuple[Integers, Integers]:
    """Return size (bytes) and number of recipients of each message; recorded values come first."""
    recording = read(stream.arrivals.file) if isinstance(stream.arrivals, Replay) else None
    count = len(messages)
    if recording is not None and recording.size is not None:
        size = np.maximum(recording.size[:count], 1)
    else:
        size = sample(stream.size, uniforms(draw_array(messages, Decision.SIZE)), least=1)
    if recording is not None and recording.recipients is not None:
        return size, recording.recipients[:count]
    return size, recipients(stream.recipients, uniforms(draw_array(messages, Decision.RECIPIENTS)))


def _within(recipients: Integers) -> Keys:
    """Return the numbers of recipients within messages, each from 0."""
    ends = np.cumsum(recipients)
    return (np.arange(recipients.sum()) - np.repeat(ends - recipients, recipients)).astype(
        np.uint64
    )
