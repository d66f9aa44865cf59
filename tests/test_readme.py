"""What the README shows is what comes out."""

import re
import shlex

import pytest
from cli_runs import ROOT, relaysim

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
