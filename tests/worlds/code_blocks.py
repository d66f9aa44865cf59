"""The code blocks of a page, and how each of them is run.

A comment above a block says what the block alone does not: `<!-- file: NAME -->` writes it into a
file, `<!-- base: NAME -->` names the scenario that a fragment extends (without one it is the shared
hub), `<!-- exit: N -->` the exit code. A comment `<!-- first: COMMAND -->` anywhere on a page is run
before it.
"""

import contextlib
import io
import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from shutil import copytree

from typer.main import get_command
from typer.testing import CliRunner

import relaysim
from relaysim.cli import app

ROOT = Path(__file__).parents[2]
HEAVY = {"run", "compare", "sweep", "size", "sensitivity", "warmup", "qshape", "trace"}
"""Commands that simulate: run on less mail, where numbers are others but headings the same."""
LONG = {"report"}
"""Studies of studies, which other tests run: here their arguments are read and no more."""
STATUSES = {"junked", "bounced", "expired", "refused", "abandoned"}
"""Columns that a table has only if something met that final status."""
STUDIES = HEAVY - {"qshape", "trace"}
NOT_RUN = {"text", "powershell"}
"""Languages of blocks that are output, or input of other programs."""
OTHER_PROGRAMS = {"make", "pip", "python3", "dask", "."}
"""Commands of other programs; what they set up is there when tests run."""

_FENCE = re.compile(r"^(`{3,})(\S*).*$")
_NOTE = re.compile(r"^<!-- (file|base|exit|first): (.*?) -->$", re.MULTILINE)
_DOMAINS = re.compile(r"^domain_count = \d{3,}", re.MULTILINE)
_REPLICATIONS = re.compile(r"(--replications[ =]|replications ?= ?)\d+")


@dataclass(frozen=True)
class Block:
    """A block: the line of its page where it begins, its language, its text, its notes."""

    line: int
    language: str
    text: str
    notes: dict[str, str] = field(default_factory=dict)


def blocks(page: str) -> Iterator[Block]:
    """The fenced blocks, and the indented ones that are commands, in order."""
    lines = page.split("\n")
    at = 0
    while at < len(lines):
        fence = _FENCE.match(lines[at])
        if fence:
            end = next(n for n in range(at + 1, len(lines)) if lines[n].rstrip() == fence[1])
            above = "\n".join(_comments(lines, at))
            text = "\n".join(lines[at + 1 : end]) + "\n"
            yield Block(at + 1, fence[2], text, dict(_NOTE.findall(above)))
            at = end
        elif lines[at].startswith("    relaysim "):
            end = at
            while end < len(lines) and lines[end].startswith("    "):
                end += 1
            yield Block(at + 1, "commands", "\n".join(line[4:] for line in lines[at:end]))
            at = end
        at += 1


def _comments(lines: list[str], at: int) -> list[str]:
    """The comments that stand just above a line."""
    first = at
    while first > 0 and lines[first - 1].startswith("<!--"):
        first -= 1
    return lines[first:at]


class Page:
    """A page at work in two directories: one with the scenarios as they are, one with less mail."""

    def __init__(self, path: Path, directory: Path) -> None:
        self.text = path.read_text(encoding="utf-8")
        self.whole, self.small = directory / "whole", directory / "small"
        for each in (self.whole, self.small):
            copytree(ROOT / "scenarios", each / "scenarios")
        self.names: dict[str, object] = {}
        self.shrink()
        for kind, command in _NOTE.findall(self.text):
            if kind == "first":
                self.command(command, "", 0)

    def run(self, block: Block) -> None:
        """Run a block; AssertionError says what did not come out as it stands there."""
        match block.language:
            case "console":
                for command, output in commands(block.text):
                    self.command(command, output, int(block.notes.get("exit", "0")))
            case "commands":
                for command in block.text.replace("\\\n", " ").splitlines():
                    self.command(command, "", 0)
            case "python":
                self.python(block)
            case "toml":
                if not block.notes.get("file", "").startswith("profiles/"):
                    self.toml(block)
            case language:
                assert language.startswith("{") or language in NOT_RUN, f"no language: {language}"
        if "file" in block.notes:
            for each in (self.whole, self.small):
                file = each / block.notes["file"]
                file.parent.mkdir(parents=True, exist_ok=True)
                file.write_text(block.text, encoding="utf-8")
            self.shrink()

    def command(self, command: str, output: str, code: int) -> None:
        """Run a command, and hold what it prints against what is shown."""
        program, *arguments = [each for each in shlex.split(command) if each != "..."]
        if program in OTHER_PROGRAMS:
            return
        assert program == "relaysim", f"what is {program}?"
        verb = arguments[0]
        if verb in LONG:
            with contextlib.chdir(self.small):
                get_command(app).commands[verb].make_context(verb, arguments[1:])
        elif verb not in HEAVY:
            result = _invoke(self.whole, arguments, code)
            if verb == "new":
                _invoke(self.small, arguments, code)
                self.shrink()
            assert not output or agrees(output, result), f"{command} prints\n{result}"
        elif "--cluster" not in arguments:
            result = _invoke(self.small, quick(arguments), code)
            missing = headings(output) - headings(result) - STATUSES
            assert not missing, f"{command} has no headings {missing}:\n{result}"

    def python(self, block: Block) -> None:
        """Run Python on less mail, with the names that the page has so far."""
        text = _REPLICATIONS.sub(r"\g<1>2", block.text)
        with contextlib.chdir(self.small), contextlib.redirect_stdout(io.StringIO()):
            exec(compile("\n" * block.line + text, "page", "exec"), self.names)

    def toml(self, block: Block) -> None:
        """Load a scenario, or a fragment of one on its base."""
        text = block.text
        if not {"extends", "hubs"} & set(tomllib.loads(text)) or "base" in block.notes:
            text = f'extends = "{block.notes.get("base", "scenarios/shared-hub.toml")}"\n{text}'
        file = self.small / "fragment.toml"
        file.write_text(text, encoding="utf-8")
        relaysim.load(file)

    def shrink(self) -> None:
        """Leave three thousandths of the mail, two replications, three days of four weeks.

        Of hundreds of domains, each with a queue of its own, twenty are left.
        """
        for file in self.small.rglob("*.toml"):
            text = _DOMAINS.sub("domain_count = 20", file.read_text(encoding="utf-8"))
            if "\n[run]\n" in text and "scale =" not in text:
                text = text.replace("\n[run]\n", "\n[run]\nscale = 0.003\n")
                text = text.replace('duration = "28 d"', 'duration = "3 d"')
                text = _REPLICATIONS.sub(r"\g<1>2", text)
            file.write_text(text, encoding="utf-8")


def commands(text: str) -> Iterator[tuple[str, str]]:
    """The commands of a console and what each prints."""
    for each in re.split(r"^\$ ", text.replace("\\\n", " "), flags=re.MULTILINE)[1:]:
        command, _, output = each.partition("\n")
        yield command, output


def quick(arguments: list[str]) -> list[str]:
    """The arguments of a command that is to be quick; figures are drawn in tests of their own."""
    verb = arguments[0]
    text = re.sub(r" --figures \S+", "", shlex.join(arguments))
    text = re.sub(r"--precision \S+", "--precision 9", text)
    text = re.sub(r"(?<=run\.scale=)[0-9.,]+", _little, text)
    if verb in STUDIES:
        text += f" --replications {5 if verb == 'size' else 3 if '--precision' in text else 2}"
    text = re.sub(r"(?<=--message )(\S+):\d+", r"\1:0", text)
    if verb == "size":
        text = re.sub(r"=(\d+):(\d+)\b", _ends, text) + " --confidence 0.5"
    if verb == "sweep":
        text = re.sub(r"(?<=[\w.]=)([\w.]+)(?:,[\w.]+)+(?=,)", r"\1", text)  # the ends of a list
    if verb == "sensitivity" and "--over" not in text:
        text += " --over hubs.HUB01.cores=2:8"  # not every assumption
    if verb in STUDIES:
        text += " --jobs 1" + ("" if "--store" in text else " --no-store")
    return shlex.split(text)


def _ends(values: re.Match[str]) -> str:
    """The first and the last value of a range."""
    low, high = values.groups()
    return f"={low}:{high}:{int(high) - int(low)}"


def _little(scales: re.Match[str]) -> str:
    """The scales of a sweep, three thousandths of each."""
    return ",".join(f"{0.003 * float(each):g}" for each in scales[0].split(","))


def agrees(shown: str, found: str) -> bool:
    """Whether output is as shown, where a line of three dots stands for any lines."""
    parts = re.split(r"^\.\.\.\n", shown, flags=re.MULTILINE)
    return re.fullmatch(".*".join(map(re.escape, parts)), found, re.DOTALL) is not None


def headings(output: str) -> set[str]:
    """The words above the rules of all tables."""
    lines = output.splitlines()
    return {
        word
        for above, rule in pairwise(lines)
        if re.fullmatch("-{20,}", rule)
        for word in above.split()
    }


def _invoke(directory: Path, arguments: list[str], code: int) -> str:
    with contextlib.chdir(directory):
        result = CliRunner(env={"COLUMNS": "80"}).invoke(app, arguments)
    printed = f"{result.output}{result.exception!r}"
    assert result.exit_code == code, f"{shlex.join(arguments)} ends with {printed}"
    return result.output
