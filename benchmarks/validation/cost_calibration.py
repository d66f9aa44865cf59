"""The two costs of the hubs that are calibrated, from two short runs that are not compared."""

import numpy as np

from validation.cases import CORES
from validation.trial import Trial

SETTLED = 0.5
"""Deliveries count from so many seconds after the last message was taken in."""


def receive_cost(trial: Trial) -> float:
    """Return the core time of the intake of a message, seconds.

    Parameters
    ----------
    trial : Trial
        Of `RECEIVE_RUN`: the cores do nothing but take messages in, by more sessions than cores.

    Notes
    -----
    The rate of the intake is the number of cores over the core time of a message.
    """
    rows = trial.submitted
    span = rows["acknowledged"].max() - rows["submitted"].min()
    return float(CORES * span / len(rows))


def send_cost(trial: Trial) -> float:
    """Return the time of a delivery besides that of its receiver, seconds.

    Parameters
    ----------
    trial : Trial
        Of `SEND_RUN`: the connections are few enough that no delivery waits for a core.

    Notes
    -----
    It is the mean time from one final reply to the next on a connection, less the delay of the
    receiver: the end of a delivery in Postfix and in its queue manager, and the beginning of the
    next one. Only deliveries after the intake count.
    """
    from_then = trial.submitted["acknowledged"].max() + SETTLED
    rows = trial.attempts.sort_values(["connection", "end"])
    follows = rows["connection"].diff() == 0
    previous = rows["end"].shift()
    counts = follows & (previous >= from_then)
    gaps = (rows["end"] - previous)[counts]
    delays = (rows["end"] - rows["content"])[counts]
    if len(gaps) < 100:
        raise ValueError(f"only {len(gaps)} deliveries after the intake: too few to calibrate")
    return float(np.mean(gaps - delays))
