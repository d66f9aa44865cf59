"""Postfix keeps connections open that no message uses, once deliveries follow one another."""

from worlds.small_world import play

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
connect_time = "300 ms"
response_time = "500 ms"
"""
NONE = '[hubs.HUB01]\nsmtp_connection_cache_time_limit = "0 s"'
SPREAD = {"app.load": [0, 0.1, 0.85, 1.5, 2.0, 3.0]}


def test_messages_take_connections_that_others_left() -> None:
    """A message of its own connection takes 0.8 s, another one 0.5 s.

    The first two are sent before any delivery has ended: their connections close. The one of 0.85 s
    sees the delivery of 0.8 s: it leaves its connection at 1.65 s, and the one of 1.5 s at 2.3 s.
    That of 2.0 s takes the connection of 1.65 s. At 2.5 s the queue is empty, and Postfix discards
    it: the message of 3.0 s opens its own, though two are open.
    """
    run = play(POSTFIX, mail=SPREAD)
    assert [end for end, _ in run.ends("app.load")] == [0.8, 0.9, 1.65, 2.3, 2.5, 3.8]
    assert run.opened(OUT) == [1, 1, 1, 1, 0, 1]
    run = play(POSTFIX, NONE, mail=SPREAD)
    assert [end for end, _ in run.ends("app.load")] == [0.8, 0.9, 1.65, 2.3, 2.8, 3.8]
    assert run.opened(OUT) == [1] * 6


def test_a_message_alone_opens_its_own_connection() -> None:
    """One message a second: the queue is empty after each."""
    run = play(POSTFIX, mail={"app.load": [0, 1, 2, 3]})
    assert run.opened(OUT) == [1, 1, 1, 1]


def test_the_first_messages_of_a_burst_close_their_connections() -> None:
    """One connection at a time: the first message sees no delivery before it, the others do."""
    one = "[hubs.HUB01]\nmax_per_domain_outbound_connections = 1"
    burst = {"app.load": [0] * 4}
    assert play(POSTFIX, one, mail=burst).opened(OUT) == [1, 1, 0, 0]
    assert play(POSTFIX, one, NONE, mail=burst).opened(OUT) == [1, 0, 0, 0]


def test_a_connection_is_kept_for_two_seconds() -> None:
    """Messages take 6 s with a connection of their own, else 5 s.

    Those of 6.5 and 8 s leave theirs at 12.5 and 14 s; that of 13 s takes the first, and is sent
    until 18 s. The other one is taken at 15.9 s; at 16.1 s it is closed.
    """
    slow = '[destinations.sink]\nconnect_time = "1 s"\nresponse_time = "5 s"'
    before = [0, 5.5, 6.5, 8, 13]
    run = play(POSTFIX, slow, mail={"app.load": [*before, 15.9]})
    assert [end for end, _ in run.ends("app.load")] == [6.0, 11.5, 12.5, 14.0, 18.0, 20.9]
    run = play(POSTFIX, slow, mail={"app.load": [*before, 16.1]})
    assert [end for end, _ in run.ends("app.load")] == [6.0, 11.5, 12.5, 14.0, 18.0, 22.1]


def test_the_receiver_counts_a_connection_that_is_kept() -> None:
    """Two are open until 4.3 and 4.5 s: the third one, at 3.3 s, is one too many.

    A hub that stops closes them.
    """
    two = "[destinations.sink]\nmax_connections_per_ip = 2"
    stop = '[[events]]\nat = "2.6 s"\nstop = { hub = "HUB01", for = "100 ms" }'
    assert play(POSTFIX, two, mail=SPREAD).attempts(OUT)[5][3].startswith("421")
    assert play(POSTFIX, two, NONE, mail=SPREAD).ends("app.load")[5] == (3.8, "delivered")
    assert play(POSTFIX, two, stop, mail=SPREAD).ends("app.load")[5] == (3.8, "delivered")
