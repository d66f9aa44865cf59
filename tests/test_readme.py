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
    (block,) = re.findall(r"^```python\n(.*?)```$", README, re.MULTILINE | re.DOTALL)
    quick = block.replace('.toml")', '.toml", ["run.scale=0.01", "run.replications=2"])')
    monkeypatch.chdir(ROOT)
    names: dict[str, object] = {}

    exec(compile(quick, "README.md", "exec"), names)

    assert {"result", "comparison"} <= set(names)
