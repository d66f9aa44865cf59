"""`trace`: one message's life, and which messages are worth it."""

import json

import pytest
from cli_runs import SHARED, relaysim

LITTLE = ("--set", "run.scale=0.02")


def test_a_message_is_traced():
    result = relaysim("trace", SHARED, *LITTLE, "--message", "crm.invoices:3")
    assert result.exit_code == 0
    assert result.stderr == ""
    text = result.stdout
    assert text.startswith("crm.invoices:3 in replication 0 of shared-hub\n")
    assert "C: MAIL FROM:<billing@cozumpark.com>" in text
    assert "HUB01 owns it" in text
    assert "What became of it" in text


def test_without_a_message_some_are_listed():
    result = relaysim("trace", SHARED, *LITTLE)
    assert result.exit_code == 0
    rows = dict(line.split("  ", 1) for line in result.stdout.splitlines()[3:] if line)
    assert rows["crm.invoices:0"].strip().startswith("the first")


def test_as_json_it_is_one_object():
    command = ("trace", SHARED, *LITTLE, "--message", "invoices:3", "--replication", "1", "--json")
    found = json.loads(relaysim(*command).stdout)
    assert list(found) == [
        *("relaysim", "message", "replication", "notes", "events", "recipients", "provenance")
    ]
    assert (found["message"], found["replication"]) == ("crm.invoices:3", 1)
    assert found["events"][0]["what"] == "created"
    spent = sum(found["recipients"][0][part] for part in found["recipients"][0] if "wait_" in part)
    assert spent + found["recipients"][0]["service"] == pytest.approx(
        found["recipients"][0]["lasted"], abs=1e-6
    )
    listed = json.loads(relaysim("trace", SHARED, *LITTLE, "--json").stdout)
    assert listed["messages"][0]["message"] == "HUB01.dsn:0"


def test_its_path_is_drawn_where_asked(tmp_path):
    figures = tmp_path / "figures"
    command = ("trace", SHARED, *LITTLE, "--figures", str(figures))
    result = relaysim(*command, "--message", "crm.invoices:3")
    assert result.exit_code == 0
    assert {file.name for file in figures.iterdir()} == {"path.png", "path.svg"}
    assert str(figures) in "".join(result.stderr.split())
    without = relaysim(*command)
    assert without.exit_code == 2
    assert "give --message STREAM:N" in " ".join(without.stderr.split())


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("crm.invoices", "names no message: write STREAM:N"),
        ("crm.invoises:1", 'did you mean "crm.invoices"?'),
        ("alerts:1", '"alerts" may be antivirus.alerts or sharepoint.alerts: write which'),
        ("crm.invoices:100000", "does not exist: replication 0 has"),
    ],
)
def test_what_the_user_can_put_right(message, text):
    result = relaysim("trace", SHARED, *LITTLE, "--message", message)
    assert result.exit_code == 2
    assert text in " ".join(result.stderr.split())
    assert result.stdout == ""
