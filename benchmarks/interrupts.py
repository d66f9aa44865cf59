"""Interrupts: what is kept of a study that is killed, interrupted, or has no place to keep it.

Each row starts a study of a few replications, disturbs it, and runs the same command again where it
was ended. `python benchmarks/interrupts.py` prints the table, in about two minutes. The row of a
full disk takes a small file system of its own, which only root can mount.
"""

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCENARIO = ROOT / "scenarios" / "mm4.toml"
GRACE = 10.0
"""Seconds for the processes of a study to end."""


@dataclass(frozen=True)
class Row:
    """What is left after a disturbance, and what the same command gives then."""

    kept: int
    exit: int
    printed: str
    """What the disturbed command printed on stderr."""
    alive: int
    """Processes of the command that did not end."""
    same: bool
    """Whether the command, or the same command started again, gives the undisturbed result."""
    used: int = 0
    """Kept runs that the command started again used."""


@dataclass(frozen=True)
class Bench:
    """A study, the folder that it works in, and its undisturbed result."""

    folder: Path
    seconds: int = 2000
    replications: int = 8
    jobs: int = 2
    expected: list[str] = field(default_factory=list)

    @property
    def store(self) -> Path:
        """The directory of the store."""
        return self.folder / "store"

    def words(self) -> list[str]:
        """Return the command of the study, without the name of the program."""
        return [
            *("run", str(SCENARIO), "--jobs", str(self.jobs), "--json"),
            *("--set", f"run.duration={self.seconds} s", "--set", "run.warm_up=100 s"),
            *("--replications", str(self.replications)),
        ]

    def start(
        self,
        environment: dict[str, str] | None = None,
        prefix: Sequence[str] = (),
    ) -> "Study":
        """Start the study in a session of its own, by the command `prefix` if there is one."""
        command = [*prefix, sys.executable, "-m", "relaysim", *self.words()]
        number = len(list(self.folder.glob("*.out")))
        out, err = (self.folder / f"{number}.{name}" for name in ("out", "err"))
        environment = os.environ | (environment or {"RELAYSIM_STORE": str(self.store)})
        with out.open("wb") as stdout, err.open("wb") as stderr:
            process = subprocess.Popen(
                command,
                env={name: value for name, value in environment.items() if value},
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        return Study(process, out, err)

    def result(self) -> str:
        """Return what the undisturbed study prints."""
        if not self.expected:
            study = self.start({"RELAYSIM_STORE": str(self.folder / "undisturbed")})
            study.process.wait()
            self.expected.append(study.out.read_text(encoding="utf-8"))
        return self.expected[0]

    def kept(self) -> int:
        """Count the entries of the store."""
        return len(list(self.store.glob("??/*.arrows")))

    def wait_for(self, study: "Study", entries: int) -> None:
        """Wait until the store has so many entries."""
        while self.kept() < entries and study.process.poll() is None:
            time.sleep(0.01)

    def again(self, study: "Study") -> Row:
        """Return the row of a study that was ended, after the same command ran again."""
        code, alive = study.process.wait(), study.alive()
        kept = self.kept()
        second = self.start()
        second.process.wait()
        used = next((int(line.split()[0]) for line in second.lines() if " finished run" in line), 0)
        same = second.out.read_text(encoding="utf-8") == self.result()
        return Row(kept, code, study.err.read_text(encoding="utf-8"), alive, same, used)

    def once(self, study: "Study") -> Row:
        """Return the row of a study that went on to its end."""
        code = study.process.wait()
        same = study.out.read_text(encoding="utf-8") == self.result()
        return Row(self.kept(), code, study.err.read_text(encoding="utf-8"), study.alive(), same)


@dataclass(frozen=True)
class Study:
    """A running command, and the files of its stdout and stderr."""

    process: "subprocess.Popen[bytes]"
    out: Path
    err: Path

    def lines(self) -> list[str]:
        """Return the lines of stderr."""
        return self.err.read_text(encoding="utf-8").splitlines()

    def processes(self) -> list[tuple[int, str]]:
        """Return process id and command line of what is left of the command, itself included."""
        # The session is a process group too, and a zombie is no process that runs.
        listed = subprocess.run(
            ["ps", "-e", "-ww", "-o", "pid=,pgid=,stat=,args="],
            capture_output=True,
            text=True,
            check=True,
        )
        rows = (line.split(None, 3) for line in listed.stdout.splitlines())
        children = [row for row in rows if int(row[1]) == self.process.pid and row[2][0] != "Z"]
        return [(int(pid), args) for pid, _, _, args in children]

    def workers(self) -> list[int]:
        """Return the process ids of the workers."""
        return [pid for pid, args in self.processes() if "loky.backend.popen_loky" in args]

    def alive(self) -> int:
        """Count the processes that do not end within `GRACE` seconds, and end them."""
        until = time.monotonic() + GRACE
        while self.processes() and time.monotonic() < until:
            time.sleep(0.1)
        left = len(self.processes())
        if left:
            os.killpg(self.process.pid, signal.SIGKILL)
        return left


def ended(bench: Bench, signal_number: int, *, everybody: bool = False) -> Row:
    """A signal ends the command, or everybody: the command and its workers, all at once."""
    study = bench.start()
    bench.wait_for(study, 2)
    (os.killpg if everybody else os.kill)(study.process.pid, signal_number)
    return bench.again(study)


def worker_killed(bench: Bench) -> Row:
    """A worker is killed, as by a system that is out of memory."""
    study = bench.start()
    bench.wait_for(study, 2)
    os.killpg(study.process.pid, signal.SIGSTOP)  # no worker ends while they are looked for
    os.kill(study.workers()[0], signal.SIGKILL)
    os.killpg(study.process.pid, signal.SIGCONT)
    return bench.again(study)


def disk_full(bench: Bench) -> Row:
    """The disk of the store is full after a few runs. Only root can mount such a disk."""
    bench.store.mkdir(mode=0o700)
    mount = ["mount", "-t", "tmpfs", "-o", "size=80k,mode=700", "relaysim", str(bench.store)]
    subprocess.run(mount, check=True)
    try:
        return bench.once(bench.start())
    finally:
        subprocess.run(["umount", "-l", str(bench.store)], check=True)


def no_home(bench: Bench) -> Row:
    """A container: no HOME, and where Linux allows it a user id that has no name."""
    none = ("HOME", "XDG_CACHE_HOME", "USER", "LOGNAME", "RELAYSIM_STORE")
    alias = ("unshare", "--user", "--map-user=54321")
    try:
        allowed = subprocess.run([*alias, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        allowed = False
    return bench.once(bench.start(dict.fromkeys(none, ""), prefix=alias if allowed else ()))


def open_to_others(bench: Bench) -> Row:
    """Others may write to the directory."""
    bench.store.mkdir()
    bench.store.chmod(0o777)
    return bench.once(bench.start())


def damaged_key(bench: Bench) -> Row:
    """The key of the store is cut short."""
    bench.store.mkdir(mode=0o700)
    (bench.store / "key").write_bytes(b"short")
    (bench.store / "key").chmod(0o600)
    return bench.once(bench.start())


def left_over(bench: Bench) -> Row:
    """The first command on a store was killed before the key had its name."""
    (bench.store / "unfinished").mkdir(parents=True, mode=0o700)
    bench.store.chmod(0o700)
    (bench.store / "unfinished" / "tmpabcdefgh").write_bytes(b"half a k")
    return bench.once(bench.start())


def two_at_once(bench: Bench) -> Row:
    """Two commands of the same study work on one store."""
    first, second = bench.start(), bench.start()
    one, two = bench.once(first), bench.once(second)
    code, alive = max(one.exit, two.exit), one.alive + two.alive
    return Row(bench.kept(), code, one.printed + two.printed, alive, one.same and two.same)


FIRST_USES = 40
_FIRST_USE = """
import os, sys
from relaysim.study.execution.store import Store
gate, ready = os.pipe()
for _ in range(int(sys.argv[2])):
    if os.fork() == 0:
        os.close(ready)
        os.read(gate, 1)
        store = Store(sys.argv[1])
        os._exit(1 if store.closed else 0)
os.close(ready)
codes = [os.waitstatus_to_exitcode(os.wait()[1]) for _ in range(int(sys.argv[2]))]
sys.exit(sum(code != 0 for code in codes))
"""


def first_use_by_forty(bench: Bench) -> Row:
    """Forty processes use a new store at the same moment, twenty times over."""
    failed, printed = 0, ""
    for number in range(20):
        folder = str(bench.folder / f"new{number}")
        command = [sys.executable, "-c", _FIRST_USE, folder, str(FIRST_USES)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        failed, printed = failed + done.returncode, printed + done.stderr
    return Row(0, failed, printed, 0, failed == 0)


SITUATIONS: dict[str, Callable[[Bench], Row]] = {
    "the command is killed (SIGKILL)": partial(ended, signal_number=signal.SIGKILL),
    "all its processes are killed at once": partial(
        ended, signal_number=signal.SIGKILL, everybody=True
    ),
    "the command gets SIGTERM": partial(ended, signal_number=signal.SIGTERM),
    "the terminal is closed (SIGHUP)": partial(ended, signal_number=signal.SIGHUP),
    "Ctrl-C": partial(ended, signal_number=signal.SIGINT, everybody=True),
    "a worker is killed": worker_killed,
    "the disk of the store is full": disk_full,
    "no HOME, user without a name": no_home,
    "others may write to the directory": open_to_others,
    "the key is damaged": damaged_key,
    "a left-over temporary file": left_over,
    "two commands on one store": two_at_once,
    "first use by 40 processes, 20 times": first_use_by_forty,
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--replications", type=int, default=8)
    parser.add_argument("--seconds", type=int, default=2000, help="length of a run")
    chosen = parser.parse_args()
    print("| situation | kept | exit code | used again | same result | left | printed |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    expected: list[str] = []
    for name, situation in SITUATIONS.items():
        if situation is disk_full and os.getuid() != 0:
            print(f"| {name} | not tried: only root can mount a small disk | | | | | |")
            continue
        with tempfile.TemporaryDirectory() as folder:
            bench = Bench(Path(folder), chosen.seconds, chosen.replications, expected=expected)
            row = situation(bench)
            printed = " / ".join(row.printed.replace(folder, "").splitlines())
            same = "yes" if row.same else "NO"
            cells = (name, row.kept, row.exit, row.used, same, row.alive, printed)
            print(f"| {' | '.join(map(str, cells))} |", flush=True)


if __name__ == "__main__":
    main()
