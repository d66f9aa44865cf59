"""Saving the arrivals of a run and replaying them gives the same messages and recipients."""

from pathlib import Path

import pytest
from worlds.golden_sections import Golden
from worlds.refusals import refusal
from worlds.traffic_examples import (
    CAMPAIGN,
    DESTINATIONS,
    LISTS,
    POISSON,
    Raw,
    arrays,
    drawn,
    host,
    stream,
    tables,
)

from relaysim.traffic.save_arrivals import save_arrivals

SAVED = {
    "poisson": POISSON,
    "campaign": CAMPAIGN | {"rate": "7/s", "messages": 500},
    "bursts": {"process": "bursts", "rate": "500/h", "burst_factor": 10, "burst_length": "1 min"},
    "every": {"process": "every", "every": "77777777 us"},
}


@pytest.mark.parametrize("process", SAVED.values(), ids=SAVED)
def test_saved_arrivals_replay_to_the_same_messages_and_recipients(
    tmp_path: Path, process: Raw
) -> None:
    original = stream(
        process,
        size={"distribution": "lognormal", "median": "20 KB", "sigma": 1.0},
        recipients={"distribution": "zipf", "s": 1.5, "max": 20},
        to={"internal": 0.5, "business": 0.5},
    )
    raw = tables({"app": host(load=original, more=stream())}, DESTINATIONS)
    draws = drawn(raw)
    file = tmp_path / "load.csv"

    save_arrivals(draws, "app.load", file)

    replayed = original | {
        "arrivals": {"process": "replay", "file": str(file)},
        "size": "1 B",
        "recipients": 1,
    }
    raw["hosts"]["app"]["streams"]["load"] = replayed
    assert arrays(drawn(raw)) == arrays(draws)


def test_a_saved_mailing_list_replays_to_the_same_addresses(tmp_path: Path) -> None:
    # Three weekly campaigns to a list, of which each reaches a part.
    weekly = {
        "process": "campaign",
        "at": "1 h",
        "messages": 300,
        "rate": "10/s",
        "every": "7 d",
    }
    listed = {"addresses": 400, "trap_share": 0.3, "complaint_rate": 0.1, "unknown_rate": 0.2}
    original = stream(weekly, {"business": 1.0}, mailing_list=listed)
    raw = tables(
        {"app": host(load=original)},
        DESTINATIONS,
        run={"duration": "21 d", "scale": 2.0},
        blocklists=LISTS,
    )
    draws = drawn(raw)
    file = tmp_path / "load.csv"

    save_arrivals(draws, "app.load", file)

    replayed = original | {"arrivals": {"process": "replay", "file": str(file)}}
    raw["hosts"]["app"]["streams"]["load"] = replayed | {
        "mailing_list": listed | {"addresses": int(draws.list_size[0])}
    }
    assert draws.list_size.tolist() == [800]
    assert len(draws.key) == 1800
    assert arrays(drawn(raw)) == arrays(draws)
    # With the length that the campaign's list was given, before the scale, it would not.
    raw["hosts"]["app"]["streams"]["load"] = replayed
    assert drawn(raw).domain.tolist() != draws.domain.tolist()


def test_a_saved_compromise_replays_to_the_same_mail(tmp_path: Path) -> None:
    spam = stream(
        {"process": "compromise", "rate": "600/h", "at": "10 min", "lasts": "30 min"},
        trap_rate=0.5,
        complaint_rate=0.5,
    )
    raw = tables({"app": host(load=spam)}, blocklists=LISTS)
    draws = drawn(raw)
    file = tmp_path / "load.csv"

    save_arrivals(draws, "app.load", file)

    raw["hosts"]["app"]["streams"]["load"] = spam | {
        "arrivals": {"process": "replay", "file": str(file)}
    }
    assert len(draws.trap_recipient) > 10
    assert arrays(drawn(raw)) == arrays(draws)


def test_a_recording_of_times_alone_takes_sizes_and_recipients_from_the_stream(
    tmp_path: Path,
) -> None:
    file = tmp_path / "times.csv"
    file.write_text("seconds\n3\n1\n2\n4000\n", encoding="utf-8")
    raw = tables()
    raw["hosts"]["app"]["streams"]["load"] = stream(
        {"process": "replay", "file": str(file)}, size="2 KB", recipients=2
    )

    draws = drawn(raw)

    assert draws.created.tolist() == [1_000_000, 2_000_000, 3_000_000]
    assert draws.size.tolist() == [2048, 2048, 2048]
    assert draws.first_recipient.tolist() == [0, 2, 4, 6]


def test_a_saved_file_reads_like_this(tmp_path: Path) -> None:
    raw = tables({"app": host(load=stream(CAMPAIGN | {"rate": "3/s"}, recipients=2))})
    file = tmp_path / "load.csv"

    save_arrivals(drawn(raw), "app.load", file)

    assert file.read_text(encoding="utf-8") == (
        "seconds,recipients,bytes\n60.000000,2,1024\n60.333333,2,1024\n60.666667,2,1024\n"
    )


def test_only_a_stream_of_the_run_can_be_saved(golden_section: Golden, tmp_path: Path) -> None:
    file = tmp_path / "load.csv"
    message = refusal(ValueError, lambda: save_arrivals(drawn(tables()), "app.lode", file))
    assert "app.load" in message
    golden_section("errors/arrivals", message)
