"""Recipients of a campaign that it does not reach, so that the campaign is never complete."""

import numpy as np

from relaysim.stats.interval import Mask
from relaysim.trace.columns import Column, Kept
from relaysim.trace.step_function import StateDurations
from relaysim.trace.tables import Level, Status, Trace

NO_MAILBOX = "5.1.1"
"""The enhanced status code of a recipient that does not exist (RFC 3463, X.1.1)."""


def unreached(trace: Trace, stream: Kept, created: Column, status: Kept) -> Mask:
    """Return which recipients exist and will never be reached.

    Parameters
    ----------
    trace : Trace
        The trace of a run.
    stream, created, status : array of int, shape (recipients,)
        Index of the stream, time of creation in microseconds, and final status, in the order of
        the trace.

    Returns
    -------
    array of bool, shape (recipients,)
        Refused, abandoned, expired, bounced for another reason than that the mailbox does not
        exist, or suppressed while the stream was paused. An address that is off the mailing list
        is not among them, as it is not to be reached.
    """
    given_up = np.isin(status, (Status.REFUSED, Status.ABANDONED, Status.EXPIRED))
    # One more, for the reply -1.
    no_mailbox = np.array(
        [NO_MAILBOX in text.split()[:2] for text in trace.names.replies] + [False]
    )
    bounced = (status == Status.BOUNCED) & ~no_mailbox[trace.recipients["reply"]]
    pauses = StateDurations.of(trace, Level.PAUSED)
    # The stream is paused in the microsecond of the creation; other suppressed mail is off the
    # list.
    result: Mask = given_up | bounced
    suppressed = np.flatnonzero(status == Status.SUPPRESSED)
    stream, created = stream[suppressed].astype(np.int64), created[suppressed]
    result[suppressed] = pauses.until(stream, created + 1) > pauses.until(stream, created)
    return result
