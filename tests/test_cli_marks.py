"""Commands refuse foreign files before anything runs, and name the file that stands in the way."""

import pytest
from worlds.cli_runs import MM4, refused, relaysim
from worlds.golden_text import message


@pytest.mark.parametrize("command", ["run", "warmup", "qshape"])
def test_a_foreign_figure_is_refused_before_anything_runs(
    command, tmp_path, monkeypatch, golden_section
):
    from relaysim.present.figure_registry import NAMES

    monkeypatch.setattr("relaysim.study.replicate.run_scenario", None)
    file = tmp_path / f"{NAMES[command][0]}.png"
    file.write_bytes(b"mine")
    text = refused(command, MM4, "--figures", str(tmp_path))
    assert str(file) in text
    assert file.read_bytes() == b"mine"
    golden_section("errors/foreign-files", message(text))


def test_a_foreign_file_in_an_output_is_refused_before_anything_runs(
    tmp_path, monkeypatch, golden_section
):
    short = ("--set", "run.duration=20 s", "--set", "run.warm_up=0 s", "--jobs", "1")
    command = ("run", MM4, *short, "--replications", "1", "--out", str(tmp_path / "out"))
    assert relaysim(*command).exit_code == 0
    assert relaysim(*command).exit_code == 0
    (tmp_path / "out" / "thesis.txt").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("relaysim.study.replicate.run_scenario", None)
    text = refused(*command)
    assert "thesis.txt" in text
    golden_section("errors/foreign-files", message(text))
    assert (tmp_path / "out" / "thesis.txt").is_file()
