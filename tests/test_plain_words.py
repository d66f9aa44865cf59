"""Docstrings, output, docs and lessons are free of phrases that only their authors understand."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PHRASES = (
    *("is told", "are told", "is said", "what is said", "hears of", "tells of"),
    *("whoever", "who suffers", "suffers for", "suffer for", "pays for", "pay for it"),
    *("stands on", "stand on a cliff", "on a cliff", "hangs on", "hang on", "comes of"),
    *("meets its", "meet its fate", "becomes of", "became of", "of which", "so many of"),
    *("way out", "ways out", "backs off", "put off", "even chance", "thinks ill", "bad name"),
    *("has otherwise than", "knocks", "hammering"),
)
"""Phrases, not plain words; what to write instead is in CONTRIBUTING.md."""
_PATTERN = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, PHRASES))})(?!\w)", re.IGNORECASE)


def texts() -> Iterator[tuple[str, str]]:
    """Yield place and text of string literals of the package, pages, and text of notebooks."""
    for file in sorted((ROOT / "relaysim").rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield f"{file.relative_to(ROOT)}:{node.lineno}", node.value
    for file in sorted([*(ROOT / "docs").rglob("*.md"), *ROOT.glob("*.md")]):
        yield str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")
    for file in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(file.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "markdown":
                yield f"{file.relative_to(ROOT)}:{cell['id']}", "".join(cell["source"])


def test_texts_use_plain_words() -> None:
    """No text has one of the phrases."""
    result = [
        f"{place}: {phrase.lower()}"
        for place, text in texts()
        for phrase in _PATTERN.findall(" ".join(text.split()))
    ]
    assert result == []
