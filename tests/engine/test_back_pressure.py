"""Back pressure: polled every 2 s, by version buckets and by the drive of the queue database."""

from worlds.small_world import Mail, Played, play

from relaysim.trace.tables import Level

BUCKETS = """
[hubs.HUB01.back_pressure]
version_bucket_size = "1 KB"
[hosts.big]
kind = "none"
address = "192.168.168.51"
server = "192.168.168.169"
bandwidth = "8.192 kbit/s"
[hosts.app.streams.news]
sender = "news@example.net"
"""
"""A bucket a kilobyte. The big host sends a kilobyte a second; the news has an outside sender."""
SHORT = "452 4.3.1 Insufficient system resources"
KB = 1024


def version_2007() -> str:
    """Exchange 2007 with all of its costs and delays off."""
    return """
    [hubs.HUB01]
    mta = "exchange-2007"
    receive_cost = "0 s"
    categorize_cost = "0 s"
    send_cost = "0 s"
    queue_database_batch_timeout = "0 s"
    commit_write = "0 s"
    [hubs.HUB01.receive_connectors.relay]
    tarpit_interval = "0 s"
    """


def test_buckets_are_those_of_mail_that_is_being_received_and_not_of_queues() -> None:
    """130 KB in DATA are 130 buckets; 130 KB in a queue are none."""
    run = play(BUCKETS, mail={"big.load": [(0, 1, 130 * KB), 200]})
    assert run.levels(Level.VERSION_BUCKETS, "HUB01") == [(2.0, 1), (132.0, 0)]
    outage = "[[events]]\nat = '0 s'\noutage = { destination = 'sink', for = '1 min' }"
    queued = "[hosts.big]\nbandwidth = 'unlimited'"
    run = play(BUCKETS, outage, queued, mail={"big.load": [(0, 1, 130 * KB)]})
    assert run.levels(Level.VERSION_BUCKETS, "HUB01") == []


def test_the_commit_counts_too() -> None:
    slow = "[hubs.HUB01]\ncommit_write = '5 s'\n[hosts.big]\nbandwidth = 'unlimited'"
    run = play(BUCKETS, slow, mail={"big.load": [(0, 1, 130 * KB), 200]})
    assert run.levels(Level.VERSION_BUCKETS, "HUB01") == [(2.0, 1), (6.0, 0)]


def test_levels_fall_later_than_they_rise() -> None:
    """With 120 and 200 buckets it rises to Medium and High, with 120 and 80 it falls again.

    Four messages of 50 KB begin at 0, 10, 20 and 30 s; each is over after 50 s. A poll comes before
    what else happens at its time.
    """
    mail: Mail = {"big.load": [(t, 1, 50 * KB) for t in (0, 10, 20, 30)]}
    run = play(BUCKETS, mail=mail)
    levels = run.levels(Level.VERSION_BUCKETS, "HUB01")
    assert levels == [(22.0, 1), (32.0, 2), (62.0, 1), (72.0, 0)]


def pressed(version: str, sizes: int, *times: float) -> Played:
    """The application sends an alert and the news at some times, under `sizes` KB in DATA."""
    mail: Mail = {
        "big.load": [(0, 1, sizes * KB)],
        "app.load": list(times),
        "app.news": list(times),
    }
    return play(BUCKETS, version, mail=mail)


def test_2007_at_medium_refuses_all_but_senders_in_authoritative_domains() -> None:
    run = pressed(version_2007(), 130, 1, 3)
    assert run.statuses("app.load") == ["delivered", "delivered"]
    assert run.statuses("app.news") == ["delivered", "abandoned"]
    assert run.verdicts("app.news")[1] == SHORT


def test_2007_at_high_refuses_the_connection() -> None:
    run = pressed(version_2007(), 210, 1, 3)
    assert run.statuses("app.load") == ["delivered", "abandoned"]
    assert run.verdicts("app.load")[1] == "421 4.3.2 Service not available"
    assert run.verdicts("app.news")[1] == "421 4.3.2 Service not available"


def test_2010_answers_late_before_it_refuses() -> None:
    """10 s at the first poll under pressure, 5 s more at each, 55 s at the tenth."""
    run = pressed("", 130, 1, 3, 5, 7, 19)
    assert run.messages("app.load", "committed") == [1.0, 13.0, 20.0, 27.0, 69.0]
    assert run.statuses("app.news") == ["delivered"] * 5


def test_thresholds_delays_and_history_are_keys_of_the_hub() -> None:
    """130 buckets are High where this begins at 130, and Medium ends at 100 of them."""
    lower = """
    [hubs.HUB01.back_pressure.used_version_buckets]
    medium_to_high = 130
    """
    assert pressed(lower, 130, 3).verdicts("app.load") == [SHORT]
    short = """
    [hubs.HUB01.back_pressure]
    smtp_start_throttling_delay_interval = "1 s"
    smtp_step_throttling_delay_interval = "2 s"
    smtp_max_throttling_delay_interval = "4 s"
    """
    run = pressed(short, 130, 1, 3, 5, 7, 19)
    assert run.messages("app.load", "committed") == [1.0, 4.0, 8.0, 11.0, 23.0]
    history = "[hubs.HUB01.back_pressure]\nversion_buckets_history_depth = 2"
    assert pressed(history, 130, 3.9, 4).statuses("app.news") == ["delivered", "abandoned"]


def test_high_ends_at_a_threshold_of_its_own() -> None:
    """Four messages of 50 KB begin at 0, 10, 20 and 30 s; each is over after 50 s."""
    own = """
    [hubs.HUB01.back_pressure.used_version_buckets]
    high_to_medium = 160
    medium_to_low = 60
    """
    mail: Mail = {"big.load": [(t, 1, 50 * KB) for t in (0, 10, 20, 30)]}
    levels = play(BUCKETS, own, mail=mail).levels(Level.VERSION_BUCKETS, "HUB01")
    assert levels == [(22.0, 1), (32.0, 2), (52.0, 1), (72.0, 0)]


def test_points_below_high_are_keys_of_the_drive() -> None:
    """A drive of 10 GB is High at 95 %; Medium begins at 93 %, or 5 points below at 90 %."""
    used = "[hubs.HUB01.back_pressure]\nqueue_drive_used = '9300 MB'"
    wide = """
    [hubs.HUB01.back_pressure.database_points_below_high]
    low_to_medium = 5
    medium_to_low = 6
    """
    assert play(DRIVE, used, mail={"app.news": [3]}).statuses("app.news") == ["delivered"]
    run = play(DRIVE, used, wide, mail={"app.news": [3]})
    assert run.levels(Level.QUEUE_DISK, "HUB01") == [(2.0, 1)]
    assert run.verdicts("app.news") == [SHORT]


def test_2010_refuses_at_the_tenth_poll_in_a_row() -> None:
    run = pressed("", 130, 19.9, 20)
    assert run.statuses("app.news") == ["delivered", "abandoned"]
    assert run.ends("app.news")[1] == (75.0, "abandoned")
    assert run.statuses("app.load") == ["delivered", "delivered"]


def test_2010_at_high_refuses_everybody_at_once() -> None:
    run = pressed("", 210, 3)
    assert run.ends("app.load") == [(13.0, "abandoned")]
    assert run.verdicts("app.load") == [SHORT]


def test_the_delay_goes_down_step_by_step_afterwards() -> None:
    """Three polls under pressure: 20 s; then 15, 10 and nothing."""
    fast = "[hosts.big]\nbandwidth = '196608 bit/s'"
    mail: Mail = {"big.load": [(1, 1, 130 * KB)], "app.load": [6.5, 8.5, 10.5, 12.5]}
    run = play(BUCKETS, fast, mail=mail)
    assert run.levels(Level.VERSION_BUCKETS, "HUB01") == [(2.0, 1), (8.0, 0)]
    assert run.messages("app.load", "committed") == [26.5, 23.5, 20.5, 12.5]


def test_mailbox_submission_is_refused_at_high_only() -> None:
    users = """
    [hosts.users]
    kind = "mailbox_users"
    address = "192.168.168.20"
    server = "192.168.168.169"
    round_trip = "0 s"
    on_failure = "drop"
    """
    mail: Mail = {"big.load": [(0, 1, 130 * KB)], "users.load": [3]}
    assert play(BUCKETS, users, mail=mail).statuses("users.load") == ["delivered"]
    mail = {"big.load": [(0, 1, 210 * KB)], "users.load": [3]}
    run = play(BUCKETS, users, mail=mail)
    assert run.ends("users.load") == [(3.0, "abandoned")]
    assert run.verdicts("users.load") == [SHORT]


DRIVE = """
[hubs.HUB01.back_pressure]
queue_drive_size = "10 GB"
queue_drive_used = "9676 MB"
[hosts.app.streams.news]
sender = "news@example.net"
"""
"""A drive of 10 GB is Medium at 93 %, High at 95 %, Normal again at 91 %; a message is 1 % or so."""


def test_the_drive_follows_the_high_water_mark_of_the_queue_database() -> None:
    """The queue database keeps its size: Medium stays when the mail has long gone."""
    outage = "[[events]]\nat = '0 s'\noutage = { destination = 'sink', for = '1 min' }"
    used = "[hubs.HUB01.back_pressure]\nqueue_drive_used = '9472 MB'"
    run = play(DRIVE, outage, used, mail={"app.load": [(1, 1, 60 * KB * KB)], "app.news": [3, 600]})
    assert run.levels(Level.QUEUE_DISK, "HUB01") == [(2.0, 1)]
    assert run.statuses("app.load") == ["delivered"]
    assert run.statuses("app.news") == ["abandoned", "abandoned"]
    assert run.verdicts("app.news") == [SHORT, SHORT]


def test_a_full_drive_refuses_own_senders_too() -> None:
    used = "[hubs.HUB01.back_pressure]\nqueue_drive_used = '9728 MB'"
    run = play(DRIVE, used, mail={"app.load": [1, 3]})
    assert run.levels(Level.QUEUE_DISK, "HUB01") == [(2.0, 2)]
    assert run.statuses("app.load") == ["delivered", "abandoned"]


def test_each_queue_of_a_message_takes_room_in_the_database() -> None:
    """Two ways, two recipients in the database: 80 MB for 40 MB make the difference here."""
    outage = "[[events]]\nat = '0 s'\noutage = { destination = 'sink', for = '1 min' }"
    used = "[hubs.HUB01.back_pressure]\nqueue_drive_used = '9450 MB'"
    ways = """
    [hosts.app.streams.load]
    to = { sink = 0.5, internal = 0.5 }
    [mailboxes]
    delivery_time = "10 s"
    """
    mail: Mail = {"app.load": [(1, 8, 40 * KB * KB)]}
    one = "[hosts.app.streams.load]\nto = { sink = 1.0, internal = 0.0 }"
    run = play(DRIVE, outage, used, ways, mail=mail)
    assert run.levels(Level.QUEUE_DISK, "HUB01") == [(2.0, 1)]
    assert play(DRIVE, outage, used, ways, one, mail=mail).levels(Level.QUEUE_DISK, "HUB01") == []


def test_without_a_size_nothing_is_watched() -> None:
    run = play("[hubs.HUB01]\ncommit_write = '1 h'", mail={"app.load": [0]})
    assert len(run.trace.levels) == 0


LOG = """
[hubs.HUB01.back_pressure]
queue_drive_size = "130 GB"
queue_drive_used = "125.5 GB"
log_free_space = "5 GB"
"""
"""96 % of a drive for both: High for the log at 96 %, Normal for the queue database below 97 %."""


def test_the_log_on_the_drive_of_the_database_refuses_first() -> None:
    run = play(LOG, mail={"app.load": [1, 3]})
    assert run.levels(Level.LOG_DISK, "HUB01") == [(2.0, 2)]
    assert run.levels(Level.QUEUE_DISK, "HUB01") == []
    assert run.statuses("app.load") == ["delivered", "abandoned"]
    assert run.verdicts("app.load")[1] == SHORT


def test_a_drive_of_its_own_for_the_log_is_what_counts() -> None:
    own = "[hubs.HUB01.back_pressure]\nlog_drive_size = '100 GB'\nlog_drive_used = '{}'"
    run = play(LOG, own.format("60 GB"), mail={"app.load": [1, 3]})
    assert run.statuses("app.load") == ["delivered", "delivered"]
    assert run.levels(Level.LOG_DISK, "HUB01") == []
    run = play(LOG, own.format("93 GB"), mail={"app.load": [1, 3]})
    assert run.levels(Level.LOG_DISK, "HUB01") == [(2.0, 1)]
    run = play(LOG, own.format("95 GB"), mail={"app.load": [1, 3]})
    assert run.levels(Level.LOG_DISK, "HUB01") == [(2.0, 2)]
    assert run.verdicts("app.load")[1] == SHORT


def test_the_profile_of_2010_keeps_5_gb_free_for_the_log() -> None:
    """Without `log_free_space` the value is of the profile; "none" does not watch the log."""
    drive = LOG.replace('log_free_space = "5 GB"\n', "")
    assert play(drive, mail={"app.load": [3]}).statuses("app.load") == ["delivered"]
    late = play(drive, version_2010(), mail={"app.load": [3]})
    assert late.levels(Level.LOG_DISK, "HUB01") == [(2.0, 2)]


def version_2010() -> str:
    """Exchange 2010 with all of its costs and delays off."""
    return version_2007().replace("2007", "2010")


QUEUE = """
[hubs.HUB01]
categorize_cost = "1 s"
[hubs.HUB01.back_pressure]
submission_queue_watched = true
submission_queue_history_depth = 4
smtp_start_throttling_delay_interval = "1 s"
smtp_step_throttling_delay_interval = "1 s"
smtp_max_throttling_delay_interval = "3 s"
[hubs.HUB01.back_pressure.submission_queue_length]
low_to_medium = 10
medium_to_high = 20
high_to_medium = 12
medium_to_low = 4
[hosts.app.streams.news]
sender = "news@example.net"
"""
"""One core, a second for each message in the categorizer. The news has an outside sender."""


def test_the_submission_queue_is_watched_with_levels_of_its_own() -> None:
    """25 messages at 0 s; a poll comes before what else happens at its time.

    At 2, 4, ... s the queue has 24, 22, ... of them: High at once, Medium at 14 s with 12, Normal at
    22 s with 4.
    """
    run = play(QUEUE, mail={"app.load": [0] * 25})
    assert run.levels(Level.SUBMISSION_QUEUE, "HUB01") == [(2.0, 2), (14.0, 1), (22.0, 0)]


def test_at_medium_replies_are_late_before_mail_is_refused() -> None:
    """14 messages at 0 s: Medium at the poll of 2 s, with 13 of them and the news of 1 s.

    The delay is 1, 2 and 3 s from the polls of 2, 4 and 6 s. At the fourth poll under pressure, 8 s,
    outside senders are refused; senders of the own domain never are.
    """
    mail: Mail = {"app.load": [0] * 14, "app.news": [1, 3, 5, 7, 9]}
    run = play(QUEUE, mail=mail)
    assert run.levels(Level.SUBMISSION_QUEUE, "HUB01")[0] == (2.0, 1)
    assert run.messages("app.news", "committed")[:4] == [1.0, 4.0, 7.0, 10.0]
    assert run.statuses("app.news") == ["delivered"] * 4 + ["abandoned"]
    assert run.verdicts("app.news")[4] == SHORT


def test_a_short_queue_and_an_unwatched_one_change_nothing() -> None:
    """Nine messages stay below 10; the same run without the meter has the same rows."""
    times = [0] * 9
    watched = play(QUEUE, mail={"app.load": times})
    unwatched = "[hubs.HUB01.back_pressure]\nsubmission_queue_watched = false"
    assert watched.levels(Level.SUBMISSION_QUEUE, "HUB01") == []
    alone = play(QUEUE, unwatched, mail={"app.load": [0] * 25})
    assert alone.levels(Level.SUBMISSION_QUEUE, "HUB01") == []
    assert (
        watched.trace.fingerprint()
        == play(QUEUE, unwatched, mail={"app.load": times}).trace.fingerprint()
    )


def test_exchange_2007_refuses_at_medium_at_once() -> None:
    """Medium at 2 s with 13 messages: the news of 3 s is refused."""
    slow = "[hubs.HUB01]\ncategorize_cost = '1 s'"
    run = play(QUEUE, version_2007(), slow, mail={"app.load": [0] * 14, "app.news": [1, 3]})
    assert run.statuses("app.news") == ["delivered", "abandoned"]
