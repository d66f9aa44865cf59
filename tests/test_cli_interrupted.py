"""A study that is cut short: one message, no traceback, and what was kept."""

import os
import signal
import subprocess
import sys

import pytest
from cli_runs import LITTLE, MM4, SHARED, relaysim
from joblib.externals.loky.process_executor import TerminatedWorkerError

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
    assert done.stderr == "relaysim: interrupted\n"


def test_the_package_leaves_ctrl_c_as_it_was():
    code = "import signal; import relaysim.cli; print(signal.getsignal(signal.SIGINT).__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "default_int_handler\n"


KILLED = "a worker process was killed, most often because the memory is not enough"


@pytest.mark.parametrize(
    ("fault", "cause"),
    [(MemoryError(), "the memory is not enough"), (TerminatedWorkerError("killed"), KILLED)],
)
def test_too_little_memory_is_said_with_what_was_kept(monkeypatch, tmp_path, fault, cause):
    def fails(*_arguments, **_options):
        raise fault

    monkeypatch.setattr("relaysim.study.replicate.run", fails)
    for more, kept in ((("--store", str(tmp_path)), "no finished run is kept"), ((), "")):
        result = relaysim("run", MM4, *more)
        assert (result.exit_code, result.stdout) == (2, "")
        message = " ".join(result.stderr.split())
        assert message.startswith(f"relaysim: {cause}: use fewer --jobs or a smaller run.scale; ")
        assert message.endswith(kept)


def test_too_little_memory_for_one_run_is_said_too(monkeypatch):
    def fails(*_arguments, **_options):
        raise MemoryError

    monkeypatch.setattr("relaysim.present.qshape.qshape", fails)
    result = relaysim("qshape", MM4)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "the memory is not enough: use a smaller run.scale" in " ".join(result.stderr.split())


def killed(*_arguments):
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_worker_that_is_killed_leaves_what_was_kept(monkeypatch, tmp_path):
    store = ("--store", str(tmp_path / "kept"))
    command = ("run", SHARED, *LITTLE[:2])
    assert relaysim(*command, "--jobs", "1", "--replications", "1", *store).exit_code == 0
    monkeypatch.setattr("relaysim.study.jobs._numbered", killed)
    result = relaysim(*command, "--jobs", "2", "--replications", "3", *store)
    assert (result.exit_code, result.stdout) == (2, "")
    message = " ".join(result.stderr.split())
    assert "relaysim: a worker process was killed" in message
    assert "kept: 1" in message
