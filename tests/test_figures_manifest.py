"""What lies in `figures/` is what `make figures` made, and the manifest says what made each."""

import hashlib
import importlib.util
import json
import shlex

import pytest
from worlds.cli_runs import ROOT, relaysim
from worlds.quantities import quantities

FIGURES = ROOT / "figures"
MANIFEST = json.loads((FIGURES / "manifest.json").read_text(encoding="utf-8"))
ENTRIES = MANIFEST["figures"]
AGAIN = "make them again: make figures"
LITTLE = "--set run.scale=0.01 --set 'run.drain=12 h' --replications 2 --jobs 1 --no-store"


def gallery():
    """The script behind `make figures`."""
    spec = importlib.util.spec_from_file_location("gallery", ROOT / "benchmarks" / "figures.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    return script


def test_every_file_is_the_one_that_was_made():
    other = [
        entry["file"]
        for entry in ENTRIES
        if hashlib.sha256((FIGURES / entry["file"]).read_bytes()).hexdigest() != entry["sha256"]
    ]
    assert other == [], AGAIN


def test_there_is_no_file_that_nothing_made():
    there = {file.relative_to(FIGURES).as_posix() for file in FIGURES.rglob("*") if file.is_file()}
    assert there == {"manifest.json", *(entry["file"] for entry in ENTRIES)}, AGAIN


def test_the_manifest_is_in_order_and_has_each_figure_as_png_and_svg():
    files = [entry["file"] for entry in ENTRIES]
    assert files == sorted(set(files))
    stems = {file.rpartition(".")[0] for file in files}
    assert set(files) == {f"{stem}.{kind}" for stem in stems for kind in ("png", "svg")}


@pytest.mark.parametrize("entry", ENTRIES, ids=[entry["file"] for entry in ENTRIES])
def test_an_entry_says_what_made_it_and_what_is_to_be_seen(entry):
    name = entry["file"].rpartition("/")[2].partition(".")[0]
    assert entry["function"].endswith(f'"{name}")')
    assert all(len(each["plan"]) == 64 and each["name"] for each in entry["scenarios"])
    assert entry["replications"] >= 1
    assert str(entry["seed"]) in quantities(entry["caption"])
    assert entry["caption"].endswith(entry["command"])
    assert entry["alt"].startswith(entry["message"])


def test_the_commands_are_those_of_the_script():
    script = gallery()
    file, message = script.PATH
    commands = {f"relaysim {shlex.join(shlex.split(each))}" for each in script.COMMANDS}
    commands.add(f"relaysim trace {file} --message {message}")
    assert {entry["command"] for entry in ENTRIES} == commands


def test_the_designs_of_the_demo_are_drawn():
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for name in gallery().DESIGNS:
        assert f"{name}.toml" in makefile
        assert f"{name}/design.png" in {entry["file"] for entry in ENTRIES}


def test_a_command_of_the_script_gives_what_it_gives_when_it_is_typed(tmp_path, monkeypatch):
    script = gallery()
    monkeypatch.chdir(tmp_path)
    scenario = ROOT / "scenarios" / "listing-day.toml"
    command = f"run {scenario} --figures drawn/day {LITTLE}"
    entries = script.made(command)
    assert [entry["file"] for entry in entries] == [
        f"day/{name}.{kind}"
        for name in ("design", "statuses", "queues", "qshape")
        for kind in ("png", "svg")
    ]
    assert {entry["command"] for entry in entries} == {f"relaysim {command}"}
    monkeypatch.setattr("sys.argv", ["relaysim", *shlex.split(command)])
    first = {each["file"]: each["sha256"] for each in entries}
    assert relaysim(*shlex.split(command)).exit_code == 0
    for file, digest in first.items():
        made = (tmp_path / "drawn" / file).read_bytes()
        assert hashlib.sha256(made).hexdigest() == digest
