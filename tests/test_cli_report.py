"""`report`: what it writes, and what it refuses."""

from cli_runs import DEDICATED, SHARED, relaysim

LITTLE = ("--set", "run.scale=0.02", "--replications", "2", "--jobs", "1")
ALONE = ("--no-flip", "--no-sizing", "--no-sensitivity")


def test_a_report_is_written_whole(tmp_path):
    out = tmp_path / "out"
    result = relaysim("report", SHARED, DEDICATED, *LITTLE, *ALONE, "--out", str(out))
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert result.stderr.replace("\n", "").endswith("report.html")
    assert sorted(each.name for each in out.iterdir()) == [
        *("figures", "provenance.json", "report.html", "report.md")
    ]
    text = (out / "report.md").read_text(encoding="utf-8")
    assert text.startswith("# shared-hub or dedicated-hub?\n")
    assert " ".join(result.stdout.split()) in text


def test_a_place_that_is_taken_is_refused_before_anything_runs(tmp_path):
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    result = relaysim("report", SHARED, DEDICATED, *LITTLE, "--out", str(tmp_path))
    assert result.exit_code == 2
    assert "is not empty and holds no earlier output" in " ".join(result.stderr.split())
    assert [each.name for each in tmp_path.iterdir()] == ["mine.txt"]


def test_a_design_is_not_compared_with_itself(tmp_path):
    result = relaysim("report", SHARED, SHARED, *LITTLE, "--out", str(tmp_path / "out"))
    assert result.exit_code == 2
    assert "two designs have the name shared-hub" in " ".join(result.stderr.split())
