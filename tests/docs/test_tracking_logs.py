"""The guide's code for message tracking logs, run on logs with the headers of real servers.

The logs have the header of Exchange 2010 (with a byte order mark) and of 2016 (where the front end
hides the client); both have CRLF line ends, times in UTC, and commas and quotes within fields.
"""

from pathlib import Path
from shutil import copy

import pytest
from worlds.code_blocks import ROOT, blocks

import relaysim
from relaysim.scenario.recording import read

LOGS = Path(__file__).parent / "logs"
GUIDE = ROOT / "docs" / "guides" / "replay.md"
INVOICES = [[7212.5, 1, 61200], [7260.1, 2, 64000]]
"""08:00:12.500 and 08:01:00.100 UTC are two hours after a run that begins at 08:00 in Istanbul."""


def _run_guide(directory: Path, monkeypatch: pytest.MonkeyPatch, *, zone: str = "") -> list[object]:
    """Run the guide's code in a directory of logs and return the rows of its recording."""
    (code,) = (
        each.text for each in blocks(GUIDE.read_text(encoding="utf-8")) if each.language == "python"
    )
    if zone:
        assert code.count("Europe/Istanbul") == 1
        code = code.replace("Europe/Istanbul", zone)
    monkeypatch.chdir(directory)
    exec(compile(code, str(GUIDE), "exec"), {})
    result = read(directory / "invoices.csv")
    assert result.recipients is not None
    assert result.size is not None
    columns = ((result.created / 1e6).tolist(), result.recipients.tolist(), result.size.tolist())
    return [list(row) for row in zip(*columns, strict=True)]


@pytest.mark.parametrize("log", ["exchange-2010.log", "exchange-2016.log"])
def test_the_guide_reads_a_log(log: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy(LOGS / log, tmp_path / "MSGTRK20100301-1.LOG")
    assert _run_guide(tmp_path, monkeypatch) == INVOICES


def test_a_message_in_the_logs_of_two_hubs_is_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy(LOGS / "exchange-2010.log", tmp_path / "MSGTRK20100301-1.LOG")
    copy(LOGS / "exchange-2016.log", tmp_path / "MSGTRK2010030108-1.LOG")
    assert _run_guide(tmp_path, monkeypatch) == INVOICES


def test_the_time_zone_decides_what_is_in_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """08:00 in New York is 13:00 UTC: what came at 08:00 UTC is before the run."""
    copy(LOGS / "exchange-2010.log", tmp_path / "MSGTRK20100301-1.LOG")
    with pytest.raises(ValueError, match="the file holds no messages"):
        _run_guide(tmp_path, monkeypatch, zone="America/New_York")
    assert capsys.readouterr().out == "0 messages in the run, 2 outside it\n"


def test_the_recording_is_replayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy(LOGS / "exchange-2016.log", tmp_path / "MSGTRK20100301-1.LOG")
    _run_guide(tmp_path, monkeypatch)
    base = (ROOT / "scenarios" / "mm4.toml").read_text(encoding="utf-8")
    (tmp_path / "base.toml").write_text(base, encoding="utf-8")
    host, stream = next(
        (host, stream)
        for host, described in relaysim.load(tmp_path / "base.toml").hosts.items()
        for stream in described.streams
    )
    (tmp_path / "replayed.toml").write_text(
        f'extends = "base.toml"\n[run]\nduration = "10 h"\nwarm_up = "0 s"\n'
        f"[hosts.{host}.streams.{stream}]\n"
        'arrivals = { process = "replay", file = "invoices.csv" }\n',
        encoding="utf-8",
    )
    result = relaysim.run(relaysim.load(tmp_path / "replayed.toml"), replications=1, jobs=1)
    assert result.messages["created"].tolist() == [7212.5, 7260.1]
    assert result.messages["size"].tolist() == [61200, 64000]
