"""The command line starts at once, helps, and fails politely."""

import subprocess
import sys

import pytest
from worlds.cli_runs import DEDICATED, MM4, SHARED, commands, process, refused, relaysim
from worlds.golden_text import message

import relaysim as package

HEAVY = ("matplotlib", "numpy", "pandas", "pydantic", "scipy", "scipy.stats", "simpy")


def loaded(code):
    """Which heavy libraries some code imports."""
    script = f"import sys\n{code}\nprint(*sorted({set(HEAVY)} & set(sys.modules)))"
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_help_and_the_package_import_nothing_heavy():
    assert loaded("import relaysim.cli") == []
    assert loaded("import relaysim; relaysim.__version__") == []


def test_a_name_of_the_package_brings_what_it_needs():
    """Without scipy.stats, which takes half a second: only some results need it."""
    assert loaded("import relaysim; relaysim.run") == [
        *("numpy", "pandas", "pydantic", "scipy", "simpy"),
    ]


def test_the_package_has_what_it_says():
    assert {name for name in package.__all__ if getattr(package, name) is None} == set()
    assert set(package.__all__) <= set(dir(package))
    with pytest.raises(AttributeError, match="no attribute 'laod'"):
        package.laod  # noqa: B018 -- the access is the test


def test_the_version_is_that_of_the_package():
    done = process("--version")
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"relaysim {package.__version__}\n",
        "",
    )


@pytest.mark.parametrize("command", ["check", "explain", "run", "compare", "profiles"])
def test_every_command_explains_itself_within_80_columns(command):
    result = relaysim(command, "--help")
    assert result.exit_code == 0
    assert "--json" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80


@pytest.mark.parametrize(
    ("arguments", "names"),
    commands(
        (["run", "nosuch.toml"], ["nosuch.toml"]),
        (["run", MM4, "--set", "foo"], ["foo"]),
        (["run", MM4, "--set", "run.duratoin=2 h"], ["run.duratoin", '"duration"']),
        (
            ["explain", SHARED, "--host", "shrepoint", "--to", "a@b.org"],
            ["shrepoint", '"sharepoint"'],
        ),
        (["explain", SHARED, "--to", "a@b.org"], ["--host"]),
        (["explain", SHARED, "--host", "crm"], ["--to"]),
        (["explain", SHARED, "--connector", "x", "--host", "crm"], ["--connector"]),
        (["explain", SHARED, "--connector", "internalrely"], ['"internalrelay"']),
        (["explain", SHARED, "--address", "10.0.0.1", "--to", "a@b.org"], ["--server"]),
        (["explain", SHARED, "--address", "999.1.1.1"], ["999.1.1.1"]),
        (
            ["explain", SHARED, "--host", "crm", "--address", "10.0.0.1"],
            ["--host", "--address"],
        ),
        (["compare", SHARED, SHARED], ["shared-hub"]),
        (["compare", SHARED, MM4], ["run.start", "mm4", "shared-hub"]),
        (["compare", SHARED, DEDICATED, "--figures", MM4], [MM4]),
        (["compare", SHARED, DEDICATED, "--out", MM4 + "/out"], [MM4]),
        (["compare", SHARED, MM4, "--margin", "latency=3"], ["latency"]),
        (["compare", SHARED, MM4, "--margin", "latency_p95=3"], ["latency_p95=3"]),
        (["compare", SHARED, MM4, "--margin", "on_time"], ["on_time"]),
        (["compare", SHARED, MM4, "--margin", "bounced=many"], ["bounced", "many"]),
        (["compare", SHARED, MM4, "--margin", "on_time=-1 %"], ["on_time", "-1 %"]),
        (["profiles", "host", "printr"], ["printr", '"printer"']),
    ),
)
def test_a_mistake_in_a_design_or_an_option_has_its_message(arguments, names, golden_section):
    text = refused(*arguments)
    assert text.startswith("relaysim: ")
    assert [name for name in names if name not in text] == []
    golden_section("errors/cli", message(text))


SIZE = ["size", MM4, "--vary", "hubs.HUB01.cores=1:2", "--target", "total.on_time > 1 %"]


@pytest.mark.parametrize(
    ("arguments", "names"),
    commands(
        ([*SIZE, "--replications", "2"], ["--replications 2:", " 5 ", " 100000"]),
        (["run", MM4, "--replications", "0"], ["--replications 0:", " 1 ", " 100000"]),
        (["run", MM4, "--jobs", "0"], ["--jobs 0:", " 1 "]),
        (["run", MM4, "--jobs", "many"], ["--jobs many:", " 1 "]),
        (["run", MM4, "--seed", "-1"], ["--seed -1:", " 0 "]),
        (["trace", MM4, "--replication", "-1"], ["--replication -1:", " 0 "]),
        (["qshape", MM4, "--replication", "x"], ["--replication x:", " 0 "]),
        ([*SIZE, "--confidence", "nan"], ["--confidence nan:", " 0.5 ", " 0.9999"]),
        (["explain", MM4, "--port", "70000"], ["--port 70000:", " 1 ", " 65535"]),
        (["new", "x", "--mailboxes", "0"], ["--mailboxes 0:", " 1 ", " 1000000"]),
        (["new", "x", "--newsletter", "0"], ["--newsletter 0:", " 1 ", " 10000000"]),
        (["run"], ["SCENARIO"]),
        (["run", MM4, "--replcations", "2"], ["--replcations"]),
        (["explain", MM4, "--host"], ["--host"]),
        (["nonsense"], ["nonsense"]),
        (["profiles", "hosts"], ["hosts", "mta", "host", "destination", "blocklist"]),
        (["--nonsense"], ["--nonsense"]),
        (["check", ""], ['""']),
        (["new", ""], ['""']),
        (["compare", SHARED, ""], ['""']),
        (["run", MM4, "--out", ""], ['""']),
    ),
)
def test_a_wrong_command_line_has_one_message_without_a_box(arguments, names, golden_section):
    text = refused(*arguments)
    assert text.startswith("relaysim: ")
    assert [name for name in names if name not in text] == []
    assert "Usage" not in text
    assert text.isascii()
    golden_section("errors/cli", message(text))


def test_a_wrong_file_leaves_no_traceback_in_a_real_process():
    done = process("run", "nosuch.toml")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == relaysim("run", "nosuch.toml").stderr
    assert done.stderr.startswith("relaysim: ")
    assert "No such file or directory" in done.stderr


def test_a_reader_who_stops_reading_gets_no_traceback():
    command = [sys.executable, "-m", "relaysim", "profiles", "mta"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stderr is not None
        writer.stdout.close()
        assert writer.stderr.read() == b""


def test_an_interrupt_is_exit_code_130_and_leaves_nothing(monkeypatch, tmp_path, golden_section):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("relaysim.study.run_result.run_scenario", interrupted)
    out, kept = str(tmp_path / "out"), str(tmp_path / "kept")
    result = relaysim("run", MM4, "--out", out, "--store", kept)
    assert result.exit_code == 130
    golden_section("errors/interrupted", result.stderr)
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


def test_a_terminal_without_our_letters_gets_question_marks(monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = process("compare", "--help")
    assert done.returncode == 0
    assert done.stderr == ""
