"""The comparison with a real Postfix (`make validate`): all of it that needs no Postfix."""

import asyncio
import importlib.util
import os
import signal
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import relaysim

if os.name == "nt":
    pytest.skip("the benchmark needs Linux", allow_module_level=True)

ROOT = Path(__file__).parent.parent
_SPEC = importlib.util.spec_from_file_location(
    "validation", ROOT / "benchmarks" / "validation" / "__init__.py"
)
assert _SPEC is not None
sys.modules["validation"] = importlib.util.module_from_spec(_SPEC)

from validation import load, postfix, sink  # noqa: E402
from validation.__main__ import handle_signals, main  # noqa: E402
from validation.cases import CASES, Burst, Case, Hub, NextHop, Poisson  # noqa: E402
from validation.comparison import Compared, Score, compare, score  # noqa: E402
from validation.cost_calibration import receive_cost, send_cost  # noqa: E402
from validation.deliveries import Deliveries  # noqa: E402
from validation.disturbed import Repetition  # noqa: E402
from validation.machine import Disturbance, Reading, disturbance  # noqa: E402
from validation.maillog import LoggedAttempt, attempts, problems  # noqa: E402
from validation.table import BEGIN, END, missed, number, replaced, verdict  # noqa: E402
from validation.trial import Trial  # noqa: E402
from validation.twin import Costs, planned_replies, simulate, write  # noqa: E402

LOG = """\
Nov 30 15:38:12 hub01 postfix/smtp[71]: 4jdS1Zc: to=<u@remote.test>, relay=127.0.0.1[127.0.0.1]:4, \
delay=0.21, delays=0.002341/0.000112/0.001/0.2054, dsn=2.0.0, status=sent (250 2.0.0 Ok)
Nov 30 15:38:13 hub01 postfix/smtp[71]: 4jdS2Zc: to=<u@remote.test>, relay=127.0.0.1[127.0.0.1]:4, \
conn_use=17, delay=2.5, delays=0.0023/2.3/9e-05/0.2, dsn=4.7.1, status=deferred (host said: 451)
Nov 30 15:38:14 hub01 postfix/smtp[72]: 4jdS3Zc: to=<u@remote.test>, relay=none, delay=0.01, \
delays=0.01/0/0/0, dsn=4.4.1, status=deferred (connect to 127.0.0.1: Connection refused)
Nov 30 15:38:14 hub01 postfix/qmgr[9]: 4jdS1Zc: removed
""".splitlines()


def test_the_four_delays_of_each_attempt_are_read() -> None:
    assert list(attempts(LOG)) == [
        LoggedAttempt("4jdS1Zc", 1, 0.002341, 0.000112, 0.001, 0.2054, "sent"),
        LoggedAttempt("4jdS2Zc", 17, 0.0023, 2.3, 9e-05, 0.2, "deferred"),
        LoggedAttempt("4jdS3Zc", 1, 0.01, 0.0, 0.0, 0.0, "deferred"),
    ]


def test_only_the_queue_manager_may_warn() -> None:
    advice = "Nov 30 15:38:14 hub01 postfix/qmgr[9]: warning: mail for remote is using up 4001 of"
    fatal = "Nov 30 15:38:14 hub01 postfix/smtp[9]: fatal: open main.cf"
    assert problems([*LOG, advice, fatal]) == [fatal]


def test_the_quantities_of_eleven_deliveries() -> None:
    """Submitted each second from 0 to 10, delivered 0, 1, ... 10 s later.

    The median is 5 s, p95 is 9.5 s, the last delivery is at 20 s. The first tenth ends at 2 s, the
    last tenth begins at 18 s: 0.8 of 11 messages in 16 s.
    """
    times = np.arange(11.0)
    stream = Deliveries(times, 2 * times)
    assert stream.quantity("p50") == 5.0
    assert stream.quantity("p95") == pytest.approx(9.5)
    assert stream.quantity("makespan") == 20.0
    assert stream.quantity("throughput") == pytest.approx(0.8 * 11 / 16)


ROW = Compared("burst", "newsletter", "p50", 1000, (2.0, 2.0, 2.0), (2.19, 1.81, 2.21))


def test_less_than_a_tenth_agrees_and_more_does_not() -> None:
    assert ROW.differences == pytest.approx((0.095, -0.095, 0.105))
    assert (ROW.within, ROW.misses) == (2, 1)
    assert score([ROW]) == Score(within=2, count=3, medians=1, quantities=1)
    assert verdict(score([ROW])) == (
        "2 of 3 values agree within 10 % (67 %); of the medians of the repeats 1 of 1."
    )
    assert missed([ROW]) == "Not within 10 % in each repeat: burst newsletter p50."


def test_each_repeat_is_compared_with_its_own_twin() -> None:
    case = Case("two", "", {"mail": Poisson(2, rate=1)}, {"remote": NextHop('"1 s"')})
    pairs = [
        (
            {"mail": Deliveries(np.zeros(2), np.full(2, end))},
            {"mail": Deliveries(np.zeros(2), np.full(2, 1.0))},
        )
        for end in (1.0, 2.0)
    ]
    p50, p95 = compare(case, pairs)
    assert (p50.quantity, p95.quantity) == ("p50", "p95")
    assert p50.differences == (0.0, -0.5)


def test_numbers_have_three_digits() -> None:
    assert [number(v) for v in (123.4, 12.34, 1.234, 0.1234)] == ["123", "12.3", "1.23", "0.123"]


def test_the_block_of_the_page_is_replaced() -> None:
    page = (ROOT / "docs" / "background" / "validation.md").read_text(encoding="utf-8")
    changed = replaced(page, "NEW")
    assert f"{BEGIN}\n\nNEW\n\n{END}" in changed
    assert replaced(changed, "NEW") == changed
    assert changed.partition(BEGIN)[0] == page.partition(BEGIN)[0]
    assert changed.partition(END)[2] == page.partition(END)[2]
    with pytest.raises(ValueError, match="lacks the lines"):
        replaced("# Validation\n", "NEW")


def test_what_replayed_arrivals_determine_is_not_compared() -> None:
    for stream in (stream for case in CASES for stream in case.streams.values()):
        assert ("makespan" in stream.quantities) == isinstance(stream, Burst)
        assert ("throughput" in stream.quantities) == isinstance(stream, Burst)
        assert ("p99" in stream.quantities) == (stream.messages >= 1000)


def _trial(submitted: pd.DataFrame, ended: pd.DataFrame, others: float = 0.0) -> Trial:
    return Trial(submitted, ended, {}, 0.0, Disturbance(others, 0.0))


def test_a_disturbed_measurement_is_made_again_and_the_least_disturbed_one_counts() -> None:
    def first_of(*shares: float, spare: float = 100.0) -> tuple[float, int]:
        made: list[int] = []

        def measure(attempt: int) -> Trial:
            made.append(attempt)
            return _trial(pd.DataFrame(), pd.DataFrame(), shares[attempt - 1])

        repetition = Repetition(clock=lambda: 10.0 * len(made))
        repetition.spare = spare
        return repetition.undisturbed(measure).disturbance.share, len(made)

    assert first_of(0.10) == (0.10, 1)
    assert first_of(0.30, 0.05) == (0.05, 2)
    assert first_of(0.30, 0.40, 0.20) == (0.20, 3)
    assert first_of(0.30, 0.25, 0.40) == (0.25, 3)
    assert first_of(0.30, 0.20, spare=10.0) == (0.20, 2)


def test_a_disturbance_is_the_work_of_others_and_what_the_host_took() -> None:
    """In 10 s on two cores: 12 s busy, 5 s of it own, and 1 s stolen."""
    before = Reading(total=100, busy=50, stolen=2, own=7)
    after = Reading(total=120, busy=62, stolen=3, own=12)
    assert disturbance(before, after) == Disturbance(others=0.35, stolen=0.05)


def test_the_intake_of_four_messages_in_two_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two cores work 4 s for 4 messages."""
    monkeypatch.setattr("validation.cost_calibration.CORES", 2)
    submitted = pd.DataFrame({"submitted": [10, 10, 11, 11.5], "acknowledged": [11, 11, 11.5, 12]})
    assert receive_cost(_trial(submitted, pd.DataFrame())) == 1.0


def test_the_time_of_a_delivery_besides_that_of_its_receiver() -> None:
    """On two connections replies come each 52 ms, and the receiver waits 50 ms.

    Deliveries within half a second of the intake do not count, and may take longer.
    """
    early = [{"connection": c, "content": 0.45, "end": 0.5} for c in (1, 2)]
    later = [
        {"connection": c, "content": 1.002 + 0.052 * n, "end": 1.052 + 0.052 * n}
        for c in (1, 2)
        for n in range(60)
    ]
    submitted = pd.DataFrame({"submitted": [0.0], "acknowledged": [0.4]})
    trial = _trial(submitted, pd.DataFrame(early + later))
    assert send_cost(trial) == pytest.approx(0.002)
    with pytest.raises(ValueError, match="too few"):
        send_cost(_trial(submitted, pd.DataFrame(early + later[:5])))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_twin_of_a_case_is_a_scenario_without_errors(case: Case, tmp_path: Path) -> None:
    few = {name: [0.5, 0.7] for name in case.streams}
    file = write(case, Costs(receive=0.0013, send=0.0018), few, tmp_path)
    findings = relaysim.check(relaysim.load(file))
    assert not [finding for finding in findings if finding.severity == "error"]
    assert all(len(stream.delivered) == 2 for stream in simulate(file).values())


def test_the_receiver_gets_the_response_times_and_deferrals_of_the_twin(tmp_path: Path) -> None:
    """Without core time an attempt of the twin lasts as long as the receiver waits."""
    case = Case(
        "deferred",
        "",
        {"mail": Poisson(200, rate=10)},
        {"remote": NextHop('{ distribution = "exponential", mean = "200 ms" }', defer=0.2)},
        {"HUB01": Hub(limit=200, initial=200, backoff=12, scan=4)},
    )
    replies = planned_replies(case, tmp_path)
    file = write(case, Costs(0.0, 0.0), {"mail": [n / 10 for n in range(200)]}, tmp_path)
    made = relaysim.run(relaysim.load(file), replications=1, seed=1, frames=True, jobs=1)
    tries = made.attempts.merge(made.messages[["message", "number"]], on="message")
    assert len(tries) == sum(map(len, replies.values())) > 200
    waits = []
    for row in tries.itertuples():
        delay, code = replies[load.message_name("mail", row.number)][row.attempt]
        waits.append(row.end - row.start - delay)
        assert row.reply.startswith(str(code))
    # Some wait for the start of their process, 17 ms after the one before.
    assert min(waits) > -1e-6
    assert np.median(waits) == pytest.approx(0.0, abs=1e-6)


def test_the_load_reaches_the_receiver_directly(tmp_path: Path) -> None:
    """A burst of three over two sessions, a stream of two; the receiver waits 50 ms."""
    port, names = (
        postfix.free_port(),
        [f"bulk-{n:06d}" for n in range(3)] + ["app-000000", "app-000001"],
    )
    taken = {
        "ports": {"remote": (port, 0.01)},
        "replies": {name: [(0.05, 250)] for name in names},
        "expect": 5,
        "out": str(tmp_path / "attempts.csv"),
    }
    both = {"port": port, "recipient": "u@remote.test", "size": 4096, "sessions": 2}
    sent = {
        "warm": [],
        "streams": [
            {"name": "bulk", "messages": 3, "at": 0.0, **both},
            {"name": "app", "arrivals": [0.0, 0.01], **both},
        ],
        "out": str(tmp_path / "submitted.csv"),
    }

    async def both_ends() -> None:
        receiver = asyncio.create_task(sink.main(taken))
        await asyncio.sleep(0.05)
        await load.main(sent)
        await receiver

    asyncio.run(both_ends())
    submitted = pd.read_csv(tmp_path / "submitted.csv")
    ended = pd.read_csv(tmp_path / "attempts.csv")
    assert sorted(submitted["message"]) == sorted(ended["message"]) == sorted(names)
    assert (ended["end"] - ended["content"] >= 0.049).all()
    assert ended["connection"].nunique() == 4
    assert len(load.content("bulk-000000", "u@remote.test", 4096)) == 4096


def test_without_postfix_it_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(postfix, "_program", lambda name: "")
    monkeypatch.setattr(sys, "argv", ["validation"])
    assert main() == 2
    error = capsys.readouterr().err
    assert error.startswith("Postfix is not installed.\n")
    assert "apt-get install --no-install-recommends postfix" in error


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_the_program_so_that_it_cleans_up(number: signal.Signals) -> None:
    before = {each: signal.getsignal(each) for each in (signal.SIGTERM, signal.SIGHUP)}
    try:
        signal.signal(number, signal.SIG_DFL)
        handle_signals()
        with pytest.raises(SystemExit) as ended:
            signal.raise_signal(number)
        assert ended.value.code == 128 + number
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
