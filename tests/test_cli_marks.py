"""Commands refuse foreign files before anything runs, and name the file that stands in the way."""

import os
import tempfile
from pathlib import Path

import pytest
from worlds.cli_runs import MM4, refused, relaysim
from worlds.golden_text import message

from relaysim.cli.output import require_drawable


@pytest.mark.parametrize("command", ["run", "warmup", "qshape"])
def test_a_foreign_figure_is_refused_before_anything_runs(
    command, tmp_path, monkeypatch, golden_section
):
    from relaysim.present.figure_registry import NAMES

    monkeypatch.setattr("relaysim.study.run_result.run_scenario", None)
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
    monkeypatch.setattr("relaysim.study.run_result.run_scenario", None)
    text = refused(*command)
    assert "thesis.txt" in text
    golden_section("errors/foreign-files", message(text))
    assert (tmp_path / "out" / "thesis.txt").is_file()


@pytest.mark.parametrize("command", ["run", "warmup"])
@pytest.mark.parametrize("option", ["--out", "--figures"])
def test_a_read_only_directory_is_refused_before_anything_runs(
    option, command, tmp_path, monkeypatch, golden_section
):
    """Permission bits do not stop root: the test says what they would do."""
    folder = tmp_path / "q2"
    folder.mkdir()
    access, mkdtemp = os.access, tempfile.mkdtemp

    def denied(**options):
        if Path(options["dir"]) == folder:
            raise PermissionError(13, "Permission denied")
        return mkdtemp(**options)

    def allowed(path, mode):
        return not (Path(path) == folder and mode & os.W_OK) and access(path, mode)

    monkeypatch.setattr(os, "access", allowed)
    monkeypatch.setattr(tempfile, "mkdtemp", denied)
    monkeypatch.setattr("relaysim.study.run_result.run_scenario", None)
    text = refused(command, MM4, option, str(folder))
    assert text.count("\n") <= 1
    assert f"{folder} cannot be written: Permission denied" in text
    assert ("--figures" in text) == (option == "--figures")
    assert list(tmp_path.iterdir()) == [folder]
    golden_section("errors/foreign-files", message(text))


@pytest.mark.parametrize("inside", ["", "q1/figures"])
def test_figures_take_a_place_in_a_parent_that_is_read_only(inside, tmp_path, monkeypatch):
    """Only the directory of the figures is written, or the nearest one that exists."""
    places = []
    mkdtemp = tempfile.mkdtemp

    def seen(**options):
        places.append(Path(options["dir"]))
        return mkdtemp(**options)

    monkeypatch.setattr(tempfile, "mkdtemp", seen)
    require_drawable(tmp_path / inside, "run")
    assert places == [tmp_path]
    assert list(tmp_path.iterdir()) == []
