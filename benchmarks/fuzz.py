"""Fuzz: mutated and random scenarios through load, check, run, invariants, text and JSON.

    python benchmarks/fuzz.py                       # all: about an hour on one core
    python benchmarks/fuzz.py --mutants 200 --random 20
    python benchmarks/fuzz.py --case 1234           # one mutant again, with its file

A scenario is either refused with a list of problems, or it runs: there is no traceback, no run
without end, no broken invariant, and no memory above `MOST_MEMORY`. The exit status is 1 otherwise.
Case n of a seed is the same on every machine.
"""

import argparse
import json
import random
import re
import resource
import signal
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, Phase, given, seed, settings

from relaysim.analysis.run_size import sizes
from relaysim.audit import check, render
from relaysim.present.text.summary import summary
from relaysim.scenario.load import from_mapping, load, loads
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import ScenarioError
from relaysim.scenario.written import written
from relaysim.study.run_result import run
from relaysim.study.written_results import to_json

ROOT = Path(__file__).parent.parent
SEED = 20100301
MUTANTS, RANDOM = 10_000, 500
MOST_SECONDS = 120
"""Seconds of core time of a case."""
MOST_MEMORY = 3 * 2**30
"""Bytes of address space of the process."""
MOST_MESSAGES = 300
"""Messages of a run of a mutant: its scale is lowered until it has about so many."""

Tables = dict[str, Any]
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")
Path_ = tuple[Any, ...]

_ODD: tuple[Any, ...] = (
    *(0, 1, -1, 2, 3.5, -0.0, 1e-9, 1e9, 2**31, 2**63, 10**400, float("nan"), float("inf")),
    *(
        True,
        False,
        "",
        " ",
        "none",
        "unlimited",
        "auto",
        "internal",
        "dsn",
        "default",
        "\0",
        "\u202e",
    ),
    *("0 s", "1 us", "1 ms", "1 s", "5 min", "1 d", "3660 d", "1e30 s", "-1 s", "00:00:05"),
    *("0 B", "1 B", "75 KB", "10 MB", "4000 TB", "0/s", "1/d", "40/min", "1e9/s", "1 bit/s"),
    *("20 Mbit/s", "192.168.168.169", "::1", "0.0.0.0:25", "[::]:25", "10.0.0.0/8", "SMTP:*;1"),
    *("smarthost.example", "a@b.example", "HUB01", "reject", "defer", "poisson", "hazard", "5 m"),
    *([], {}, [1], ["x"], {"x": 1}, {"distribution": "pareto", "minimum": "1 s", "alpha": 1.1}),
    *({"distribution": "lognormal", "mean": "1 s", "cv": 20.0}, {"internal": 1.0}, {"sink": 1.0}),
    *({"process": "every", "every": "1 us"}, {"process": "every", "every": "10 s"}),
    {"process": "campaign", "at": "0 s", "messages": 10, "rate": "1/s", "every": "1 us"},
    {"process": "bursts", "rate": "1/s", "burst_factor": 1e6, "burst_length": "1 us"},
    {"process": "compromise", "rate": "1/s", "per_year": 1000.0, "lasts": "1 d"},
    {"distribution": "zipf", "s": 0.1, "max": 5000},
)
"""Values that are at an edge, of another kind, or what another key would have."""


class Failure(Exception):  # noqa: N818 -- not a fault of this program
    """A scenario that neither was refused nor ran as it should."""


def mutant(number: int, start: int = SEED) -> str | Tables:
    """Return case `number`: the text of a file with a slip, or tables with some odd values."""
    chance = random.Random(f"{start} {number}")
    base = chance.choice(_bases())
    if chance.random() < 0.15:
        return _misspelt(chance, _texts()[chance.randrange(len(_texts()))])
    tables = deepcopy(base)
    for _ in range(chance.choice((1, 1, 1, 2, 2, 3, 5))):
        _mutate(chance, tables)
    return tables


@cache
def _texts() -> list[str]:
    return [
        path.read_text(encoding="utf-8")
        for path in sorted((ROOT / "scenarios").glob("*.toml"))
        if "extends" not in path.read_text(encoding="utf-8").partition("\n[")[0]
    ]


@cache
def _bases() -> list[Tables]:
    """The shipped scenarios, each as its tables without what is at its default."""
    designs = [load(path) for path in sorted((ROOT / "scenarios").glob("*.toml"))]
    return [written(design, model_defaults=False) for design in designs]


def _misspelt(chance: random.Random, text: str) -> str:
    """The text with a few characters taken out, put in, or exchanged."""
    for _ in range(chance.choice((1, 1, 2, 4))):
        at = chance.randrange(len(text))
        length = chance.choice((0, 1, 1, 2, 20))
        put = chance.choice(("", "", "\x1b", "[", '"', "=", "\n", "9", "ü", "\u202e", ".", " "))
        text = text[:at] + put + text[at + length :]
    return text


def _mutate(chance: random.Random, tables: Tables) -> None:
    """Change one thing: a value, a name, or whether it is there."""
    places = list(_places(tables))
    if not places:
        return
    path = chance.choice(places)
    parent = _at(tables, path[:-1])
    kind = chance.random()
    if kind < 0.45:
        parent[path[-1]] = _nudged(chance, parent[path[-1]])
    elif kind < 0.65:
        parent[path[-1]] = deepcopy(chance.choice(_ODD))
    elif kind < 0.75:
        parent[path[-1]] = deepcopy(_at(tables, chance.choice(places)))
    elif kind < 0.85 or not isinstance(parent, dict):
        del parent[path[-1]]
    else:
        name = str(path[-1])
        new = chance.choice((name.upper(), name[:-1], name + "\u200b", "x", f"{name}.{name}", ""))
        parent[new] = parent[name] if chance.random() < 0.5 else parent.pop(name)


def _nudged(chance: random.Random, value: Any) -> Any:
    """A value of the same kind: another number, with the same unit."""
    factor = chance.choice((0.0, 1e-3, 0.1, 0.5, 0.999, 2, 10, 1000))
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return int(value * factor)
    if isinstance(value, float):
        return value * factor
    number = _NUMBER.match(value) if isinstance(value, str) else None
    if number is not None and not value[number.end() :].startswith("."):
        return f"{float(number[0]) * factor:.6f}{value[number.end() :]}"
    if isinstance(value, list):
        return value[:-1] if chance.random() < 0.5 else value + value[:1]
    return value


def _places(value: Any, path: Path_ = ()) -> Iterator[Path_]:
    if path:
        yield path
    keys = (
        value if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ()
    )
    for key in keys:
        yield from _places(value[key], (*path, key))


def _at(value: Any, path: Path_) -> Any:
    for step in path:
        value = value[step]
    return value


def tried(source: str | Tables) -> str:
    """Send one scenario through everything. Return how far it came. Raises Failure."""
    try:
        with _bounded():
            return _through(source)
    except Failure:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt):
            raise
        raise Failure(traceback.format_exc()) from error


def _through(source: str | Tables) -> str:
    try:
        scenario = loads(source) if isinstance(source, str) else from_mapping(source)
    except ScenarioError as error:
        _printable(str(error))
        return "refused"
    findings = check(scenario)
    _printable(render(findings))
    json.dumps([finding.as_dict() for finding in findings], allow_nan=False)
    small = _small(scenario)
    try:
        result = run(small, replications=1, seed=1, jobs=1, check_invariants=True)
    except ScenarioError as error:
        _printable(str(error))
        return "too large"
    if result.violations:
        raise Failure(f"broken invariants: {result.violations[:3]}")
    _printable(summary(result, full=True, explain=True))
    json.dumps(to_json(result), allow_nan=False)
    return "ran"


def _printable(text: str) -> None:
    """Raise Failure where a text has a character that a screen would not show."""
    wrong = {
        character for character in text if not (character.isprintable() or character in "\n\u00a0")
    }
    if wrong:
        raise Failure(f"not printable: {sorted(map(ascii, wrong))} in {text[:300]!r}")


def _small(scenario: Scenario) -> Scenario:
    """The scenario for ten minutes at most, with few messages."""
    day = scenario.run
    shorter = min(day.duration, 600_000_000)
    warm_up = min(day.warm_up, shorter // 2)
    changes: Tables = {"duration": shorter, "drain": min(day.drain, 3_600_000_000)}
    brief = day.model_copy(update=changes).with_warm_up(warm_up)
    small = scenario.model_copy(update={"run": brief})
    count = max(sizes(small)[0].count, sizes(small)[1].count / 10)
    if count > MOST_MESSAGES:
        scale = max(day.scale * MOST_MESSAGES / count, 1e-9)
        small = small.model_copy(update={"run": brief.model_copy(update={"scale": scale})})
    return small


@contextmanager
def _bounded() -> Iterator[None]:
    """Limit the core time of a case, so that an endless case is found."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"more than {MOST_SECONDS} s of core time")

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, MOST_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def random_valid(count: int, start: int, then: Callable[[Tables], None]) -> None:
    """Send `count` random valid scenarios, those of the engine's tests, to a function."""
    sys.path.insert(0, str(ROOT / "tests"))
    from worlds.random_worlds import worlds

    @seed(start)
    @settings(
        max_examples=count,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(worlds())
    def all_of_them(tables: Tables) -> None:
        then(tables)

    all_of_them()


def main() -> int:
    """Run all cases; print what failed, and how many came how far."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--mutants", type=int, default=MUTANTS)
    parser.add_argument("--random", type=int, default=RANDOM)
    parser.add_argument("--first", type=int, default=0, help="the first mutant")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--case", type=int, help="this mutant alone, printed")
    given_ = parser.parse_args()
    if given_.case is not None:
        source = mutant(given_.case, given_.seed)
        print(source if isinstance(source, str) else json.dumps(source, indent=1, default=str))
        print(tried(source))
        return 0
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    ends: Counter[str] = Counter()
    slowest = (0.0, "")

    def case(name: str, source: str | Tables) -> None:
        nonlocal slowest
        begun = time.process_time()
        try:
            ends[tried(source)] += 1
        except Failure as error:
            ends["failed"] += 1
            print(f"{name} failed:\n{error}", flush=True)
        slowest = max(slowest, (time.process_time() - begun, name))

    for number in range(given_.first, given_.first + given_.mutants):
        case(f"--case {number}", mutant(number, given_.seed))
        if number % 500 == 499:
            print(f"{number + 1} mutants: {dict(ends)}", flush=True)

    counter = iter(range(given_.random))
    if given_.random:
        random_valid(
            given_.random,
            given_.seed,
            lambda tables: case(f"random scenario {next(counter, '')}", tables),
        )
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"seed {given_.seed}: {dict(ends)}; slowest {slowest[0]:.1f} s ({slowest[1]})")
    print(f"memory at most {memory / 2**20:.0f} MB; {time.process_time():.0f} s of core time")
    return 1 if ends["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
