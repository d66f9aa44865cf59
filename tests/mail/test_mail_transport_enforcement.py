"""The stages at which Microsoft 365 throttles and blocks old Exchange servers."""

import pytest

from relaysim.mail.transport_enforcement import enforcement_reply

DAY, HOUR, MINUTE = 86_400_000_000, 3_600_000_000, 60_000_000
OLD = "Connecting Exchange server version is out-of-date; connection to Exchange Online"


@pytest.mark.parametrize(
    ("day", "throttled", "blocked"),
    [
        *((0, 0, 0), (29, 0, 0), (30, 5, 0), (40, 10, 0), (50, 20, 0), (60, 30, 5)),
        *((70, 0, 10), (80, 0, 20), (90, 0, 60), (400, 0, 60)),
    ],
)
def test_minutes_of_each_hour_by_day(day: int, throttled: int, blocked: int) -> None:
    """Of each hour the blocked minutes come first, then the throttled ones."""
    replies = [enforcement_reply(day * DAY, 7 * HOUR + n * MINUTE) for n in range(60)]
    texts = [str(reply) if reply else "" for reply in replies]
    assert texts == [
        *[f"550 5.7.230 {OLD} blocked for {blocked} mins/hr."] * blocked,
        *[f"450 4.7.230 {OLD} throttled for {throttled} mins/hr."] * throttled,
        *[""] * (60 - throttled - blocked),
    ]
