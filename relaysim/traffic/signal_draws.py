"""Signals of recipients: spam traps, unknown users and complaints, all drawn before the run.

An addressee is a trap or an unknown user for all recipients that a mailing list sends to it.
Complaints are drawn for each recipient.
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
    """What follows the arrival of a recipient; bits of `Draws.signal`."""

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
    """Return for each destination with traps of its own the share of all traps that are its own."""
    return {
        name: place.reputation.trap_share
        for name, place in scenario.destinations.items()
        if place.reputation is not None and place.reputation.trap_share > 0
    }


def report_share(scenario: Scenario) -> float:
    """Return the share of complaints that go to SpamCop too: the largest share of any blocklist."""
    return max(
        (blocklist.report_share or 0.0 for blocklist in scenario.blocklists.values()), default=0.0
    )


def of_addressees(
    stream: Stream,
    addressees: Keys,
    destination: Integers,
    trapped: Integers,
    providers: Mapping[int, float],
) -> Signals:
    """Return the signals of each addressee, without complaints.

    A trap has no other signal, and an internal addressee has none.

    Parameters
    ----------
    stream : Stream
        The stream.
    addressees : uint64 array, shape (n,)
        The keys of the addressees.
    destination : int64 array, shape (n,)
        The number of each destination; 0 is internal.
    trapped : int64 array, shape (m,)
        Rows of the addressees that are traps of blocklist operators.
    providers : mapping of int to float
        `provider_shares` by the number of the destination.

    Returns
    -------
    uint8 array, shape (n,)
        Bits of `Signal`.
    """
    signal = np.zeros(len(addressees), dtype=np.uint8)
    signal[trapped] = Signal.TRAP
    for number, share in providers.items():
        rows = np.flatnonzero((destination == number) & (signal == 0))
        chance = trap_share(stream) * share
        signal[_drawn(addressees, rows, Decision.PROVIDER_TRAP, chance)] = Signal.PROVIDER_TRAP
    rows = np.flatnonzero((destination > 0) & (signal == 0))
    unknown = (stream.mailing_list or stream).unknown_rate
    signal[_drawn(addressees, rows, Decision.UNKNOWN, unknown)] = Signal.UNKNOWN
    return signal


def add_complaints(
    signal: Signals,
    stream: Stream,
    recipients: Keys,
    outside: npt.NDArray[np.bool_],
    reported: float,
) -> None:
    """Draw whether each external recipient leads to a complaint; add the bits to `signal`.

    Parameters
    ----------
    signal : uint8 array, shape (n,)
        Bits of `Signal` of each recipient; changed in place.
    stream : Stream
        The stream.
    recipients : uint64 array, shape (n,)
        The keys of the recipients.
    outside : bool array, shape (n,)
        Whether each recipient is external.
    reported : float
        The share of complaints that go to SpamCop too.
    """
    rate = (stream.mailing_list or stream).complaint_rate
    rows = np.flatnonzero(outside & (signal == 0))
    complaints = _drawn(recipients, rows, Decision.COMPLAINT, rate)
    # The same number and a smaller probability: complaints about junk are a part of all.
    junked = _drawn(recipients, complaints, Decision.COMPLAINT, rate * _JUNKED)
    reports = _drawn(recipients, complaints, Decision.REPORT, reported)
    signal[complaints] = Signal.COMPLAINS
    signal[junked] |= np.uint8(Signal.COMPLAINS_JUNKED)
    signal[reports] |= np.uint8(Signal.REPORTS)


def _drawn(keys: Keys, rows: Integers, decision: Decision, probability: float) -> Integers:
    """Return the rows for which an event of this probability occurs."""
    if probability == 0:
        return rows[:0]
    return rows[below(draw_array(keys[rows], decision), probability)]
