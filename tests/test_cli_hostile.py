"""Names, numbers and paths that nobody expects: the answer, or one message and exit code 2."""

import pytest
from typer.testing import CliRunner
from worlds.cli_runs import DEDICATED, MM4, SHARED, process, refused, relaysim
from worlds.golden_text import message

from relaysim import load
from relaysim.cli import app
from relaysim.mail.address import parse_domain
from relaysim.scenario.raw_tables import DEEPEST

SHORT = ("--set", "run.duration=20 s", "--set", "run.warm_up=0 s")
ONE = ("run", MM4, *SHORT, "--jobs", "1", "--replications", "1")
HEX = "0x" + "f" * 4300


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
    result = load(str(file)).destinations
    assert len({domain for name in names for domain in result[name].domain_names()}) == 6


@pytest.mark.parametrize("command", [("run", MM4), ("trace", MM4), ("compare", SHARED, DEDICATED)])
def test_a_seed_that_does_not_fit_is_refused(command):
    assert "9223372036854775807" in refused(*command, "--seed", str(2**63))


def test_a_number_of_thousands_of_digits_is_refused(golden_section):
    paths = [
        *("run.seed", "run.scale", "run.replications", "hubs.HUB01.cores"),
        *("hubs.HUB01.max_per_domain_outbound_connections", "title", "run.start"),
        *("hosts.app.streams.load.size", "hosts.app.streams.load.arrivals.rate"),
    ]
    for path in paths:
        text = refused("check", MM4, "--set", f"{path}={HEX}")
        assert f"{path} = 0xffff" in text
        assert len(text) < 400
    golden_section("errors/hostile", message(text))


def test_tables_are_nested_in_as_many_levels_as_a_scenario_has(
    tmp_path, monkeypatch, golden_section
):
    monkeypatch.chdir(tmp_path)
    text = []
    for depth in (DEEPEST + 1, 900):
        file = tmp_path / f"{depth}.toml"
        file.write_text(f'extends = "{MM4}"\n{"a." * depth}b = 1\n', encoding="utf-8")
        text += [refused("check", file.name), refused("check", MM4, "--set", f"{'a.' * depth}b=1")]
    assert all(f" {DEEPEST} " in each for each in text)
    lists = f"run.seed={'[' * 60}{']' * 60}"
    assert "run.seed" in refused("check", MM4, "--set", lists)
    golden_section("errors/hostile", "\n".join(map(message, text[:2])))


def test_a_name_of_255_letters_is_a_directory_and_one_of_300_is_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for option in ("--out", "--figures"):
        assert relaysim(*ONE, option, "x" * 254 + option[2]).exit_code == 0
        assert "File name too long" in refused(*ONE, option, "x" * 300)
    assert len(list(tmp_path.iterdir())) == 2
    assert "File name too long" in refused("check", "x" * 300)
    assert "File name too long" in refused("new", "x" * 300)


def test_a_run_ends_before_the_calendar_does(golden_section):
    text = refused(*ONE, "--set", "run.start=9999-12-31T23:00:00")
    assert "9900" in text
    golden_section("errors/hostile", message(text))
    load(MM4, ("run.start=9900-12-31T23:00:00", "run.duration=3660 d", "run.drain=3660 d"))


def test_the_root_is_no_output(golden_section):
    golden_section("errors/hostile", message(refused(*ONE, "--out", "/")))


@pytest.mark.parametrize("option", ["--out", "--figures"])
@pytest.mark.parametrize("place", ["one", "one/inside"])
def test_a_loop_of_links_is_refused(tmp_path, monkeypatch, option, place, golden_section):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one").symlink_to("two")
    (tmp_path / "two").symlink_to("one")
    text = refused(*ONE, option, place)
    assert place in text
    assert "Too many levels" in refused("check", "one")
    golden_section("errors/hostile", message(text))


@pytest.mark.parametrize(
    "arguments",
    [
        ("check", b"b\xff.toml"),
        (*ONE, "--out", b"o\xff"),
        (*ONE, "--figures", b"f\xff"),
        ("check", MM4, "--set", b"title=\xff"),
        ("new", b"n\xff"),
    ],
    ids=["scenario", "--out", "--figures", "--set", "new"],
)
def test_a_word_that_is_not_utf_8_is_refused(arguments, tmp_path, monkeypatch, golden_section):
    monkeypatch.chdir(tmp_path)
    words = [
        word.decode("utf-8", "surrogateescape") if isinstance(word, bytes) else word
        for word in arguments
    ]
    text = refused(*words)
    assert "\\xff" in text
    assert "UTF-8" in text
    assert list(tmp_path.iterdir()) == []
    golden_section("errors/hostile", message(text))


def test_a_word_that_is_not_utf_8_is_refused_in_a_real_process_too():
    done = process("check", b"b\xff.toml".decode("utf-8", "surrogateescape"))
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("relaysim: b\\xff.toml ")


RED = "\x1b[31m"
MAIL = ("explain", SHARED, "--host", "crm")
TO = ("--to", "a@gmail.com")


@pytest.mark.parametrize(
    ("arguments", "escaped"),
    [
        ((*MAIL, "--to", f"a{RED}b@gmail.com"), '"a\\u001b[31mb@gmail.com"'),
        ((*MAIL, *TO, "--from", f"a{RED}@b.org"), '"a\\u001b[31m@b.org"'),
        ((*MAIL, *TO, "--stream", f"a{RED}"), '"a\\u001b[31m"'),
        ((*MAIL, *TO, "--server", f"a{RED}"), '"a\\u001b[31m"'),
        ((*MAIL[:3], f"a{RED}", *TO), '"a\\u001b[31m"'),
        (("explain", SHARED, "--connector", f"a{RED}"), '"a\\u001b[31m"'),
        (("check", f"a{RED}"), "a\\u001b[31m: "),
        (("check", MM4, "--set", f"run.a{RED}=1"), "'run.a\\x1b[31m=1'"),
        (("run", MM4, "--out", f"{MM4}/a{RED}"), "a\\u001b[31m"),
        (("run", MM4, "--jobs", f"a{RED}"), "--jobs a\\u001b[31m: "),
        (("trace", MM4, "--message", f"a{RED}"), "a\\u001b[31m"),
        (("profiles", "host", f"a{RED}"), '"a\\u001b[31m"'),
        ((f"a{RED}",), "31m"),
    ],
    ids=lambda given: given[0] if isinstance(given, tuple) else "",
)
def test_a_control_character_in_a_message_is_an_escape(arguments, escaped):
    text = refused(*arguments)
    assert escaped in text
    assert "\x1b" not in text
    assert "double quotes" not in text  # which a file has, and a command line has not


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
