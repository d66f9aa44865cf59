"""What Windows does otherwise: paths, line ends, letters of the console, names of files, signals."""

import ast
import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from worlds.cli_runs import DEDICATED, LITTLE, MM4, ROOT, SHARED, TINY, relaysim
from worlds.golden_sections import Golden
from worlds.golden_text import flat, message

from relaysim import load
from relaysim.cli import new_design as second
from relaysim.cli.command_errors import is_broken_pipe
from relaysim.cli.output import command_line
from relaysim.measure.frame_columns import FRAMES
from relaysim.present.figures import FIGURES
from relaysim.scenario.arrivals import Replay
from relaysim.scenario.digest import digest
from relaysim.scenario.problem import ScenarioError
from relaysim.scenario.recording import read
from relaysim.study.execution.output_directory import PROVENANCE
from relaysim.study.execution.scratch_directory import scratch
from relaysim.study.execution.store import Store

POSIX_ONLY = {
    *("fcntl", "grp", "pwd", "resource", "termios", "fork", "killpg", "getuid", "getloadavg"),
    *("SIGHUP", "SIGKILL", "SIGALRM", "SIGUSR1", "sched_getaffinity", "setsid", "mkfifo"),
}
ARRIVALS = "seconds,recipients,bytes\n1,1,1000\n2,1,2000\n"


def sources(folder: str, words: Iterable[str]) -> Iterator[tuple[str, ast.Module]]:
    """The Python files of a folder of the project that hold one of the words, parsed."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if any(word in text for word in words):
            yield str(path.relative_to(ROOT)), ast.parse(text)


def without_encoding(tree: ast.Module) -> Iterator[int]:
    """Lines that open a text file in whatever encoding the machine has."""
    for call in ast.walk(tree):
        if not isinstance(call, ast.Call) or any(word.arg == "encoding" for word in call.keywords):
            continue
        name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
        if isinstance(call.func, ast.Name):
            name = call.func.id
        modes = [each.value for each in call.args if isinstance(each, ast.Constant)]
        binary = any(isinstance(mode, str) and "b" in mode for mode in modes)
        if ast.unparse(call.func) == "Image.open":
            continue
        of_os = isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) == "os"
        texts = name in ("read_text", "write_text") or (name in ("open", "fdopen") and not binary)
        if texts and (name == "fdopen" or not of_os):
            yield call.lineno


def test_every_text_file_is_utf_8_whatever_the_machine_thinks() -> None:
    result = {
        name: [*without_encoding(tree)]
        for folder in ("relaysim", "benchmarks", "tests")
        for name, tree in sources(folder, ("read_text", "write_text", "open"))
    }
    assert {name: lines for name, lines in result.items() if lines} == {}


def test_nothing_is_used_that_only_posix_has() -> None:
    used = {
        (name, word)
        for name, tree in sources("relaysim", POSIX_ONLY)
        for node in ast.walk(tree)
        for word in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import | ast.ImportFrom)
            else [node.attr]
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in ("os", "signal")
            else []
        )
        if word in POSIX_ONLY
    }
    assert used == set()


def test_no_file_has_a_name_that_windows_refuses(tmp_path: Path) -> None:
    store = Store(tmp_path / "store")
    names = {*FRAMES, PROVENANCE, *FIGURES}
    names |= {path.name for path in store.directory.rglob("*")}
    names |= {path.name for path in (ROOT / "relaysim").rglob("*")}
    names |= {path.name for path in (ROOT / "scenarios").rglob("*")}
    refused = re.compile(r'(?i)[<>:"/\\|?*\x00-\x1f]|[. ]$|^(con|prn|aux|nul|com\d|lpt\d)(\.|$)')
    assert [name for name in names if refused.search(name)] == []


@pytest.mark.parametrize("extends", [r"'..\mm4.toml'", r'"..\\mm4.toml"', '"../mm4.toml"'])
def test_a_base_may_stand_behind_a_backslash(extends: str, tmp_path: Path) -> None:
    (tmp_path / "mm4.toml").write_bytes(Path(MM4).read_bytes())
    (tmp_path / "designs").mkdir()
    other = tmp_path / "designs" / "other.toml"
    other.write_text(f"extends = {extends}\n", encoding="utf-8")
    assert load(other).name == "other"
    assert digest(load(other)) == digest(load(MM4))


@pytest.mark.parametrize("file", [r"'data\arrivals.csv'", r'"data\\arrivals.csv"'])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_a_recording_may_too_and_may_have_line_ends_of_windows(
    file: str, line_end: str, tmp_path: Path
) -> None:
    (tmp_path / "data").mkdir()
    csv = ARRIVALS.replace("\n", line_end).encode()
    (tmp_path / "data" / "arrivals.csv").write_bytes(csv)
    scenario = tmp_path / "replayed.toml"
    scenario.write_text(
        f"""extends = '{MM4}'
        [hosts.app.streams.load]
        arrivals = {{ process = "replay", file = {file} }}""",
        encoding="utf-8",
    )
    arrivals = load(scenario).hosts["app"].streams["load"].arrivals
    assert isinstance(arrivals, Replay)
    assert arrivals.file == tmp_path / "data" / "arrivals.csv"
    assert read(arrivals.file).created.tolist() == [1_000_000, 2_000_000]


def test_a_file_of_notepad_is_the_same_scenario(tmp_path: Path) -> None:
    text = Path(MM4).read_text(encoding="utf-8")
    notepad = tmp_path / "mm4.toml"
    notepad.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert digest(load(notepad)) == digest(load(MM4))


@pytest.mark.parametrize(
    "line",
    [
        r'extends = "designs\data.toml"',  # \d is no escape
        r'extends = "C:\Users\me\mm4.toml"',  # \U asks for eight digits
        r'extends = "..\base.toml"',  # \b is a backspace
        r'extends = "..\new.toml"',  # \n is a line end
    ],
    ids=["no escape", "eight digits", "backspace", "line end"],
)
def test_a_backslash_in_double_quotes_is_explained(
    line: str, tmp_path: Path, golden: Golden
) -> None:
    scenario = tmp_path / "other.toml"
    scenario.write_text(f"{line}\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(scenario)
    _, _, hint = flat(str(caught.value)).partition("; ")  # after the words of the TOML library
    golden("errors/backslash", message(hint))


def test_a_file_that_is_not_there_is_no_matter_of_backslashes(tmp_path: Path) -> None:
    scenario = tmp_path / "other.toml"
    scenario.write_text("extends = 'C:\\designs\\base.toml'\n", encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load(scenario)
    assert "double quotes" not in str(caught.value)


def test_a_base_on_another_drive_has_its_whole_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other_drive(path: object, start: object) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr("os.path.relpath", other_drive)
    base = tmp_path / "base.toml"
    assert second.way(base, tmp_path / "designs") == base.resolve().as_posix()


@pytest.mark.parametrize(
    ("words", "posix", "windows"),
    [
        (["check", "acme.toml"], "check acme.toml", "check acme.toml"),
        (["check", "my acme.toml"], "check 'my acme.toml'", 'check "my acme.toml"'),
        (["check", r"C:\acme.toml"], r"check 'C:\acme.toml'", r"check C:\acme.toml"),
        (["check", r"\\srv\x\a.toml"], r"check '\\srv\x\a.toml'", r"check \\srv\x\a.toml"),
    ],
)
def test_a_command_is_shown_as_the_shell_takes_it(
    words: list[str], posix: str, windows: str
) -> None:
    assert command_line(*words, windows=False) == posix
    assert command_line(*words, windows=True) == windows


def printed(encoding: str, *arguments: str) -> "subprocess.CompletedProcess[bytes]":
    """What a console or a pipe with this encoding gets."""
    return subprocess.run(
        [sys.executable, "-m", "relaysim", *arguments],
        env={**os.environ, "PYTHONIOENCODING": encoding, "COLUMNS": "80", "NO_COLOR": "1"},
        cwd=ROOT,
        capture_output=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("encoding", "order"),
    [
        *((encoding, ["--help"]) for encoding in ("cp1252", "cp437")),
        *((encoding, ["compare", "--help"]) for encoding in ("cp1252", "cp437")),
        *((encoding, ["profiles", "destination"]) for encoding in ("cp1252", "cp437")),
        ("cp437", ["check", SHARED]),
        ("cp1252", ["explain", SHARED, "--host", "crm", "--to", "a@gmail.com"]),
    ],
    ids=lambda value: value if isinstance(value, str) else value[0],
)
def test_a_console_without_our_letters_is_no_reason_to_fail(
    encoding: str, order: list[str]
) -> None:
    done = printed(encoding, *order)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode(encoding) != ""


def test_nor_is_a_result_with_arrows_and_other_signs() -> None:
    done = printed("cp437", "compare", SHARED, DEDICATED, *TINY, "--no-store", "--full")
    assert done.returncode == 0
    text = done.stdout.decode("cp437")
    assert 'hosts.marketing.server: "externalrelay" ? "bulkrelay"' in text  # an arrow elsewhere


def test_json_is_whole_in_any_encoding(tmp_path: Path) -> None:
    scenario = tmp_path / "şube.toml"
    scenario.write_text('extends = "none.toml"\n', encoding="utf-8")
    order = ("check", str(scenario), "--json")
    unicode, elsewhere = relaysim(*order).stdout, printed("cp437", *order).stdout
    assert "şube.toml" in unicode
    assert elsewhere.isascii()
    assert json.loads(elsewhere) == json.loads(unicode)


def test_a_reader_who_stops_reading_is_known_by_the_word_of_windows() -> None:
    gone = OSError(errno.EINVAL, "Invalid argument")
    assert is_broken_pipe(gone, windows=True)
    assert not is_broken_pipe(gone, windows=False)
    named = OSError(errno.EINVAL, "Invalid argument", "con?.toml")
    assert not is_broken_pipe(named, windows=True)


def test_a_store_needs_no_hard_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*_: object) -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("os.link", none)
    store = Store(tmp_path / "store")
    assert {path.name for path in store.directory.iterdir()} == {"key", "unfinished"}
    assert len((store.directory / "key").read_bytes()) == 32


def test_what_is_moved_into_place_has_the_rights_of_its_place(tmp_path: Path) -> None:
    beside = tmp_path / "beside"
    beside.mkdir()
    with scratch(tmp_path, "out") as made:
        assert made.parent == tmp_path
        assert made.stat().st_mode == beside.stat().st_mode
        (made / "file").write_text("x", encoding="utf-8")
    assert not made.exists()


def test_a_comparison_may_be_written_into_a_path_with_blanks(tmp_path: Path) -> None:
    out = tmp_path / "My Documents" / "out"
    assert relaysim("run", MM4, *LITTLE, "--out", str(out)).exit_code == 0
    assert (out / "provenance.json").read_bytes().count(b"\r") == 0
