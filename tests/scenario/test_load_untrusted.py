"""Files that a scenario names: regular, of a bounded size, and never shown."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from worlds.golden_sections import Golden
from worlds.quantities import quantities

from relaysim.scenario import distribution as law
from relaysim.scenario import load, recording, toml_file
from relaysim.scenario.files import MB
from relaysim.scenario.problem import ScenarioError

SMALL = Path(__file__).parent / "small.toml"


def refused(folder: Path, text: str) -> str:
    path = folder / "child.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as caught:
        load.load(path)
    (problem,) = caught.value.problems
    return problem.message


def stream(key: str, table: str) -> str:
    return f'extends = "{SMALL.as_posix()}"\n[hosts.crm.streams.invoices]\n{key} = {table}\n'


@pytest.mark.parametrize("name", ["pipe", "device"])
def test_a_pipe_and_a_device_are_refused_without_waiting(
    golden_section: Golden, tmp_path: Path, name: str
) -> None:
    if not hasattr(os, "mkfifo"):
        return
    path = "/dev/zero"
    if name == "pipe":
        os.mkfifo(tmp_path / "pipe")
        path = "pipe"
    wrong = refused(tmp_path, f'extends = "{path}"')
    golden_section("errors/files", wrong)
    replay = f'{{process = "replay", file = "{path}"}}'
    assert refused(tmp_path, stream("arrivals", replay)) == wrong
    sizes = f'{{distribution = "empirical", file = "{path}"}}'
    assert refused(tmp_path, stream("size", sizes)) == wrong


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, golden_section: Golden
) -> None:
    (tmp_path / "large").write_bytes(b"\n" * (MB + 1))
    for module, limit in (
        (toml_file, "LARGEST_SCENARIO"),
        (law, "LARGEST_VALUES"),
        (recording, "LARGEST_RECORDING"),
    ):
        monkeypatch.setattr(module, limit, MB)
    wrong = refused(tmp_path, 'extends = "large"')
    assert quantities(wrong) >= {"1,048,577", "1 MB"}
    golden_section("errors/files", wrong)
    assert refused(tmp_path, stream("arrivals", '{process = "replay", file = "large"}')) == wrong
    sizes = '{distribution = "empirical", file = "large"}'
    assert refused(tmp_path, stream("size", sizes)) == wrong


def test_nothing_of_a_file_is_shown_that_is_something_else(tmp_path: Path) -> None:
    for secret in (
        "root:x:0:0\n",
        "PASSWORD = 'x'\nKEY = 'root:x:0:0'\n",
        "root:x:0:0,seconds,x\n1",
    ):
        (tmp_path / "secret").write_text(secret, encoding="utf-8")
        for text in (
            'extends = "secret"',
            stream("arrivals", '{process = "replay", file = "secret"}'),
            stream("size", '{distribution = "empirical", file = "secret"}'),
        ):
            assert "root" not in refused(tmp_path, text)


def test_the_scenario_itself_may_come_by_a_pipe(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        return
    reader, writer = os.pipe()
    os.write(writer, SMALL.read_bytes())
    os.close(writer)
    assert load.load(f"/dev/fd/{reader}").title == "One hub, one application"
    os.close(reader)


def test_a_named_pipe_that_nobody_writes_to_is_refused_without_waiting(
    golden_section: Golden, tmp_path: Path
) -> None:
    if not hasattr(os, "mkfifo"):
        return
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    with pytest.raises(ScenarioError) as caught:
        load.load(pipe)
    (problem,) = caught.value.problems
    golden_section("errors/files", problem.message)


def test_a_pipe_of_a_shell_may_be_slow(tmp_path: Path) -> None:
    """The writer of `<(sleep 1; cat small.toml)` has the pipe open and writes later."""
    if not hasattr(os, "mkfifo"):
        return
    reader, writer = os.pipe()

    def write() -> None:
        for part in (b"# a comment\n", SMALL.read_bytes()):
            time.sleep(0.02)
            os.write(writer, part)
        os.close(writer)

    with ThreadPoolExecutor() as pool:
        written = pool.submit(write)
        result = load.load(f"/dev/fd/{reader}", ("name=small",))
        written.result()
    os.close(reader)
    assert result == load.load(SMALL)
