"""Names, numbers and paths that nobody expects: the answer, or one message and exit code 2."""

import pytest
from cli_runs import DEDICATED, MM4, SHARED, process, relaysim
from typer.testing import CliRunner

from relaysim import load
from relaysim.cli import app
from relaysim.mail.address import parse_domain
from relaysim.scenario.raw_tables import DEEPEST

SHORT = ("--set", "run.duration=20 s", "--set", "run.warm_up=0 s")
ONE = ("run", MM4, *SHORT, "--jobs", "1", "--replications", "1")
HEX = "0x" + "f" * 4300


def refused(*arguments):
    """The message of a command that is refused before anything runs."""
    result = relaysim(*arguments)
    assert result.exit_code == 2, result.stdout
    assert result.stdout == ""
    return " ".join(result.stderr.split())


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("big_providers", "big-providers-f459"),
        ("müşteriler", "musteriler-e4f7"),
        ("客户", "domain-ad4a"),
        ("x" * 255, f"{'x' * 40}-d226"),
        ("large-providers", "large-providers"),
    ],
)
def test_a_destination_of_any_name_has_domains(tmp_path, name, stem):
    file = tmp_path / "d.toml"
    file.write_text(
        f'extends = "{MM4}"\n'
        f'[hosts.app.streams.load.to]\n"{name}" = 1.0\n'
        f'[destinations."{name}"]\nprofile = "none"\ndomain_count = 12\n',
        encoding="utf-8",
    )
    domains = load(str(file)).destinations[name].domain_names()
    assert domains[0] == f"{stem}-01.example"
    assert [parse_domain(each) for each in domains] == list(domains)
    result = relaysim("trace", str(file), *SHORT, "--message", "app.load:3")
    assert result.exit_code == 0
    assert f"@{stem}-" in "".join(result.stdout.split())


def test_names_that_look_alike_have_domains_of_their_own(tmp_path):
    file = tmp_path / "d.toml"
    names = ("big_providers", "big providers", "big-providers")
    shares = "".join(
        f'"{name}" = {share}\n' for name, share in zip(names, (0.5, 0.25, 0.25), strict=True)
    )
    tables = "".join(
        f'[destinations."{name}"]\nprofile = "none"\ndomain_count = 2\n' for name in names
    )
    text = f'extends = "{MM4}"\n[hosts.app.streams.load.to]\n{shares}{tables}'
    file.write_text(text, encoding="utf-8")
    found = load(str(file)).destinations
    assert len({domain for name in names for domain in found[name].domain_names()}) == 6


@pytest.mark.parametrize("command", [("run", MM4), ("trace", MM4), ("compare", SHARED, DEDICATED)])
def test_a_seed_that_does_not_fit_is_refused(command):
    assert "9223372036854775807" in refused(*command, "--seed", str(2**63))


@pytest.mark.parametrize(
    "path",
    [
        *("run.seed", "run.scale", "run.replications", "hubs.HUB01.cores"),
        *("hubs.HUB01.max_per_domain_outbound_connections", "title", "run.start"),
        *("hosts.app.streams.load.size", "hosts.app.streams.load.arrivals.rate"),
    ],
)
def test_a_number_of_thousands_of_digits_is_refused(path):
    message = refused("check", MM4, "--set", f"{path}={HEX}")
    assert f"{path} = 0xffff" in message
    assert len(message) < 400


def test_tables_are_nested_in_as_many_levels_as_a_scenario_has(tmp_path):
    for depth in (DEEPEST + 1, 900):
        file = tmp_path / f"{depth}.toml"
        file.write_text(f'extends = "{MM4}"\n{"a." * depth}b = 1\n', encoding="utf-8")
        assert f"nested in more than {DEEPEST} levels" in refused("check", str(file))
        setting = f"{'a.' * depth}b=1"
        assert f"a path has at most {DEEPEST} steps" in refused("check", MM4, "--set", setting)
    lists = f"run.seed={'[' * 60}{']' * 60}"
    assert "run.seed" in refused("check", MM4, "--set", lists)


def test_a_name_of_255_letters_is_a_directory_and_one_of_300_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for option in ("--out", "--figures"):
        assert relaysim(*ONE, option, "x" * 254 + option[2]).exit_code == 0
        assert "cannot be a directory: File name too long" in refused(*ONE, option, "x" * 300)
    assert len(list(tmp_path.iterdir())) == 2
    assert "File name too long" in refused("check", "x" * 300)
    assert "File name too long" in refused("new", "x" * 300)


def test_a_run_ends_before_the_calendar_does():
    message = "must not lie after the year 9900: calendars end in 9999"
    assert message in refused(*ONE, "--set", "run.start=9999-12-31T23:00:00")
    load(MM4, ("run.start=9900-12-31T23:00:00", "run.duration=3660 d", "run.drain=3660 d"))


def test_the_root_is_no_output():
    assert "/ is not empty and holds no earlier output of relaysim" in refused(*ONE, "--out", "/")


@pytest.mark.parametrize("option", ["--out", "--figures"])
@pytest.mark.parametrize("place", ["one", "one/inside"])
def test_a_loop_of_links_is_refused(tmp_path, monkeypatch, option, place):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    assert f"{place} cannot be a directory: its path is a loop" in refused(*ONE, option, place)
    assert "Too many levels" in refused("check", "one")


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", b"b\xff.toml"),
        (*ONE, "--out", b"o\xff"),
        (*ONE, "--figures", b"f\xff"),
        ("check", MM4, "--set", b"title=\xff"),
        ("new", b"n\xff"),
    ],
)
def test_a_word_that_is_not_utf_8_is_refused(arguments, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    words = [
        word.decode("utf-8", "surrogateescape") if isinstance(word, bytes) else word
        for word in arguments
    ]
    assert "\\xff" in (message := refused(*words))
    assert "is not UTF-8 text: write it in UTF-8, or rename the file" in message
    assert list(tmp_path.iterdir()) == []


def test_a_word_that_is_not_utf_8_is_refused_in_a_real_process_too():
    done = process("check", b"b\xff.toml".decode("utf-8", "surrogateescape"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("relaysim: b\\xff.toml is not UTF-8 text")


RED = "\x1b[31m"
MAIL = ("explain", SHARED, "--host", "crm")
TO = ("--to", "a@gmail.com")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((*MAIL, "--to", f"a{RED}b@gmail.com"), '"a\\u001b[31mb@gmail.com" is not a mail address'),
        ((*MAIL, *TO, "--from", f"a{RED}@b.org"), '"a\\u001b[31m@b.org" is not a mail address'),
        ((*MAIL, *TO, "--stream", f"a{RED}"), '"a\\u001b[31m" is not a stream of crm'),
        ((*MAIL, *TO, "--server", f"a{RED}"), '"a\\u001b[31m" is not an address or a name'),
        ((*MAIL[:3], f"a{RED}", *TO), '"a\\u001b[31m" is not a host'),
        (
            ("explain", SHARED, "--connector", f"a{RED}"),
            '"a\\u001b[31m" is not a receive connector',
        ),
        (("check", f"a{RED}"), "a\\u001b[31m: the file cannot be read"),
        (("check", MM4, "--set", f"run.a{RED}=1"), "'run.a\\x1b[31m=1' is no setting"),
        (("run", MM4, "--out", f"{MM4}/a{RED}"), "a\\u001b[31m cannot be a directory"),
        (("run", MM4, "--jobs", f"a{RED}"), "--jobs a\\u001b[31m: a whole number"),
        (("trace", MM4, "--message", f"a{RED}"), "a\\u001b[31m"),
        (("profiles", "host", f"a{RED}"), '"a\\u001b[31m" is not'),
        ((f"a{RED}",), "31m"),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_a_control_character_in_a_message_is_an_escape(arguments, message):
    said = refused(*arguments)
    assert message in said
    assert "\x1b" not in said
    assert "double quotes" not in said  # which a file has, and a command line has not


def test_so_it_is_where_a_result_names_the_command_and_its_folder(tmp_path, monkeypatch):
    order = [*ONE, "--out", str(tmp_path / f"a{RED}")]
    monkeypatch.setattr("sys.argv", ["relaysim", *order])
    result = relaysim(*order)
    assert result.exit_code == 0
    for text in (result.stdout, result.stderr):
        assert "\x1b" not in text
        assert "a\\u001b[31m" in text


def test_a_long_path_in_a_message_stays_whole(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    path = "folder/" * 12 + "no-such-design.toml"
    orders = [
        ("check", path),
        ("run", MM4, "--out", MM4 + "/" + path),
        ("new", "x", "--extends", path),
    ]
    for order in orders:
        result = CliRunner(env={"COLUMNS": "40"}).invoke(app, list(order))
        assert result.exit_code == 2
        assert path.removesuffix(".toml") in result.stderr
