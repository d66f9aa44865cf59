"""Triggers: the evidence from which an operator lists an IP. Times are microseconds."""

from collections.abc import Sequence

from relaysim.units import HOUR

FRESH = 48 * HOUR
"""Up to this age a report loses weight; it is also the unit of `freshness` and `score`."""

_FORGOTTEN = 168 * HOUR
_MILLION = 1_000_000
_BILLION = 1_000_000_000


def relist_threshold(threshold: int, factor_ppm: int) -> int:
    """Return how many hits list an IP again that was listed recently.

    Parameters
    ----------
    threshold : int
        Hits that list an IP for the first time.
    factor_ppm : int
        Factor for a relapse, parts per million.

    Returns
    -------
    int
        The product, rounded up; at least 1.

    Notes
    -----
    Operators say that they relist quickly, not by which rule: the factor is an assumption.
    """
    return max(1, -(-threshold * factor_ppm // _MILLION))


def exceeds(
    hits: int, sent: int, sent_before: int, tolerated_ppb: int, deviations_milli: int
) -> bool:
    """Return whether the hits of an IP are more than its mail explains.

    Parameters
    ----------
    hits : int
        Spam trap hits of the window.
    sent : int
        Messages that the IP sent in the window, since the start of the run.
    sent_before : int
        Messages of the part of the window before the run.
    tolerated_ppb : int
        Hits that are tolerated for each message, in units of 1e-9.
    deviations_milli : int
        Standard deviations by which the hits must exceed that, thousandths.

    Returns
    -------
    bool
        Whether hits - tolerated x sent >= deviations x sqrt(tolerated x (sent + sent_before)), and
        the left side is above 0. Integers, so without rounding.

    Notes
    -----
    The number of typing errors that reach a trap is nearly Poisson, so its variance is its mean. An
    IP is taken to have had as many hits before the run as are tolerated. No operator publishes how
    it weighs hits against mail: form and values are assumptions, chosen so that companies of any
    size are listed as often as was measured (`docs/background/calibration.md`).
    """
    excess = _BILLION * hits - tolerated_ppb * sent
    variance = tolerated_ppb * (sent + sent_before)
    return excess > 0 and (1000 * excess) ** 2 >= deviations_milli**2 * variance * _BILLION


def hits_needed(
    threshold: int, sent: int, sent_before: int, tolerated_ppb: int, deviations_milli: int
) -> int:
    """Return the fewest hits that list an IP: the threshold, or more if it sends much mail.

    Parameters
    ----------
    threshold : int
        Hits that list an IP which sends nothing else.
    sent, sent_before, tolerated_ppb, deviations_milli : int
        As for `exceeds`.

    Returns
    -------
    int
        Hits within the window.
    """
    hits = max(threshold, tolerated_ppb * sent // _BILLION)
    while not exceeds(hits, sent, sent_before, tolerated_ppb, deviations_milli):
        hits += 1
    return hits


def freshness(age: int) -> int:
    """Return the weight of a report by its age in microseconds, times FRESH.

    The weight is 4 for a new report, falls linearly to 1 at 48 h, stays 1 until a week, and is 0
    afterwards (SpamCop, rules of the blocking list).
    """
    return 4 * FRESH - 3 * min(age, FRESH) if age <= _FORGOTTEN else 0


def score(reports: Sequence[int], traps: Sequence[int]) -> int:
    """Return the points of SpamCop against an IP, times FRESH.

    Parameters
    ----------
    reports, traps : sequence of int
        Ages of user reports and of spam trap hits, microseconds.

    Returns
    -------
    int
        Each report counts its freshness. Fewer than six trap hits of the last week count 5 each,
        more of them their number squared.

    Notes
    -----
    SpamCop, rules of the blocking list. How trap hits and freshness go together is not published:
    we multiply by the freshness of the newest hit (assumption).
    """
    recent = [age for age in traps if age <= _FORGOTTEN]
    hits = len(recent)
    points = 5 * hits if hits < 6 else hits * hits
    return sum(map(freshness, reports)) + points * freshness(min(recent, default=0))


def is_scored(
    score: int,
    reports_and_hits: int,
    sent: int,
    threshold_milli: int,
    ratio_ppm: int,
    visibility_ppm: int,
) -> bool:
    """Return whether a score lists an IP.

    Parameters
    ----------
    score : int
        Points, see `score`.
    reports_and_hits : int
        Number of reports and trap hits; one alone never lists.
    sent : int
        Messages of the IP in the last week.
    threshold_milli : int
        Least score, thousandths of a point.
    ratio_ppm : int
        Least ratio of the score to the reputation points of the IP, parts per million.
    visibility_ppm : int
        Reputation points per message sent, parts per million.

    Returns
    -------
    bool
        Whether score and ratio reach their limits. Integers, so without rounding.

    Notes
    -----
    SpamCop gives a reputation point for each query about the IP by a user of the list: rules of the
    blocking list, and the Validity knowledge base.
    """
    enough = 1000 * score >= threshold_milli * FRESH
    ratio = _MILLION * _MILLION * score >= ratio_ppm * visibility_ppm * sent * FRESH
    return reports_and_hits >= 2 and enough and ratio
