"""A company with several servers and a table of its applications."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from worlds.cli_runs import refused, relaysim
from worlds.golden_sections import Golden
from worlds.golden_text import message

from relaysim import load
from relaysim.audit import Severity, check
from relaysim.cli.application_table import USED
from relaysim.scenario.model import Scenario

TABLE = """name,address,messages_per_day,to,deadline,kind
erp,10.2.0.1,4000,external,15 min,application
sharepoint,10.2.0.2,6000,internal,1 h,sharepoint
"HR, payroll",192.168.10.5,300,30 %,,
"""


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the files are written."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def written(table: str = TABLE, *options: str) -> dict[str, Any]:
    """The scenario that is written for a table, without errors."""
    Path("apps.csv").write_text(table, encoding="utf-8")
    result = relaysim("new", "acme", "--apps", "apps.csv", *options)
    assert (result.exit_code, result.stderr) == (0, "")
    assert errors(load("acme.toml")) == []
    return tomllib.loads(Path("acme.toml").read_text(encoding="utf-8"))


def errors(scenario: Scenario) -> list[str]:
    """The names of the errors that `check` reports."""
    return [each.check for each in check(scenario) if each.severity is Severity.ERROR]


def test_a_row_is_a_host_with_a_stream_and_a_place_in_a_connector() -> None:
    """Mail for colleagues goes by internalrelay, other mail by externalrelay.

    Of the HR mail 30 % is for the outside, and 30 % of that for Gmail: 9 % in all.
    """
    tables = written()
    erp, hr = tables["hosts"]["erp"], tables["hosts"]["HR, payroll"]
    assert (erp["address"], erp["server"]) == ("10.2.0.1", "externalrelay")
    assert erp["streams"]["mail"]["arrivals"]["rate"] == "4000/d"
    assert erp["streams"]["mail"]["to"] == {
        "gmail": 0.3,
        "outlook": 0.15,
        "yahoo": 0.05,
        "business": 0.5,
    }
    assert hr["streams"]["mail"]["to"]["internal"] == 0.7
    assert hr["streams"]["mail"]["to"]["gmail"] == 0.09
    assert hr["streams"]["mail"]["sender"] == "hr-payroll@example.com"
    assert (hr["kind"], hr["streams"]["mail"]["deadline"]) == ("application", "15 min")
    sharepoint = tables["hosts"]["sharepoint"]
    assert (sharepoint["server"], sharepoint["kind"]) == ("internalrelay", "sharepoint")
    assert sharepoint["streams"]["alerts"]["deadline"] == "1 h"
    connectors = tables["hubs"]["HUB01"]["receive_connectors"]
    assert connectors["internalrelay"]["remote_ip_ranges"] == ["10.2.0.2"]
    others = connectors["externalrelay"]["remote_ip_ranges"]
    assert others == ["10.2.0.1", "192.168.10.5", "192.168.11.70"]


def test_servers_lie_in_a_network_without_applications() -> None:
    """HR has an address in 192.168.10.0/24, so the server moves on to 192.168.11.0/24."""
    assert written()["dns"]["mail"] == ["192.168.11.10"]
    Path("acme.toml").unlink()
    assert written(TABLE.replace("192.168.10.5", "10.2.0.9"))["dns"]["mail"] == ["192.168.10.10"]


def test_two_servers_have_one_name_and_the_same_connectors() -> None:
    tables = written(TABLE, "--hubs", "2", "--mailboxes", "3000")
    assert tables["dns"] == {
        "mail": ["192.168.11.10", "192.168.11.110"],
        "internalrelay": ["192.168.11.11", "192.168.11.111"],
        "externalrelay": ["192.168.11.12", "192.168.11.112"],
    }
    assert tables["send_connectors"]["internet"]["source_transport_servers"] == ["HUB01", "HUB02"]
    first, second = (hub["receive_connectors"] for hub in tables["hubs"].values())
    for name in ("internalrelay", "externalrelay"):
        assert first[name]["remote_ip_ranges"] == second[name]["remote_ip_ranges"]
    assert tables["title"] == "2 hubs, one public IP"


def test_it_runs_and_both_servers_carry_mail() -> None:
    written(TABLE, "--hubs", "2", "--mailboxes", "30", "--newsletter", "50")
    quick = ("--replications", "1", "--jobs", "1", "--set", "run.duration=1 h", "--out", "out")
    assert relaysim("run", "acme.toml", *quick).exit_code == 0
    metrics = Path("out/metrics.csv").read_text(encoding="utf-8")
    assert all(f",hub,{hub},accepted," in metrics for hub in ("HUB01", "HUB02"))


def test_applications_that_write_to_colleagues_only_may_be_missing() -> None:
    tables = written("name,address,messages_per_day,to\nerp,10.2.0.1,40,external\n")
    assert set(tables["dns"]) == {"mail", "externalrelay"}
    assert "internalrelay" not in tables["hubs"]["HUB01"]["receive_connectors"]


@pytest.mark.parametrize("kind", ["antivirus", "monitoring", "printer", "backup"])
def test_each_kind_is_a_kind_of_host(kind: str) -> None:
    table = f"name,address,messages_per_day,to,kind\nx,10.2.0.1,40,internal,{kind}\n"
    assert written(table)["hosts"]["x"]["kind"] == kind


def test_semicolons_and_columns_in_any_order_and_case_will_do() -> None:
    """As a spreadsheet writes the table in Turkish or German, with a mark at its beginning."""
    table = "\ufeffTo;Name;Address;Messages_Per_Day\r\nExternal;erp;10.2.0.1;40\r\n;;;\r\n"
    assert set(written(table)["hosts"]) == {"users", "internet", "erp", "marketing"}


WRONG = """name,address,messages_per_day,to,deadline,kind
erp,10.0.0.300,4.000,extern,15,aplication
ERP,10.0.0.2,4,130 %,1 h,
users,::1,0,internal,0 s,x,y
,10.0.0.2,4,a%,1 h,
"""


def test_all_problems_of_a_table_are_reported_with_line_and_column(golden_section: Golden) -> None:
    Path("apps.csv").write_text(WRONG, encoding="utf-8")
    text = refused("new", "acme", "--apps", "apps.csv")
    golden_section("errors/new", message(text))
    shown = " ".join(message(text).split())
    assert 'apps.csv, line 2, kind = "aplication": there is no such kind' in shown
    assert 'did you mean "application"?' in shown
    assert not Path("acme.toml").exists()


@pytest.mark.parametrize(
    ("table", "problem"),
    [
        (b"name;adress;messages_per_day;to\n", 'did you mean "address"?'),
        (b"name,name,address,messages_per_day,to\n", "a column stands there twice"),
        (b"name,address,messages_per_day,to\n", "the table has no application"),
        (b"", "the column name is missing"),
        (b"\xff\xfe", "it is not UTF-8 text"),
        (b'name,address,messages_per_day,to\n"' + b"x" * 200_000, "is not CSV"),
    ],
)
def test_a_file_that_is_no_table_is_refused(table: bytes, problem: str) -> None:
    Path("apps.csv").write_bytes(table)
    assert problem in message(refused("new", "acme", "--apps", "apps.csv"))


def test_a_missing_table_is_named() -> None:
    assert "none.csv: the file cannot be read" in message(refused("new", "a", "--apps", "none.csv"))


def test_a_second_design_keeps_the_servers_and_applications_of_the_first() -> None:
    written()
    text = refused("new", "two", "--extends", "acme.toml", "--hubs", "2")
    assert "--hubs and --apps are those of acme.toml" in " ".join(message(text).split())
    assert relaysim("new", "two", "--extends", "acme.toml").exit_code == 0
    assert errors(load("two.toml")) == []


@pytest.mark.parametrize(
    ("name", "address", "problem"),
    [
        ("a.b", "10.2.0.1", 'line 2, name = "a.b": the name has a dot'),
        ("x" * 65, "10.2.0.1", "the name has 65 letters: write at most 64"),
        ("x" * 300, "10.2.0.1", "the name has 300 letters: write at most 64"),
        ("Hub01", "10.2.0.1", 'name = "Hub01": servers are called HUB01 to HUB09 here'),
        ("erp", "0.0.0.0", 'line 2, address = "0.0.0.0": this address stands for every address'),
        ("erp", "127.0.0.1", "is that of the machine itself (loopback)"),
        ("erp", "255.255.255.255", "is that of all machines (broadcast)"),
        ("erp", "224.0.0.1", "is that of a group of machines (multicast)"),
        ("erp", "198.51.100.10", "this address is the public IP"),
        ("erp", "203.0.113.7", "this address stands for the Internet"),
    ],
)
def test_what_the_scenario_could_not_have_is_refused(name: str, address: str, problem: str) -> None:
    """With file, line, column and value, before a scenario is written."""
    table = f"name,address,messages_per_day,to\n{name},{address},5,external\n"
    Path("apps.csv").write_text(table, encoding="utf-8")
    text = " ".join(message(refused("new", "acme", "--apps", "apps.csv")).split())
    assert problem in text
    assert "apps.csv, line 2, " in text
    assert not Path("acme.toml").exists()


def test_the_longest_name_is_taken() -> None:
    name = "x" * 64
    assert name in written(f"name,address,messages_per_day,to\n{name},10.2.0.1,5,30 %\n")["hosts"]


def test_the_addresses_that_are_taken_are_those_that_are_written() -> None:
    tables = written()
    assert [*tables["egress"], tables["hosts"]["internet"]["address"]] == [*USED]


def test_a_directory_is_no_table_and_is_named() -> None:
    text = " ".join(message(refused("new", "acme", "--apps", ".")).split())
    assert ".: the file cannot be read: it is a directory" in text
