"""Docstrings, output and docs are free of phrases that only their authors understand."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "relaysim"
PHRASES = (
    *("is told", "are told", "is said", "what is said", "hears of", "tells of"),
    *("whoever", "who suffers", "suffers for", "suffer for", "pays for", "pay for it"),
    *("stands on", "stand on a cliff", "on a cliff", "hangs on", "hang on", "comes of"),
    *("meets its", "meet its fate", "becomes of", "became of", "of which", "so many of"),
    *("way out", "ways out", "backs off", "put off", "even chance", "thinks ill", "bad name"),
    *("has otherwise than", "knocks", "hammering"),
)
"""Phrases, not plain words; what to write instead is in CONTRIBUTING.md."""
LEFT = {"docs": 48}
"""Phrases that are left in each room; a room that is not named has none. Numbers only shrink."""
_PATTERN = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, PHRASES))})(?!\w)", re.IGNORECASE)


def texts() -> Iterator[tuple[str, str, str]]:
    """Yield (room, place, text): string literals of the package, and pages of docs."""
    for file in sorted(PACKAGE.rglob("*.py")):
        path = file.relative_to(PACKAGE)
        room = path.parts[0].removesuffix(".py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield room, f"{path}:{node.lineno}", node.value
    for file in sorted([*(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]):
        yield "docs", str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")


def test_texts_use_plain_words() -> None:
    """A room has no more of the phrases than `LEFT` allows."""
    found: dict[str, list[str]] = {}
    for room, place, text in texts():
        for phrase in _PATTERN.findall(" ".join(text.split())):
            found.setdefault(room, []).append(f"{place}: {phrase.lower()}")
    counts = Counter({room: len(places) for room, places in found.items()})
    above = {room: found[room] for room in counts if counts[room] > LEFT.get(room, 0)}
    assert above == {}
