"""Lists of domains: what lists a registered domain, who refuses its mail, and what ends that."""

import numpy as np
import pytest
from worlds.reputation_world import CALLED, DAY, HOUR, MINUTE, NOBODY_LOOKS, actions, listings
from worlds.small_world import SECOND_HUB, Played, play

from relaysim.trace.tables import Signal

BULK = """
[hosts.app.streams.traps]
sender = "news@news.cozumpark.com"
culprit = true
trap_rate = 1.0
"""
OWN_DOMAIN = "[hosts.app.streams.traps]\nsender = 'news@cozumpark-news.com'"
DBL = """
[blocklists.list]
profile = "spamhaus-dbl"
trap_share = 1.0
trap_delay = "0 s"
mirror_delay = "0 s"

[destinations.sink]
refuses_on = { list = 1.0 }
"""
OF_LIST = (
    "554 5.7.1 Service unavailable; Sender address [cozumpark.com] blocked using "
    "dbl.spamhaus.org; https://www.spamhaus.org/query/domain/cozumpark.com"
)
BY_OTHER_HUB = """
[hosts.other]
kind = "none"
address = "192.168.168.51"
server = "192.168.168.172"
[send_connectors.other]
address_spaces = ["SMTP:*;1"]
source_transport_servers = ["HUB02"]
"""
NEW = "[sender_domains.'news.cozumpark.com']\nage = '3 d'"
TIMES = [3 * HOUR, 12 * HOUR]
"""Before the listing, and during it."""


def bulk(hits: int) -> dict[str, list[float]]:
    return {"app.traps": [MINUTE * number for number in range(hits)]}


def cited(run: Played, stream: str) -> set[str]:
    return {text for text in run.verdicts(stream) if text and not text.startswith("2")}


def test_a_subdomain_lists_the_registered_domain_and_a_second_ip_does_not_help() -> None:
    run = play(
        DBL, BULK, NEW, SECOND_HUB, BY_OTHER_HUB, NOBODY_LOOKS,
        mail=bulk(3) | {"app.load": TIMES, "other.load": TIMES},
    )  # fmt: skip
    # Two minutes after the first mail, and six hours later; for 14 days, up to the end of the run.
    assert listings(run) == [(6 * HOUR + 2 * MINUTE, -1.0)]
    names, rows = run.trace.names, run.trace.listings
    assert rows["egress"].tolist() == [-1]
    assert names.registered_domains[rows["sender_domain"][0]] == "cozumpark.com"
    for stream in ("app.load", "other.load"):
        assert run.statuses(stream) == ["delivered", "bounced"]
        assert cited(run, stream) == {OF_LIST}
    attempts = run.trace.attempts
    refused = attempts["reply"] == names.replies.index(OF_LIST)
    assert sorted(names.egress[ip] for ip in np.unique(attempts["egress"][refused])) == [
        "198.51.100.10",
        "203.0.113.25",
    ]


def test_a_registered_domain_of_its_own_protects_the_other_mail() -> None:
    run = play(DBL, BULK, OWN_DOMAIN, NOBODY_LOOKS, mail=bulk(9) | {"app.load": TIMES})
    assert len(listings(run)) == 1
    assert run.statuses("app.load") == ["delivered", "delivered"]


def test_fewer_hits_than_the_threshold_list_no_domain() -> None:
    assert listings(play(DBL, BULK, NEW, NOBODY_LOOKS, mail=bulk(2))) == []


def test_hits_that_the_mail_of_the_domain_explains_list_a_new_domain_alone() -> None:
    """40 messages a day in the 30 days before explain four hits at this rate."""
    tolerant = "[blocklists.list]\ntolerated_rate = 5e-3"
    mail = bulk(4) | {"app.load": [60.0 + number for number in range(40)]}
    known = play(DBL, tolerant, BULK, NOBODY_LOOKS, mail=mail)
    assert listings(known) == []
    assert len(listings(play(DBL, tolerant, BULK, NEW, NOBODY_LOOKS, mail=mail))) == 1


def test_a_listing_at_the_greeting_waits_for_mail_from() -> None:
    greets = "[destinations.sink]\nrefusal_stage = 'greeting'"
    run = play(DBL, greets, BULK, NEW, NOBODY_LOOKS, mail=bulk(3) | {"app.load": TIMES})
    assert run.statuses("app.load") == ["delivered", "bounced"]


def test_the_null_sender_has_no_domain() -> None:
    null = "[hosts.app.streams.traps]\nsender = '<>'"
    run = play(DBL, BULK, null, NOBODY_LOOKS, mail=bulk(3) | {"app.load": TIMES})
    assert listings(run) == []
    assert (run.trace.signals["signal"] == Signal.TRAP).sum() == 3


def test_administrators_request_the_removal_of_a_domain() -> None:
    """Called by the sender of innocent mail, they clean the list and ask; it takes a day."""
    cleans = "[operations]\non_listing = 'clean_list'\n[run]\nduration = '3 d'"
    run = play(DBL, BULK, NEW, CALLED, cleans, mail=bulk(3) | {"app.load": [7 * HOUR]})
    assert [what for _, what, _ in actions(run)] == ["detected", "repaired", "requested"]
    rows, names = run.trace.actions, run.trace.names
    assert set(rows["egress"].tolist()) == {-1}
    assert {names.registered_domains[number] for number in rows["sender_domain"]} == {
        "cozumpark.com"
    }
    (begin, end), requested = listings(run)[0], actions(run)[-1][0]
    assert begin == 6 * HOUR + 2 * MINUTE
    assert end == pytest.approx(requested + DAY, abs=MINUTE)


@pytest.mark.parametrize("subject", ["domain = 'mail.cozumpark.com'", "of = 'app'"])
def test_a_script_lists_a_domain(subject: str) -> None:
    event = f"""
    [[events]]
    at = "1 h"
    listing = {{ {subject}, blocklist = "list", for = "2 h", fixed = true }}
    """
    run = play(DBL, event, NOBODY_LOOKS, mail={"app.load": [0.0, 2 * HOUR, 4 * HOUR]})
    assert listings(run) == [(HOUR, 3 * HOUR)]
    assert run.statuses("app.load") == ["delivered", "bounced", "delivered"]
