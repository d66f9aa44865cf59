"""A fault in the theory table, a figure or a file never costs the result."""

import json
import subprocess
import sys

import pandas as pd
import pytest
from worlds.cli_runs import DEDICATED, MM4, SHARED, TINY, relaysim
from worlds.golden_text import flat, message

from relaysim import load, run
from relaysim.audit import check
from relaysim.study.guard import CAUGHT, Guarded
from relaysim.study.theory_beside import beside

SHORT = ("--set", "run.duration=200 s", "--set", "run.warm_up=0 s", "--jobs", "1")
ONE = ("run", MM4, *SHORT, "--replications", "1")


@pytest.fixture(autouse=True)
def _uncounted():
    CAUGHT.clear()


def has_tables(result):
    """Whether a run of the one class of mm4 was printed."""
    return result.stdout.startswith("mm4: ") and "\ncorporate " in result.stdout


def broken(*_arguments, **_options):
    raise ZeroDivisionError("division by zero")


def full(*_arguments, **_options):
    raise OSError(28, "No space left on device")


def test_a_formula_that_fails_costs_its_rows_alone(monkeypatch, tmp_path, golden_section):
    monkeypatch.setattr("relaysim.study.theory_beside.waits", broken)
    result = relaysim(*ONE, "--full", "--out", str(tmp_path / "out"))
    assert result.exit_code == 0
    assert has_tables(result)
    assert result.stderr.count("theory of HUB01->example.org") == 1
    golden_section("errors/faults", message(result.stderr))
    assert CAUGHT["theory of HUB01->example.org"] == 2  # in the text, and in theory.csv
    (left,) = pd.read_csv(tmp_path / "out" / "theory.csv")["metric"]
    assert left == "utilization"


@pytest.mark.parametrize(
    ("place", "text"),
    [
        pytest.param(place, text, id=place.rpartition(".")[2])
        for place, text in (
            ("relaysim.study.theory_beside.stages", ""),
            ("relaysim.study.theory_beside.mmc_wait", "utilization law"),
            ("relaysim.present.text.theory_table.values", "ZeroDivisionError: division by zero"),
        )
    ],
)
def test_a_fault_anywhere_in_the_theory_leaves_the_text(monkeypatch, place, text, golden_section):
    monkeypatch.setattr(place, broken)
    blocklists = ("--set", "blocklists.css.profile=spamhaus-css")
    result = relaysim(*ONE, "--full", *blocklists)
    assert result.exit_code == 0
    assert has_tables(result)
    assert text in flat(result.stdout)
    assert "ZeroDivisionError: division by zero" in flat(result.stderr)
    golden_section("errors/faults", message(result.stderr))
    assert sum(CAUGHT.values()) >= 1


@pytest.mark.parametrize("fault", [ZeroDivisionError("division by zero"), MemoryError()])
def test_a_figure_that_fails_costs_neither_the_result_nor_the_others(monkeypatch, tmp_path, fault):
    def fails(*_arguments):
        raise fault

    monkeypatch.setattr("relaysim.present.figure_registry.statuses", fails)
    result = relaysim(*ONE, "--figures", str(tmp_path))
    assert result.exit_code == 1
    assert has_tables(result)
    assert "figure statuses" in result.stderr
    assert type(fault).__name__ in result.stderr
    assert CAUGHT["figure statuses"] == 1
    assert {file.stem for file in tmp_path.iterdir()} == {"design", "qshape", "queues"}


def test_a_figure_that_fails_leaves_no_figure_of_an_earlier_run(monkeypatch, tmp_path):
    assert relaysim(*ONE, "--figures", str(tmp_path)).exit_code == 0
    monkeypatch.setattr("relaysim.present.figure_registry.statuses", broken)
    relaysim(*ONE, "--figures", str(tmp_path))
    assert not (tmp_path / "statuses.png").exists()


@pytest.mark.parametrize(
    ("place", "fault", "code", "text"),
    [
        ("relaysim.study.written_results._fill", full, 2, "No space left on device"),
        ("relaysim.study.written_results._fill", broken, 1, "ZeroDivisionError"),
        ("relaysim.study.execution.output_directory._put_in_place", broken, 1, "ZeroDivisionError"),
        ("relaysim.present.drawing.style.write", full, 2, "No space left on device"),
        ("relaysim.present.figure_registry.Story", broken, 1, "ZeroDivisionError"),
    ],
    ids=["full", "broken", "not put in place", "figures full", "figures broken"],
)
def test_a_file_that_cannot_be_written_does_not_cost_the_result(
    monkeypatch, tmp_path, place, fault, code, text, golden_section
):
    monkeypatch.setattr(place, fault)
    out, figures = tmp_path / "out", tmp_path / "figures"
    result = relaysim(*ONE, "--json", "--out", str(out), "--figures", str(figures))
    assert result.exit_code == code
    assert json.loads(result.stdout)["replications"] == 1
    assert text in flat(result.stderr)
    golden_section("errors/faults", message(result.stderr))
    # What did not fail is there: the files without the figures, the figures without the files.
    assert out.exists() == ("present" in place)
    assert figures.exists() == (not place.endswith("Story"))


def test_a_text_that_fails_is_printed_as_json(monkeypatch, tmp_path):
    monkeypatch.setattr("relaysim.present.text.summary.run_text", broken)
    result = relaysim(*ONE, "--out", str(tmp_path / "out"))
    assert result.exit_code == 1
    assert json.loads(result.stdout)["replications"] == 1
    assert "ZeroDivisionError" in result.stderr
    assert (tmp_path / "out" / "provenance.json").is_file()


def test_the_result_is_printed_before_anything_is_written_or_drawn(monkeypatch, tmp_path):
    made = []
    for name in ("print_text", "write", "draw"):
        monkeypatch.setattr(f"relaysim.cli.finish.{name}", lambda *_, name=name: made.append(name))
    relaysim(*ONE, "--out", str(tmp_path / "out"), "--figures", str(tmp_path / "figures"))
    assert made == ["print_text", "write", "draw"]


def test_a_report_without_a_figure_and_a_section_is_a_report(monkeypatch, tmp_path):
    drawn = {"latency": broken, "backlog": broken}
    monkeypatch.setattr("relaysim.present.report.report_sections.figures", lambda _: drawn)
    monkeypatch.setattr("relaysim.present.report.report_sections.workload.numbers", broken)
    alone = ("--no-flip", "--no-sizing", "--no-sensitivity")
    result = relaysim("report", SHARED, DEDICATED, *TINY, *alone, "--out", str(tmp_path / "out"))
    assert result.exit_code == 0
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert text.count("ZeroDivisionError: division by zero") == 3
    assert text.count("\n## ") == 10
    assert CAUGHT["figure backlog"] == 1


def test_an_interrupt_is_no_fault():
    with pytest.raises(KeyboardInterrupt), Guarded("the figures"):
        raise KeyboardInterrupt
    assert not CAUGHT


SMART_HOST = (
    "send_connectors.internet.dns_routing_enabled=false",
    'send_connectors.internet.smart_hosts=["filter.example"]',
    'destinations.filter={profile="secure-gateway",domains=["filter.example"]}',
)
ON_CPU = 'hubs.HUB01.categorize_cost={base="1 ms",per_kb="1 ms",cv=1}'


@pytest.mark.parametrize(
    ("scenario", "settings"),
    [
        (DEDICATED, ("run.duration=1 h", "run.scale=0.01")),
        (SHARED, ("run.duration=1 h", "run.scale=0.01", *SMART_HOST)),
        (SHARED, ("run.duration=1 h", "run.scale=0.01", "coupling.contention=false")),
        (
            MM4,
            (
                "run.duration=1 min",
                "run.warm_up=0 s",
                "hubs.HUB01.queue_database_batch_size=1000000000",
                "hubs.HUB01.queue_database_batch_timeout=1 s",
                "hubs.HUB01.receive_connectors.relay.max_inbound_connection=1000000000",
            ),
        ),
        (
            MM4,
            (
                "run.duration=1 min",
                "run.warm_up=0 s",
                'hosts.app.streams.load.size={distribution="lognormal",median="10 KB",sigma=20}',
                ON_CPU,
            ),
        ),
    ],
    ids=["no mail of a campaign", "smart host", "contention off", "huge numbers", "heavy tail"],
)
def test_no_formula_fails(scenario, settings):
    design = load(scenario, settings)
    beside(run(design, replications=1, jobs=1))
    assert not CAUGHT
    check(design)


def test_a_reader_who_stops_reading_still_gets_the_files(tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "relaysim", *ONE, "--no-store", "--out", str(out)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        stderr = running.stderr.read().decode()
    assert "Traceback" not in stderr
    assert (out / "provenance.json").is_file()
