"""The work of `check` grows with the hosts of a design, not with their square."""

import tomllib
from collections.abc import Callable

import pytest
from worlds.relay_designs import SHARED_HUB

from relaysim.analysis import mail_paths as paths
from relaysim.audit import capacity, check
from relaysim.plan import routing
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario


def design(hosts: int) -> Scenario:
    tables = tomllib.loads(SHARED_HUB)
    crm = tables["hosts"]["crm"]
    for number in range(hosts):
        address = f"10.1.{number // 200}.{number % 200 + 1}"
        tables["hosts"][f"app{number}"] = {**crm, "address": address}
    return from_mapping(tables)


def calls(monkeypatch: pytest.MonkeyPatch, module: object, name: str, scenario: Scenario) -> int:
    """How often `check` calls a function."""
    counted = 0
    function: Callable[..., object] = getattr(module, name)

    def counting(*args: object, **kwargs: object) -> object:
        nonlocal counted
        counted += 1
        return function(*args, **kwargs)

    with monkeypatch.context() as patch:
        patch.setattr(module, name, counting)
        check(scenario)
    return counted


@pytest.mark.parametrize(
    ("module", "name"),
    [(paths, "_followed"), (routing, "next_hop"), (capacity, "steady"), (capacity, "utilization")],
)
def test_twice_the_hosts_are_about_twice_the_work(
    monkeypatch: pytest.MonkeyPatch, module: object, name: str
) -> None:
    few, many = (calls(monkeypatch, module, name, design(hosts)) for hosts in (20, 40))
    assert 0 < many <= 2.1 * few
