"""A docstring describes parameters that the function has."""

import ast
import inspect
import re
from pathlib import Path

PACKAGE = Path(__file__).parents[1] / "relaysim"
_SECTION = re.compile(r"^Parameters\n-+\n(.*?)(?=\n\n\w+\n-+\n|\Z)", re.DOTALL | re.MULTILINE)


def described(docstring: str) -> set[str]:
    """The names in the section Parameters: the lines that are not indented."""
    section = _SECTION.search(inspect.cleandoc(docstring))
    lines = [line for line in section[1].splitlines() if line[:1].strip()] if section else []
    names = [name for line in lines for name in line.partition(":")[0].split(",")]
    return {name.strip().lstrip("*") for name in names}


def test_described_parameters_exist() -> None:
    unknown = []
    for file in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                names = {arg.arg for arg in ast.walk(node.args) if isinstance(arg, ast.arg)}
                other = described(ast.get_docstring(node, clean=False) or "") - names
                unknown += [f"{file.name}: {node.name}: {name}" for name in sorted(other)]
    assert unknown == []


def test_a_wrong_name_is_seen() -> None:
    text = "Return.\n\n    Parameters\n    ----------\n    a, *b : int\n        Two.\n    c\n        One.\n"
    assert described(text) == {"a", "b", "c"}
