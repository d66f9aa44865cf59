"""A study that is cut short: one message, no traceback, and what was kept."""

import os
import signal
import subprocess
import sys

import pytest
from joblib.externals.loky.process_executor import TerminatedWorkerError
from worlds.cli_runs import LITTLE, MM4, SHARED, refused, relaysim
from worlds.golden_text import message

from relaysim.cli.interrupt import end_at_once, handle_as_interrupts
from relaysim.study.execution.jobs import in_order
from relaysim.study.execution.worker import interrupts_blocked, start_tracker

INTERRUPT_AT = """
import signal, sys
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == {module!r}:
            signal.raise_signal(signal.SIGINT)
sys.meta_path.insert(0, Finder())
sys.argv = {words!r}
from relaysim.cli import main
main()
"""


@pytest.mark.parametrize(
    "module",
    ["typer", "relaysim.cli.sweep", "pydantic", "numpy", "pandas", "scipy.special", "simpy"],
)
def test_ctrl_c_during_imports_is_one_line(module):
    words = ["relaysim", "run", MM4, "--no-store", "--replications", "1"]
    code = INTERRUPT_AT.format(module=module, words=words)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert done.stderr.startswith("relaysim: ")
    assert done.stderr.count("\n") == 1


def test_the_package_leaves_ctrl_c_as_it_was():
    code = "import signal; import relaysim.cli; print(signal.getsignal(signal.SIGINT).__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "default_int_handler\n"


STOPS = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]


@pytest.fixture
def _handlers():
    """The handlers of before, afterwards."""
    numbers = [signal.SIGINT, *(getattr(signal, name) for name in STOPS)]
    before = {number: signal.getsignal(number) for number in numbers}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.mark.usefixtures("_handlers")
@pytest.mark.parametrize("name", STOPS)
@pytest.mark.parametrize("background", [False, True])
def test_a_closed_terminal_and_a_batch_system_interrupt_as_ctrl_c_does(name, background):
    signal.signal(getattr(signal, name), signal.SIG_DFL)  # which nohup ignores for the tests too
    if background:  # there a shell lets commands ignore Ctrl-C
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    handle_as_interrupts()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(getattr(signal, name))


@pytest.mark.usefixtures("_handlers")
@pytest.mark.parametrize("name", STOPS)
def test_what_nohup_ignores_stays_ignored(name):
    number = getattr(signal, name)
    for each in (number, signal.SIGINT):
        signal.signal(each, signal.SIG_IGN)
    handle_as_interrupts()
    end_at_once()
    for each in (number, signal.SIGINT):
        assert signal.getsignal(each) is signal.SIG_IGN
        signal.raise_signal(each)


@pytest.mark.usefixtures("_handlers")
def test_without_sighup_as_on_windows_sigterm_is_handled(monkeypatch):
    monkeypatch.delattr(signal, "SIGHUP", raising=False)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    handle_as_interrupts()
    start_tracker()
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGTERM)


@pytest.mark.usefixtures("_handlers")
@pytest.mark.parametrize("handled", [True, False])
def test_a_closed_terminal_does_not_end_what_removes_semaphores(monkeypatch, handled):
    """The tracker of joblib is started while SIGHUP is ignored, and inherits that."""
    if not hasattr(signal, "SIGHUP"):
        return
    inherited = []
    monkeypatch.setattr(
        "relaysim.study.execution.worker.resource_tracker.ensure_running",
        lambda: inherited.append(signal.getsignal(signal.SIGHUP)),
    )
    signal.signal(signal.SIGHUP, signal.SIG_DFL)
    if handled:
        handle_as_interrupts()
    before = signal.getsignal(signal.SIGHUP)
    start_tracker()
    assert inherited == [signal.SIG_IGN if handled else signal.SIG_DFL]
    assert signal.getsignal(signal.SIGHUP) is before


HAS_MASK = hasattr(signal, "pthread_sigmask")  # Windows blocks no signals


@pytest.mark.skipif(not HAS_MASK, reason="no signal can be blocked")
@pytest.mark.usefixtures("_handlers")
def test_an_interrupt_while_workers_start_comes_afterwards():
    signal.signal(signal.SIGINT, signal.default_int_handler)
    steps = []
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012
        with interrupts_blocked():
            os.kill(os.getpid(), signal.SIGINT)
            steps.append("within")
        steps.append("after")
    assert steps == ["within"]
    assert signal.SIGINT not in signal.pthread_sigmask(signal.SIG_BLOCK, ())


def blocked():
    return signal.SIGINT in signal.pthread_sigmask(signal.SIG_BLOCK, ())


@pytest.mark.skipif(not HAS_MASK, reason="no signal can be blocked")
def test_a_worker_starts_with_interrupts_blocked():
    """A worker that is interrupted while it imports NumPy would print a traceback."""
    assert list(in_order([blocked, blocked], jobs=2)) == [True, True]
    assert not blocked()


def test_without_signal_masks_as_on_windows_workers_start_too(monkeypatch):
    monkeypatch.delattr(signal, "pthread_sigmask", raising=False)
    with interrupts_blocked():
        pass


@pytest.mark.parametrize(
    "fault", [MemoryError(), TerminatedWorkerError("killed")], ids=["memory", "killed"]
)
def test_too_little_memory_is_said_with_what_was_kept(monkeypatch, tmp_path, fault, golden_section):
    def fails(*_arguments, **_options):
        raise fault

    monkeypatch.setattr("relaysim.study.run_result.run_scenario", fails)
    text = [refused("run", MM4, "--store", str(tmp_path)), refused("run", MM4)]
    assert all("--jobs" in each and "run.scale" in each for each in text)
    golden_section("errors/interrupted", "\n".join(map(message, text)))


def test_too_little_memory_for_one_run_is_said_too(monkeypatch, golden_section):
    def fails(*_arguments, **_options):
        raise MemoryError

    monkeypatch.setattr("relaysim.present.text.queue_table.qshape", fails)
    text = refused("qshape", MM4)
    assert "run.scale" in text
    golden_section("errors/interrupted", message(text))


def killed(*_arguments):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_is_killed_leaves_what_was_kept(monkeypatch, tmp_path, golden_section):
    store = ("--store", str(tmp_path / "kept"))
    command = ("run", SHARED, *LITTLE[:2])
    assert relaysim(*command, "--jobs", "1", "--replications", "1", *store).exit_code == 0
    monkeypatch.setattr("relaysim.study.execution.jobs._numbered", killed)
    text = refused(*command, "--jobs", "2", "--replications", "3", *store)
    assert "SIGKILL" in text
    golden_section("errors/interrupted", message(text))
