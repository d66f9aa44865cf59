"""Signals of a recipient: traps, unknown users, complaints, all drawn beforehand.

Whether an addressee is a trap or unknown belongs to the addressee, so all recipients that a mailing
list sends there have it. Complaints are drawn for each recipient.
"""

from collections.abc import Mapping
from enum import IntFlag

import numpy as np
import numpy.typing as npt

from relaysim.scenario.model import Scenario
from relaysim.scenario.stream import Stream
from relaysim.traffic.draw import Decision, below, draw_array
from relaysim.traffic.spam_traps import trap_share

__all__ = ["Signal", "add_complaints", "of_addressees", "provider_shares", "report_share"]

Keys = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]
Signals = npt.NDArray[np.uint8]

_JUNKED = 0.05
"""How much rarer a complaint is about a message in the junk folder (assumption)."""


class Signal(IntFlag):
    """What happens when a recipient arrives; bits of `Draws.signal`."""

    TRAP = 1
    """It goes to a spam trap of a blocklist operator."""
    PROVIDER_TRAP = 2
    """It goes to a spam trap of the mailbox provider itself."""
    UNKNOWN = 4
    """Its recipient does not exist."""
    COMPLAINS = 8
    """Its reader complains, if it lies in the inbox."""
    COMPLAINS_JUNKED = 16
    """Its reader complains even if it lies in the junk folder; comes with `COMPLAINS`."""
    REPORTS = 32
    """The complaint goes to SpamCop too; comes with `COMPLAINS`."""


def provider_shares(scenario: Scenario) -> Mapping[str, float]:
    """By destination: the share of all traps that are the provider's own, where it has any."""
    return {
        name: place.reputation.trap_share
        for name, place in scenario.destinations.items()
        if place.reputation is not None and place.reputation.trap_share > 0
    }


def report_share(scenario: Scenario) -> float:
    """The share of complaints that go to SpamCop too: the largest of the scenario's lists."""
    return max(
        (blocklist.report_share or 0.0 for blocklist in scenario.blocklists.values()), default=0.0
    )


def of_addressees(
    stream: Stream,
    people: Keys,
    destination: Integers,
    trapped: Integers,
    providers: Mapping[int, float],
) -> Signals:
    """What each addressee is; `trapped` are those that are traps of blocklist operators.

    `destination` is the number of each one's destination, 0 being internal, and `providers` gives
    `provider_shares` by these numbers. A trap is nothing else, and nobody inside is anything.
    """
    signal = np.zeros(len(people), dtype=np.uint8)
    signal[trapped] = Signal.TRAP
    for number, share in providers.items():
        rows = np.flatnonzero((destination == number) & (signal == 0))
        chance = trap_share(stream) * share
        signal[_drawn(people, rows, Decision.PROVIDER_TRAP, chance)] = Signal.PROVIDER_TRAP
    rows = np.flatnonzero((destination > 0) & (signal == 0))
    unknown = (stream.mailing_list or stream).unknown_rate
    signal[_drawn(people, rows, Decision.UNKNOWN, unknown)] = Signal.UNKNOWN
    return signal


def add_complaints(
    signal: Signals,
    stream: Stream,
    recipients: Keys,
    outside: npt.NDArray[np.bool_],
    reported: float,
) -> None:
    """Draw for each recipient that goes to somebody `outside` whether he complains, and to whom.

    `reported` is the share of complaints that go to SpamCop too.
    """
    rate = (stream.mailing_list or stream).complaint_rate
    rows = np.flatnonzero(outside & (signal == 0))
    complaints = _drawn(recipients, rows, Decision.COMPLAINT, rate)
    # The same number against a smaller probability: who complains of junk complains anyway.
    junked = _drawn(recipients, complaints, Decision.COMPLAINT, rate * _JUNKED)
    reports = _drawn(recipients, complaints, Decision.REPORT, reported)
    signal[complaints] = Signal.COMPLAINS
    signal[junked] |= np.uint8(Signal.COMPLAINS_JUNKED)
    signal[reports] |= np.uint8(Signal.REPORTS)


def _drawn(keys: Keys, rows: Integers, decision: Decision, probability: float) -> Integers:
    """Those of the rows that something of this probability happens to."""
    if probability == 0:
        return rows[:0]
    return rows[below(draw_array(keys[rows], decision), probability)]
