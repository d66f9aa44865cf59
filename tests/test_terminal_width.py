"""What each command prints, and that it fits 80 columns or a narrower terminal, without colour."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result
from worlds.cli_runs import DEDICATED, LISTING, LITTLE, MM4, ROOT, SHARED, relaysim
from worlds.golden_sections import Golden
from worlds.golden_text import portable

from relaysim.cli.app import COMMANDS, app

NAMES = [command.__name__ for commands in COMMANDS.values() for command in commands]
QUICK = ("--set", "run.scale=0.05", "--replications", "2", "--jobs", "1")
"""Options under which the queue of mm4 runs in a moment."""
KINDS = ("mta", "host", "destination", "blocklist")
PAGES = {
    "check/shared-hub": ("check", SHARED),
    "check/dedicated-hub": ("check", DEDICATED),
    "explain/refused": ("explain", SHARED, "--host", "sharepoint", "--to", "ayse@hotmail.com"),
    "explain/mailbox-users": (
        *("explain", SHARED, "--host", "users"),
        *("--to", "hakan@cozumpark.com", "--to", "a@gmail.com"),
    ),
    "explain/rights": ("explain", SHARED, "--connector", "Default HUB01"),
    "profiles/exchange-2010": ("profiles", "mta", "exchange-2010"),
    "profiles/printer": ("profiles", "host", "printer"),
    "profiles/gmail": ("profiles", "destination", "gmail"),
    "profiles/spamcop": ("profiles", "blocklist", "spamcop"),
    "run/shared-hub": ("run", SHARED, *LITTLE),
    "run/precision": ("run", MM4, *QUICK, "--replications", "6", "--precision", "0.5"),
    "compare/three-designs": ("compare", SHARED, DEDICATED, LISTING, *LITTLE, "--no-blast"),
    "compare/blast-radius": ("compare", SHARED, DEDICATED, *LITTLE),
    "sweep/connections": (
        *("sweep", MM4, *QUICK, "--target", "total.on_time > 99 %"),
        *("--vary", "hubs.HUB01.max_per_domain_outbound_connections=3,4"),
    ),
    "size/connections": (
        *("size", MM4, "--set", "run.scale=0.05", "--replications", "5", "--jobs", "1"),
        *("--target", "total.on_time > 99 %"),
        *("--vary", "hubs.HUB01.max_per_domain_outbound_connections=3:5"),
    ),
    "sensitivity/connections": (
        *("sensitivity", MM4, *QUICK, "--metric", "total.latency_mean"),
        *("--over", "hubs.HUB01.max_per_domain_outbound_connections=3:5"),
    ),
    "warmup/mm4": ("warmup", MM4, *QUICK),
    "transcript/examples": ("trace", SHARED, "--set", "run.scale=0.02"),
    "transcript/invoice": (
        *("trace", SHARED, "--set", "run.scale=0.02"),
        *("--message", "crm.invoices:1"),
    ),
    "qshape/shared-hub": ("qshape", SHARED, "--set", "run.scale=0.02"),
}
"""Commands, each with the golden file of what it prints."""
ORDERS = [
    ("--version",),
    ("--help",),
    *(("profiles", kind) for kind in KINDS),
    ("report", "--help"),
]
MISTAKES = [
    ("nonsense",),
    ("run",),
    ("run", "nosuch.toml"),
    ("run", MM4, "--replications", "0"),
    ("run", MM4, "--set", "run.duratoin=2 h"),
    ("check", "ten-mistakes.toml"),
    ("explain", SHARED, "--host", "crm"),
    ("explain", SHARED, "--host", "shrepoint", "--to", "a@b.org"),
    ("compare", "mm4.toml", "small.toml"),
    ("profiles", "host", "printr"),
    ("new", "ten-mistakes"),
    ("new", "other", "--extends", "small.toml"),
]


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    for name in ("FORCE_COLOR", "PY_COLORS", "GITHUB_ACTIONS", "TERMINAL_WIDTH"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("sys.argv", ["relaysim"])  # which the last line of a result names


def wide(result: Result) -> Iterator[str]:
    """Lines that do not fit. A word that cannot be broken, such as a path of keys, may be wide."""
    for line in (*result.stdout.splitlines(), *result.stderr.splitlines()):
        if len(line) > 80 and " " in line.strip():
            yield line


@pytest.mark.parametrize("name", NAMES)
def test_help_fits(name: str) -> None:
    result = relaysim(name, "--help")
    assert result.exit_code == 0
    assert list(wide(result)) == []
    assert "\x1b" not in result.output


@pytest.mark.parametrize(("page", "order"), PAGES.items(), ids=PAGES)
def test_what_a_command_prints(page: str, order: tuple[str, ...], golden: Golden) -> None:
    golden(page, portable(fitting(order)))


@pytest.mark.parametrize("order", ORDERS, ids=" ".join)
def test_what_a_command_prints_fits(order: tuple[str, ...]) -> None:
    fitting(order)


def fitting(order: tuple[str, ...]) -> str:
    """What a command prints, within 80 columns and without colour."""
    result = relaysim(*order)
    assert result.exit_code == 0
    assert result.stdout != ""
    assert list(wide(result)) == []
    assert "\x1b" not in result.output
    return result.stdout


@pytest.mark.parametrize("order", MISTAKES, ids=" ".join)
def test_what_it_says_of_a_mistake_fits(
    order: tuple[str, ...], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = ROOT / "tests" / "scenario"
    for file in (folder / "invalid" / "ten-mistakes.toml", folder / "small.toml", Path(MM4)):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    monkeypatch.chdir(tmp_path)
    result = relaysim(*order)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr != ""
    assert list(wide(result)) == []
    assert "\x1b" not in result.output


@pytest.mark.parametrize("order", [(), ("check", str(ROOT / "scenarios" / "fresh-hub.toml"))])
def test_so_does_what_ends_with_exit_code_2_and_is_no_mistake(order: tuple[str, ...]) -> None:
    result = relaysim(*order)
    assert result.exit_code == 2
    assert result.stdout != ""
    assert list(wide(result)) == []


def narrow(columns: int, *order: str) -> Result:
    """The command on a terminal of so many columns."""
    return CliRunner(env={"COLUMNS": str(columns)}).invoke(app, order)


@pytest.mark.parametrize(
    ("columns", "order"),
    [
        (60, ("profiles", "mta")),
        (60, ("run", SHARED, *LITTLE, "--no-store")),
        (40, ("trace", SHARED, "--set", "run.scale=0.02", "--message", "crm.invoices:1")),
        (40, ("warmup", MM4, *QUICK, "--no-store")),
    ],
    ids=lambda given: str(given) if isinstance(given, int) else given[0],
)
def test_a_narrow_terminal_gets_narrow_text_and_tables(
    columns: int, order: tuple[str, ...]
) -> None:
    lines = narrow(columns, *order).stdout.splitlines()
    # A key of TOML and its number cannot be broken.
    widths = [len(line) for line in lines if not re.fullmatch(r"\w{50,} = \w+", line)]
    assert columns - 10 < max(widths) <= columns


def test_a_table_that_needs_more_is_whole() -> None:
    order = ("check", SHARED)
    least = narrow(40, *order).stdout
    assert narrow(10, *order).stdout == least
    assert narrow(200, *order).stdout == relaysim(*order).stdout != least
    shown = narrow(40, *PAGES["sweep/connections"], "--no-store").stdout
    assert "max_per_domain_outbound_connections    mm4" in shown


@pytest.mark.parametrize("order", MISTAKES[1:4], ids=" ".join)
def test_a_message_fits_a_narrow_terminal(order: tuple[str, ...]) -> None:
    result = narrow(40, *order)
    assert result.exit_code == 2
    assert max(len(line) for line in result.stderr.splitlines()) <= 40


def test_every_command_is_walked() -> None:
    written = {"new"}  # what it prints has a path in it: see test_cli_new
    walked = {order[0] for order in (*PAGES.values(), *ORDERS)}
    assert walked & set(NAMES) == set(NAMES) - written
