"""`relaysim run --precision`, `relaysim sweep` and `relaysim size`, as they are typed."""

import json

import pandas as pd
import pytest
from worlds.cli_runs import MM4, SHARED, commands, refused, relaysim
from worlds.golden_text import message, portable
from worlds.quantities import quantities

from relaysim.cli import output

CONNECTIONS = "hubs.HUB01.max_per_domain_outbound_connections"
SHORT = ("--set", "run.duration=400 s", "--set", "run.warm_up=0 s", "--jobs", "1")


def test_a_run_until_it_is_precise_says_how_precise(monkeypatch, golden):
    monkeypatch.setattr("sys.argv", ["relaysim"])
    result = relaysim("run", MM4, *SHORT, "--precision", "0.2", "--metric", "total.latency_p50")
    assert result.exit_code == 0, result.stderr
    assert "total.latency_p50" in result.stdout
    golden("run/precise", portable(result.stdout))


def test_the_limit_and_the_needed_replications_are_printed(monkeypatch, golden):
    monkeypatch.setattr("sys.argv", ["relaysim"])
    options = ("--precision", "1 %", "--metric", "total.wait_delivery=1 ms", "--replications", "3")
    result = relaysim("run", MM4, *SHORT, *options)
    assert "10,000" in quantities(result.stdout)
    golden("run/not-precise", portable(result.stdout))
    results = json.loads(relaysim("run", MM4, *SHORT, *options, "--json").stdout)
    (precise,) = results["precision"]
    assert precise["quantity"] == "total.wait_delivery"
    assert (precise["wanted"], precise["narrow"], precise["replications"]) == (0.001, False, 3)


def test_a_sweep_has_a_table_for_each_quantity_and_says_how_far_a_target_holds(
    tmp_path, monkeypatch, golden
):
    monkeypatch.setattr("sys.argv", ["relaysim"])
    out = tmp_path / "out"
    result = relaysim(
        *("sweep", MM4, "--vary", "run.scale=0.5,1,1.2", *SHORT, "--replications", "3"),
        *("--target", "total.wait_delivery < 500 ms", "--out", str(out)),
    )
    assert result.exit_code == 0, result.stderr
    golden("sweep/target", portable(result.stdout))
    limits = pd.read_csv(out / "limits.csv")
    assert limits[["scenario", "holds"]].to_numpy().tolist() == [["mm4", "up to"]]
    assert list(pd.read_csv(out / "comparisons.csv").columns[:2]) == ["run.scale", "scenario"]
    points = pd.read_csv(out / "points.csv")
    assert points["run.scale"].tolist() == [0.5, 1.0, 1.2]
    assert (out / "metrics.csv").exists()
    assert (out / "provenance.json").exists()


def test_a_sweep_pairs_designs(tmp_path):
    eight = tmp_path / "eight.toml"
    eight.write_text(f'extends = "{MM4}"\nname = "eight"\n{CONNECTIONS} = 8\n', encoding="utf-8")
    result = relaysim(
        *("sweep", MM4, "--vary", "run.scale=0.5,1", "--with", str(eight), *SHORT),
        *("--replications", "2", "--metric", "total.latency_mean", "--json"),
    )
    results = json.loads(result.stdout)
    assert [(row["run.scale"], row["scenario"]) for row in results["points"]] == [
        *((0.5, "mm4"), (0.5, "eight"), (1, "mm4"), (1, "eight"))
    ]
    assert {row["scenario"] for row in results["comparisons"]} == {"eight"}


def test_the_order_of_the_designs_changes_no_number(tmp_path):
    """Not even which of them is the first one, but for the sign of the difference."""
    eight = tmp_path / "eight.toml"
    eight.write_text(f'extends = "{MM4}"\nname = "eight"\n{CONNECTIONS} = 8\n', encoding="utf-8")
    result = []
    for first, second in ((MM4, str(eight)), (str(eight), MM4)):
        arguments = ("sweep", first, "--vary", "run.scale=0.5,1", "--with", second, *SHORT)
        result.append(json.loads(relaysim(*arguments, "--replications", "3", "--json").stdout))
    for table in ("points", "metrics"):
        rows = [sorted(json.dumps(row, sort_keys=True) for row in each[table]) for each in result]
        assert rows[0] == rows[1]
    key = ("run.scale", "scope", "subject", "metric")
    there, back = (
        {tuple(row[name] for name in key): row for row in each["comparisons"]} for each in result
    )
    assert there.keys() == back.keys()
    for name, row in there.items():
        if row["difference"] is not None:
            assert row["difference"] == -back[name]["difference"]
            assert row["low"] == pytest.approx(-back[name]["high"], nan_ok=True)


def test_a_size_has_its_evidence(monkeypatch, golden):
    monkeypatch.setattr("sys.argv", ["relaysim"])
    target = "total.wait_delivery < 300 ms"
    options = ("--vary", f"{CONNECTIONS}=4:8", "--target", target, "--replications", "10", *SHORT)
    result = relaysim("size", MM4, *options)
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith(f"mm4: {CONNECTIONS} = 5\n")
    golden("size/evidence", portable(result.stdout))


def test_a_warm_up_is_found_and_drawn_or_there_is_none(tmp_path, monkeypatch, golden):
    monkeypatch.setattr("sys.argv", ["relaysim"])
    short = ("--set", "run.duration=2000 s", "--set", "run.warm_up=0 s", "--replications", "5")
    result = relaysim("warmup", MM4, *short, "--jobs", "1", "--figures", str(tmp_path))
    golden("warmup/cut", portable(result.stdout))
    assert {path.name for path in tmp_path.iterdir()} == {"warmup.png", "warmup.svg"}
    golden("warmup/terminating", portable(relaysim("warmup", SHARED).stdout))


def test_a_run_may_find_its_warm_up_first(golden):
    auto = ("--set", "run.duration=2000 s", "--set", "run.warm_up=auto", "--jobs", "1")
    result = relaysim("run", MM4, *auto, "--replications", "2")
    assert result.exit_code == 0
    text = [result.stderr, refused("run", MM4, *auto, "--set", f"{CONNECTIONS}=3")]
    assert {"107 %", "3"} <= quantities(text[1])
    golden("warmup/first", "\n".join(map(message, text)))


@pytest.mark.parametrize(
    ("arguments", "names"),
    commands(
        (["run", MM4, "--metric", "total.on_time"], ["--precision"]),
        (["run", MM4, "--precision", "0"], ["0"]),
        (["run", MM4, "--precision", "x"], ["--precision x", '"x"']),
        (["run", MM4, "--precision", "-1"], ["--precision -1", '"-1"']),
        (
            ["run", MM4, "--precision", "0.1", *["--metric", "total.on_time"] * 2],
            ["--metric total.on_time"],
        ),
        (["run", MM4, "--cluster", "foo"], ['"foo"', "tcp://"]),
        (["run", MM4, "--cluster", "tcp://127.0.0.1:1"], ["tcp://127.0.0.1:1"]),
        (["run", MM4, "--out", "/proc/relaysim/out"], ["/proc/relaysim"]),
        (
            ["sweep", MM4, "--vary", "run.scale=1,2", *["--target", "total.on_time > 1 %"] * 2],
            ["--target total.on_time > 1 %"],
        ),
        (
            ["run", MM4, "--precision", "0.1", "--metric", "total.ontime"],
            ['"on_time"'],
        ),
        (["run", MM4, "--jobs", "2", "--cluster", "tcp://x:1"], ["--jobs", "--cluster"]),
        (["sweep", MM4, "--vary", "run.scale"], ["run.scale"]),
        (["sweep", MM4, "--vary", "run.scal=1,2"], ["run.scal ", '"scale"']),
        (["sweep", MM4, "--vary", "run.scale=1", "--with", MM4], ["mm4"]),
        (
            ["sweep", MM4, "--vary", "hubs.HUB01.mta=none", "--target", "total.on_time > 1 %"],
            [],
        ),
        (["size", MM4, "--vary", "hubs.HUB01.cores=1:4"], ["--target"]),
        (["sweep", MM4, *["--vary", "run.scale=1,2"] * 2], []),
        (["sweep", MM4, "--vary", "a.b=1:9999", "--vary", "c.d=1:9"], ["10,000"]),
        (["sweep", MM4, "--vary", "run.seed=1,2"], ["run.seed"]),
        (
            ["sweep", MM4, "--vary", "run.scale=1,2", "--set", "run.scale=3"],
            ["--set: run.scale: "],
        ),
        (
            ["size", MM4, *["--vary", "run.scale=1:2"] * 2, "--target", "total.on_time > 1 %"],
            [],
        ),
        (
            ["size", SHARED, "--vary", "hubs.HUB01.cores=4:1", "--target", "total.on_time > 1 %"],
            ["4:1"],
        ),
        (
            ["size", SHARED, "--vary", "hubs.HUB01.cores=1:4", "--target", "total.on_time"],
            ["total.on_time"],
        ),
        (
            [
                *("size", MM4, *SHORT, "--vary", f"{CONNECTIONS}=4:5"),
                *("--target", "total.latency_mean < 1 ms"),
            ],
            [" 5,", "total.latency_mean"],
        ),
    ),
)
def test_what_is_no_study_has_its_message(arguments, names, golden_section):
    text = refused(*arguments)
    assert [name for name in names if name not in text] == []
    golden_section("errors/studies", message(text))


def test_a_log_gets_a_line_a_minute(capsys, monkeypatch, golden):
    minutes = iter([0.0, 30.0, 60.0, 90.0, 120.0])
    monkeypatch.setattr("time.monotonic", lambda: next(minutes))
    with output.progress("sweep") as tell:
        for done in range(1, 5):
            tell(done * 500, 4000)
    text = capsys.readouterr().err
    assert [quantities(line) for line in text.splitlines()] == [
        {"1,000", "4,000", "3 min"},
        {"2,000", "4,000", "2 min"},
    ]
    golden("progress/log", text)


STUDIES = [
    ("sensitivity", MM4, "--metric", "class.nosuch.on_time"),
    ("sweep", MM4, "--vary", "run.scale=0.1,0.2", "--metric", "class.nosuch.on_time"),
    ("sweep", MM4, "--vary", "run.scale=0.1,0.2", "--target", "class.nosuch.on_time > 9 %"),
    ("size", MM4, "--vary", "hubs.HUB01.cores=1:2", "--target", "class.nosuch.on_time > 9 %"),
    ("run", MM4, "--precision", "0.1", "--metric", "class.nosuch.on_time"),
]


@pytest.mark.parametrize("order", STUDIES, ids=lambda order: order[0])
@pytest.mark.parametrize("more", [(), ("--set", "run.warm_up=auto")], ids=["", "auto"])
def test_a_mistyped_metric_is_refused_before_anything_runs(monkeypatch, order, more):
    def runs(_task):
        raise AssertionError

    monkeypatch.setattr("relaysim.study.execution.task.Task.__call__", runs)
    assert '"nosuch"' in refused(*order, *more, "--jobs", "1")
