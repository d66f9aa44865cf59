"""The store: what it gives back, and what it does not trust."""

import json
import pickle
import platform
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pyarrow
import pytest

from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.study.execution import task as tasks
from relaysim.study.execution.encoding import arrow_stream as stream
from relaysim.study.execution.store import Store
from relaysim.study.execution.task import Task
from relaysim.study.replicate import KeptOutput, Replication, replicate

MM4 = Path(__file__).parents[2] / "scenarios" / "mm4.toml"


def scenario(*settings: str) -> Scenario:
    return load(MM4, ["run.duration=20 s", "run.warm_up=0 s", *settings])


def task(*settings: str, number: int = 0, wanted: KeptOutput | None = None) -> Task[Replication]:
    return Task(replicate, scenario(*settings), (number, 1, wanted or KeptOutput()))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


def entries(store: Store) -> list[Path]:
    return [path for path in store.directory.rglob("*") if path.suffix == ".arrows"]


def test_a_result_comes_back_as_it_was(store: Store) -> None:
    made = task()()
    store.put(task(), made)
    result = store.get(task())
    assert result is not None
    assert result.metrics.equals(made.metrics)
    assert (store.used, store.distrusted) == (1, set())


def test_what_was_not_computed_is_not_there(store: Store) -> None:
    assert task() not in store
    assert store.get(task()) is None


@pytest.mark.parametrize(
    "other",
    [
        task(number=1),
        task("hubs.HUB01.cores=3"),
        task(wanted=KeptOutput(frames=True)),
        replace(task(), arguments=(0, 2, KeptOutput())),
        Task(KeptOutput, scenario(), (0, 1, KeptOutput())),
    ],
    ids=["replication", "scenario", "wanted", "seed", "function"],
)
def test_all_that_decides_a_result_is_in_its_identity(other: Task[Replication]) -> None:
    assert other.identity != task().identity


def test_another_source_is_another_result(monkeypatch: pytest.MonkeyPatch) -> None:
    before = task().identity
    monkeypatch.setattr(tasks, "source", lambda: "another")
    assert task().identity != before


def test_names_and_spelling_are_not(store: Store) -> None:
    assert task("name=other", "run.duration=20000 ms").identity == task().identity
    some = KeptOutput(among=(frozenset({"a.b", "c.d", "e.f"}),))
    turned = KeptOutput(among=(frozenset({"e.f", "c.d", "a.b"}),))
    assert task(wanted=some).identity == task(wanted=turned).identity


def test_the_source_of_the_package_is_read_whole() -> None:
    assert len(tasks.source().split()[0]) == 64
    assert platform.python_version() in tasks.source()


def test_an_entry_is_an_arrow_stream_that_says_what_it_is(store: Store) -> None:
    made = task()()
    store.put(task(), made)
    (path,) = entries(store)
    with pyarrow.ipc.open_stream(path.read_bytes()) as stream:
        header, row = json.loads(stream.schema.metadata[b"relaysim"]), stream.read_all()
    assert header["format"] == 1
    assert header["function"] == "relaysim.study.replicate.replicate"
    assert row["metrics.value"][0].as_py() == pytest.approx(made.metrics["value"], nan_ok=True)


def test_an_entry_of_another_format_is_computed_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(task(), task()())
    monkeypatch.setattr(stream, "FORMAT", 2)
    assert store.get(task()) is None
    assert store.distrusted == {task().identity}


def test_a_signed_pickle_runs_no_code(store: Store) -> None:
    """Not even one that the owner of the key has signed."""

    class Stranger:
        def __reduce__(self) -> tuple[Callable[..., None], tuple[str]]:
            return Path.touch, (store.directory / "ran",)

    body = pickle.dumps(Stranger())
    path = store._path(task())
    path.parent.mkdir()
    path.write_bytes(body + store._signature(task(), body))
    assert task() in store
    assert store.get(task()) is None
    assert not (store.directory / "ran").exists()


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:100])


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("damage", [cut, flip, empty])
def test_a_damaged_entry_is_noticed_and_replaced(
    store: Store, damage: Callable[[Path], None]
) -> None:
    store.put(task(), task()())
    (path,) = entries(store)
    damage(path)
    assert task() not in store
    assert store.get(task()) is None
    assert store.distrusted == {task().identity}
    store.put(task(), task()())
    assert task() in store


def test_an_entry_under_another_name_or_from_another_store_is_not_trusted(
    store: Store, tmp_path: Path
) -> None:
    store.put(task(), task()())
    (path,) = entries(store)
    other = task(number=1)
    place = store.directory / other.identity[:2] / f"{other.identity[2:]}.arrows"
    place.parent.mkdir(exist_ok=True)
    place.write_bytes(path.read_bytes())
    assert other not in store

    foreign = Store(tmp_path / "foreign")
    foreign.put(task(), task()())
    path.write_bytes(entries(foreign)[0].read_bytes())
    assert task() not in store


def test_only_the_owner_reads_the_key_and_it_stays(store: Store) -> None:
    key = store.directory / "key"
    assert key.stat().st_mode & 0o077 == 0
    before = key.read_bytes()
    Store(store.directory)
    assert key.read_bytes() == before


def test_a_directory_in_place_of_an_entry_is_no_result_and_stops_nothing(store: Store) -> None:
    store.put(task(), task()())
    (entry,) = entries(store)
    entry.unlink()
    entry.mkdir()
    assert store.get(task()) is None
    assert store.distrusted == {task().identity}
    store.put(task(), task()())
    assert entry.is_dir()
    assert (store.kept, store.unkept, store.why) == (1, 1, "Is a directory")
    entry.rmdir()
    entry.parent.rmdir()
    entry.parent.write_text("a file in place of a folder", encoding="utf-8")
    assert store.get(task()) is None
    store.put(task(), task()())


def test_a_directory_with_other_files_is_no_store(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("not ours", encoding="utf-8")
    with pytest.raises(OSError, match="it holds other files, and no finished replications"):
        Store(tmp_path)
    with pytest.raises(OSError, match="it is no directory"):
        Store(tmp_path / "letter.txt")


def test_an_entry_of_an_older_format_is_computed_anew(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.put(task(), task()())
    monkeypatch.setattr(tasks, "FORMAT", 2)
    assert task() not in store
    assert store.get(task()) is None
    assert store.distrusted == set()
