"""To whom each recipient goes: an address of a mailing list, or somebody of its own."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from relaysim.scenario.arrivals import Campaign
from relaysim.scenario.model import Run
from relaysim.scenario.stream import Stream
from relaysim.traffic.arrival_times import scaled
from relaysim.traffic.draw import Decision, draw32_array, draw_array, uniforms
from relaysim.traffic.receiving_domains import Receivers

__all__ = ["domains", "list_size"]

Keys = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]


def list_size(stream: Stream, run: Run, recipients: int) -> int:
    """Addresses of the stream's mailing list, 0 without one.

    A list that does not say has one for each message of the campaign, and outside a campaign one
    for each recipient. The scale of the run makes the list of a campaign longer with the campaign.
    """
    if stream.mailing_list is None:
        return 0
    stated, arrivals = stream.mailing_list.addresses, stream.arrivals
    if isinstance(arrivals, Campaign):
        return max(scaled(stated or arrivals.messages, run.scale), 1)
    return stated or max(recipients, 1)


def domains(to: Mapping[str, float], places: Receivers, people: Keys) -> Integers:
    """A destination by its share for each addressee, and one of its domains, all equally likely."""
    names = sorted(to)
    reached = np.cumsum([to[name] for name in names])
    u = uniforms(draw_array(people, Decision.DESTINATION))
    place = np.searchsorted(reached[:-1] / reached[-1], u, side="right")
    first = np.array([places.span[name][0] for name in names], dtype=np.int64)
    count = np.array([places.span[name][1] for name in names], dtype=np.int64)
    # The upper half of a 64-bit product of 32 random bits and the count is below the count.
    within = draw32_array(people, Decision.DOMAIN).astype(np.int64) * count[place] >> 32
    return np.asarray(first[place] + within)
