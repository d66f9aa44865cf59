"""The folder of a store: what is refused, what the advice leads to, and first use by many."""

import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from worlds.small_designs import design

from relaysim.cli.options import opened
from relaysim.study.execution import store as stores
from relaysim.study.execution.store import Store
from relaysim.study.run_result import run

SECRET = bytes(range(32))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "store"
    Store(made)
    return made


def result_with(store: Store) -> str:
    result = run(design("two"), replications=2, jobs=1, store=store)
    return result.metrics.to_csv()


def symbolic_link(key: Path) -> None:
    key.rename(key.parents[1] / "elsewhere")
    key.symlink_to("../elsewhere")


def directory(key: Path) -> None:
    key.unlink()
    key.mkdir()


def pipe(key: Path) -> None:
    key.unlink()
    os.mkfifo(key)


def open_to_group(key: Path) -> None:
    key.chmod(0o640)


def short(key: Path) -> None:
    key.write_bytes(SECRET[:31])


def long(key: Path) -> None:
    key.write_bytes(SECRET + b"x")


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (symbolic_link, "the key is a symbolic link"),
        (directory, "the key is no regular file"),
        (pipe, "the key is no regular file"),
        (open_to_group, "the key is open to others (mode 640)"),
        (short, "the key is damaged (31 bytes, not 32)"),
        (long, "the key is damaged (33 bytes, not 32)"),
    ],
)
def test_a_key_that_cannot_be_trusted_closes_the_store_until_it_is_removed(
    folder: Path, change: Callable[[Path], None], why: str
) -> None:
    key = folder / "key"
    change(key)
    store = Store(folder)
    advice = "remove it, and kept runs are computed anew"
    assert store.closed == f"{key}: {why}: {advice}"
    expected = result_with(store)
    assert (store.used, store.kept, store.unkept, store.why) == (0, 0, 2, store.closed)

    key.rmdir() if key.is_dir() and not key.is_symlink() else key.unlink()
    again = Store(folder)
    assert again.closed == ""
    assert result_with(again) == expected
    assert (again.kept, again.unkept) == (2, 0)


@pytest.mark.skipif(os.getuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("name", ["key", "."])
def test_what_belongs_to_another_user_closes_the_store(folder: Path, name: str) -> None:
    os.chown(folder / name, 54321, -1)
    assert "belongs to another user (uid 54321)" in Store(folder).closed


@pytest.mark.parametrize("mode", [0o777, 0o770, 0o1777, 0o702])
def test_a_directory_to_which_others_may_write_is_refused_until_they_may_not(
    folder: Path, mode: int
) -> None:
    """A stranger could put a key there, and entries signed with it."""
    folder.chmod(mode)
    why = f"others may write to this directory (mode {mode:o}): chmod go-w stops them"
    assert Store(folder).closed == f"{folder}: {why}"
    subprocess.run(["chmod", "go-w", folder], check=True)
    assert Store(folder).closed == ""


def test_a_new_store_is_private_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        store = Store(tmp_path / "deep" / "store")
        result_with(store)
    finally:
        os.umask(before)
    assert (store.closed, store.kept) == ("", 2)
    made = [store.directory, *store.directory.rglob("*")]
    assert {oct(path.stat().st_mode & 0o777) for path in made if path.is_dir()} == {"0o700"}
    assert {oct(path.stat().st_mode & 0o777) for path in made if path.is_file()} == {"0o600"}


def test_what_a_first_use_left_behind_blocks_nothing_and_is_removed_after_a_day(
    folder: Path,
) -> None:
    (folder / "key").unlink()
    old, new = folder / "tmpabcd1234", folder / "unfinished" / "tmpefgh5678"
    for path in (old, new):
        path.write_bytes(b"half a key")
    os.utime(old, (time.time() - 90_000,) * 2)
    store = Store(folder)
    assert store.closed == ""
    assert (old.exists(), new.exists()) == (False, True)


def test_hidden_files_and_a_file_system_of_its_own_are_no_reason_to_refuse(tmp_path: Path) -> None:
    (tmp_path / "lost+found").mkdir()
    (tmp_path / ".gitignore").write_text("*\n", encoding="utf-8")
    tmp_path.chmod(0o700)
    assert Store(tmp_path).closed == ""


def test_without_a_home_directory_a_study_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def nowhere(*_: object, **__: object) -> Path:
        raise RuntimeError("could not determine the home directory")

    monkeypatch.chdir(tmp_path)
    for cache in (nowhere, lambda *_, **__: Path("~/.cache/relaysim")):
        monkeypatch.setattr(stores, "user_cache_path", cache)
        assert opened(None, False) is None
        assert capsys.readouterr().err == (
            "no finished run is kept: no home directory, so no cache: --store DIR names a place\n"
        )
        store = Store()
        assert result_with(store)
        assert store.unkept == 2
    assert list(tmp_path.iterdir()) == []


def test_a_store_that_is_removed_meanwhile_costs_nothing(folder: Path) -> None:
    store = Store(folder)
    expected = result_with(Store(folder.parent / "other"))
    for path in (folder / "key", folder / "unfinished"):
        path.unlink() if path.is_file() else path.rmdir()
    folder.rmdir()
    assert result_with(store) == expected
    assert (store.kept, store.unkept, store.why) == (0, 2, "No such file or directory")


def test_a_full_disk_costs_nothing_and_leaves_nothing(folder: Path) -> None:
    """No file of more than 1,000 bytes can be written: an entry is larger, a key is smaller."""
    expected = result_with(Store(folder.parent / "other"))
    store = Store(folder)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        result = result_with(store)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert result == expected
    assert (store.kept, store.unkept, store.why) == (0, 2, "File too large")
    assert list((folder / "unfinished").iterdir()) == []
    assert result_with(Store(folder)) == expected


def test_a_result_that_cannot_be_encoded_is_counted(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> bytes:
        raise stores.EncodingError("metrics.value: a column of dtype complex128 is not kept")

    monkeypatch.setattr(stores, "to_bytes", refuse)
    store = Store(folder)
    assert result_with(store)
    assert (store.kept, store.unkept) == (0, 2)
    assert store.why == "metrics.value: a column of dtype complex128 is not kept"


FIRST_USE = """
import os, sys
from relaysim.study.execution.store import Store
gate, ready = os.pipe()
for _ in range(40):
    if os.fork() == 0:
        os.close(ready)
        os.read(gate, 1)
        os._exit(1 if Store(sys.argv[1]).closed else 0)
os.close(ready)
sys.exit(sum(os.waitstatus_to_exitcode(os.wait()[1]) != 0 for _ in range(40)))
"""


def test_forty_processes_may_be_the_first_at_once(tmp_path: Path) -> None:
    for number in range(3):
        command = [sys.executable, "-c", FIRST_USE, str(tmp_path / f"store{number}")]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")


def test_nothing_that_is_read_from_the_disk_is_unpickled() -> None:
    """No module of the package names a loader that could run code."""
    package = Path(stores.__file__).parents[1]
    loaders = re.compile(
        r"\b(?:import|from) (?:pickle|cloudpickle|marshal|shelve|dill)\b|joblib\.load|import load\b.*joblib"
        r"|read_pickle|allow_pickle|\bnp\.load\b|\beval\(|\bexec\("
    )
    result = [
        path.name
        for path in package.rglob("*.py")
        if loaders.search(path.read_text(encoding="utf-8"))
    ]
    assert result == []
