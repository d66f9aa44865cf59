"""relaysim against a real Postfix on loopback.

    make validate                           # all cases; writes the table of the page
    make validate CASES="burst chain"       # some cases; writes no page

A private Postfix, a receiver with set delays and a load generator run on loopback, as root. Two
short runs calibrate receive_cost and send_cost. Then each case is measured three times, and each
time a relaysim scenario with the same submission times is simulated. What was measured and the
scenarios stay in out/validation. docs/background/validation.md explains the cases.
"""

import argparse
import os
import platform
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import relaysim
from validation.cases import CASES, RECEIVE_RUN, REPEATS, SEND_RUN, Case
from validation.comparison import Compared, Pair, compare, score
from validation.cost_calibration import receive_cost, send_cost
from validation.disturbed import Repetition
from validation.postfix import INSTALL, MissingError, StartError, version
from validation.table import Circumstances, block, cells, replaced, verdict
from validation.trial import Trial, TrialError, measure
from validation.twin import Costs, planned_replies, simulate, write

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "background" / "validation.md"
KEPT = ROOT / "out" / "validation"
"""Where the measured rows and the scenarios stay."""
PREFIX = "relaysim-validation-"


class Measurements:
    """The measurements of one call.

    Parameters
    ----------
    folder : Path
        Temporary, for the queues of Postfix.
    """

    def __init__(self, folder: Path) -> None:
        self.folder, self.count, self.repetition = folder, 0, Repetition(time.monotonic)
        self.planned: dict[str, dict[str, list[tuple[float, int]]]] = {}

    def trial(self, case: Case, repeat: int, delivers: bool = True) -> Trial:
        """Return a measurement of a case, made again if it was disturbed."""
        kept = KEPT / f"{case.name}-{repeat}"
        shutil.rmtree(kept, ignore_errors=True)
        kept.mkdir(parents=True)
        if case.name not in self.planned:
            self.planned[case.name] = planned_replies(case, kept)
        replies = self.planned[case.name]

        def once(attempt: int) -> Trial:
            self.count += 1
            folder = self.folder / str(self.count)
            folder.mkdir()
            trial = measure(case, replies, seed=repeat, folder=folder, delivers=delivers)
            again = f", attempt {attempt}" if attempt > 1 else ""
            busy = trial.disturbance
            print(
                f"{case.name}, repeat {repeat}{again}: others used {busy.others:.0%} of the"
                f" machine, stolen {busy.stolen:.0%}, load {os.getloadavg()[0]:.1f}",
                flush=True,
            )
            shutil.rmtree(folder)
            return trial

        trial = self.repetition.undisturbed(once)
        trial.submitted.to_csv(kept / "submitted.csv", index=False)
        trial.attempts.to_csv(kept / "attempts.csv", index=False)
        return trial

    def costs(self) -> Costs:
        """Return the calibrated costs."""
        costs = Costs(
            receive_cost(self.trial(RECEIVE_RUN, 1, delivers=False)),
            send_cost(self.trial(SEND_RUN, 1)),
        )
        print(
            f"calibrated: receive_cost {1000 * costs.receive:.2f} ms,"
            f" send_cost {1000 * costs.send:.2f} ms",
            flush=True,
        )
        return costs

    def pair(self, case: Case, repeat: int, costs: Costs) -> tuple[Pair, float]:
        """Return what was measured and simulated in a repeat, and how disturbed it was."""
        trial = self.trial(case, repeat)
        file = write(case, costs, trial.arrivals(), KEPT / f"{case.name}-{repeat}")
        return (trial.deliveries(), simulate(file)), trial.disturbance.share


@contextmanager
def temporary_folder() -> Iterator[Path]:
    """Return a folder that Postfix may enter, and remove it; also those of killed calls."""
    for old in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        if not Path(f"/proc/{old.name.split('-')[2]}").exists():
            shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{PREFIX}{os.getpid()}-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def processor() -> str:
    """Return processor, cores and system."""
    lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    models = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    model = models[0] if models else platform.machine()
    return f"{os.cpu_count()} cores ({model}), {platform.system()} {platform.release()}"


def run(chosen: Sequence[Case], repeats: int, postfix: str) -> list[Compared]:
    """Measure and simulate, and print each quantity; all cases write the page."""
    rows: list[Compared] = []
    disturbances: dict[str, list[float]] = {}
    with temporary_folder() as folder:
        measurements = Measurements(folder)
        costs = measurements.costs()
        for case in chosen:
            pairs = [measurements.pair(case, repeat, costs) for repeat in range(1, repeats + 1)]
            disturbances[case.name] = [disturbance for _, disturbance in pairs]
            compared = compare(case, [pair for pair, _ in pairs])
            for row in compared:
                print("  " + "  ".join(cells(row)), flush=True)
            rows += compared
    print(verdict(score(rows)))
    if len(chosen) == len(CASES) and repeats == REPEATS:
        where = Circumstances(relaysim.__version__, postfix, processor(), costs, disturbances)
        page = PAGE.read_text(encoding="utf-8")
        PAGE.write_text(replaced(page, block(rows, where)), encoding="utf-8")
        print(f"written: {PAGE}")
    return rows


def handle_signals() -> None:
    """Let SIGTERM and the SIGHUP of a closed terminal end the program, so that it cleans up.

    A signal that is ignored stays ignored: nohup ignores SIGHUP.
    """
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, lambda number, frame: sys.exit(128 + number))


def main() -> int:
    """Validate; return 0, 1 for a measurement that failed, or 2 where Postfix is missing."""
    parser = argparse.ArgumentParser(description="compare relaysim with a real Postfix")
    names = [case.name for case in CASES]
    parser.add_argument("case", nargs="*", help=f"all by default: {', '.join(names)}")
    parser.add_argument("--repeats", type=int, default=REPEATS)
    args = parser.parse_args()
    for name in set(args.case) - set(names):
        parser.error(f"there is no case {name!r}; the cases are {', '.join(names)}")
    try:
        postfix = version()
    except MissingError as error:
        print(f"{error}.\n\n{INSTALL}", file=sys.stderr)
        return 2
    handle_signals()
    try:
        run([case for case in CASES if case.name in (args.case or names)], args.repeats, postfix)
    except (TrialError, StartError) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
