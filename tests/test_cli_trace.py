"""`trace`: one message's life, and which messages are worth it."""

import json

import pytest
from worlds.cli_runs import SHARED, refused, relaysim
from worlds.golden_text import message

LITTLE = ("--set", "run.scale=0.02")


def test_a_message_is_traced():
    result = relaysim("trace", SHARED, *LITTLE, "--message", "crm.invoices:3")
    assert result.exit_code == 0
    assert result.stderr == ""
    text = result.stdout
    assert text.startswith("crm.invoices:3 ")
    assert "MAIL FROM:<billing@cozumpark.com>" in text
    assert "250 2.6.0" in text  # HUB01 has it
    assert "\n1 " in text  # a row for its recipient


def test_without_a_message_some_are_listed():
    result = relaysim("trace", SHARED, *LITTLE)
    assert result.exit_code == 0
    rows = dict(line.split("  ", 1) for line in result.stdout.splitlines()[3:] if line)
    assert rows["crm.invoices:0"].strip()


def test_as_json_it_is_one_object():
    command = ("trace", SHARED, *LITTLE, "--message", "invoices:3", "--replication", "1", "--json")
    result = json.loads(relaysim(*command).stdout)
    assert list(result) == [
        *("relaysim", "message", "replication", "notes", "events", "recipients", "provenance")
    ]
    assert (result["message"], result["replication"]) == ("crm.invoices:3", 1)
    assert result["events"][0]["what"] == "created"
    spent = sum(
        result["recipients"][0][part] for part in result["recipients"][0] if "wait_" in part
    )
    assert spent + result["recipients"][0]["service"] == pytest.approx(
        result["recipients"][0]["lasted"], abs=1e-6
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
    assert "--message" in refused(*command)


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        ("crm.invoices", ['"crm.invoices"']),
        ("crm.invoises:1", ['"crm.invoices"']),
        ("alerts:1", ['"alerts"', "antivirus.alerts", "sharepoint.alerts"]),
        ("crm.invoices:100000", ["crm.invoices:100000"]),
    ],
    ids=lambda given: given if isinstance(given, str) else "",
)
def test_a_message_that_is_not_there_is_refused(wanted, names, golden_section):
    text = refused("trace", SHARED, *LITTLE, "--message", wanted)
    assert [name for name in names if name not in text] == []
    golden_section("errors/trace", message(text))
