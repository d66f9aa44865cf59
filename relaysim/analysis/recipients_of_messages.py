"""How many recipients the messages of a stream have."""

import numpy as np

from relaysim.scenario.arrivals import Replay
from relaysim.scenario.recording import read
from relaysim.scenario.stream import Stream


def recipient_counts(stream: Stream) -> dict[int, float]:
    """Return the share of messages with each number of recipients."""
    law = stream.recipients
    if isinstance(stream.arrivals, Replay):
        recorded = read(stream.arrivals.file).recipients
        if recorded is not None:
            values, counts = np.unique(recorded, return_counts=True)
            return {int(k): float(n) / len(recorded) for k, n in zip(values, counts, strict=True)}
    if isinstance(law, int):
        return {law: 1.0}
    # The truncated Zipf law of the draws.
    weights = {k: k**-law.s for k in range(1, law.max + 1)}
    return {k: weight / sum(weights.values()) for k, weight in weights.items()}
