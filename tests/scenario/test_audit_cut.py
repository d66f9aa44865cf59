"""Mail that a file has and a run does not create is counted and named."""

from pathlib import Path

import pytest
from worlds import relay_designs
from worlds.golden_sections import Wording
from worlds.quantities import quantities
from worlds.relay_designs import SHARED_HUB

from relaysim.audit import Finding
from relaysim.scenario.load import loads
from relaysim.traffic.workload import draw

INVOICES = "hosts.crm.streams.invoices.arrivals"


def found(*overrides: str) -> list[Finding]:
    quiet = "hosts.marketing.streams.newsletter.arrivals.at=0 s"
    design = loads(SHARED_HUB, overrides=[quiet, "run.duration=1 h", *overrides])
    return relay_designs.found(design, "mail_after_the_end")


def test_a_recording_that_is_longer_than_the_run_says_how_many_messages_are_lost(
    wording: Wording,
    tmp_path: Path,
) -> None:
    log = tmp_path / "log.csv"
    log.write_text("seconds\n" + "".join(f"{60 * n}\n" for n in range(20)), encoding="utf-8")
    replay = f'{INVOICES}={{process="replay", file="{log.as_posix()}"}}'
    assert found(replay) == []
    (one,) = found(replay, "run.duration=19 min")
    assert one.place == INVOICES
    assert quantities(one.reason) >= {"1", "20", "19 min"}
    (ten,) = found(replay, "run.duration=10 min")
    assert quantities(ten.reason) >= {"10", "20", "19 min", "10 min"}
    wording(one, ten)
    design = loads(SHARED_HUB, overrides=[replay, "run.duration=10 min"])
    draws = draw(design, 0, 1)
    assert (draws.stream == draws.streams.index("crm.invoices")).sum() == 10


@pytest.mark.parametrize(
    ("arrivals", "numbers"),
    [
        (
            '{process="campaign", at="59 min", messages=600, rate="5/s"}',
            {"300", "600", "61 min", "1 h"},
        ),
        (
            '{process="campaign", at="2 h", messages=600, rate="5/s"}',
            {"600", "122 min", "1 h"},
        ),
        ('{process="every", at="2 h", every="1 h"}', {"2 h", "1 h"}),
        (
            '{process="campaign", at="2 h", every="1 h", messages=600, rate="5/s"}',
            {"2 h", "1 h"},
        ),
        (
            '{process="campaign", at="25th 09:00", every="month", messages=600, rate="5/s"}',
            {"25", "2010", "1 h"},
        ),
        (
            '{process="compromise", at="Tuesday 10:00", rate="5/s", lasts="1 h"}',
            {"2", "2010", "1 h"},
        ),
    ],
    ids=["a part", "all", "nothing", "never again", "by the calendar", "a later day"],
)
def test_a_process_that_begins_or_ends_too_late_is_found(
    wording: Wording, arrivals: str, numbers: set[str]
) -> None:
    (finding,) = found(f"{INVOICES}={arrivals}")
    assert finding.place == INVOICES
    assert quantities(finding.reason) >= numbers
    wording(finding)


def test_what_ends_in_time_and_what_is_repeated_are_not_found() -> None:
    assert found(f'{INVOICES}={{process="campaign", at="1 min", messages=600, rate="5/s"}}') == []
    again = '{process="campaign", at="50 min", messages=600, rate="1/min", every="1 h"}'
    assert found(f"{INVOICES}={again}") == []
