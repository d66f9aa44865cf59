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
