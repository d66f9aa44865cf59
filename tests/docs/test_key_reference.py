"""The reference of keys has them all, and says of each what it does and what may stand there."""

import importlib
import pkgutil
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import relaysim.scenario
from relaysim.profiles.collection import BUILT_IN
from relaysim.profiles.kind import Kind
from relaysim.scenario.distribution import Constant
from relaysim.scenario.table import Table

sys.path.insert(0, str(Path(__file__).parents[2] / "docs" / "_ext"))

from reference import checks, commands, keys, profiles, values
from reference.described import descriptions
from reference.exchange import parameter


def tables() -> Iterator[type[Table]]:
    """Every table of the model."""
    for module in pkgutil.iter_modules(relaysim.scenario.__path__, "relaysim.scenario."):
        for found in vars(importlib.import_module(module.name)).values():
            if not isinstance(found, type) or not issubclass(found, Table) or found is Table:
                continue
            generic = "[" in found.__name__  # a law of times or of sizes, described once
            if (
                found.__module__ == module.name
                and not generic
                and not found.__name__.startswith("_")
            ):
                yield found


SHARED = {of for _, found in keys.SHARED.values() for of in found}
TABLES = sorted({*tables()} | SHARED, key=lambda table: table.__name__)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_every_key_has_a_description(table: type[Table]) -> None:
    described = descriptions(table)
    assert not [name for name in table.model_fields if name not in described]
    assert not [text for text in described.values() if not re.match(r"[A-Z].*\.$", text)]


def test_every_table_is_in_the_reference() -> None:
    shown = {section.of for section in keys.SECTIONS}
    assert {*TABLES} - shown - SHARED == {Constant}


def test_every_key_of_a_profile_is_shown_with_its_source() -> None:
    page = keys.markdown()
    for section in ("hub", "back_pressure", "receive_connector"):
        for table in BUILT_IN.tables(Kind.MTA, section).values():
            for key, value in table.items():
                assert re.search(rf"{{confval}} hubs\.\S*\b{key}$", page, re.MULTILINE), key
                assert value.source in page


def test_a_key_says_what_may_stand_there() -> None:
    page = keys.markdown()
    start = page.index("```{confval} hubs.NAME.max_per_domain_outbound_connections\n")
    assert (
        page[start : page.index("\n```", start)]
        == """\
```{confval} hubs.NAME.max_per_domain_outbound_connections
:type: a whole number, or "unlimited"
:default: by profile, see below

Connections that it opens to one domain.

Exchange: `MaxPerDomainOutboundConnections` (Set-TransportServer).

- `20` (exchange-2007): confirmed; Microsoft, 2007 to 2021 texts
- `20` (exchange-2010): confirmed; Microsoft, Set-TransportServer, 2010 paragraphs
- `20` (exchange-2013): confirmed; Microsoft, Set-TransportService, 2013 paragraphs
- `20` (exchange-2016, exchange-2019): confirmed; Microsoft, Set-TransportService, 2016 paragraphs
- `40` (exchange-se): confirmed; Microsoft, Set-TransportService, page of 2026
- `20` (postfix): confirmed; default_destination_concurrency_limit in mail_params.h (2026-08)
- `"unlimited"` (none): definition; no cost, no delay, no limit"""
    )


def test_words_for_what_may_stand_at_a_key() -> None:
    from relaysim.scenario.hub import Hub
    from relaysim.scenario.reputation import Reputation

    names = ", ".join(f'"exchange-{each}"' for each in (2007, 2010, 2013, 2016, 2019, "se"))
    mtas = f'one of {names}, "postfix", "none", or a profile of your own'
    assert f"{{confval}} hubs.NAME.mta\n:type: {mtas}\n" in keys.markdown()
    assert values.of_key(Hub, "commit_write") == 'a time, such as "5 min"'
    assert values.of_key(Reputation, "half_life") == 'a time, such as "5 min", above zero'
    assert values.of_key(Reputation, "persistence") == "a number above 0 to 1,000"


def test_names_of_exchange() -> None:
    connector = "hubs.NAME.receive_connectors.NAME"
    assert parameter(connector, "remote_ip_ranges") == "`RemoteIPRanges` (Set-ReceiveConnector)"
    assert parameter("hubs.NAME", "commit_write") is None


def test_commands_checks_and_profiles_are_made_whole() -> None:
    from relaysim.audit import CHECKS
    from relaysim.cli.app import COMMANDS

    page = commands.markdown()
    for function in (each for group in COMMANDS.values() for each in group):
        assert f"## relaysim {function.__name__}\n" in page
    assert checks.markdown().count("\n: ") == len(CHECKS)
    for kind in ("mta", "host", "destination", "blocklist"):
        assert "| `" in profiles.markdown(kind)


def test_the_scenario_of_every_key_has_every_key() -> None:
    """A test of loading puts each kind of value in the place of each key of that file."""
    file = Path(__file__).parents[1] / "scenario" / "every_key.toml"
    tables = tomllib.loads(file.read_text(encoding="utf-8"))
    filled_in = {"name", "properties", "values"}
    for section in keys.SECTIONS:
        fields = section.of.model_fields
        wanted = {field.alias or name for name, field in fields.items()} - filled_in
        written = {key for table in at(tables, section.path) for key in table}
        assert wanted <= written, section.path
    inner = [frozenset(table) for table in tables_within(tables)]
    for _, shared in keys.SHARED.values():
        for of in shared:
            wanted = of.model_fields.keys() - filled_in
            assert wanted <= set().union(*(table for table in inner if table <= wanted)), of


def at(tables: Any, path: str) -> Iterator[dict[str, Any]]:
    """The tables at a path of the reference; a step in capitals is any name."""
    step, _, rest = path.partition(".")
    if isinstance(tables, list):
        for table in tables:
            yield from at(table, path)
    elif not path:
        yield tables
    else:
        for name, table in tables.items():
            if isinstance(table, dict | list) and (step.isupper() or step == name):
                yield from at(table, rest)


def tables_within(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value:
        if isinstance(inner, dict | list):
            yield from tables_within(inner)
