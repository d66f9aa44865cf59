"""`relaysim qshape`, as it is typed."""

import json

import pytest
from cli_runs import DEDICATED, MM4, relaysim

SCALE = ("--set", "run.scale=0.02")
SHORT = ("--set", "run.duration=200 s", "--set", "run.warm_up=0 s")


def test_the_queues_of_a_hub_are_told_at_a_time():
    result = relaysim("qshape", DEDICATED, *SCALE, "--at", "10:01", "--hub", "HUB02")
    assert result.exit_code == 0, result.stderr
    assert result.stdout.startswith("dedicated-hub: the queues of HUB02 at 10:01, by age in min")
    assert "HUB02->gmail.com" in result.stdout
    assert "HUB01" not in result.stdout.partition("\n")[0]
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_json_has_a_row_for_each_queue_after_the_total():
    result = relaysim("qshape", MM4, *SHORT, "--seed", "7", "--replication", "1", "--json")
    found = json.loads(result.stdout)
    assert (found["seed"], found["replication"], found["hub"]) == (7, 1, None)
    total, queue = found["queues"]
    assert (total["queue"], queue["queue"]) == ("TOTAL", "HUB01->example.org")
    assert total["T"] == queue["T"] == queue["5"] > 4
    assert found["clock"].startswith("00:0")
    assert found["provenance"]["seed"] == 7


def test_the_same_is_drawn_if_a_directory_is_given(tmp_path):
    result = relaysim("qshape", MM4, *SHORT, "--figures", str(tmp_path / "figures"))
    assert result.exit_code == 0, result.stderr
    assert {file.name for file in (tmp_path / "figures").iterdir()} == {"qshape.png", "qshape.svg"}
    assert result.stderr == f"figures: {tmp_path / 'figures' / 'qshape'}.{{png,svg}} (2 files)\n"


def test_empty_queues_are_no_picture(tmp_path):
    result = relaysim("qshape", MM4, *SHORT, "--at", "0 s", "--figures", str(tmp_path))
    assert result.exit_code == 0
    assert result.stderr == "no figure qshape: all queues are empty at 00:00\n"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--at", "noon"], '"noon" is no time: write a time of day'),
        (["--at", "5 d", *SHORT], "there is nothing at day 6 00:00: give a time from 00:00 to"),
        (["--hub", "HUB1"], 'did you mean "HUB01"?'),
        (["--set", "run.scal=1"], 'did you mean "scale"?'),
        (["--figures", MM4], "cannot be a directory"),
    ],
)
def test_what_the_user_can_put_right(arguments, message):
    result = relaysim("qshape", MM4, *arguments)
    assert result.exit_code == 2
    assert message in " ".join(result.stderr.split())
    assert "Traceback" not in result.stderr


def test_help_says_what_a_time_is():
    result = relaysim("qshape", "--help")
    assert "as Postfix's qshape does" in result.stdout
    assert max(map(len, result.stdout.splitlines())) <= 80
