"""From nothing to a comparison of two designs of one's own."""

import re
import tomllib
from bisect import bisect_left
from pathlib import Path
from typing import Any

import pytest
from worlds.cli_runs import SHARED, commands, refused, relaysim
from worlds.golden_sections import Golden
from worlds.golden_text import message
from worlds.quantities import quantities

from relaysim import load
from relaysim.analysis.run_size import excess
from relaysim.audit import Severity, check
from relaysim.cli.new_company import Company, company_text
from relaysim.scenario.difference import diff
from relaysim.scenario.load import loads

SMALL = ("--mailboxes", "30", "--newsletter", "200")
TRIED = 50_000_000
"""Messages of a replication that are tried at most."""


@pytest.fixture(autouse=True)
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the files are written."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_first_screen_ends_with_what_to_type_first() -> None:
    alone, asked = relaysim(), relaysim("--help")
    assert alone.stdout.rstrip() == asked.stdout.rstrip()
    commands = re.findall(r"^   relaysim (.*?)  ", asked.stdout, re.MULTILINE)
    assert [line.split() for line in commands] == [
        ["new", "acme"],
        ["new", "acme-dedicated", "--extends", "acme.toml"],
        ["compare", "acme.toml", "acme-dedicated.toml"],
    ]


def test_a_first_scenario_says_what_to_type_next(golden: Golden) -> None:
    result = relaysim("new", "acme")
    assert (result.exit_code, result.stderr) == (0, "")
    golden("new/first", result.stdout)
    assert {"200", "30,000"} <= quantities(result.stdout)
    assert result.stdout.splitlines()[-3:] == [
        "  relaysim check acme.toml",
        "  relaysim run acme.toml",
        "  relaysim new acme-dedicated --extends acme.toml",
    ]


def test_a_second_one_does_so_too(golden: Golden) -> None:
    relaysim("new", "acme")
    result = relaysim("new", "acme-dedicated", "--extends", "acme.toml")
    assert (result.exit_code, result.stderr) == (0, "")
    golden("new/second", result.stdout)
    assert result.stdout.splitlines()[-2:] == [
        "  relaysim check acme-dedicated.toml",
        "  relaysim compare acme.toml acme-dedicated.toml",
    ]


def test_what_it_says_to_type_next_works(home: Path) -> None:
    quick = ("--replications", "2", "--jobs", "1", "--set", "run.scale=0.2")
    pending = ["relaysim new acme"]
    typed = []
    while pending:
        command = pending.pop(0)
        _, name, *arguments = command.split()
        typed.append(name)
        more = {"new": () if "--extends" in command else SMALL, "check": ()}.get(name, quick)
        result = relaysim(name, *arguments, *more)
        assert result.exit_code == 0, (command, result.output)
        if name == "new":
            pending += re.findall(r"^  (relaysim .*)$", result.stdout, re.MULTILINE)
    assert typed == ["new", "check", "run", "new", "check", "compare"]
    assert "\ntransactional on time " in result.stdout  # a row of the table of headline figures
    assert sorted(each.name for each in home.iterdir()) == ["acme-dedicated.toml", "acme.toml"]


def test_the_numbers_of_the_command_are_those_of_the_file(home: Path) -> None:
    relaysim("new", "acme", "--mailboxes", "1500", "--newsletter", "70000")
    text = (home / "acme.toml").read_text(encoding="utf-8")
    hosts = tomllib.loads(text)["hosts"]
    assert hosts["users"]["streams"]["correspondence"]["arrivals"]["rate"] == "30000/d"
    assert hosts["internet"]["streams"]["inbound"]["arrivals"]["rate"] == "82500/d"
    assert hosts["marketing"]["streams"]["newsletter"]["arrivals"]["messages"] == 70_000
    assert "1,500" in text


def test_one_of_a_kind_has_no_plural(home: Path, golden: Golden) -> None:
    golden("new/smallest", relaysim("new", "me", "--mailboxes", "1", "--newsletter", "1").stdout)
    assert "1 mailbox " in (home / "me.toml").read_text(encoding="utf-8")


def test_a_company_that_could_not_be_run_is_refused_with_the_largest_that_could(
    home: Path, golden_section: Golden
) -> None:
    text = refused("new", "huge", "--mailboxes", "1000000", "--newsletter", "9000000")
    golden_section("errors/new", message(text))
    numbers = {int(each.replace(",", "")) for each in re.findall(r"\b\d[\d,]*\d\b", text)}
    most = largest(9_000_000)
    assert {most, 1_000_000, 9_000_000, TRIED} <= numbers
    for number, code in ((most, 0), (most + 1, 2)):
        options = ("--mailboxes", str(number), "--newsletter", "9000000")
        assert relaysim("new", f"of-{number}", *options).exit_code == code
    assert [each.name for each in home.iterdir()] == [f"of-{most}.toml"]
    assert excess(load(f"of-{most}.toml")) is None


def largest(newsletter: int) -> int:
    """The largest company of which all messages of a replication are tried."""

    def too_large(mailboxes: int) -> bool:
        company = Company(mailboxes, newsletter, "exchange-se")
        return excess(loads(company_text("company", company))) is not None

    return bisect_left(range(1, 1_000_000), True, key=too_large)


def test_the_templates_leave_no_place_unfilled(home: Path) -> None:
    relaysim("new", "acme")
    relaysim("new", "two", "--extends", "acme.toml")
    for name in ("acme", "two"):
        text = (home / f"{name}.toml").read_text(encoding="utf-8")
        assert "$" not in text
        assert text.count("# yours") >= 4
        tables = re.findall(r"^(.*)\n\[", text, re.MULTILINE)
        assert len(tables) >= 8


def test_both_designs_have_no_errors_and_the_second_is_dedicated() -> None:
    relaysim("new", "acme")
    relaysim("new", "two", "--extends", "acme.toml")
    designs = [load("acme.toml"), load("two.toml")]
    assert [design.name for design in designs] == ["acme", "two"]
    checks = [{(each.check, each.severity) for each in check(design)} for design in designs]
    shared = {(f"bulk_shares_{what}", Severity.WARNING) for what in ("hub", "ip", "connections")}
    assert shared <= checks[0]
    assert not shared & checks[1]
    assert Severity.ERROR not in {severity for result in checks for _, severity in result}
    assert (
        designs[1].hubs["HUB02"].site != designs[1].mailboxes.site == designs[1].hubs["HUB01"].site
    )


def test_a_company_of_an_older_version_keeps_users_off_the_second_hub_by_a_list() -> None:
    relaysim("new", "acme", "--mta", "exchange-2010")
    relaysim("new", "two", "--extends", "acme.toml")
    designs = [load("acme.toml"), load("two.toml")]
    assert {hub.mta for design in designs for hub in design.hubs.values()} == {"exchange-2010"}
    assert designs[1].mailboxes.submission_server_override_list == ("HUB01",)
    assert all(each.severity is not Severity.ERROR for design in designs for each in check(design))


def test_an_unknown_version_is_refused_with_the_nearest() -> None:
    result = relaysim("new", "acme", "--mta", "exchange-2018")
    assert result.exit_code == 2
    assert '"exchange-2018" is not a version of Exchange' in message(result.stderr)
    assert not Path("acme.toml").exists()


def test_a_second_design_of_the_ladder_is_the_one_that_stands_there(home: Path) -> None:
    relaysim("new", "mine", "--extends", SHARED)
    assert diff(load(Path(SHARED).with_name("dedicated-hub.toml")), load("mine.toml")) == []


@pytest.mark.parametrize(
    ("arguments", "file"),
    [
        (["acme"], "acme.toml"),
        (["acme.toml"], "acme.toml"),
        (["acme.TOML"], "acme.TOML"),
        (["acme-2.0"], "acme-2.0.toml"),
        (["designs/2026/acme"], "designs/2026/acme.toml"),
        (["acme", "--out", "designs"], "designs/acme.toml"),
        (["it's ours"], "it's ours.toml"),
        (["Müller & Söhne"], "Müller & Söhne.toml"),
    ],
)
def test_a_name_may_be_a_path(arguments: list[str], file: str) -> None:
    assert relaysim("new", *arguments).exit_code == 0
    assert load(file).name == Path(file).stem


def test_a_base_is_found_from_where_the_second_design_lies(home: Path) -> None:
    relaysim("new", "bases/acme")
    relaysim("new", "designs/two", "--extends", "bases/acme.toml")
    text = (home / "designs" / "two.toml").read_text(encoding="utf-8")
    assert 'extends = "../bases/acme.toml"' in text
    assert set(load("designs/two.toml").hubs) == {"HUB01", "HUB02"}


def test_nothing_is_overwritten(home: Path, golden_section: Golden) -> None:
    (home / "acme.toml").write_text("mine", encoding="utf-8")
    text = refused("new", "acme")
    assert "acme.toml" in text
    golden_section("errors/new", message(text))
    assert (home / "acme.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "names"),
    commands(
        ([""], ['""']),
        ([".."], ['".."']),
        (["q\x01b"], ['"q\\u0001b"', "U+0001"]),
        (["taken/acme"], ["taken ", "something else is there"]),
        (["two", "--extends", "nosuch.toml"], ["nosuch.toml"]),
        (["two", "--extends", "two.toml"], ["two.toml"]),
        (["other/base", "--extends", "base.toml"], ["base.toml", " base "]),
        (["two", "--extends", "base.toml", "--mailboxes", "9"], ["--mailboxes", "base.toml"]),
        (["three", "--extends", "second.toml"], ["second.toml"]),
        (["two", "--extends", "plain.toml"], ["plain.toml"]),
    ),
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    arguments: list[str],
    names: list[str],
    home: Path,
    golden_section: Golden,
) -> None:
    relaysim("new", "base")
    relaysim("new", "second", "--extends", "base.toml")
    (home / "taken").write_text("a file", encoding="utf-8")
    plain = 'extends = "base.toml"\nhosts.marketing.streams.newsletter.culprit = false\n'
    (home / "plain.toml").write_text(plain, encoding="utf-8")
    before = sorted(home.rglob("*"))
    text = refused("new", *arguments)
    assert [name for name in names if name not in text] == []
    assert sorted(home.rglob("*")) in (before, sorted([*before, home / "other"]))
    golden_section("errors/new", message(text))


def test_a_disk_that_is_full_leaves_no_half_of_a_file(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = Path.open

    def full(path: Path, mode: str = "r", **options: Any) -> Any:
        def write(_: str) -> int:
            raise OSError(28, "No space left on device")

        file: Any = opened(path, mode, **options)
        if mode == "x":
            file.write = write
        return file

    monkeypatch.setattr(Path, "open", full)
    text = refused("new", "acme")
    assert "acme.toml" in text
    assert "No space left on device" in text
    assert list(home.iterdir()) == []
