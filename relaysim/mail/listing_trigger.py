"""Triggers: when an operator's evidence is enough to list an IP. Times are microseconds."""

from collections.abc import Sequence

_HOUR = 3_600_000_000

FRESH = 48 * _HOUR
"""Up to this age a report loses weight; it is also the unit of `freshness` and `score`."""

_FORGOTTEN = 168 * _HOUR
_MILLION = 1_000_000


def relist_threshold(threshold: int, factor_ppm: int) -> int:
    """How many hits list an IP again that was listed of late: factor x threshold, rounded up.

    At least one, whatever the factor (parts per million). That relapses list sooner is an
    assumption; operators say that they relist quickly, not by which rule.
    """
    return max(1, -(-threshold * factor_ppm // _MILLION))


def freshness(age: int) -> int:
    """The weight of a report of this age, times FRESH.

    4 when it is new, falling in a straight line to 1 at 48 h; 1 until a week, 0 after it (SpamCop,
    rules of the blocking list).
    """
    return 4 * FRESH - 3 * min(age, FRESH) if age <= _FORGOTTEN else 0


def score(reports: Sequence[int], traps: Sequence[int]) -> int:
    """SpamCop's points against an IP, times FRESH, from the ages of reports and of trap hits.

    Each user report counts its freshness. n trap hits of the last week count 5 n if they are fewer
    than six, else n squared (SpamCop, rules of the blocking list); how that goes together with
    freshness is not published, we multiply by that of the newest hit (an assumption).
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
    """Whether a score lists an IP: enough of it, and enough for the mail that the IP sends.

    `score` is that of the function above. It must reach the threshold (thousandths of a point),
    and its ratio to reputation points must reach `ratio_ppm`: SpamCop gives a point for each time
    that a user of the list asks about the IP, so there are visibility x `sent` of them, where
    `sent` is the mail of the last week. One report or hit alone never lists (SpamCop, rules of the
    blocking list, and the Validity knowledge base). Exact, however long the integers get.
    """
    enough = 1000 * score >= threshold_milli * FRESH
    ratio = _MILLION * _MILLION * score >= ratio_ppm * visibility_ppm * sent * FRESH
    return reports_and_hits >= 2 and enough and ratio
