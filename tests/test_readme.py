"""What the README shows is what comes out."""

import re
import shlex
from pathlib import Path

import pytest
from worlds.cli_runs import ROOT, relaysim

README = (ROOT / "README.md").read_text(encoding="utf-8")
SHOWN = re.findall(
    r"^```console\n\$ relaysim ((?:check|explain) [^\n]*)\n(.*?)```$",
    README,
    re.MULTILINE | re.DOTALL,
)


def test_the_readme_shows_check_and_explain() -> None:
    assert [command.split()[0] for command, _ in SHOWN] == ["check", "explain", "explain"]


@pytest.mark.parametrize(("command", "output"), SHOWN)
def test_a_command_prints_what_the_readme_shows(
    command: str, output: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)

    assert relaysim(*shlex.split(command)).stdout == output


def test_the_python_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    names = quickly(README, 'run.scale=0.01", "run.replications=2', monkeypatch)
    assert {"result", "comparison"} <= set(names)


def test_the_python_of_the_page_on_reputation_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    page = (ROOT / "docs" / "reputation.md").read_text(encoding="utf-8")
    page = re.sub(r"replications=\d+", "replications=2", page)
    names = quickly(page, 'run.scale=0.02", "run.duration=3 d', monkeypatch)
    assert {"blast", "other", "risk"} <= set(names)


def quickly(page: str, settings: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, object]:
    """The names that the Python of a page makes, run on smaller scenarios."""
    blocks = re.findall(r"^```python\n(.*?)```$", page, re.MULTILINE | re.DOTALL)
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}
    for block in blocks:
        quick = block.replace('.toml")', f'.toml", ["{settings}"])')
        exec(compile(quick, "page", "exec"), names)
    return names


def folders(top: Path, depth: int) -> list[str]:
    """Folders of the package with files of its own, to a depth, indented as the tree of the README."""
    inner = sorted(path for path in top.iterdir() if path.is_dir() and path.name[0] not in "._")
    names = []
    for path in inner:
        if any(file.suffix in (".py", ".toml") for file in path.rglob("*") if file.is_file()):
            names += [path.name, *(folders(path, depth - 1) if depth > 1 else ())]
    return names


def test_the_tree_has_one_line_for_each_folder() -> None:
    tree = README[README.index("    relaysim/\n") :].split("\n\n")[0]
    lines = [line.split(maxsplit=1) for line in tree.splitlines()[1:]]
    shown = [name.rstrip("/") for name, _ in lines if name.endswith("/")]
    assert sorted(shown) == sorted(folders(ROOT / "relaysim", 2))
