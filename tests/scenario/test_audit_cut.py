"""Mail that a file has and a run does not create is counted and named."""

from pathlib import Path

import pytest
from relay_designs import SHARED_HUB

from relaysim.scenario.audit.cut import mail_after_the_end
from relaysim.scenario.load import loads
from relaysim.traffic.workload import draw

INVOICES = "hosts.crm.streams.invoices.arrivals"


def found(*overrides: str) -> list[tuple[str, str]]:
    quiet = "hosts.marketing.streams.newsletter.arrivals.at=0 s"
    design = loads(SHARED_HUB, overrides=[quiet, "run.duration=1 h", *overrides])
    return [(each.place, each.reason) for each in mail_after_the_end(design)]


def test_a_recording_that_is_longer_than_the_run_says_how_many_messages_are_lost(
    tmp_path: Path,
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("seconds\n" + "".join(f"{60 * n}\n" for n in range(20)), encoding="utf-8")
    replay = f'{INVOICES}={{process="replay", file="{log.as_posix()}"}}'
    assert found(replay) == []
    assert found(replay, "run.duration=19 min") == [
        (
            INVOICES,
            "1 of 20 messages of crm.invoices are left out: the last one is at 19 min, and "
            "run.duration is 19 min.",
        )
    ]
    assert found(replay, "run.duration=10 min")[0][1].startswith("10 of 20 messages")
    design = loads(SHARED_HUB, overrides=[replay, "run.duration=10 min"])
    draws = draw(design, 0, 1)
    assert (draws.stream == draws.streams.index("crm.invoices")).sum() == 10


@pytest.mark.parametrize(
    ("arrivals", "reason"),
    [
        (
            '{process="campaign", at="59 min", messages=600, rate="5/s"}',
            "300 of 600 messages of crm.invoices are left out: the last one is at 61 min, and "
            "run.duration is 1 h.",
        ),
        (
            '{process="campaign", at="2 h", messages=600, rate="5/s"}',
            "600 of 600 messages of crm.invoices are left out: the last one is at 122 min, and "
            "run.duration is 1 h.",
        ),
        (
            '{process="every", at="2 h", every="1 h"}',
            "crm.invoices sends nothing: it begins at 2 h, and run.duration is 1 h.",
        ),
    ],
)
def test_a_process_that_begins_or_ends_too_late_is_found(arrivals: str, reason: str) -> None:
    assert found(f"{INVOICES}={arrivals}") == [(INVOICES, reason)]


def test_what_ends_in_time_and_what_is_repeated_are_not_found() -> None:
    assert found(f'{INVOICES}={{process="campaign", at="1 min", messages=600, rate="5/s"}}') == []
    again = '{process="campaign", at="50 min", messages=600, rate="1/min", every="1 h"}'
    assert found(f"{INVOICES}={again}") == []
