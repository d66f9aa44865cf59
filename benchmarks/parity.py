"""How good the comparison of both engines is, on which the compiled engine rests.

    python benchmarks/parity.py worlds              # 5,000 random worlds: no row differs
    python benchmarks/parity.py worlds --case out/parity-3.json   # one world again
    python benchmarks/parity.py reach               # what too few of these worlds reach
    python benchmarks/parity.py coverage            # lines of C++ that the test suite runs
    python benchmarks/parity.py mutants             # faults in C++ that the test suite finds
    python benchmarks/parity.py sanitizers          # the test suite with AddressSanitizer, UBSan

The test suite compares both engines on the worlds of `tests/worlds/compared_worlds.py`. Coverage,
mutants and sanitizers need GCC and Linux. The exit status is 1 if the result is not good enough.
"""

import argparse
import gzip
import json
import multiprocessing
import os
import random
import re
import resource
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from signal import SIGKILL, SIGXCPU
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT / "tests"))
from worlds.compared_worlds import (  # noqa: E402 -- from the folder of the tests
    SCENARIOS,
    SEED,
    random_worlds,
    run_with_many_rows,
    run_with_top_value,
    runs_of_huge_messages,
    runs_of_scenario,
    runs_of_world,
    runs_that_refuse,
)
from worlds.reached import EXPECTED, reached  # noqa: E402

from relaysim.engine import run as reference  # noqa: E402
from relaysim.engine.fast import build, simulation  # noqa: E402
from relaysim.engine.fast.binding import Library  # noqa: E402
from relaysim.plan.plan import Plan  # noqa: E402
from relaysim.study.execution.jobs import in_order  # noqa: E402
from relaysim.trace.tables import Trace, first_divergence  # noqa: E402
from relaysim.traffic.workload import Draws  # noqa: E402

WORLDS = 5_000
PART = 250
"""Worlds of a job."""
RARE = 100
"""What fewer worlds of `WORLDS` reach is printed."""
FAULTS, MOST_SURVIVORS = 40, 2
LEAST_COVERAGE = 0.98
MOST_MEMORY = 4 * 2**30
"""Bytes of address space of a library with a fault."""
MOST_SECONDS = 120
"""A library with a fault that takes more processor time hangs."""
CASES = ROOT / "out"

Tables = dict[str, Any]


# Random worlds in parallel processes.


def parts(worlds: int, start: int, job: Callable[[int, int], Any]) -> Iterator[Any]:
    """Yield the results of a job for each part of the worlds: its pairs, and its seed."""
    sizes = [min(PART, worlds - first) for first in range(0, worlds, PART)]

    def report(done: int, of: int) -> None:
        print(f"\r{done} of {of} parts", end="", file=sys.stderr)

    calls = [partial(job, (size + 1) // 2, start + i) for i, size in enumerate(sizes)]
    yield from in_order(calls, progress=report)
    print(file=sys.stderr)


@dataclass
class Difference(Exception):  # noqa: N818 -- a result
    """A world whose traces differ, and where."""

    tables: Tables
    replication: int
    where: str


def compare(tables: Tables, replication: int) -> Counter[str]:
    """Compare the runs of a world; return the rows by table. Raises Difference."""
    rows: Counter[str] = Counter()
    for plan, draws in runs_of_world(tables, replication):
        one, other = reference.run(plan, draws), simulation.run(plan, draws)
        where = first_divergence(one, other)
        if where is not None or one.fingerprint() != other.fingerprint():
            raise Difference(tables, replication, where or "the fingerprints differ")
        rows.update({name: len(getattr(one, name)) for name in Trace.TABLES})
        rows["runs"] += 1
    return rows


def compared(pairs: int, start: int) -> Counter[str] | tuple[Tables, int, str]:
    """Compare random worlds; return the rows by table, or the first difference."""
    rows: Counter[str] = Counter()
    try:
        for tables, replication in random_worlds(pairs, start):
            rows.update(compare(tables, replication))
            rows["worlds"] += 1
    except Difference as found:
        return found.tables, found.replication, found.where
    return rows


def worlds(given: argparse.Namespace) -> int:
    """Compare both engines on random worlds."""
    if given.case:
        return repeated(given.case)
    rows: Counter[str] = Counter()
    for number, part in enumerate(parts(given.worlds, given.seed, compared)):
        if isinstance(part, Counter):
            rows.update(part)
            continue
        tables, replication, where = part
        file = CASES / f"parity-{number}.json"
        file.parent.mkdir(exist_ok=True)
        text = json.dumps([replication, tables], indent=1, default=datetime.isoformat)
        file.write_text(text, encoding="utf-8")
        print(f"{text}\nreplication {replication}: {where}\n--case {file}")
        return 1
    count = sum(rows[name] for name in Trace.TABLES)
    print(f"{rows['worlds']} worlds, {rows['runs']} runs, {count:,} rows: no difference")
    for name in Trace.TABLES:
        print(f"  {name}: {rows[name]:,}")
    return 0


def repeated(file: Path) -> int:
    """Compare both engines on a world that `worlds` wrote."""
    replication, tables = json.loads(file.read_text(encoding="utf-8"))
    start = tables["run"].get("start")
    if start:
        tables["run"]["start"] = datetime.fromisoformat(start)
    try:
        compare(tables, replication)
    except Difference as found:
        print(found.where)
        return 1
    print("no difference")
    return 0


def reached_by(pairs: int, start: int) -> Counter[str]:
    """Count in how many worlds each thing occurs."""
    count: Counter[str] = Counter()
    for tables, replication in random_worlds(pairs, start):
        found: set[str] = set()
        for plan, draws in runs_of_world(tables, replication):
            found |= reached(tables, plan, simulation.run(plan, draws))
        count.update(found)
        count["worlds"] += 1
    return count


def reach(given: argparse.Namespace) -> int:
    """Print what too few random worlds reach."""
    count: Counter[str] = Counter()
    for part in parts(given.worlds, given.seed, reached_by):
        count.update(part)
    number = count.pop("worlds")
    least = RARE * number / WORLDS
    for name in EXPECTED:
        count.setdefault(name, 0)
    rare = {name: seen for name, seen in sorted(count.items()) if seen < least}
    print(f"{len(count)} things in {number} worlds; fewer than {least:g} worlds reach {len(rare)}")
    for name, seen in sorted((count if given.all else rare).items(), key=lambda item: item[1]):
        print(f"  {seen:5}  {name}")
    return 1 if rare else 0


# The test suite, through another library.


def suite() -> Iterator[tuple[Plan, Draws]]:
    """Yield plan and draws of all runs on which the test suite compares the engines."""
    for tables, replication in random_worlds():
        yield from runs_of_world(tables, replication)
    for file in SCENARIOS:
        yield from runs_of_scenario(file)
    yield from runs_of_huge_messages()
    yield from runs_that_refuse()
    yield run_with_many_rows()
    yield run_with_top_value()


def use(file: Path) -> None:
    """Let this process run a library of another place."""
    functions = Library(file)
    simulation.load_library = lambda: functions  # type: ignore[assignment, attr-defined]


def play(given: argparse.Namespace) -> int:
    """Play the test suite, or random worlds, through a library; what `played` starts."""
    use(given.file)
    if given.worlds:
        pairs = random_worlds((given.worlds + 1) // 2)
        runs: Iterator[tuple[Plan, Draws]] = (
            run for world in pairs for run in runs_of_world(*world)
        )
    else:
        runs = suite()
    for plan, draws in runs:
        simulation.run(plan, draws)
    return 0


def played(library: Path, number: int, environment: dict[str, str]) -> int:
    """Play the test suite (`number` 0) or random worlds in a process of its own."""
    words = [sys.executable, __file__, "play", str(library), "--worlds", str(number)]
    return subprocess.run(words, env=os.environ | environment, check=False).returncode


def compiled(target: Path, flags: tuple[str, ...], folder: Path = build.HERE) -> Path:
    """Return a library with other flags, or of other sources. Raises CalledProcessError."""
    compiler = next(build.compilers())
    subprocess.run(
        build.command(compiler, target, flags, folder), check=True, capture_output=True, text=True
    )
    build.seal(target)
    return target


def coverage(_: argparse.Namespace) -> int:
    """Print which lines of C++ the test suite runs."""
    with tempfile.TemporaryDirectory() as folder:
        library = compiled(Path(folder) / build.LIBRARY.name, ("--coverage", "-O0"))
        if played(library, 0, {}):
            return 1
        subprocess.run(
            ["gcov", "--json-format", *map(str, Path(folder).glob("*.gcda"))],
            cwd=folder,
            check=True,
            capture_output=True,
        )
        (report,) = Path(folder).glob("*.gcov.json.gz")
        files = json.loads(gzip.decompress(report.read_bytes()))["files"]
    counts = {}
    for file in files:
        path = Path(file["file"])
        if build.HERE in path.parents and file["lines"]:
            lines: Counter[int] = Counter()
            for line in file["lines"]:  # one entry for each instance of a template
                lines[line["line_number"]] += line["count"]
            counts[path] = lines
    return printed_coverage(counts)


def printed_coverage(counts: dict[Path, Counter[int]]) -> int:
    """Print the share of lines by file, and the lines that never ran."""
    run = of = 0
    for path, lines in sorted(counts.items()):
        text = path.read_text(encoding="utf-8").splitlines()
        never = [number for number, count in sorted(lines.items()) if not count]
        run, of = run + len(lines) - len(never), of + len(lines)
        name = path.relative_to(build.HERE).as_posix()
        print(f"{1 - len(never) / len(lines):7.1%}  {name} ({len(lines)} lines)")
        for number in never:
            print(f"         {number:4}  {text[number - 1].strip()}")
    print(f"{run / of:7.2%}  in all: {run} of {of} lines")
    return 0 if run >= LEAST_COVERAGE * of else 1


def sanitizers(given: argparse.Namespace) -> int:
    """Play the test suite through a library that ends at overflow, bad access and the like."""
    flags = ("-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-O1", "-g")
    where = subprocess.run(
        [*next(build.compilers()), "-print-file-name=libasan.so"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.strip()
    with tempfile.TemporaryDirectory() as folder:
        library = compiled(Path(folder) / build.LIBRARY.name, flags)
        environment = {
            "LD_PRELOAD": where,
            # Python itself frees little at its end. Its small blocks stand one beside another.
            "ASAN_OPTIONS": "detect_leaks=0",
            "PYTHONMALLOC": "malloc",
            "UBSAN_OPTIONS": "print_stacktrace=1",
        }
        code = played(library, given.worlds, environment)
    print("no error" if code == 0 else f"ended with {code}")
    return 1 if code else 0


# Faults.


@dataclass(frozen=True)
class Fault:
    """A line of C++, and what it is instead."""

    file: str
    number: int
    text: str
    instead: str

    def __str__(self) -> str:
        return f"{self.file}:{self.number}: {self.text.strip()}\n    ->  {self.instead.strip()}"


_EXCHANGED = {
    " < ": " <= ",
    " <= ": " < ",
    " > ": " >= ",
    " >= ": " > ",
    " + ": " - ",
    " - ": " + ",
    " && ": " || ",
    " || ": " && ",
    " == ": " != ",
    " != ": " == ",
    "++": "--",
    "--": "++",
    " += ": " -= ",
    " -= ": " += ",
    "true": "false",
    "false": "true",
}
_OPERATOR = re.compile("|".join(sorted(map(re.escape, _EXCHANGED), key=len, reverse=True)))
_NUMBER = re.compile(r"(?<![\w.])\d+(?![\w.])")
_STATEMENT = re.compile(
    r"\s*(?!return|break|continue|goto|const|using)[\w.>\[\]()-]+(\(| = |\+\+).*;"
)
_CONDITION = re.compile(r"(?:if|while) \((?P<condition>[^;()]*(?:\([^()]*\)[^;()]*)*)\)")
_TWO = re.compile(r"\w\((?P<one>\w+), (?P<two>\w+)[,)]")
# Faster, or with less memory, but the same trace, of which the number of events is no part; and
# lines that are no statements.
_LEFT_OUT = re.compile(
    r"prefetch|reserve\(|free\(|free_(memory|actors)|give_back|fprintf|abort|BREATH|processed|#"
    r"|switch|template"
)
_FREES = re.compile(r"(?ms)^[^\n]*(free_actors|::free_memory)\(\) \{$.*?^\}$")
EQUIVALENT = (
    # A draw of 32 bits is hardly ever equal to a threshold.
    (r"draw32\(.* < ", r"draw32\(.* <= "),
    # Any negative number stands for none.
    (r"^(?!.*(outages|connector)).*: -1;", r": -2;"),
    (r"return -1;|_first = -1;", r"return -2;|_first = -2;"),
    (r"(\*reply|started\[transaction\]|timer|probe|minute) = -1;", r" = -2;"),
    (r"by\[\] = \{-1, 0", r"\{-2, 0"),
    (r"taken = -1,|i64 first = -1;", r"taken = -2,|first = -2;"),
    # Another place of a key in a map.
    (r"spread\(key\) >> 20", r">> 21"),
    # An actor gets its number, and what it belongs to, when it is made.
    (r"^actors.hpp:  i64 ", r"\b(number|hub|host|stream|queue|station|limit) = 1[,;]"),
    # Events of lines are compared with those of hubs alone.
    (r"LINE = 2 << 13", r"LINE = 2 << 14"),
    # Text 0 is no refusal of a session, and none of a provider.
    (r"return refusal >= 0", r"return refusal >"),
    (r"peers\[place\]\.refusal >= 0", r"refusal (> 0|>= 1)"),
    (r"if \(text >= 0\)", r"if \(text >"),
    # What is written before it is read.
    (r"i64 (count|batch_size) = [01]", r"i64 (count|batch_size) = [12]"),
    (r"batch_size = 1,", r"batch_size = 2,"),
    (r"i64 signal = 0, recipient = 0", r" = 1"),
    # A follower waits for mail that has left, and then finds it gone.
    (r"ageing.cpp:  return false;$", r"return true;$"),
    # A read beyond an array, or of one that has moved, which the sanitizers find: what it gives is
    # not defined.
    (r"an NDR may have changed the array", r"^\s*;"),
    (r"run\[0\]", r"run\[1\]"),
    # A larger array, or a map that grows one key earlier.
    (r"containers.hpp:  i64 size = 0;", r"size = 1;"),
    (r"2 \* size >= keys.size", r"3 \* size"),
    (r"(ready|waiting|in_use)\[3\]", r"(ready|waiting|in_use)\[4\]"),
    # The larger one of two numbers, which may be equal.
    (r"junk_share > junk", r"junk_share >= junk"),
    (r"i64 (smaller|larger|at_most_never)\(", r" (<=|>=) "),
    # An attempt above the greatest number that fits gets this number.
    (r"attempt > 4095", r"attempt >= 4095"),
    # The two numbers are the same at 0, where a time counts from the start of the run.
    (r"since >= 0", r"since > 0"),
    # A count of which it matters alone that it changes, or that a thousand divides it.
    (r"losses\+\+|processed\+\+", r"--"),
    # A session that does not wait has no message that looks at this; before a wait it is set.
    (r"acknowledgement = Session::NOT_DELAYED", r"^\s*;"),
    # The queue of a connection that fails at once opens no other: the inner loop goes on alike.
    (r"feeding = true", r"feeding = false"),
    # Any number below 0 is no neighbour in a list.
    (r"(before|after) = -1;", r"= -2;"),
    # The end of a dead time names its queue alone.
    (r"DEAD_TIME_OVER", r", 1, DEAD_TIME_OVER"),
    # No review is at the start of the run.
    (r"below_since < 0", r"below_since < 1"),
    # A draw of 32 bits that equals the bound of a member.
    (r"choice_members.*below", r"bits > "),
    # Billions of parts, of counts below a thousand.
    (r"1000000000", r"1000000001"),
)
"""Patterns of the two lines of a fault after which the program does the same."""


def faults_of(line: str) -> Iterator[str]:
    """Yield what a line may be instead."""
    code = line.partition("//")[0].rstrip()
    for found in _OPERATOR.finditer(code):
        yield f"{code[: found.start()]}{_EXCHANGED[found[0]]}{code[found.end() :]}"
    for found in _NUMBER.finditer(code):
        yield f"{code[: found.start()]}{int(found[0]) + 1}{code[found.end() :]}"
    for found in _CONDITION.finditer(code):
        begin, end = found.span("condition")
        yield f"{code[:begin]}!({code[begin:end]}){code[end:]}"
    for found in _TWO.finditer(code):
        begin, end = found.start("one"), found.end("two")
        yield f"{code[:begin]}{found['two']}, {found['one']}{code[end:]}"
    if _STATEMENT.fullmatch(code) and code.count("(") == code.count(")"):
        yield f"{code[: len(code) - len(code.lstrip())]};"


def faults(start: int) -> Iterator[Fault]:
    """Yield faults in a random order: at most one of each line."""
    chance = random.Random(start)
    lines = []
    for path in sorted(build.HERE.rglob("*.[ch]pp")):
        name = path.relative_to(build.HERE).as_posix()
        whole = path.read_text(encoding="utf-8")
        kept = _FREES.sub(lambda found: "\n" * found[0].count("\n"), whole)
        for number, text in enumerate(kept.splitlines(), 1):
            choices = [] if _LEFT_OUT.search(text) else list(faults_of(text))
            if choices and name != "generated.hpp":
                lines.append((name, number, text, choices))
    chance.shuffle(lines)
    for name, number, text, choices in lines:
        fault = Fault(name, number, text, chance.choice(choices))
        if not any(
            re.search(before, f"{name}:{text}") and re.search(after, fault.instead)
            for before, after in EQUIVALENT
        ):
            yield fault


DIFFERENCE, NOT_COMPILED = 3, 4
"""Exit statuses of a process that tries a fault; 0: no run differs."""
Runs = list[tuple[Plan, Draws, str]]


def try_fault(fault: Fault, runs: Runs) -> None:
    """End this process with what becomes of a fault."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "fast"
        shutil.copytree(build.HERE, copy, ignore=shutil.ignore_patterns("*.py", "compiled.*"))
        path = copy / fault.file
        lines = path.read_text(encoding="utf-8").splitlines()
        lines[fault.number - 1] = fault.instead
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        is_compiled = True
        try:
            use(compiled(Path(folder) / build.LIBRARY.name, ("-O1",), copy))
        except subprocess.CalledProcessError:
            is_compiled = False
    if not is_compiled:
        os._exit(NOT_COMPILED)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    for plan, draws, expected in runs:
        try:
            if simulation.run(plan, draws).fingerprint() != expected:
                os._exit(DIFFERENCE)
        except BaseException:
            os._exit(DIFFERENCE)
    os._exit(0)


def outcome(fault: Fault, runs: Runs) -> str:
    """Return what becomes of a fault: "" if it does not compile."""
    process = multiprocessing.get_context("fork").Process(target=try_fault, args=(fault, runs))
    process.start()
    process.join()
    status = process.exitcode or 0
    names = {0: "NOT CAUGHT", DIFFERENCE: "caught", NOT_COMPILED: ""}
    names |= {-signal: "caught: it hangs" for signal in (SIGXCPU, SIGKILL)}
    return names.get(status, f"caught: it ends with {status}")


def mutants(given: argparse.Namespace) -> int:
    """Print which faults the test suite finds."""
    runs: Runs = []
    for plan, draws in suite():
        runs.append((plan, draws, reference.run(plan, draws).fingerprint()))
        if simulation.run(plan, draws).fingerprint() != runs[-1][2]:
            print("the engines differ without a fault")
            return 1
    runs.sort(key=lambda run: len(run[1].created))
    print(f"{len(runs)} runs", flush=True)
    tried = survivors = 0
    for fault in faults(given.seed):
        if tried == given.faults:
            break
        result = outcome(fault, runs)
        if result:
            tried += 1
            survivors += result == "NOT CAUGHT"
            print(f"{tried:3} {result}: {fault}", flush=True)
    print(f"{tried - survivors} of {tried} faults caught")
    return 1 if survivors > MOST_SURVIVORS * tried / FAULTS else 0


def main() -> int:
    """Do what the command says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    commands = parser.add_subparsers(required=True)
    command: Callable[[argparse.Namespace], int]
    for name, command in {"worlds": worlds, "reach": reach}.items():
        with_worlds = commands.add_parser(name, help=command.__doc__)
        with_worlds.set_defaults(call=command)
        with_worlds.add_argument("--worlds", type=int, default=WORLDS)
        with_worlds.add_argument("--seed", type=int, default=SEED)
        if name == "worlds":
            with_worlds.add_argument("--case", type=Path, help="a file that this command wrote")
        else:
            with_worlds.add_argument("--all", action="store_true", help="what is common too")
    for name, command in {"coverage": coverage, "mutants": mutants}.items():
        commands.add_parser(name, help=command.__doc__).set_defaults(call=command)
    of_mutants = commands.choices["mutants"]
    of_mutants.add_argument("--faults", type=int, default=FAULTS)
    of_mutants.add_argument("--seed", type=int, default=1)
    for name, command in {"sanitizers": sanitizers, "play": play}.items():
        with_library = commands.add_parser(name, help=command.__doc__)
        with_library.set_defaults(call=command)
        with_library.add_argument("--worlds", type=int, default=0, help="0: the test suite")
    commands.choices["play"].add_argument("file", type=Path)
    given = parser.parse_args()
    return int(given.call(given))


if __name__ == "__main__":
    sys.exit(main())
