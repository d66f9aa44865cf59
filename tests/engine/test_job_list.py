"""Step 8 at a hub of Postfix: a message with few recipients may go before one with many."""

import math

import pytest
from worlds.small_world import Played, play, tables

from relaysim.analysis.offered_load import Stages
from relaysim.scenario.load import from_mapping
from relaysim.scenario.model import Scenario

OUT = "HUB01->example.org"
POSTFIX = """
[hubs.HUB01]
mta = "postfix"
receive_cost = "0 s"
send_cost = "0 s"
commit_write = "0 s"
process_start_time = "0 s"
reject_time = "0 s"
[destinations.sink]
response_time = "1 s"
"""
ONE = "[hubs.HUB01]\nmax_per_domain_outbound_connections = 1\n"
PAIRS = ONE + "default_destination_recipient_limit = 2\n"


def order(run: Played, *queues: str) -> str:
    """The messages in the order in which their transactions were sent, as letters."""
    sent = run.trace.transactions["message"]
    starts = [attempt for queue in queues or (OUT,) for attempt in run.attempts(queue)]
    starts.sort(key=lambda attempt: attempt[1])
    return "".join("ABCDEFGH"[sent[number]] for number, *_ in starts)


def test_the_example_of_postfix() -> None:
    """SCHEDULER_README: a message of ten deliveries, and two of two each; a slot costs 2.

    After four deliveries A has two slots, enough for B. Then it collects two more for C. With half
    of the slots on loan B goes after two deliveries; A pays for it with the next four.
    """
    slots = "default_delivery_slot_cost = 2\ndefault_delivery_slot_loan = 0\n"
    mail = {"app.load": [(0, 20), (0, 4), (0, 4)]}
    for discount, expected in ((0, "AAAABBAAAACCAA"), (50, "AABBAAAACCAAAA")):
        settings = f"{PAIRS}{slots}default_delivery_slot_discount = {discount}"
        assert order(play(POSTFIX, settings, mail=mail)) == expected


def test_a_message_that_went_first_may_be_passed_itself() -> None:
    """A slot costs 2, none on loan. A has 16 deliveries, B 6, and C, which comes at 14 s, has 1.

    After twelve deliveries A has six slots, and B goes first. After two of B the message C comes, and
    B has one slot for it: C goes before B, and B before A. (A message with less than 6 deliveries
    could not collect three slots, so nothing goes before it.)
    """
    slots = "default_delivery_slot_cost = 2\ndefault_delivery_slot_loan = 0\n"
    settings = f"{PAIRS}{slots}default_delivery_slot_discount = 0"
    mail = {"app.load": [(0, 32), (0, 12), (13.5, 2)]}
    assert order(play(POSTFIX, settings, mail=mail)) == "A" * 12 + "BB" + "C" + "BBBB" + "AAAA"


def test_the_oldest_for_its_deliveries_goes_first() -> None:
    """Seconds of age for each delivery decide: C waits as long as B and has one delivery, not two.

    A slot costs 2. After two deliveries A has one slot, which is enough for C alone.
    """
    slots = "default_delivery_slot_cost = 2\ndefault_delivery_slot_loan = 0\n"
    settings = f"{PAIRS}{slots}default_delivery_slot_discount = 0"
    mail = {"app.load": [(0, 20), (0, 4), (0, 2)]}
    assert order(play(POSTFIX, settings, mail=mail)) == "AACAAAABBAAAA"


def test_an_invoice_behind_a_newsletter_to_one_smart_host() -> None:
    """The newsletter has 1,000 deliveries of 2 recipients, the invoice ten recipients: five.

    20 connections take a second for each delivery, so the newsletter takes 50 s. By default half of
    the slots and three more are on loan: the invoice of 1.5 s is next. With a cost of 0 it waits
    for the whole newsletter.
    """
    wide = "initial_destination_concurrency = 20\ndefault_destination_recipient_limit = 2\n"
    mail = {"app.load": [(0, 2000), (1.5, 10)]}
    for settings, end in (("", 3.0), ("default_delivery_slot_cost = 0", 51.0)):
        run = play(POSTFIX, f"[hubs.HUB01]\n{wide}{settings}", mail=mail)
        assert run.ends("app.load")[-1] == (end, "delivered")


def test_messages_with_one_recipient_go_in_the_order_of_arrival() -> None:
    mail = {"app.load": [0, 0, 0, 0.5, 0.25, 0.75]}
    run = play(POSTFIX, PAIRS, "[hubs.HUB01]\ndefault_delivery_slot_cost = 2", mail=mail)
    assert order(run) == "ABCDEF"


TWO_DOMAINS = """
[hubs.HUB01]
max_outbound_connections = 1
default_destination_recipient_limit = 2
default_delivery_slot_cost = 2
default_delivery_slot_loan = 0
default_delivery_slot_discount = 0
[destinations.other]
profile = "none"
domains = ["example.net"]
response_time = "1 s"
[hosts.app.streams.other]
to = { other = 1.0 }
"""


def test_a_message_passes_one_for_another_next_hop() -> None:
    """One process for two domains. A has ten deliveries to one of them, B one to the other.

    A connection is for B when A has collected one slot, after two deliveries.
    """
    run = play(POSTFIX, TWO_DOMAINS, mail={"app.load": [(0, 20)], "app.other": [(0.5, 1)]})
    assert order(run, OUT, "HUB01->example.net") == "AABAAAAAAAA"


def test_an_active_queue_counts_a_message_once() -> None:
    """Room for one message. Five deliveries of A are active at once; B has to wait for all of them."""
    full = f"{PAIRS}qmgr_message_active_limit = 1\nin_flow_delay = '0 s'"
    run = play(POSTFIX, full, mail={"app.load": [(0, 10), (0, 1)]})
    assert order(run) == "AAAAAB"
    full = full.replace("connections = 1", "connections = 5")
    run = play(POSTFIX, full, mail={"app.load": [(0, 10), (0, 1)]})
    assert [end for end, _ in run.ends("app.load")] == [1.0] * 10 + [2.0]


TO_BOTH = """
[hosts.app.streams.load]
arrivals = { process = "every", every = "1 h" }
sender = "app@cozumpark.com"
size = "1 KB"
recipients = 120
to = { sink = 0.5, other = 0.5 }
"""


def test_the_offered_load_counts_the_deliveries_of_a_message() -> None:
    """Each of 120 recipients is at one of two domains with equal probability.

    At most 2 recipients a delivery: 60 recipients are 30 deliveries, and half of the numbers are
    odd, which takes half a delivery more. At most 50: a second delivery for more than 50, a third
    one for more than 100.
    """
    scenario = from_mapping(tables(POSTFIX, TWO_DOMAINS, TO_BOTH), "story")
    assert visits(scenario) == pytest.approx(30.25, rel=1e-12)
    limit = "[hubs.HUB01]\ndefault_destination_recipient_limit = 50"
    scenario = from_mapping(tables(POSTFIX, TWO_DOMAINS, TO_BOTH, limit), "story")
    more = sum(math.comb(120, heads) for heads in range(51, 121)) / 2**120
    beyond = sum(math.comb(120, heads) for heads in range(101, 121)) / 2**120
    assert visits(scenario) == pytest.approx(1 + more + beyond, rel=1e-12)


def visits(scenario: Scenario) -> float:
    """Deliveries to the first domain for each message."""
    (part,) = Stages(scenario).by_name[OUT].parts
    return part.visits
