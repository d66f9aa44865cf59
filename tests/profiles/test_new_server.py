"""Adding a server, a host, a destination or a blocklist is adding a file."""

import json
import pickle
import re
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from shutil import rmtree

import pytest
from worlds.cli_runs import DEDICATED, LITTLE, SHARED, relaysim

from relaysim.audit import check
from relaysim.plan.hand_over import hand_over
from relaysim.plan.submission import by_mailbox_server
from relaysim.profiles.kind import Kind
from relaysim.scenario.culprit import culprits
from relaysim.scenario.digest import digest
from relaysim.scenario.load import load
from relaysim.scenario.model import Scenario
from relaysim.study.architecture import architecture_report
from relaysim.study.assumptions import assumptions
from relaysim.study.design_files import DesignFiles
from relaysim.study.execution.execution import Execution
from relaysim.study.execution.task import Task
from relaysim.study.replicate import replicate, trace_of
from relaysim.study.sampling import Sampling
from relaysim.traffic.spam_traps import operator_shares

SMALL = str(Path(__file__).parents[1] / "scenario" / "small.toml")
SENDMAIL = """\
# A server of our own.

extends = "exchange-2010"

[sources]
measured = "our own measurement, March 2010"

[hub]
commit_write = { value = "3 ms", certainty = "confirmed", source = "measured" }
categorize_cost = { value = "7 ms", certainty = "assumption", source = "measured" }

[receive_connector]
max_acknowledgement_delay = { value = "0 s", certainty = "definition", source = "it has none" }

[properties]
delayed_acknowledgement = { value = false, certainty = "definition", source = "it has none" }
server_authentication = { value = false, certainty = "definition", source = "no Exchange" }
back_pressure_delays_first = { value = false, certainty = "confirmed", source = "measured" }
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one profile of each kind."""
    files = {
        "mta/sendmail": SENDMAIL,
        "host/erp": _host(culprit="true"),
        "destination/partner": _destination("yahoo"),
        "blocklist/ours": _blocklist("bl.example", "us"),
        "relay/outbound": _relay("20"),
    }
    for name, text in files.items():
        file = tmp_path / "ours" / f"{name}.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return tmp_path / "ours"


def _entry(value: str) -> str:
    return f'{{ value = {value}, certainty = "assumption", source = "a test" }}'


def _host(culprit: str, sessions: str = "3") -> str:
    return (
        f'extends = "application"\n[host]\nsessions = {_entry(sessions)}\n'
        f"[properties]\nculprit = {_entry(culprit)}\n"
    )


def _destination(replies: str) -> str:
    return (
        f'extends = "secure-gateway"\n[destination]\ndefer = {_entry("0.5")}\n'
        f"[properties]\nreplies = {_entry(chr(34) + replies + chr(34))}\n"
    )


def _blocklist(zone: str, operator: str) -> str:
    return (
        f'extends = "psbl"\n[blocklist]\ntrap_share = {_entry("0.3")}\n[properties]\n'
        f"zone = {_entry(chr(34) + zone + chr(34))}\n"
        f"operator = {_entry(chr(34) + operator + chr(34))}\n"
    )


def _relay(limit: str) -> str:
    value = f'{{ counts = "messages", window = "fixed minute", limit = {limit}, over = "delay" }}'
    return f'extends = "filter"\n[limits]\nminute = {_entry(value)}\n'


OURS = {
    Kind.MTA: "hubs.HUB01.mta=sendmail",
    Kind.HOST: "hosts.crm.kind=erp",
    Kind.DESTINATION: "destinations.gmail.profile=partner",
    Kind.BLOCKLIST: "blocklists.css.profile=ours",
    Kind.RELAY: "relays.service.profile=outbound",
}
SETTINGS = (*OURS.values(), 'relays.service.names=["mx.relay.example"]')


def small(folder: Path, *settings: str) -> Scenario:
    """The small scenario with a profile of the folder for everything."""
    return load(SMALL, [*SETTINGS, *settings], folder)


def options(folder: Path) -> Iterator[str]:
    for setting in SETTINGS:
        yield from ("--set", setting)
    yield from ("--profiles", str(folder))


def test_values_and_properties_are_those_of_the_files(folder: Path) -> None:
    scenario = small(folder)
    hub, host = scenario.hubs["HUB01"], scenario.hosts["crm"]
    assert (hub.commit_write, hub.categorize_cost.base) == (3_000, 7_000)
    assert hub.receive_connectors["relay"].max_acknowledgement_delay == 0
    assert (host.sessions, culprits(scenario)) == (3, {"crm.invoices"})
    assert scenario.destinations["gmail"].defer == 0.5
    assert operator_shares(scenario) == {"us": 0.3}
    assert scenario.relays["service"].limits["minute"].limit == 20
    assert {each.kind for each in scenario.profiles.own} == set(Kind)


def test_check_gives_no_advice_for_what_a_server_does_not_have(folder: Path) -> None:
    acknowledged = 'hubs.HUB01.receive_connectors.externalrelay.max_acknowledgement_delay="0 s"'
    names = {
        mta: {each.check for each in check(load(SHARED, [acknowledged, mta], folder))}
        for mta in ('hubs.HUB01.mta="exchange-2010"', "hubs.HUB01.mta=sendmail")
    }
    assert ["delayed_acknowledgement" in result for result in names.values()] == [True, False]


@pytest.mark.parametrize(("mta", "code"), [("exchange-2010", "452"), ("sendmail", "421")])
def test_explain_shows_what_a_server_under_pressure_refuses(
    folder: Path, mta: str, code: str
) -> None:
    drive = '{queue_drive_size="130 GB", queue_drive_used="129.8 GB"}'
    letter = ("--host", "crm", "--to", "a@gmail.com", "--profiles", str(folder))
    settings = (f"hubs.HUB01.mta={mta}", f"hubs.HUB01.back_pressure={drive}")
    printed = relaysim("explain", SMALL, *letter, *(a for s in settings for a in ("--set", s)))
    assert printed.exit_code == 0
    codes = set(re.findall(r"S: (\d{3})", printed.stdout))
    assert codes & {"452", "421"} == {code}


@pytest.mark.parametrize(("mta", "asked"), [("exchange-2010", True), ("sendmail", False)])
def test_hubs_without_server_authentication_ask_no_connector(
    folder: Path, mta: str, asked: bool
) -> None:
    scenario = load(DEDICATED, [f"hubs.HUB02.mta={mta}"], folder)
    for sender, receiver in (("HUB01", "HUB02"), ("HUB02", "HUB01")):
        assert (hand_over(scenario, sender, receiver).selection is not None) is asked


def test_an_own_kind_of_host_may_submit_from_mailboxes_or_be_the_internet(folder: Path) -> None:
    properties = {"groupware": "mailbox_submission", "partners": "internet"}
    for name, each in properties.items():
        text = f'extends = "application"\n[properties]\n{each} = {_entry("true")}\n'
        (folder / "host" / f"{name}.toml").write_text(text, encoding="utf-8")
    hosts = [load(SMALL, [f"hosts.crm.kind={n}"], folder).hosts["crm"] for n in properties]
    assert [by_mailbox_server(host) for host in hosts] == [True, False]
    assert [host.properties.internet for host in hosts] == [False, True]


def test_workers_do_not_read_the_files(folder: Path) -> None:
    """What a worker gets is the scenario alone, and it says which files were read."""
    scenario = small(folder)
    sent = pickle.dumps(scenario)
    rmtree(folder)
    received = pickle.loads(sent)
    assert digest(received) == digest(scenario)
    assert received.profiles == scenario.profiles
    assert trace_of(received, 0, 1).fingerprint() == trace_of(scenario, 0, 1).fingerprint()


def test_run_names_the_files_and_their_digests(folder: Path) -> None:
    ran = relaysim("run", SMALL, *options(folder), *LITTLE, "--json")
    assert ran.exit_code == 0
    named = json.loads(ran.stdout)["provenance"]["profiles"]
    files = [folder / f"{kind}" / f"{s.rpartition('=')[2]}.toml" for kind, s in OURS.items()]
    assert sorted(named, key=str) == sorted(
        ({"path": str(each), "digest": sha256(each.read_bytes()).hexdigest()} for each in files),
        key=str,
    )
    plain = relaysim("run", SMALL, *LITTLE, "--json")
    assert json.loads(plain.stdout)["provenance"]["profiles"] == []


COMMANDS = {
    "check": (),
    "qshape": (),
    "trace": (),
    "warmup": (),
    "compare": ("more.toml",),
    "sweep": ("--vary", "hubs.HUB01.cores=4,8"),
    "size": ("--vary", "hubs.HUB01.cores=4:5", "--target", "total.created > 0"),
    "sensitivity": ("--metric", "total.created", "--over", "hubs.HUB01.cores=2:8"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_take_the_folder(
    folder: Path, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    Path("more.toml").write_text(
        f'extends = "{SMALL}"\n[hubs.HUB01]\ncores = 8\n', encoding="utf-8"
    )
    words = [command, SMALL, *COMMANDS[command]]
    if command in ("compare", "sweep", "size", "sensitivity"):
        words += ["--jobs", "1"]
    if command not in ("check", "size"):
        words += [] if command in ("qshape", "trace", "warmup") else ["--replications", "2"]
    ours = relaysim(*words, *options(folder))
    assert ours.exit_code == 0, ours.stderr
    assert relaysim(*words, "--set", OURS[Kind.MTA]).exit_code == 2


def test_a_report_takes_the_folder_in_all_of_its_studies(folder: Path) -> None:
    more = folder.parent / "more.toml"
    more.write_text(f'extends = "{SMALL}"\n[hubs.HUB01]\ncores = 8\n', encoding="utf-8")
    result = architecture_report(
        DesignFiles.of([SMALL, more], [*SETTINGS, "run.replications=2"], folder),
        Sampling(),
        Execution(jobs=1),
        sizing=False,
        turning=False,
    )
    assert {file.path for file in result.provenance.profiles} == {
        str(file) for file in folder.rglob("*.toml")
    }
    assert result.flips is not None
    assert len(result.flips.provenance.profiles) == len(OURS)


@pytest.mark.parametrize("kind", Kind)
def test_profiles_prints_them_beside_the_built_in_ones(folder: Path, kind: Kind) -> None:
    name = OURS[kind].rpartition("=")[2]
    one = relaysim("profiles", kind.value, name, "--profiles", str(folder))
    every = relaysim("profiles", kind.value, "--profiles", str(folder))
    assert one.exit_code == every.exit_code == 0
    assert one.stdout.strip() in every.stdout
    assert one.stdout.startswith(f"# {name}\n[")
    assert relaysim("profiles", kind.value, name).exit_code == 2


def test_assumptions_of_own_profiles_are_assumptions(folder: Path) -> None:
    result = {each.path: each.source for each in assumptions(SMALL, SETTINGS, folder)}
    assert result["hubs.HUB01.categorize_cost"] == "our own measurement, March 2010"
    assert result["hosts.crm.sessions"] == result["blocklists.css.trap_share"] == "a test"
    assert "hubs.HUB01.commit_write" not in result


CHANGES = {
    "a value": ("host/erp", _host(culprit="true", sessions="4")),
    "a property of a host": ("host/erp", _host(culprit="false")),
    "a property of a server": (
        "mta/sendmail",
        SENDMAIL.replace(
            "back_pressure_delays_first = { value = false",
            "back_pressure_delays_first = { value = true",
        ),
    ),
    "the wording of replies": ("destination/partner", _destination("gmail")),
    "a zone": ("blocklist/ours", _blocklist("other.example", "us")),
    "an operator": ("blocklist/ours", _blocklist("bl.example", "them")),
}


@pytest.mark.parametrize("what", CHANGES)
def test_another_content_under_the_same_name_is_another_result(folder: Path, what: str) -> None:
    """The store must not take a replication of one for the other's."""
    before = small(folder)
    name, text = CHANGES[what]
    assert (folder / f"{name}.toml").read_text(encoding="utf-8") != text
    (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    after = small(folder)
    tasks = [Task(replicate, scenario, (0, 1)) for scenario in (before, after)]
    assert len({task.identity for task in tasks}) == 2
    assert digest(before) != digest(after)


def test_a_comment_in_a_profile_changes_no_result(folder: Path) -> None:
    before = digest(small(folder))
    file = folder / "mta" / "sendmail.toml"
    file.write_text(f"# another comment\n{SENDMAIL}", encoding="utf-8")
    assert digest(small(folder)) == before
