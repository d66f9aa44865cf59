"""The command line starts at once, helps, and fails politely."""

import subprocess
import sys

import pytest
from cli_runs import DEDICATED, MM4, SHARED, process, relaysim

import relaysim as package

HEAVY = ("matplotlib", "numpy", "pandas", "pint", "pydantic", "scipy", "simpy")


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
    assert "pydantic" in loaded("import relaysim; relaysim.load")


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
    ("arguments", "message"),
    [
        (["run", "nosuch.toml"], "nosuch.toml: the file cannot be read"),
        (["run", MM4, "--set", "foo"], "'foo' is no setting: write path=value"),
        (["run", MM4, "--set", "run.duratoin=2 h"], 'did you mean "duration"?'),
        (["explain", SHARED, "--host", "shrepoint", "--to", "a@b.org"], 'mean "sharepoint"?'),
        (["explain", SHARED, "--to", "a@b.org"], "who sends? give --host NAME"),
        (["explain", SHARED, "--host", "crm"], "to whom? give --to ADDRESS"),
        (["explain", SHARED, "--connector", "x", "--host", "crm"], "--connector stands alone"),
        (["explain", SHARED, "--connector", "internalrely"], 'mean "internalrelay"?'),
        (["explain", SHARED, "--address", "10.0.0.1", "--to", "a@b.org"], "give --server NAME"),
        (["explain", SHARED, "--address", "999.1.1.1"], '"999.1.1.1" is not an IP address'),
        (["explain", SHARED, "--host", "crm", "--address", "10.0.0.1"], "not both"),
        (["compare", SHARED, SHARED], "two designs have the name shared-hub"),
        (["compare", SHARED, MM4], "run.start of mm4 is not that of shared-hub"),
        (["compare", SHARED, DEDICATED, "--figures", MM4], "cannot be a directory"),
        (["compare", SHARED, DEDICATED, "--out", MM4 + "/out"], "cannot be a directory"),
        (["compare", SHARED, MM4, "--smallest", "latency=3"], '"latency" is not a metric'),
        (
            ["compare", SHARED, MM4, "--smallest", "latency_p95=3"],
            '--smallest latency_p95=3: "3" is not a duration',
        ),
        (["compare", SHARED, MM4, "--smallest", "on_time"], "write METRIC=VALUE"),
        (["compare", SHARED, MM4, "--smallest", "bounced=many"], '"many" is no number'),
        (["compare", SHARED, MM4, "--smallest", "on_time=-1 %"], "is out of range"),
        (["profiles", "host", "printr"], 'did you mean "printer"?'),
    ],
)
def test_what_the_user_can_put_right_is_said_on_stderr_with_exit_code_2(arguments, message):
    result = relaysim(*arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith("relaysim: ")
    assert message in " ".join(result.stderr.split())


SIZE = ["size", MM4, "--vary", "hubs.HUB01.cores=1:2", "--target", "total.on_time > 1 %"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            [*SIZE, "--replications", "2"],
            "--replications 2: a whole number from 5 to 100000 is needed: the first look at a "
            "value takes 5",
        ),
        (["run", MM4, "--replications", "0"], "--replications 0: a whole number from 1 to 100000"),
        (["run", MM4, "--jobs", "0"], "--jobs 0: a whole number of at least 1 is needed"),
        (["run", MM4, "--jobs", "many"], "--jobs many: a whole number of at least 1 is needed"),
        (["run", MM4, "--seed", "-1"], "--seed -1: a whole number from 0 to"),
        (["trace", MM4, "--replication", "-1"], "--replication -1: a whole number from 0 to"),
        (["qshape", MM4, "--replication", "x"], "--replication x: a whole number from 0 to"),
        ([*SIZE, "--confidence", "nan"], "--confidence nan: a number from 0.5 to 0.9999"),
        (["explain", MM4, "--port", "70000"], "--port 70000: a whole number from 1 to 65535"),
        (["new", "x", "--mailboxes", "0"], "--mailboxes 0: a whole number from 1 to 1000000"),
        (["new", "x", "--newsletter", "0"], "--newsletter 0: a whole number from 1 to 10000000"),
        (["run"], "missing argument 'SCENARIO' (see "),
        (["run", MM4, "--replcations", "2"], "no such option: --replcations"),
        (["explain", MM4, "--host"], "option '--host' requires an argument"),
        (["nonsense"], "no such command 'nonsense'"),
        (["profiles", "hosts"], "invalid value for 'kind': 'hosts' is not one of 'mta', "),
        (["--nonsense"], "no such option: --nonsense"),
        *(
            (arguments, '"" names no file, and is the value of no option')
            for arguments in (
                ["check", ""],
                ["new", ""],
                ["compare", SHARED, ""],
                ["run", MM4, "--out", ""],
            )
        ),
    ],
)
def test_a_wrong_command_line_is_told_in_one_message_without_a_box(arguments, message):
    result = relaysim(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    said = " ".join(result.stderr.split())
    assert said.startswith(f"relaysim: {message}")
    assert "Usage" not in said
    assert said.isascii()


def test_a_wrong_file_leaves_no_traceback_in_a_real_process():
    done = process("run", "nosuch.toml")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == (
        "relaysim: 1 problem:\nnosuch.toml: the file cannot be read: No such file or directory\n"
    )


def test_a_reader_who_stops_reading_gets_no_traceback():
    command = [sys.executable, "-m", "relaysim", "profiles", "mta"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        assert writer.stderr is not None
        writer.stdout.close()
        assert writer.stderr.read() == b""


def test_an_interrupt_is_exit_code_130_and_leaves_nothing(monkeypatch, tmp_path):
    def interrupted(*_arguments, **_options):
        raise KeyboardInterrupt

    monkeypatch.setattr("relaysim.study.replicate.run", interrupted)
    out, kept = str(tmp_path / "out"), str(tmp_path / "kept")
    result = relaysim("run", MM4, "--out", out, "--store", kept)
    assert result.exit_code == 130
    assert result.stderr == "no finished run is kept\nrelaysim: interrupted\n"
    assert [each.name for each in tmp_path.iterdir()] == ["kept"]


def test_a_terminal_without_our_letters_gets_question_marks(monkeypatch):
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    done = process("compare", "--help")
    assert done.returncode == 0
    assert done.stderr == ""
