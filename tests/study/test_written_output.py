"""Results as files: whole or not at all, and the same bytes for the same study."""

import json
from pathlib import Path

import pandas as pd
import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo
from worlds.small_designs import MORE, design

import relaysim
from relaysim.measure.frame_columns import FRAMES
from relaysim.study import written_results as output
from relaysim.study.compare import Comparison, compare
from relaysim.study.execution.figure_mark import MARK
from relaysim.study.execution.output_directory import OutputError
from relaysim.study.run_result import RunResult, run
from relaysim.study.written_results import to_json, write

FILES = ["actions.parquet", "attempts.parquet", "levels.parquet", "listings.parquet",
         "lookups.parquet", "messages.parquet", "metrics.csv", "provenance.json",
         "recipients.parquet", "refusals.parquet", "refused_attempts.csv", "signals.parquet", "theory.csv"]  # fmt: skip
COMPARED = ["comparisons.csv", "metrics.csv", "provenance.json", "refused_attempts.csv"]


@pytest.fixture(scope="module")
def result() -> RunResult:
    return run(design("two"), replications=2, jobs=1, frames=True, command="relaysim run two.toml")


@pytest.fixture(scope="module")
def comparison() -> Comparison:
    return compare(design("two"), design("more", MORE), replications=2, jobs=1)


def names(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


def columns(frame: str) -> list[str]:
    """The columns of a frame as files have them: with those that say what is lost."""
    printed = {"value": "lost", "base_value": "base_lost"}
    return [
        name
        for column in FRAMES[frame]
        for name in (column.name, printed.get(column.name))
        if name is not None
    ]


def test_a_run_writes_its_metrics_its_frames_and_where_they_come_from(
    result: RunResult, tmp_path: Path
) -> None:
    target = write(result, tmp_path / "deep" / "out")
    assert names(target) == FILES
    assert names(tmp_path / "deep") == ["out"]
    metrics = pd.read_csv(target / "metrics.csv")
    assert not metrics.pop("lost").any()
    pd.testing.assert_frame_equal(metrics, result.metrics.astype(metrics.dtypes.to_dict()))
    recipients = pd.read_parquet(target / "recipients.parquet")
    assert list(recipients.columns) == [column.name for column in FRAMES["recipients"]]
    assert recipients["end"].tolist() == result.recipients["end"].tolist()
    assert recipients["status"].tolist() == result.recipients["status"].tolist()
    facts = json.loads((target / "provenance.json").read_text(encoding="utf-8"))
    assert facts["command"] == "relaysim run two.toml"
    assert facts["scenarios"] == [{"name": "two", "digest": result.provenance.scenarios[0][1]}]
    assert set(facts["times"]) == {"started", "finished"}


def test_a_comparison_writes_its_comparisons(comparison: Comparison, tmp_path: Path) -> None:
    target = write(comparison, tmp_path / "out")
    assert names(target) == COMPARED
    header = (target / "comparisons.csv").read_text(encoding="utf-8").partition("\n")[0]
    assert header == ",".join(columns("comparisons"))


def test_the_same_study_writes_the_same_bytes_but_for_the_time_of_day(
    result: RunResult, tmp_path: Path
) -> None:
    write(result, tmp_path / "one")
    again = run(design("two"), replications=2, jobs=2, command="relaysim run two.toml")
    write(again, tmp_path / "two")
    for name in set(FILES) - {"provenance.json"}:
        one, two = ((tmp_path / each / name).read_bytes() for each in ("one", "two"))
        assert one == two, name
    one, two = (
        json.loads((tmp_path / each / "provenance.json").read_text(encoding="utf-8"))
        for each in ("one", "two")
    )
    assert one.pop("times").keys() == two.pop("times").keys()
    assert one == two
    assert to_json(result) == to_json(again)


def test_an_earlier_output_is_replaced_as_a_whole(
    result: RunResult, comparison: Comparison, tmp_path: Path
) -> None:
    target = write(result, tmp_path / "out")
    write(comparison, target)
    assert names(target) == COMPARED
    assert names(tmp_path) == ["out"]


def test_an_empty_directory_is_filled(comparison: Comparison, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    assert "metrics.csv" in names(write(comparison, tmp_path / "out"))


def test_anything_else_is_left_alone(comparison: Comparison, tmp_path: Path) -> None:
    target = tmp_path / "out"
    target.mkdir()
    (target / "letters.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(OutputError, match="is not empty and holds no earlier output of relaysim"):
        write(comparison, target)
    (target / "provenance.json").write_text("{}", encoding="utf-8")
    with pytest.raises(OutputError, match=r"provenance\.json was not written by this version"):
        write(comparison, target)
    with pytest.raises(OutputError, match="cannot be a directory"):
        write(comparison, target / "letters.txt")
    assert names(target) == ["letters.txt", "provenance.json"]
    assert names(tmp_path) == ["out"]


@pytest.mark.parametrize("name", ["letters.txt", "figures/latency.png", "theory.csv", "empty"])
def test_what_an_earlier_output_does_not_list_is_left_alone(
    comparison: Comparison, tmp_path: Path, name: str
) -> None:
    target = write(comparison, tmp_path / "out")
    facts = json.loads((target / "provenance.json").read_text(encoding="utf-8"))
    assert facts["files"] == COMPARED
    foreign = target / name
    if name == "empty":
        foreign.mkdir()
    else:
        foreign.parent.mkdir(exist_ok=True)
        foreign.write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=f"holds files that are not relaysim's: {name}$"):
        write(comparison, target)
    assert foreign.exists()


@pytest.mark.parametrize(
    "text", ["", "{}", "[]", "{", '{"relaysim": "0.1.0", "files": ["metrics.csv"]}', "\0"]
)
def test_a_provenance_that_relaysim_did_not_write_is_no_mark(
    comparison: Comparison, tmp_path: Path, text: str
) -> None:
    (tmp_path / "provenance.json").write_text(text, encoding="utf-8")
    (tmp_path / "metrics.csv").write_text("mine", encoding="utf-8")
    with pytest.raises(OutputError, match=r"provenance\.json was not written by this version"):
        write(comparison, tmp_path)
    assert (tmp_path / "metrics.csv").read_text(encoding="utf-8") == "mine"


def test_a_failure_halfway_leaves_the_earlier_output(
    comparison: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = write(comparison, tmp_path / "out")
    before = {path.name: path.read_bytes() for path in target.iterdir()}

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(output, "_fill", full)
    with pytest.raises(OutputError, match="out cannot be written: No space left on device"):
        write(comparison, target)
    assert {path.name: path.read_bytes() for path in target.iterdir()} == before
    assert names(tmp_path) == ["out"]


def test_an_output_that_cannot_be_put_in_place_leaves_the_earlier_one(
    comparison: Comparison, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = write(comparison, tmp_path / "out")
    rename = Path.rename

    def refuse(path: Path, to: Path) -> Path:
        if to == target and not path.name.endswith("-old"):
            raise OSError(13, "Permission denied")
        return rename(path, to)

    monkeypatch.setattr(Path, "rename", refuse)
    with pytest.raises(OutputError, match="Permission denied"):
        write(comparison, target)
    assert names(tmp_path) == ["out"]
    assert names(target) == COMPARED


def test_the_json_object_has_rows_for_metrics_and_comparisons(
    result: RunResult, comparison: Comparison
) -> None:
    results = to_json(comparison)
    assert list(results) == [
        *("relaysim", "seed", "replications", "notes"),
        *("metrics", "comparisons", "refused_attempts", "provenance"),
    ]
    assert (results["relaysim"], results["seed"]) == (relaysim.__version__, 7)
    assert list(results["metrics"][0]) == columns("metrics")
    assert list(results["comparisons"][0]) == columns("comparisons")
    assert len(results["metrics"]) == len(comparison.metrics)
    assert to_json(result)["comparisons"] == []
    assert "times" not in results["provenance"]


def test_what_does_not_exist_is_null_in_json() -> None:
    one = to_json(run(design("two"), replications=1, jobs=1))
    text = json.dumps(one, allow_nan=False)
    row = next(row for row in json.loads(text)["metrics"] if row["metric"] == "on_time")
    assert (row["low"], row["high"], row["replications"]) == (None, None, 1)
    assert row["value"] is not None


def test_no_text_of_a_csv_file_is_a_formula_and_numbers_stay_numbers() -> None:
    texts = ["=1+1", "+1", "-x", "@sum", "\tx", "\rx", "a=b", "", "it's"]
    table = pd.DataFrame({"name": texts, "value": [-1.5] * len(texts), "end": [-2.0, *texts[1:]]})
    results = output.harmless(table)
    assert results["name"].tolist() == [
        "'=1+1", "'+1", "'-x", "'@sum", "'\tx", "'\rx", "a=b", "", "it's",
    ]  # fmt: skip
    assert results["value"].tolist() == [-1.5] * len(texts)
    assert results["end"].tolist()[:2] == [-2.0, "'+1"]
    assert table["name"].tolist() == texts


def test_every_csv_file_of_relaysim_is_written_so() -> None:
    """A table of any command reaches a CSV file by `harmless` alone."""
    package = Path(output.__file__).parents[1]
    sources = [path.read_text(encoding="utf-8") for path in sorted(package.rglob("*.py"))]
    calls = [line.strip() for text in sources for line in text.splitlines() if ".to_csv(" in line]
    assert calls
    assert [line for line in calls if not line.startswith("harmless(table).to_csv(")] == []
    assert not any("csv.writer" in text or "csv.DictWriter" in text for text in sources)


def test_figures_that_relaysim_drew_there_do_not_keep_an_output_from_being_replaced(
    comparison: Comparison, tmp_path: Path
) -> None:
    target = write(comparison, tmp_path / "out")
    (target / "figures").mkdir()
    Image.new("RGB", (1, 1)).save(target / "figures" / "waits.png", pnginfo=_marked())
    write(comparison, target)
    assert not (target / "figures").exists()
    Image.new("RGB", (1, 1)).save(target / "holiday.png")
    with pytest.raises(OutputError, match=r"holds files that are not relaysim's: holiday\.png"):
        write(comparison, target)
    assert (target / "holiday.png").exists()


def _marked() -> PngInfo:
    """The metadata of a figure that relaysim drew."""
    info = PngInfo()
    info.add_text("Software", MARK)
    return info
