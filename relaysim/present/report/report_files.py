"""Files of a report: HTML and Markdown from the same blocks."""

import base64
import io
import os
import re
from pathlib import Path
from typing import Any

import numpy as np
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape
from PIL import Image

from relaysim.present.drawing import style
from relaysim.present.drawing.style import Sheet
from relaysim.present.report.report_blocks import Picture
from relaysim.present.report.report_sections import sections
from relaysim.present.text.comparison_answer import decision
from relaysim.study.architecture import Report
from relaysim.study.execution.output_directory import put, require_own_output, write_provenance
from relaysim.study.guard import Guarded, described


def write(report: Report, directory: str | os.PathLike[str]) -> Path:
    """Write `report.html`, `report.md` with its `figures`, and `provenance.json`; return the path.

    The page holds its figures and needs no other file. An earlier report is replaced, whole or not
    at all. OutputError if the directory holds anything else, or cannot be written.
    """
    # Before the figures, which take seconds.
    require_own_output(Path(directory))
    facts = _facts(report)
    images = {
        block.name: _png(block.sheet)
        for section in facts["sections"]
        for block in section.blocks
        if isinstance(block, Picture)
    }
    facts["images"] = images

    def fill(made: Path) -> None:
        (made / "figures").mkdir()
        for name, image in images.items():
            (made / "figures" / f"{name}.png").write_bytes(image)
        for name in ("report.html", "report.md"):
            text = _environment().get_template(f"{name}.jinja").render(facts)
            (made / name).write_text(text, encoding="utf-8", newline="\n")
        write_provenance(report.provenance, made)

    return put(directory, fill)


def _facts(report: Report) -> dict[str, Any]:
    names = [design.name for design in report.comparison.scenarios]
    return {
        "title": f"{names[0]} or {' or '.join(names[1:])}",
        "decision": first_sentence(report),
        "sections": sections(report),
        "day": report.provenance.times()["finished"][:10],
    }


def first_sentence(report: Report) -> str:
    """Return the decision of a report, or what failed in its place."""
    with Guarded("the decision") as part:
        return decision(report.comparison, report.quantity)
    error = "" if part.error is None else described(part.error)
    return f"The decision failed ({error}): see the differences."


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("relaysim.present.report", "templates"),
        autoescape=lambda name: bool(name) and str(name).endswith(".html.jinja"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters["data"] = _data
    made.filters["cell"] = _cell
    made.filters["lines"] = _lines
    made.filters["prose"] = _prose
    made.filters["caption"] = _caption
    made.filters["plain"] = _plain
    made.filters["name"] = lambda text: re.sub(r"\n\s*", "", text).strip()
    made.filters["width"] = lambda sheet: round(sheet.get_figwidth() * style.DOTS)
    made.filters["height"] = lambda sheet: round(sheet.get_figheight() * style.DOTS)
    return made


def _png(sheet: Sheet) -> bytes:
    """Return the figure in 256 colours, which are more than it has: a third of the size."""
    made = io.BytesIO()
    canvas: Any = sheet.canvas
    with style.paper():
        canvas.draw()
    drawn = Image.fromarray(np.asarray(canvas.buffer_rgba()))
    colours = drawn.convert("RGB").quantize(256, dither=Image.Dither.NONE)
    # Not optimized, which takes ten times as long for 4 % of the size.
    colours.save(made, format="png")
    return made.getvalue()


def _data(image: bytes) -> str:
    """Return a PNG image as a data URL."""
    return f"data:image/png;base64,{base64.b64encode(image).decode()}"


def _caption(sheet: Sheet) -> str:
    """Return replications, intervals and seed of a figure.

    Plans and versions are in the picture.
    """
    text = re.split("; (?:plan|relaysim) ", sheet.origin)[0]
    return f"{text[:1].upper()}{text[1:]}."


def _prose(text: str) -> Markup:
    """Return sentences as HTML; text between backticks is code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


def _lines(text: str) -> Markup:
    """Return a cell of an HTML table, with the ends of its lines."""
    return Markup("<br>").join(text.strip().split("\n"))


def _plain(text: str) -> str:
    """Return text of a scenario for Markdown: no tag, no picture, and a backslash stays one."""
    return re.sub(r"([\\<\[\]])", r"\\\1", text).replace("\n", " ")


def _cell(text: str) -> str:
    """Return a cell of a Markdown table."""
    return _plain(text.strip()).replace("|", "\\|")
