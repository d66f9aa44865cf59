"""The shell completes commands, options and files."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from worlds.cli_runs import DEDICATED, ROOT

from relaysim.cli.app import COMMANDS

NAMES = [command.__name__ for commands in COMMANDS.values() for command in commands]
VARIABLE = "_RELAYSIM_COMPLETE"
START = "from relaysim.cli import main; import sys; sys.argv[0] = 'relaysim'; main()"
"""relaysim under its own name, as the script that an installation makes."""


def completing(**variables: str) -> "subprocess.CompletedProcess[str]":
    """relaysim as a shell's completion calls it."""
    return subprocess.run(
        [sys.executable, "-c", START],
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


def completed(line: str) -> list[str]:
    """What bash is offered for the last word of the line."""
    words = line.split(" ")
    result = completing(
        **{VARIABLE: "complete_bash", "COMP_WORDS": line, "COMP_CWORD": str(len(words) - 1)}
    )
    assert result.stderr == ""
    return result.stdout.split()


@pytest.mark.parametrize(
    ("shell", "sign"),
    [
        ("bash", "complete -o default -F _relaysim_completion relaysim"),
        ("zsh", "#compdef relaysim"),
        ("fish", "complete --command relaysim"),
        ("powershell", "Register-ArgumentCompleter -Native -CommandName relaysim"),
        ("pwsh", "Register-ArgumentCompleter -Native -CommandName relaysim"),
    ],
)
def test_each_shell_has_a_script(shell: str, sign: str) -> None:
    result = completing(**{VARIABLE: f"source_{shell}"})
    assert result.returncode == 0
    assert sign in result.stdout
    assert VARIABLE in result.stdout


def test_the_first_word_is_a_command() -> None:
    assert completed("relaysim ") == NAMES
    assert completed("relaysim co") == ["compare"]
    assert completed("relaysim s") == [name for name in NAMES if name.startswith("s")]


def test_after_a_dash_come_options() -> None:
    assert completed("relaysim new acme --") == [
        *("--extends", "--mailboxes", "--newsletter", "--mta", "--hubs", "--apps"),
        *("--profiles", "--out", "--help"),
    ]
    assert completed("relaysim compare a.toml b.toml --marg") == ["--margin"]


def test_a_kind_of_profile_is_one_of_five_or_a_warm_up_schedule() -> None:
    kinds = ["mta", "host", "destination", "blocklist", "relay", "warm_up"]
    assert completed("relaysim profiles ") == kinds
    assert completed("relaysim profiles warm_up se") == ["sendgrid"]


def test_a_profile_is_one_of_its_kind_or_of_the_folder_of_the_user(tmp_path: Path) -> None:
    file = tmp_path / "mta" / "exim.toml"
    file.parent.mkdir()
    file.write_text('extends = "none"\n', encoding="utf-8")
    versions = ("2007", "2010", "2013", "2016", "2019", "se")
    assert completed("relaysim profiles mta ex") == [f"exchange-{each}" for each in versions]
    assert completed(f"relaysim profiles --profiles {tmp_path} mta exi") == ["exim"]


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (f"{DEDICATED} --host HU", ["HUB01", "HUB02"]),
        (f"{DEDICATED} --to a@b.org --host=cr", ["crm"]),
        ("nosuch.toml --host HU", []),
        ("--host HU", []),
    ],
)
def test_a_host_is_one_of_the_scenario_or_a_hub(words: str, names: list[str]) -> None:
    assert completed(f"relaysim explain {words}") == names


@pytest.mark.parametrize(
    "line", ["check s", "compare a.toml s", "new a --extends s", "run --out s"]
)
def test_a_file_is_left_to_the_shell_which_knows_files_best(line: str) -> None:
    assert completed(f"relaysim {line}") == []


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_bash_completes_a_command_and_leaves_a_file_to_its_default(tmp_path: Path) -> None:
    script = completing(**{VARIABLE: "source_bash"}).stdout
    command = tmp_path / "relaysim"
    command.write_text(f"#!{sys.executable}\n{START}\n", encoding="utf-8")
    command.chmod(0o755)
    tries = """
    try() { COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _relaysim_completion "$1"
            echo "${COMPREPLY[*]}"; }
    try relaysim swe
    try relaysim check --j
    try relaysim check scenarios/sh
    """
    done = subprocess.run(
        ["bash", "--norc", "-c", f"{script}\n{tries}"],
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == ["sweep", "--json", ""]
