"""The digest of a scenario: what it says, however and wherever it is written."""

from pathlib import Path

import pytest

from relaysim.scenario.digest import digest
from relaysim.scenario.load import load, loads

SMALL = Path(__file__).parent / "small.toml"
TEXT = SMALL.read_text(encoding="utf-8")


def test_it_is_sha256_in_hexadecimal_digits() -> None:
    assert len(digest(load(SMALL))) == 64
    assert int(digest(load(SMALL)), 16)


def test_order_spelling_name_and_title_play_no_part() -> None:
    original = digest(load(SMALL))
    tables = TEXT.split("\n[")
    reordered = "\n[".join([tables[0], *reversed(tables[1:])])
    assert digest(loads(reordered)) == original
    assert digest(loads(TEXT.replace('"2 h"', '"120 min"'))) == original
    assert digest(load(SMALL, ["name=other", "title=Another"])) == original


@pytest.mark.parametrize(
    "setting",
    [
        "run.seed=2",
        "hubs.HUB01.cores=5",
        "hosts.crm.streams.invoices.weight=2",
        "hosts.crm.streams.invoices.arrivals.rate=3001/d",
        'hubs.HUB01.receive_connectors.relay.bindings=["0.0.0.0:26"]',
        'organization.domains."cozumpark.com"=InternalRelay',
        'dns.other=["192.168.168.169"]',
    ],
)
def test_every_other_value_counts(setting: str) -> None:
    settings = [setting, "hosts.crm.streams.invoices.to={gmail = 1.0}"]
    assert digest(load(SMALL, settings)) != digest(load(SMALL, settings[1:]))


def test_files_count_with_what_they_say_and_not_with_their_path(tmp_path: Path) -> None:
    def with_files(name: str, sizes: str, times: str) -> str:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "sizes.txt").write_text(sizes, encoding="utf-8")
        (folder / "times.csv").write_text(times, encoding="utf-8")
        base = "hosts.crm.streams.invoices"
        law = f'{{distribution = "empirical", file = "{folder}/sizes.txt"}}'
        replay = f'{{process = "replay", file = "{folder}/times.csv"}}'
        return digest(load(SMALL, [f"{base}.size={law}", f"{base}.arrivals={replay}"]))

    first = with_files("a", "1 KB\n2 KB\n", "seconds\n1\n2\n")
    assert with_files("b", "1024 B\n2 KB\n", "seconds,note\n2,x\n1,y\n") == first
    assert with_files("c", "1 KB\n3 KB\n", "seconds\n1\n2\n") != first
    assert with_files("d", "1 KB\n2 KB\n", "seconds\n1\n3\n") != first
