"""`run` and `compare`: tables, JSON, directories and figures."""

import json
from pathlib import Path

import pandas as pd
import pytest
from worlds.cli_runs import (
    DEDICATED,
    LISTING,
    LITTLE,
    MM4,
    ROOT,
    SHARED,
    TINY,
    process,
    refused,
    relaysim,
)
from worlds.golden_text import message, portable
from worlds.quantities import quantities

from relaysim import run
from relaysim.stats.interval import BETTER, EQUIVALENT
from relaysim.trace.invariants import Violation

SHORT = ("--set", "run.duration=200 s", "--set", "run.warm_up=0 s", "--jobs", "1")


def test_run_prints_tables_within_80_columns(monkeypatch, golden):
    monkeypatch.setattr("sys.argv", ["relaysim"])
    result = relaysim("run", LISTING, *LITTLE, "--full", "--explain")
    assert result.exit_code == 0
    assert result.stderr == ""
    lines = result.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert "7 h" in {each for line in lines if "198.51.100.10" in line for each in quantities(line)}
    golden("run/listing-day", portable(result.stdout))


def test_run_as_json_is_one_object_and_the_same_each_time(monkeypatch):
    command = ("run", "scenarios/mm4.toml", *SHORT, "--replications", "2", "--seed", "5", "--json")
    monkeypatch.chdir(ROOT)
    monkeypatch.setattr("sys.argv", ["relaysim", *command, "--no-store"])
    one, two = process(*command), relaysim(*command)
    assert one.stdout == two.stdout
    result = json.loads(one.stdout)
    assert list(result) == [
        *("relaysim", "seed", "replications", "notes", "comparisons"),
        *("metrics", "refused_attempts", "theory", "provenance"),
    ]
    assert (result["seed"], result["replications"], result["comparisons"]) == (5, 2, [])
    assert result["provenance"]["command"] == (
        "relaysim run scenarios/mm4.toml --set 'run.duration=200 s' --set 'run.warm_up=0 s' "
        "--jobs 1 --replications 2 --seed 5 --json --no-store"
    )
    assert one.stderr == ""


def test_run_writes_a_directory_that_says_what_made_it(tmp_path):
    out = tmp_path / "out"
    result = relaysim("run", MM4, *SHORT, "--replications", "2", "--out", str(out))
    assert result.exit_code == 0
    assert str(out) in result.stderr
    assert result.stderr.count("\n") == 1
    assert {file.name for file in out.iterdir()} == {
        *("metrics.csv", "refused_attempts.csv", "theory.csv", "provenance.json"),
        *(f"{n}.parquet" for n in ("messages", "recipients", "attempts", "listings", "levels")),
        *(f"{n}.parquet" for n in ("signals", "lookups", "actions", "refusals")),
    }
    assert json.loads((out / "provenance.json").read_text(encoding="utf-8"))["replications"] == 2
    assert set(pd.read_parquet(out / "recipients.parquet")["replication"]) == {0, 1}


def test_nothing_runs_if_the_directory_holds_other_things(tmp_path, monkeypatch):
    (tmp_path / "thesis.txt").write_text("mine", encoding="utf-8")
    monkeypatch.setattr("relaysim.study.run_result.run_scenario", None)
    assert str(tmp_path) in refused("run", MM4, "--out", str(tmp_path))


def test_a_setting_changes_the_run():
    command = ("run", MM4, *SHORT, "--replications", "1", "--json")
    permissions = "hubs.HUB01.receive_connectors.relay.permissions"
    result = json.loads(relaysim(*command, "--set", f"{permissions}=[]").stdout)
    total = {row["metric"]: row["value"] for row in result["metrics"] if row["scope"] == "total"}
    assert total["refused"] == total["created"] > 0


def test_a_broken_invariant_is_exit_code_1_after_the_result(monkeypatch):
    broken = [Violation("INV-4", "queue 3 of 2")]
    monkeypatch.setattr("relaysim.study.replicate.check", lambda *_: broken)
    result = relaysim("run", MM4, *SHORT, "--replications", "1", "--check-invariants")
    assert result.exit_code == 1
    assert result.stdout.startswith("mm4: ")
    assert all(part in result.stderr for part in ("INV-4", " 0: ", "queue 3 of 2"))
    assert result.stderr.count("\n") == 1


def test_invariants_hold_on_the_small_company():
    result = relaysim("run", LISTING, *LITTLE, "--check-invariants")
    assert (result.exit_code, result.stderr) == (0, "")


def test_compare_prints_what_differs_and_draws(tmp_path):
    figures = tmp_path / "figures"
    result = relaysim("compare", SHARED, DEDICATED, *TINY, "--full", "--figures", str(figures))
    assert result.exit_code == 0
    assert 'hosts.marketing.server: "externalrelay" → "bulkrelay"' in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
    assert len(list(figures.iterdir())) == 10
    assert str(figures) in result.stderr


def test_compare_prints_the_blast_radius_unless_it_is_switched_off():
    command = ("compare", SHARED, LISTING, *TINY, "--json")
    result, without = (json.loads(relaysim(*command, *no).stdout) for no in ((), ("--no-blast",)))
    assert "isolation_gain" in {row["metric"] for row in result["comparisons"]}
    assert not any(row["metric"].startswith("blast") for row in without["metrics"])
    assert len(without["metrics"]) < len(result["metrics"])


def test_compare_draws_only_when_asked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    command = ("compare", MM4, "busy.toml", *SHORT, "--replications", "2")
    (tmp_path / "busy.toml").write_text(
        f'extends = "{MM4}"\nhosts.app.streams.load.arrivals.rate = "3.6/s"\n', encoding="utf-8"
    )
    assert relaysim(*command).exit_code == 0
    assert [each.name for each in tmp_path.iterdir()] == ["busy.toml"]
    assert relaysim(*command, "--figures", "figures").exit_code == 0
    assert (tmp_path / "figures" / "latency.png").is_file()


@pytest.fixture
def busy(tmp_path) -> str:
    file = Path(tmp_path) / "busy.toml"
    file.write_text(
        f'extends = "{MM4}"\nhosts.app.streams.load.arrivals.rate = "3.6/s"\n', encoding="utf-8"
    )
    return str(file)


def verdicts(busy, *smallest):
    options = (*SHORT, "--replications", "3", "--json")
    result = relaysim("compare", MM4, busy, *options, *smallest)
    rows = json.loads(result.stdout)["comparisons"]
    return {
        row["metric"]: row["verdict"]
        for row in rows
        if (row["scope"], row["subject"]) == ("total", "total")
    }


def test_the_user_sets_the_equivalence_margin(busy):
    assert verdicts(busy)["created"] == BETTER
    assert verdicts(busy, "--margin", "created=5000")["created"] == EQUIVALENT


def test_compare_writes_its_tables(tmp_path, busy):
    out = tmp_path / "out"
    options = (*SHORT, "--replications", "2", "--out", str(out))
    assert relaysim("compare", MM4, busy, *options).exit_code == 0
    assert {file.name for file in out.iterdir()} == {
        *("metrics.csv", "comparisons.csv", "refused_attempts.csv", "provenance.json"),
    }


def test_designs_that_lose_everything_are_compared_too(tmp_path, busy):
    refused = ("--set", "hubs.HUB01.receive_connectors.relay.permissions=[]")
    options = (*SHORT, *refused, "--replications", "2", "--figures", str(tmp_path / "figures"))
    result = relaysim("compare", MM4, busy, *options)
    assert result.exit_code == 0
    assert len(list((tmp_path / "figures").iterdir())) == 10


def test_designs_without_mail_have_no_figures(tmp_path, busy, golden):
    options = (*SHORT, "--set", "hosts.app.streams={}", "--replications", "2")
    assert relaysim("compare", MM4, busy, *options).exit_code == 0
    result = relaysim("compare", MM4, busy, *options, "--figures", str(tmp_path / "figures"))
    assert result.exit_code == 2
    golden("figures/no-mail", message(result.stderr))


def test_figures_that_cannot_be_written_are_said_so(tmp_path, busy):
    (tmp_path / "taken").write_text("a file", encoding="utf-8")
    options = (*SHORT, "--replications", "2", "--figures", str(tmp_path / "taken"))
    result = relaysim("compare", MM4, busy, *options)
    assert result.exit_code == 2
    assert "taken" in result.stderr


def test_the_library_runs_what_the_command_runs():
    from relaysim import load

    settings = ("run.duration=200 s", "run.warm_up=0 s")
    metrics = run(load(MM4, settings), replications=2, jobs=1).metrics
    result = json.loads(relaysim("run", MM4, *SHORT, "--replications", "2", "--json").stdout)
    assert [row["value"] for row in result["metrics"] if row["value"] is not None] == (
        metrics["value"].dropna().tolist()
    )


def test_a_narrow_terminal_crops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ["run", SHARED, *LITTLE]
    monkeypatch.setattr("sys.argv", ["relaysim", *arguments])
    narrow, wide = (relaysim(*arguments, columns=columns).stdout for columns in (40, 80))
    assert max(map(len, wide.splitlines())) > max(map(len, narrow.splitlines()))
    words = [{word for word in text.split() if word.strip("-")} for text in (narrow, wide)]
    assert words[0] == words[1]
