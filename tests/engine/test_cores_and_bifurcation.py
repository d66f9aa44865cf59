"""Steps 6 and 7: the cores, the submission queue, and one transaction for each next hop."""

from worlds.small_world import play

from relaysim.trace.tables import Visit

CPU = "HUB01.cpu"
OUT = "HUB01->example.org"


def kinds(run: object) -> list[tuple[str, int, float, float, float]]:
    """The visits to the cores by when they begin: what for, subject, enter, start, end."""
    visits = run.trace.visits  # type: ignore[attr-defined]
    names = run.trace.names.stations  # type: ignore[attr-defined]
    own = visits["station"] == names.index(CPU)
    result = zip(
        *(visits[column][own].tolist() for column in ("visit", "subject", "enter", "start", "end")),
        strict=True,
    )
    return [
        (Visit(visit).name, subject, enter / 1e6, start / 1e6, end / 1e6)
        for visit, subject, enter, start, end in result
    ]


def test_a_cost_is_a_base_and_a_part_for_each_kilobyte() -> None:
    cost = """
    [hubs.HUB01.categorize_cost]
    base = "20 ms"
    per_kb = "2 ms"
    cv = 0.0
    """
    run = play(cost, mail={"app.load": [(0, 1, 2560)]})
    assert kinds(run) == [("CATEGORIZE", 0, 0.0, 0.0, 0.025)]


def test_the_antivirus_adds_to_the_categorizer() -> None:
    costs = "[hubs.HUB01]\ncategorize_cost = '20 ms'\nantivirus_cost = '15 ms'"
    run = play(costs, mail={"app.load": [0]})
    assert kinds(run) == [("CATEGORIZE", 0, 0.0, 0.0, 0.035)]


def test_the_submission_queue_is_first_in_first_out_whatever_the_priority() -> None:
    urgent = """
    [hubs.HUB01]
    categorize_cost = "1 s"
    priority_queuing_enabled = true
    [hosts.app.streams.urgent]
    priority = "high"
    """
    run = play(urgent, mail={"app.load": [0, 0.1, 0.2], "app.urgent": [0.15]})
    assert [subject for _, subject, *_ in kinds(run)] == [0, 1, 3, 2]
    assert [end for *_, end in kinds(run)] == [1.0, 2.0, 3.0, 4.0]


def test_cores_work_side_by_side() -> None:
    run = play("[hubs.HUB01]\ncores = 2\ncategorize_cost = '1 s'", mail={"app.load": [0, 0, 0]})
    assert [(start, end) for *_, start, end in kinds(run)] == [(0.0, 1.0), (0.0, 1.0), (1.0, 2.0)]


def test_a_free_core_takes_send_before_receive_before_categorizer_work() -> None:
    """One core. What waits at 3 s: the third message to be received, the second to be categorized.

    The first has been categorized at 3 s (its send then waits for the core that has just taken the
    third), and at 4 s its send goes first.
    """
    costs = """
    [hubs.HUB01]
    receive_cost = "1 s"
    categorize_cost = "1 s"
    send_cost = "1 s"
    """
    run = play(costs, mail={"app.load": [0, 0.5, 2.5]})
    assert kinds(run) == [
        ("RECEIVE", 0, 0.0, 0.0, 1.0),
        ("RECEIVE", 1, 0.5, 1.0, 2.0),
        ("CATEGORIZE", 0, 1.0, 2.0, 3.0),
        ("RECEIVE", 2, 2.5, 3.0, 4.0),
        ("SEND", 0, 3.0, 4.0, 5.0),
        ("CATEGORIZE", 1, 2.0, 5.0, 6.0),
        ("CATEGORIZE", 2, 4.0, 6.0, 7.0),
        ("SEND", 1, 6.0, 7.0, 8.0),
        ("SEND", 2, 7.0, 8.0, 9.0),
    ]


def test_begun_work_is_not_interrupted() -> None:
    costs = "[hubs.HUB01]\nreceive_cost = '10 ms'\ncategorize_cost = '10 s'"
    run = play(costs, mail={"app.load": [0, 1]})
    assert kinds(run)[1:3] == [
        ("CATEGORIZE", 0, 0.01, 0.01, 10.01),
        ("RECEIVE", 1, 1.0, 10.01, 10.02),
    ]


MANY = """
[destinations.other]
profile = "none"
domains = ["example.net"]
[hosts.app.streams.load]
to = { sink = 0.4, other = 0.3, internal = 0.3 }
"""


def test_recipients_with_the_same_next_hop_travel_together() -> None:
    """Twelve recipients in two domains and in the mailboxes: three transactions, one attempt each."""
    run = play(MANY, mail={"app.load": [(0, 12)]})
    transactions = run.trace.transactions
    names = run.trace.names
    queues = [names.queues[queue] for queue in transactions["queue"]]
    assert sorted(queues) == ["HUB01->example.net", "HUB01->example.org", "HUB01.mailbox"]
    domains = [names.domains[d] for d in run.trace.recipients["domain"]]
    for queue, recipients in zip(queues, transactions["recipients"].tolist(), strict=True):
        hop = {"HUB01.mailbox": "cozumpark.com"}.get(queue, queue.removeprefix("HUB01->"))
        assert recipients == domains.count(hop) > 0
    assert len(run.trace.attempts) == 3
    assert run.trace.attempts["recipients"].sum() == 12


def test_with_a_smart_host_all_domains_are_one_next_hop() -> None:
    smart = """
    [send_connectors.internet]
    smart_hosts = ["mx.provider.example"]
    dns_routing_enabled = false
    [destinations.smarthost]
    profile = "none"
    domains = ["mx.provider.example"]
    """
    run = play(MANY, smart, mail={"app.load": [(0, 12)]})
    names = run.trace.names
    queues = {names.queues[queue] for queue in run.trace.transactions["queue"]}
    assert queues == {"HUB01->mx.provider.example", "HUB01.mailbox"}


def test_a_transaction_ranks_and_draws_as_its_first_recipient() -> None:
    run = play(MANY, mail={"app.load": [(0, 12)]})
    recipients, transactions = run.trace.recipients, run.trace.transactions
    for row, first in enumerate(transactions["first_recipient"].tolist()):
        own = (recipients["transaction"] == row).nonzero()[0]
        assert first == own[0]
