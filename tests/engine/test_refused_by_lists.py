"""INV-8 finds what breaks it: mail that is delivered in spite of a listing, and wrong answers."""

from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest
from worlds.reputation_world import LIST, NOBODY_LOOKS, TRAPS, lookups
from worlds.small_world import Played, play

from relaysim.engine.reputation.listings import Listings, Lookups
from relaysim.trace.columns import Table
from relaysim.trace.invariants import check
from relaysim.trace.tables import Status, Trace

CACHES = "[destinations.sink]\ndnsbl_ttl = '10 min'\ndnsbl_negative_ttl = '10 min'"
STORY = TRAPS, LIST, NOBODY_LOOKS, CACHES
MAIL = {"app.traps": [100], "app.load": [50, 640, 660, 700]}
"""Listed from 100 to 3,700 s; asked at 50 and at 660 s, so the last two are refused."""


def violations(run: Played, trace: Trace) -> list[str]:
    """The invariants that a changed trace breaks."""
    return sorted({name for name, _ in check(trace, run.draws, run.scenario)})


def changed(table: Table, row: int, **values: int) -> Table:
    """A table with some values of a row changed."""
    data = {name: table[name].copy() for name in table.columns}
    for name, value in values.items():
        data[name][row] = value
    return Table(table.columns, data)


def without(table: Table, row: int) -> Table:
    data = {name: np.delete(table[name], row) for name in table.columns}
    return Table(table.columns, data)


@pytest.fixture(scope="module")
def run() -> Played:
    played = play(*STORY, mail=MAIL)
    assert played.statuses("app.load") == ["delivered", "delivered", "bounced", "bounced"]
    assert lookups(played) == [(50.0, 650.0, 0), (660.0, 1260.0, 1)]
    assert violations(played, played.trace) == []
    return played


@pytest.mark.parametrize("status", [Status.DELIVERED, Status.JUNKED])
def test_a_delivery_that_the_answer_forbids(run: Played, status: Status) -> None:
    trace = run.trace
    row = int(np.flatnonzero(trace.recipients["status"] == Status.BOUNCED)[0])
    delivered = replace(trace, recipients=changed(trace.recipients, row, status=status))
    assert violations(run, delivered) == ["INV-8"]


def test_a_delivery_after_the_answer_was_too_old(run: Played) -> None:
    """Believed for a second less than to the message of 640 s."""
    brief = changed(run.trace.lookups, 0, until=639_999_999)
    assert violations(run, replace(run.trace, lookups=brief)) == ["INV-8"]
    enough = changed(run.trace.lookups, 0, until=640_000_001)
    assert violations(run, replace(run.trace, lookups=enough)) == []


def test_a_delivery_without_a_question(run: Played) -> None:
    assert violations(run, replace(run.trace, lookups=without(run.trace.lookups, 0))) == ["INV-8"]


@pytest.mark.parametrize(("row", "listed"), [(0, 1), (1, 0)])
def test_an_answer_that_is_not_what_was_published(run: Played, row: int, listed: int) -> None:
    wrong = changed(run.trace.lookups, row, listed=listed)
    assert "INV-8" in violations(run, replace(run.trace, lookups=wrong))


@pytest.mark.parametrize("column", ["start", "end"])
def test_a_listing_that_began_later_or_ended_sooner_than_the_answers(
    run: Played, column: str
) -> None:
    """The listing must cover the answer of 660 s."""
    moved = changed(
        run.trace.listings, 0, **{column: 661_000_000 if column == "start" else 659_000_000}
    )
    assert violations(run, replace(run.trace, listings=moved)) == ["INV-8"]


# The same in engines that do it wrong.


def test_an_engine_whose_domains_never_ask() -> None:
    with (
        patch.object(Lookups, "first", lambda *_: -1),
        pytest.raises(AssertionError, match="INV-8"),
    ):
        play(*STORY, mail=MAIL)


def test_an_engine_whose_domains_forget_to_look_at_the_list() -> None:
    def seen(self: Lookups, domain: int, who: int, now: int, _: object) -> tuple[int, ...]:
        self.record.lookups.flat.extend((who // 3, -1, domain, now, now, 0, who % 3))
        return ()

    with patch.object(Lookups, "_seen", seen), pytest.raises(AssertionError, match="INV-8"):
        play(*STORY, mail=MAIL)


def test_an_engine_whose_mirrors_are_not_behind() -> None:
    """A domain looks up a local copy of the list that is five minutes old."""
    late = "[blocklists.list]\nmirror_delay = '5 min'\n[destinations.sink]\nmirrors = 1.0"
    mail = {"app.traps": [100], "app.load": [200]}
    assert play(*STORY, late, mail=mail).statuses("app.load") == ["delivered"]
    published = Listings.publish

    def at_once(self: Listings, who: int, blocklist: int, cause: int) -> int:
        row = published(self, who, blocklist, cause)  # type: ignore[arg-type]
        self.mirrored = self.direct
        return row

    with patch.object(Listings, "publish", at_once), pytest.raises(AssertionError, match="INV-8"):
        play(*STORY, late, mail=mail)


def test_at_the_tick_of_a_change_both_answers_are_right() -> None:
    """Offered at the very second of the hit, before it is seen."""
    run = play(*STORY, mail={"app.load": [100], "app.traps": [100]})
    assert lookups(run) == [(100.0, 700.0, 0)]


# A DSN has no culprit: with the coupling by listings off it is judged as innocent mail.

NDR = """
[destinations.shop]
profile = "none"
domains = ["example.net"]
[hosts.app.streams.load]
sender = "user@example.org"
to = { shop = 1.0 }
unknown_rate = 1.0
"""
SMART_HOST = """
[send_connectors.partner]
address_spaces = ["SMTP:example.org;1"]
source_transport_servers = ["HUB01"]
smart_hosts = ["mx.provider.example"]
dns_routing_enabled = false
max_message_size = "unlimited"
[destinations.smarthost]
profile = "none"
domains = ["mx.provider.example"]
refuses_on = { list = 1.0 }
"""
APART = "[coupling]\nlisting = false"
HOPS = pytest.mark.parametrize(
    ("hop", "domain"), [("", "example.org"), (SMART_HOST, "mx.provider.example")]
)


def ndr(*changes: str) -> Played:
    """Culprits have the IP listed from 100 s on; at 200 s an NDR leaves for example.org."""
    mail = {"app.traps": [100], "app.load": [200]}
    run = play(TRAPS, LIST, NOBODY_LOOKS, NDR, *changes, mail=mail)
    assert run.ends("app.load") == [(200.0, "bounced")]
    return run


@HOPS
def test_an_ndr_is_refused_for_a_listing_of_all_mail(hop: str, domain: str) -> None:
    run = ndr(hop)
    assert lookups(run, domain) == [(200.0, 200.0, 1)]
    assert run.ends("HUB01.dsn") == [(200.0, "bounced")]


@HOPS
def test_an_ndr_is_delivered_in_spite_of_a_listing_of_the_culprits(hop: str, domain: str) -> None:
    """By the answer about innocent mail (1), as INV-8 demands: one about all mail (0) will not do."""
    run = ndr(hop, APART)
    assert lookups(run, domain) == [(200.0, 200.0, 0)]
    assert run.trace.lookups["against"].tolist() == [1]
    assert run.ends("HUB01.dsn") == [(200.0, "delivered")]
    for against in (0, 2):
        other = changed(run.trace.lookups, 0, against=against)
        assert "INV-8" in violations(run, replace(run.trace, lookups=other))
