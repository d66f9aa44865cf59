"""`relaysim qshape`, as it is typed."""

import json
import re

import pytest
from worlds.cli_runs import DEDICATED, MM4, commands, refused, relaysim
from worlds.golden_text import message

SCALE = ("--set", "run.scale=0.02")
SHORT = ("--set", "run.duration=200 s", "--set", "run.warm_up=0 s")


def test_the_queues_of_a_hub_are_printed_at_a_time():
    result = relaysim("qshape", DEDICATED, *SCALE, "--at", "10:01", "--hub", "HUB02")
    assert result.exit_code == 0, result.stderr
    first = result.stdout.partition("\n")[0]
    assert first.startswith("dedicated-hub: ")
    assert {"HUB02", "10:01"} <= set(re.findall(r"HUB\d+|\d+:\d+", first))
    assert "HUB02->gmail.com" in result.stdout
    assert "HUB01" not in first
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_json_has_a_row_for_each_queue_after_the_total():
    result = relaysim("qshape", MM4, *SHORT, "--seed", "7", "--replication", "1", "--json")
    results = json.loads(result.stdout)
    assert (results["seed"], results["replication"], results["hub"]) == (7, 1, None)
    total, queue = results["queues"]
    assert (total["queue"], queue["queue"]) == ("TOTAL", "HUB01->example.org")
    assert total["T"] == queue["T"] == queue["5"] > 4
    assert results["clock"].startswith("00:0")
    assert results["provenance"]["seed"] == 7


def test_the_same_is_drawn_if_a_directory_is_given(tmp_path, golden):
    result = relaysim("qshape", MM4, *SHORT, "--figures", str(tmp_path / "figures"))
    assert result.exit_code == 0, result.stderr
    assert {file.name for file in (tmp_path / "figures").iterdir()} == {"qshape.png", "qshape.svg"}
    assert str(tmp_path / "figures" / "qshape") in result.stderr
    golden("figures/written", message(result.stderr))


def test_empty_queues_are_no_picture(tmp_path, golden):
    result = relaysim("qshape", MM4, *SHORT, "--at", "0 s", "--figures", str(tmp_path))
    assert result.exit_code == 0
    assert "qshape" in result.stderr
    assert "00:00" in result.stderr
    assert list(tmp_path.iterdir()) == []
    golden("figures/no-qshape", message(result.stderr))


@pytest.mark.parametrize(
    ("arguments", "names"),
    commands(
        (["--at", "noon"], ['"noon"']),
        (["--at", "5 d", *SHORT], ["6 00:00"]),
        (["--hub", "HUB1"], ['"HUB01"']),
        (["--set", "run.scal=1"], ['"scale"']),
        (["--figures", MM4], [MM4]),
    ),
)
def test_what_cannot_be_shown_has_its_message(arguments, names, golden_section):
    text = refused("qshape", MM4, *arguments)
    assert [name for name in names if name not in text] == []
    golden_section("errors/qshape", message(text))
