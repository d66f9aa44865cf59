"""`report`: what it writes, and what it refuses."""

from worlds.cli_runs import DEDICATED, SHARED, refused, relaysim
from worlds.golden_text import flat, message, portable

LITTLE = ("--set", "run.scale=0.02", "--replications", "2", "--jobs", "1")
ALONE = ("--no-flip", "--no-sizing", "--no-sensitivity")


def test_a_report_is_written_whole(tmp_path, monkeypatch, golden):
    monkeypatch.setattr("sys.argv", ["relaysim"])
    out = tmp_path / "out"
    result = relaysim("report", SHARED, DEDICATED, *LITTLE, *ALONE, "--out", str(out))
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert result.stderr.replace("\n", "").endswith("report.html")
    assert sorted(each.name for each in out.iterdir()) == [
        *("figures", "provenance.json", "report.html", "report.md")
    ]
    text = (out / "report.md").read_text(encoding="utf-8")
    first = text.partition("\n")[0]
    assert "shared-hub" in first
    assert "dedicated-hub" in first
    assert flat(result.stdout) in text
    golden("reports/shared-or-dedicated", portable(text))


def test_a_place_that_is_taken_is_refused_before_anything_runs(tmp_path, golden_section):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    text = refused("report", SHARED, DEDICATED, *LITTLE, "--out", str(tmp_path))
    assert str(tmp_path) in text
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]
    golden_section("errors/foreign-files", message(text))


def test_a_design_is_not_compared_with_itself(tmp_path):
    text = refused("report", SHARED, SHARED, *LITTLE, "--out", str(tmp_path / "out"))
    assert "shared-hub" in text
