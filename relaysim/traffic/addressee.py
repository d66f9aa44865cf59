"""Addressees: each recipient goes to an address of a mailing list, or to an address of its own."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from relaysim.scenario.arrivals import Campaign
from relaysim.scenario.campaigns import Campaigns, scaled
from relaysim.scenario.model import Run
from relaysim.scenario.stream import Stream
from relaysim.traffic.draw import Decision, draw32_array, draw_array, uniforms
from relaysim.traffic.receiving_domains import Receivers

__all__ = ["domains", "list_size"]

Keys = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]


def list_size(stream: Stream, run: Run, recipients: int) -> int:
    """Return the number of addresses of the mailing list of a stream; 0 without a list.

    A list without `addresses` has one address for each message of the largest campaign of the run;
    outside a campaign it has one for each recipient. The scale of the run changes the list of a
    campaign as it changes the campaign.

    Parameters
    ----------
    stream : Stream
        The stream.
    run : Run
        The run.
    recipients : int
        The number of recipients of the stream in the run.
    """
    if stream.mailing_list is None:
        return 0
    stated, arrivals = stream.mailing_list.addresses, stream.arrivals
    if isinstance(arrivals, Campaign):
        largest = None if stated else Campaigns(arrivals, run).largest
        count = largest.messages if largest else scaled(stated or arrivals.messages, run.scale)
        return max(count, 1)
    return stated or max(recipients, 1)


def domains(to: Mapping[str, float], places: Receivers, addressees: Keys) -> Integers:
    """Return the domain of each addressee: a destination by its share, and one of its domains.

    All domains of a destination are equally likely.

    Parameters
    ----------
    to : mapping of str to float
        The shares of the destinations, by name.
    places : Receivers
        The receiving domains.
    addressees : uint64 array, shape (n,)
        The keys of the addressees.

    Returns
    -------
    int64 array, shape (n,)
        Indexes into `places.domains`.
    """
    names = sorted(to)
    reached = np.cumsum([to[name] for name in names])
    u = uniforms(draw_array(addressees, Decision.DESTINATION))
    place = np.searchsorted(reached[:-1] / reached[-1], u, side="right")
    first = np.array([places.span[name][0] for name in names], dtype=np.int64)
    count = np.array([places.span[name][1] for name in names], dtype=np.int64)
    # The upper half of a 64-bit product of 32 random bits and the count is below the count.
    within = draw32_array(addressees, Decision.DOMAIN).astype(np.int64) * count[place] >> 32
    return np.asarray(first[place] + within)
