"""From nothing to a comparison of two designs of one's own."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from cli_runs import SHARED, relaysim

from relaysim import load
from relaysim.analysis.run_size import excess
from relaysim.audit import Severity, check
from relaysim.scenario.difference import diff

SMALL = ("--mailboxes", "30", "--newsletter", "200")


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


def test_a_first_scenario_says_what_to_type_next() -> None:
    result = relaysim("new", "acme")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "acme.toml is a company with one hub and one public IP, 200 mailboxes and a\n"
        'newsletter of 30,000 messages. Lines marked "yours" wait for your own numbers.\n'
        "Next, what an administrator would say about it, what becomes of a day's mail,\n"
        "and a second design, with a relay hub for the newsletter:\n"
        "  relaysim check acme.toml\n"
        "  relaysim run acme.toml\n"
        "  relaysim new acme-dedicated --extends acme.toml\n"
    )


def test_a_second_one_does_so_too() -> None:
    relaysim("new", "acme")
    result = relaysim("new", "acme-dedicated", "--extends", "acme.toml")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout == (
        "acme-dedicated.toml is acme with a relay hub and a public IP for marketing\n"
        'alone. Lines marked "yours" wait for your own numbers.\n'
        "Next, what an administrator would say about it, and what it changes:\n"
        "  relaysim check acme-dedicated.toml\n"
        "  relaysim compare acme.toml acme-dedicated.toml\n"
    )


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
    assert "acme-dedicated against the base, acme" in result.stdout
    assert "on time" in result.stdout
    assert sorted(each.name for each in home.iterdir()) == ["acme-dedicated.toml", "acme.toml"]


def test_the_numbers_of_the_command_are_those_of_the_file(home: Path) -> None:
    relaysim("new", "acme", "--mailboxes", "1500", "--newsletter", "70000")
    text = (home / "acme.toml").read_text(encoding="utf-8")
    hosts = tomllib.loads(text)["hosts"]
    assert hosts["users"]["streams"]["correspondence"]["arrivals"]["rate"] == "30000/d"
    assert hosts["internet"]["streams"]["inbound"]["arrivals"]["rate"] == "82500/d"
    assert hosts["marketing"]["streams"]["newsletter"]["arrivals"]["messages"] == 70_000
    assert "yours: 1,500 mailboxes x 20" in text


def test_one_of_a_kind_is_not_told_as_several(home: Path) -> None:
    told = relaysim("new", "me", "--mailboxes", "1", "--newsletter", "1").stdout
    assert "1 mailbox and a newsletter of 1 message." in " ".join(told.split())
    assert "yours: 1 mailbox x 20" in (home / "me.toml").read_text(encoding="utf-8")


def test_a_company_that_could_not_be_run_is_refused_with_the_largest_that_could(home: Path) -> None:
    result = relaysim("new", "huge", "--mailboxes", "1000000", "--newsletter", "9000000")
    assert (result.exit_code, result.stdout) == (2, "")
    told = " ".join(result.stderr.split())
    found = re.fullmatch(
        r"relaysim: --mailboxes 1000000: a replication would have about [0-9,]+ messages, most "
        r"of them by [a-z.]+; at most 50,000,000 are tried; with a newsletter of 9,000,000 messages the largest company has "
        r"([0-9,]+) mailboxes",
        told,
    )
    assert found is not None
    most = int(found[1].replace(",", ""))
    for number, code in ((most, 0), (most + 1, 2)):
        options = ("--mailboxes", str(number), "--newsletter", "9000000")
        assert relaysim("new", f"of-{number}", *options).exit_code == code
    assert [each.name for each in home.iterdir()] == [f"of-{most}.toml"]
    assert excess(load(f"of-{most}.toml")) is None


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
    shared = {(f"bulk_shares_{what}", Severity.ADVICE) for what in ("hub", "ip", "connections")}
    assert shared <= checks[0]
    assert not shared & checks[1]
    assert Severity.ERROR not in {severity for found in checks for _, severity in found}
    assert designs[1].mailboxes.submission_server_override_list == ("HUB01",)


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


def test_nothing_is_overwritten(home: Path) -> None:
    (home / "acme.toml").write_text("mine", encoding="utf-8")
    result = relaysim("new", "acme")
    assert result.exit_code == 2
    assert result.stdout == ""
    assert " ".join(result.stderr.split()) == (
        "relaysim: acme.toml is there already, and is not overwritten: choose another name, or "
        "remove it"
    )
    assert (home / "acme.toml").read_text(encoding="utf-8") == "mine"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([""], '"" names no file'),
        ([".."], '".." names no file'),
        (["q\x01b"], '"q\\u0001b": the name has a control character (U+0001): leave it out'),
        (["taken/acme"], "taken cannot be a directory: File exists"),
        (["two", "--extends", "nosuch.toml"], "nosuch.toml: the file cannot be read"),
        (["two", "--extends", "two.toml"], "two.toml: the file cannot be read"),
        (["other/base", "--extends", "base.toml"], "base.toml has the name base already"),
        (["two", "--extends", "base.toml", "--mailboxes", "9"], "are those of base.toml"),
        (["three", "--extends", "second.toml"], "a hub and a public IP of its own already"),
        (["two", "--extends", "plain.toml"], "plain.toml: there is no bulk mail"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_written(
    arguments: list[str], message: str, home: Path
) -> None:
    relaysim("new", "base")
    relaysim("new", "second", "--extends", "base.toml")
    (home / "taken").write_text("a file", encoding="utf-8")
    plain = 'extends = "base.toml"\nhosts.marketing.streams.newsletter.culprit = false\n'
    (home / "plain.toml").write_text(plain, encoding="utf-8")
    before = sorted(home.rglob("*"))
    result = relaysim("new", *arguments)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert message in " ".join(result.stderr.split())
    assert sorted(home.rglob("*")) in (before, sorted([*before, home / "other"]))


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
    result = relaysim("new", "acme")
    assert result.exit_code == 2
    assert result.stderr == "relaysim: acme.toml cannot be written: No space left on device\n"
    assert list(home.iterdir()) == []
