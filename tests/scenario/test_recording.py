"""Recorded arrivals are read strictly, and in order of time."""

from pathlib import Path

import pytest
from worlds.golden_sections import Golden
from worlds.refusals import refusal

from relaysim.scenario.recording import read


def recording(folder: Path, text: str) -> Path:
    path = folder / "log.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_come_in_order_of_time_and_other_columns_are_ignored(tmp_path: Path) -> None:
    path = recording(tmp_path, "bytes,seconds,subject,recipients\n900,2.5,b,1\n100,0.000001,a,3\n")
    result = read(path)
    assert result.created.tolist() == [1, 2_500_000]
    assert result.recipients is not None
    assert result.size is not None
    assert result.recipients.tolist() == [3, 1]
    assert result.size.tolist() == [100, 900]


def test_columns_that_are_not_there_are_none(tmp_path: Path) -> None:
    result = read(recording(tmp_path, "seconds\n1\n1\n"))
    assert result.created.tolist() == [1_000_000, 1_000_000]
    assert result.recipients is None
    assert result.size is None


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    assert len(read(recording(tmp_path, "seconds\n1\n")).created) == 1
    assert len(read(recording(tmp_path, "seconds\n1\n2\n")).created) == 2


def test_a_recording_is_read_only(tmp_path: Path) -> None:
    result = read(recording(tmp_path, "seconds\n1\n"))
    with pytest.raises(ValueError, match="read-only"):
        result.created[0] = 0


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", {"seconds"}),
        ("seconds\n", set()),
        ("seconds\n1\nsoon\n", {"3", "seconds"}),
        ("seconds\n-1\n", {"2", "seconds", "-1"}),
        ("seconds\nnan\n", {"2", "seconds", "nan"}),
        ("seconds,recipients\n1,0\n", {"2", "recipients", "0", "1", "5000"}),
        ("seconds,recipients\n1,1.5\n", {"2", "recipients", "1.5"}),
        ("seconds,recipients\n1\n", {"2", "recipients"}),
    ],
    ids=["empty", "no rows", "word", "negative", "nan", "none", "fraction", "short row"],
)
def test_faults_name_their_line(
    golden_section: Golden, tmp_path: Path, text: str, named: set[str]
) -> None:
    message = refusal(ValueError, lambda: read(recording(tmp_path, text)))
    assert all(each in message for each in named)
    golden_section("errors/recording", message)
