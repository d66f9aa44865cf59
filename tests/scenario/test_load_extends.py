"""`extends`: a design is its difference from another."""

from pathlib import Path

import pytest
from worlds.quantities import quantities

from relaysim.scenario.distribution import Constant, Lognormal
from relaysim.scenario.load import load
from relaysim.scenario.problem import ScenarioError

SMALL = Path(__file__).parent / "small.toml"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "small.toml").write_text(SMALL.read_text(encoding="utf-8"), encoding="utf-8")
    return tmp_path


def extend(folder: Path, text: str, name: str = "child.toml", base: str = "small.toml") -> Path:
    path = folder / name
    path.write_text(f'extends = "{base}"\n{text}', encoding="utf-8")
    return path


def test_tables_merge_and_lists_are_replaced(folder: Path) -> None:
    child = load(
        extend(
            folder,
            """
[hubs.HUB01]
cores = 8
addresses = ["192.168.168.169", "192.168.168.170"]
""",
        )
    )
    base = load(folder / "small.toml")
    assert child.hubs["HUB01"].cores == 8
    assert len(child.hubs["HUB01"].addresses) == 2
    assert child.hubs["HUB01"].egress == base.hubs["HUB01"].egress
    assert child.hosts == base.hosts


def test_chains_go_on_and_the_last_word_counts(folder: Path) -> None:
    extend(folder, "[hubs.HUB01]\ncores = 8\n", "middle.toml")
    top = extend(folder, "[hubs.HUB01]\nmax_outbound_connections = 50\n", base="middle.toml")
    hub = load(top).hubs["HUB01"]
    assert (hub.cores, hub.max_outbound_connections) == (8, 50)


def test_name_and_title_are_the_childs_own(folder: Path) -> None:
    plain = load(extend(folder, ""))
    assert (plain.name, plain.title) == ("child", "")
    named = load(extend(folder, 'name = "mine"\ntitle = "My own"\n'))
    assert (named.name, named.title) == ("mine", "My own")


def test_a_law_of_another_kind_replaces_the_one_below_whole(folder: Path) -> None:
    text = "[hosts.crm.streams.invoices]\nsize = {distribution = 'gamma', mean = '9 KB', cv = 1.0}"
    size = load(extend(folder, text)).hosts["crm"].streams["invoices"].size
    assert size.distribution == "gamma"
    text = "[hosts.crm.streams.invoices]\nsize = '9 KB'"
    size = load(extend(folder, text)).hosts["crm"].streams["invoices"].size
    assert isinstance(size, Constant)


def test_a_key_replaces_the_one_that_it_excludes(folder: Path) -> None:
    text = """
[hosts.crm.streams.invoices]
size = { mean = "9 KB", cv = 0.5 }

[destinations.gmail]
domain_count = 3

[egress."198.51.100.10"]
bandwidth = "2 Mbit/s"
"""
    child = load(extend(folder, text))
    size = child.hosts["crm"].streams["invoices"].size
    assert isinstance(size, Lognormal)
    assert (size.mean, size.median, size.cv, size.sigma) == (9 * 1024, None, 0.5, None)
    assert child.destinations["gmail"].domains is None
    assert child.egress["198.51.100.10"].line is None


def test_shares_of_a_child_replace_those_below_whole(folder: Path) -> None:
    child = load(
        extend(
            folder,
            """
[hosts.crm.streams.invoices]
to = { internal = 1.0 }
[destinations.gmail]
refusal_action = { reject = 1.0 }
""",
        )
    )
    assert dict(child.hosts["crm"].streams["invoices"].to) == {"internal": 1.0}
    assert dict(child.destinations["gmail"].refusal_action) == {"reject": 1.0}


def test_one_share_of_a_child_is_too_little_and_the_problem_is_in_the_child(folder: Path) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(extend(folder, "[hosts.crm.streams.invoices.to]\ngmail = 0.5\n"))
    (problem,) = caught.value.problems
    assert Path(problem.file).name == "child.toml"
    assert problem.path == ("hosts", "crm", "streams", "invoices", "to")
    assert quantities(problem.message) >= {"0.5", "1"}


def test_another_profile_brings_its_own_defaults(folder: Path) -> None:
    child = load(extend(folder, '[hubs.HUB01]\nmta = "exchange-2007"\n'))
    connector = child.hubs["HUB01"].receive_connectors["relay"]
    assert connector.max_acknowledgement_delay == 0
    assert child.hubs["HUB01"].max_concurrent_mailbox_deliveries == 30


def test_problems_name_the_file_that_wrote_the_value(folder: Path) -> None:
    extend(folder, "[hubs.HUB01]\ncores = 0\n", "middle.toml")
    top = extend(folder, "[hubs.HUB02]\negress = '198.51.100.11'\n", base="middle.toml")
    with pytest.raises(ScenarioError) as caught:
        load(top)
    result = [(Path(each.file).name, each.path[1:]) for each in caught.value.problems]
    assert result == [
        ("middle.toml", ("HUB01", "cores")),
        ("child.toml", ("HUB02", "egress")),
        ("child.toml", ("HUB02", "mta")),
        ("child.toml", ("HUB02", "cores")),
        ("child.toml", ("HUB02", "addresses")),
    ]


def test_a_key_of_a_list_that_was_replaced_is_missing_where_it_was_replaced(folder: Path) -> None:
    event = '{ at = "1 h", outage = { destination = "gmail", for = "10 min" } }'
    extend(folder, f"events = [{event}]\n", "middle.toml")
    shorter = event.replace('at = "1 h", ', "")
    top = extend(folder, f"events = [{shorter}]\n", base="middle.toml")
    with pytest.raises(ScenarioError) as caught:
        load(top)
    (problem,) = caught.value.problems
    assert (problem.path, problem.value) == (("events", 0, "at"), None)
    assert Path(problem.file).name == "child.toml"


def test_a_file_may_name_its_format(folder: Path) -> None:
    plain = load(folder / "small.toml")
    child = extend(folder, "format = 1")
    assert load(child).hubs == plain.hubs


@pytest.mark.parametrize(
    ("version", "advice"),
    [("2", "install a newer relaysim"), ("0", "format = 1"), ('"1"', "format = 1"), ("true", "1")],
)
def test_another_format_is_refused_before_anything_else(
    folder: Path, version: str, advice: str
) -> None:
    path = extend(folder, f"format = {version}\nunknown_key = 1")
    with pytest.raises(ScenarioError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert (problem.path, problem.file) == (("format",), str(path))
    assert "reads format 1" in problem.message
    assert advice in problem.message
