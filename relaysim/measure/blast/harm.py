"""The harm to innocent mail by kind: one definition for tables, frames and figures."""

from relaysim.measure.blast.innocent_mail import Innocents
from relaysim.stats.interval import Mask
from relaysim.trace.tables import Status

TOLL = ("refused", "expired", "late", "junked")
"""The kinds, the worst first."""


def toll(innocents: Innocents) -> dict[str, Mask]:
    """Return which innocent recipients count for each kind of `TOLL`, each for one at most.

    Parameters
    ----------
    innocents : Innocents
        Innocent recipients of coupled runs.

    Returns
    -------
    dict of str to array of bool, shape (recipients,)
        `refused`: bounced in T for the reputation of the IP or of the sender domain. `late`:
        harmed in T and not in N, and delivered or junked in T. `junked`: junked in T and not in N,
        and not late. `expired`: harmed in T and not in N, and expired in T.

    Notes
    -----
    T is the run with everything, N the run without the culprits' mail. Mail that expires, or is
    late, in N as well is no toll.
    """
    treatment, absent = innocents.treatment, innocents.absent
    more = innocents.excess > 0
    late = more & (treatment.latency >= 0)
    return {
        "refused": innocents.refused,
        "expired": more & (innocents.recipients.status == Status.EXPIRED),
        "late": late,
        "junked": treatment.junk & ~absent.junk & ~late,
    }
