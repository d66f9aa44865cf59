"""A user's own profiles: where they are sought, and what is wrong with a file."""

from pathlib import Path
from shutil import copy

import pytest
from worlds.golden_sections import Golden

from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import Kind
from relaysim.scenario.digest import digest
from relaysim.scenario.load import load, loads
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import ScenarioError

SMALL = Path(__file__).parents[1] / "scenario" / "small.toml"
MTA = 'mta = "exchange-2010"'

COURIER = """\
extends = "none"

[hub]
commit_write = { value = "4 ms", certainty = "assumption", source = "a solid-state disk" }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the small scenario in it."""
    monkeypatch.chdir(tmp_path)
    copy(SMALL, "small.toml")
    return tmp_path


def write(path: str, text: str) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, encoding="utf-8")


def courier(name: str = "courier") -> Scenario:
    """The small scenario with a profile from the folder beside it."""
    return load("small.toml", [f"hubs.HUB01.mta={name}"])


@pytest.mark.usefixtures("folder")
def test_a_profile_lies_beside_the_scenario_or_where_the_user_says() -> None:
    write("profiles/mta/courier.toml", COURIER)
    assert courier().hubs["HUB01"].commit_write == 4_000
    write("elsewhere/mta/courier.toml", COURIER.replace("4 ms", "5 ms"))
    moved = load("small.toml", ["hubs.HUB01.mta=courier"], profiles="elsewhere")
    assert moved.hubs["HUB01"].commit_write == 5_000
    text = SMALL.read_text(encoding="utf-8").replace(MTA, 'mta = "courier"')
    assert loads(text, profiles="elsewhere").hubs["HUB01"].commit_write == 5_000
    with pytest.raises(ScenarioError):
        loads(text)


@pytest.mark.usefixtures("folder")
def test_a_scenario_has_the_profiles_beside_the_file_that_it_extends() -> None:
    write("profiles/mta/courier.toml", COURIER)
    write("designs/profiles/mta/exim.toml", COURIER.replace("4 ms", "6 ms"))
    write("designs/other.toml", 'extends = "../small.toml"\n[hubs.HUB01]\nmta = "exim"\n')
    assert load("designs/other.toml").hubs["HUB01"].commit_write == 6_000
    other = load("designs/other.toml", ["hubs.HUB01.mta=courier"])
    assert other.hubs["HUB01"].commit_write == 4_000


@pytest.mark.usefixtures("folder")
def test_a_folder_of_something_else_is_left_alone() -> None:
    write("profiles/browser/settings.toml", "not TOML")
    write("profiles/readme.toml", "not TOML")
    assert load("small.toml").profiles.own == ()


@pytest.mark.usefixtures("folder")
def test_a_profile_extends_another_one_of_the_user() -> None:
    write("profiles/mta/_linux.toml", COURIER)
    write("profiles/mta/courier.toml", 'extends = "_linux"\n')
    write("profiles/mta/exim.toml", 'extends = "courier"\n')
    scenario = courier("exim")
    assert scenario.hubs["HUB01"].commit_write == 4_000
    (profile,) = scenario.profiles.own
    files = [str(Path("profiles") / "mta" / name) for name in ("exim", "courier", "_linux")]
    assert [file.path for file in profile.files] == [f"{file}.toml" for file in files]
    with pytest.raises(ScenarioError):
        courier("_linux")


@pytest.mark.usefixtures("folder")
def test_a_section_and_a_key_of_one_name_replace_each_other() -> None:
    none = '{ value = "none", certainty = "assumption", source = "it keeps none" }'
    half = '{ value = "1 d", certainty = "assumption", source = "half of it" }'
    write("profiles/destination/a.toml", f'extends = "gmail"\n[destination]\nreputation = {none}\n')
    write("profiles/destination/b.toml", 'extends = "gmail"\nreputation = "none"\n')
    write("profiles/destination/c.toml", f'extends = "gmail"\n[reputation]\nhalf_life = {half}\n')
    write("profiles/destination/d.toml", 'extends = "a"\nreputation = "none"\n')
    result = {
        name: load("small.toml", [f"destinations.gmail.profile={name}"]).destinations["gmail"]
        for name in "abcd"
    }
    assert result["c"].reputation is not None
    assert result["c"].reputation.half_life == 86_400_000_000
    assert [result[name].reputation for name in "abd"] == [None, None, None]


@pytest.mark.usefixtures("folder")
def test_a_scenario_keeps_the_profiles_that_it_names_and_no_others() -> None:
    write("profiles/mta/courier.toml", COURIER)
    write("profiles/mta/exim.toml", COURIER)
    write("profiles/host/crm.toml", 'extends = "application"\n')
    own = courier().profiles.own
    assert [(each.kind, each.name) for each in own] == [(Kind.MTA, "courier")]
    assert load("small.toml").profiles.own == ()
    assert digest(load("small.toml")) == digest(load(SMALL))


@pytest.mark.usefixtures("folder")
def test_a_server_installs_connectors_with_values_of_their_own() -> None:
    """HUB in a name is the hub; what the table has, the scenario need not write."""

    def entry(value: str) -> str:
        return f'{{ value = {value}, certainty = "confirmed", source = "its manual" }}'

    values = {
        "bindings": '["0.0.0.0:2525"]',
        "remote_ip_ranges": '["0.0.0.0-255.255.255.255"]',
        "permission_groups": '["AnonymousUsers"]',
        "tarpit_interval": '"7 s"',
    }
    lines = (f"{key} = {entry(value)}\n" for key, value in values.items())
    installed = f'[installed_connectors."Front HUB"]\n{"".join(lines)}'
    write("profiles/mta/courier.toml", COURIER + installed)
    name = "hubs.HUB01.receive_connectors.'front hub01'={enabled = true}"
    front = (
        load("small.toml", ["hubs.HUB01.mta=courier", name])
        .hubs["HUB01"]
        .receive_connectors["front hub01"]
    )
    assert front.tarpit_interval == 7_000_000
    assert [str(each) for each in front.bindings] == ["0.0.0.0:2525"]
    off = 'extends = "courier"\n[installed_connectors]\n"Front HUB" = "none"\n'
    write("profiles/mta/exim.toml", off)
    with pytest.raises(ScenarioError, match="bindings"):
        load("small.toml", ["hubs.HUB01.mta=exim", name])


MISTAKES = {
    "a key": ("[hub]\ncommit_writ", "[hub]\ncommit_write"),
    "a section": ("[hubs]\n", "[hub]\n"),
    "an old section": ("[client_connector]\n[hub]\n", "[hub]\n"),
    "an installed connector": (
        '[installed_connectors."Client HUB"]\ntarpit_intervall = 1\n[hub]\n',
        "[hub]\n",
    ),
    "a part of an entry": ("certanty", "certainty"),
    "a certainty": ('"guess"', '"assumption"'),
    "a name of a source": ('"disk"', '"a solid-state disk"'),
    "no source": ('source = ""', 'source = "a solid-state disk"'),
    "no entry": ('"4 ms" #', "{"),
    "what it extends": ('"nonne"', '"none"'),
    "itself": ('"courier"', '"none"'),
    "a value": ('"4 msec"', '"4 ms"'),
    "not TOML": ("[hub", "[hub]"),
}


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("what", MISTAKES)
def test_a_mistake_is_reported_with_its_file_and_the_allowed_values(
    what: str, golden: Golden
) -> None:
    wrong, right = MISTAKES[what]
    write("profiles/mta/courier.toml", COURIER.replace(right, wrong))
    with pytest.raises(ScenarioError) as caught:
        courier()
    golden(f"errors/profiles/{what.replace(' ', '_')}", f"{caught.value}\n")
    for problem in caught.value.problems:
        assert problem.file.startswith(str(Path("profiles") / "mta" / "courier.toml"))


PROPERTIES = """\
extends = "exchange-2010"

[sources]
known = 5
"a b" = "text"

[properties]
delayed_acknowledgement = { value = "yes", certainty = "assumption", source = "a guess of mine" }
delayed = { value = true, certainty = "assumption", source = "a guess of mine" }

[send_connector]
max_message_size = { value = "12 pages", certainty = "assumption", source = "a guess of mine" }
"""


@pytest.mark.usefixtures("folder")
def test_all_mistakes_of_all_files_are_reported_at_once(golden: Golden) -> None:
    write("profiles/mta/a.toml", PROPERTIES)
    write("profiles/mta/whole.toml", "[hub]\n")
    write("profiles/mta/Exchange-2010.toml", COURIER)
    write("profiles/mta/_base.toml", 'extends = "circle"\n')
    write("profiles/mta/circle.toml", 'extends = "_base"\n')
    write("profiles/destination/b.toml", _replies("gmial"))
    write("profiles/blocklists/c.toml", "")
    write("profiles/d.toml", "")
    with pytest.raises(ScenarioError) as caught:
        load("small.toml")
    golden("errors/profiles/many", f"{caught.value}\n")


def _replies(word: str) -> str:
    entry = f'{{ value = "{word}", certainty = "assumption", source = "a guess of mine" }}'
    return f'extends = "isp"\n[properties]\nreplies = {entry}\n'


@pytest.mark.usefixtures("folder")
def test_a_wrong_value_is_reported_at_its_place_in_the_profile(golden: Golden) -> None:
    def entry(value: str) -> str:
        return f'{{ value = {value}, certainty = "assumption", source = "a guess of mine" }}'

    sections = (
        f"[back_pressure]\nlog_free_space = {entry('5')}\n",
        f"[receive_connector]\nmax_message_size = {entry('5')}\n",
        f'[installed_connectors."Client HUB"]\nmessage_rate_source = {entry(chr(34) + "nobody" + chr(34))}\n',
        f"[send_connector]\nmax_message_size = {entry('true')}\n",
    )
    write("profiles/mta/courier.toml", COURIER + "".join(sections))
    reputation = f"[reputation]\nhalf_life = {entry('0')}\n"
    uses = f"[destination]\nrefuses_on = {entry('{ spamhaus-csss = 1.0 }')}\n"
    write("profiles/destination/ours.toml", f'extends = "gmail"\n{uses}{reputation}')
    settings = ["hubs.HUB01.mta=courier", "destinations.gmail.profile=ours"]
    with pytest.raises(ScenarioError) as caught:
        load("small.toml", settings)
    golden("errors/profiles/values", f"{caught.value}\n")


@pytest.mark.usefixtures("folder")
def test_two_folders_may_not_have_one_profile() -> None:
    write("profiles/mta/courier.toml", COURIER)
    write("designs/profiles/mta/courier.toml", COURIER)
    write("designs/other.toml", 'extends = "../small.toml"\n')
    with pytest.raises(ScenarioError) as caught:
        load("designs/other.toml")
    (problem,) = caught.value.problems
    assert problem.file == str(Path("designs/profiles/mta/courier.toml"))
    assert str(Path("designs/../profiles/mta/courier.toml")) in problem.message


@pytest.mark.usefixtures("folder")
def test_one_folder_with_two_spellings_is_read_once() -> None:
    write("profiles/mta/courier.toml", COURIER)
    write("designs/other.toml", 'extends = "../small.toml"\n')
    write("third.toml", 'extends = "designs/other.toml"\n')
    assert load("third.toml", ["hubs.HUB01.mta=courier"]).hubs["HUB01"].commit_write == 4_000


@pytest.mark.usefixtures("folder")
@pytest.mark.parametrize("folder_name", ["nowhere", "small.toml", "."])
def test_a_folder_that_the_user_names_must_hold_profiles(folder_name: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load("small.toml", profiles=folder_name)
    assert [problem.file for problem in caught.value.problems] == [folder_name]


@pytest.mark.usefixtures("folder")
def test_own_names_are_among_what_is_allowed() -> None:
    write("profiles/mta/courier.toml", COURIER)
    with pytest.raises(ScenarioError) as caught:
        courier("courer")
    (problem,) = caught.value.problems
    assert problem.allowed == (*BUILT_IN.names(Kind.MTA), "courier")
    assert problem.nearest == "courier"
