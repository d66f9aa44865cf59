"""Recorded arrivals are read strictly, and in order of time."""

from pathlib import Path

import pytest

from relaysim.scenario.recording import read


def recording(folder: Path, text: str) -> Path:
    path = folder / "log.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_rows_come_in_order_of_time_and_other_columns_are_ignored(tmp_path: Path) -> None:
    path = recording(tmp_path, "bytes,seconds,subject,recipients\n900,2.5,b,1\n100,0.000001,a,3\n")
    found = read(path)
    assert found.created.tolist() == [1, 2_500_000]
    assert found.recipients is not None
    assert found.size is not None
    assert found.recipients.tolist() == [3, 1]
    assert found.size.tolist() == [100, 900]


def test_columns_that_are_not_there_are_none(tmp_path: Path) -> None:
    found = read(recording(tmp_path, "seconds\n1\n1\n"))
    assert found.created.tolist() == [1_000_000, 1_000_000]
    assert found.recipients is None
    assert found.size is None


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    assert len(read(recording(tmp_path, "seconds\n1\n")).created) == 1
    assert len(read(recording(tmp_path, "seconds\n1\n2\n")).created) == 2


def test_nobody_can_change_what_was_read(tmp_path: Path) -> None:
    found = read(recording(tmp_path, "seconds\n1\n"))
    with pytest.raises(ValueError, match="read-only"):
        found.created[0] = 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the file has no column seconds in its first line"),
        ("seconds\n", "the file holds no messages"),
        ("seconds\n1\nsoon\n", "line 3: seconds is not a number"),
        ("seconds\n-1\n", "line 2: seconds is -1, which is out of range"),
        ("seconds\nnan\n", "line 2: seconds is nan, which is out of range"),
        ("seconds,recipients\n1,0\n", "line 2: recipients is 0, allowed are 1 to 5000"),
        ("seconds,recipients\n1,1.5\n", "line 2: recipients is 1.5, not a whole number"),
        ("seconds,recipients\n1\n", "line 2: recipients is not a number"),
    ],
)
def test_faults_name_their_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 -- the whole message follows
        read(recording(tmp_path, text))
    assert str(caught.value) == message
