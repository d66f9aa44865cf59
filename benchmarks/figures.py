"""Make the figures of `figures/` anew, and the manifest that says what made each.

    python benchmarks/figures.py          # three minutes on two cores

Each command below is run as it stands, so that typing it again gives the same bytes, on the
versions that the manifest names. What is interrupted goes on at the next call, as finished
replications are kept.
"""

import hashlib
import io
import json
import os
import platform
import shlex
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stdout
from importlib.metadata import version
from pathlib import Path
from typing import Any

import relaysim
from relaysim.cli import app
from relaysim.present import figure_registry as figure
from relaysim.present.drawing.style import Sheet
from relaysim.present.figures import draw

ROOT = Path(__file__).parents[1]
FIGURES = ROOT / "figures"
MANIFEST = "manifest.json"
LIBRARIES = ("matplotlib", "numpy", "pandas", "scipy", "simpy")
DESIGNS = ("shared-hub", "dedicated-hub", "dedicated-hub-warm")
"""The designs of `make demo`."""
_ALL = " ".join(f"scenarios/{name}.toml" for name in DESIGNS)
_SHARED, _MM4 = "scenarios/shared-hub.toml", "scenarios/mm4.toml"
_CONNECTIONS = "hubs.HUB01.max_per_domain_outbound_connections"
_COLLEAGUES = "class.corporate.internal.latency_p95_busy_hours"
_STUDIES = f"""
sweep {_SHARED} --with scenarios/shared-hub-throttled.toml
  --vary run.scale=0.2,0.4,0.6,0.8,1 --target '{_COLLEAGUES} < 10 s' --replications 3

sensitivity {_SHARED} --metric {_COLLEAGUES} --set run.scale=0.5 --replications 3
  --over hubs.HUB01.cores=2:8 --over 'hubs.HUB01.categorize_cost.base=10 ms:40 ms'
  --over 'hubs.HUB01.receive_cost.base=2 ms:8 ms' --over hosts.marketing.sessions=10:40
  --over {_CONNECTIONS}=10:40 --over 'lines.main.bandwidth=10 Mbit/s:40 Mbit/s'

size {_MM4} --vary {_CONNECTIONS}=4:12 --target 'total.wait_delivery < 200 ms'
  --set 'run.duration=4000 s' --replications 40

warmup {_MM4} --set 'run.warm_up=0 s' --set 'run.duration=6000 s' --set run.scale=1.15
  --replications 40
"""
COMMANDS = (
    f"compare {_ALL} --figures figures",
    *(f"run scenarios/{name}.toml --figures figures/{name}" for name in DESIGNS),
    *(f"{' '.join(study.split())} --figures figures" for study in _STUDIES.split("\n\n")),
)
"""What draws, after `relaysim`."""
PATH = (_SHARED, "crm.invoices:439")
"""The message whose path is drawn: the invoice that took longest to get through."""
Entry = dict[str, Any]


class Overheard:
    """The figures that are drawn meanwhile, and the results that they are of."""

    def __init__(self) -> None:
        self.sheets: dict[str, tuple[Any, Sheet]] = {}
        self._looked_up = figure.figures

    def __enter__(self) -> "Overheard":
        figure.figures = self.figures  # type: ignore[assignment]
        return self

    def __exit__(self, *_: object) -> None:
        figure.figures = self._looked_up

    def figures(self, result: Any) -> Mapping[str, Callable[[], Sheet]]:
        """In place of the function of this name: the same, but each figure is kept too."""
        return {
            name: self._kept(result, name, make) for name, make in self._looked_up(result).items()
        }

    def _kept(self, result: Any, name: str, make: Callable[[], Sheet]) -> Callable[[], Sheet]:
        def drawn() -> Sheet:
            sheet = make()
            self.sheets[name] = result, sheet
            return sheet

        return drawn


def made(command: str) -> list[Entry]:
    """Run a command of relaysim and describe the figures that it wrote."""
    words = shlex.split(command)
    before = sys.argv
    sys.argv = ["relaysim", *words]
    try:
        with Overheard() as heard, redirect_stdout(io.StringIO()):
            failed = app(words, standalone_mode=False)
    finally:
        sys.argv = before
    if failed:
        raise SystemExit(f"relaysim {command}: exit code {failed}")
    folder = Path(words[words.index("--figures") + 1])
    return entries(folder, heard.sheets)


def path() -> list[Entry]:
    """Draw the path of a message and describe the figure."""
    file, message = PATH
    command = f"relaysim trace {file} --message {message}"
    with Overheard() as heard:
        transcript = relaysim.transcript(relaysim.load(file), message, command=command)
        draw(figure.figures(transcript), FIGURES.name)
    return entries(Path(FIGURES.name), heard.sheets)


def entries(folder: Path, sheets: Mapping[str, tuple[Any, Sheet]]) -> list[Entry]:
    """What the manifest says of the figures in a folder, each as PNG and SVG."""
    return [
        _entry(folder / f"{name}.{kind}", name, result, sheet)
        for name, (result, sheet) in sheets.items()
        for kind in ("png", "svg")
    ]


def _entry(file: Path, name: str, result: Any, sheet: Sheet) -> Entry:
    origin = result.provenance
    return {
        "file": Path(*file.parts[1:]).as_posix(),
        "sha256": hashlib.sha256(file.read_bytes()).hexdigest(),
        "function": f'relaysim.figure({type(result).__name__}, "{name}")',
        "command": origin.command,
        "scenarios": [
            dict(zip(("name", "plan"), pair, strict=True))
            for pair in dict.fromkeys(origin.scenarios)
        ],
        "seed": origin.seed,
        "replications": origin.replications,
        "message": sheet.message,
        "caption": sheet.origin,
        "alt": sheet.alt,
    }


def versions() -> dict[str, str]:
    """What the bytes depend on beside what is drawn."""
    libraries = {name: version(name) for name in LIBRARIES}
    return {"relaysim": relaysim.__version__, "python": platform.python_version(), **libraries}


def main() -> None:
    """All figures, then the manifest; the figures of before are removed first."""
    os.chdir(ROOT)
    for file in FIGURES.rglob("*"):
        if file.suffix in (".png", ".svg"):
            file.unlink()
    entries: list[Entry] = []
    for command in COMMANDS:
        print(f"relaysim {command}", file=sys.stderr)
        entries += made(command)
    entries += path()
    entries.sort(key=lambda entry: entry["file"])
    content = json.dumps({"versions": versions(), "figures": entries}, indent=1, ensure_ascii=False)
    (FIGURES / MANIFEST).write_text(f"{content}\n", encoding="utf-8")
    print(f"{len(entries)} files and {MANIFEST} in {FIGURES.name}", file=sys.stderr)


if __name__ == "__main__":
    main()
