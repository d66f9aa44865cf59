"""The report in a browser, from disk: nothing overflows, nothing is missing, nobody is locked out."""

import itertools
import os
import re
import shutil
from pathlib import Path

import pytest

from relaysim.cli.output import command_line
from relaysim.present.report.report_files import write
from relaysim.study.architecture import architecture_report
from relaysim.study.design_files import DesignFiles
from relaysim.study.execution.execution import Execution
from relaysim.study.sampling import Sampling

SCENARIOS = Path(__file__).parents[1] / "scenarios"
LADDER = ("shared-hub", "dedicated-hub-same-ip", "dedicated-hub", "dedicated-hub-warm")
SETTINGS = ("run.scale=0.02", "run.drain=6 h", "destinations.business.domain_count=20")
WIDTHS = (1280, 390)
CHROMIUM = (
    shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
)

if CHROMIUM is None and not os.environ.get("RELAYSIM_BROWSER"):
    pytest.skip(
        "no Chromium here: install it to see the report as people do", allow_module_level=True
    )
playwright = pytest.importorskip("playwright.sync_api")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    files = [SCENARIOS / f"{name}.toml" for name in LADDER]
    command = command_line("relaysim", "report", *(each.name for each in files))
    result = architecture_report(
        DesignFiles.of(files, SETTINGS),
        Sampling(2),
        Execution(jobs=1, command=command),
        sizing=False,
    )
    return write(result, tmp_path_factory.mktemp("report") / "out") / "report.html"


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as driver:
        chromium = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield chromium
        chromium.close()


def opened(browser, file, width, scheme="light"):
    """The page at a width, and all that the console said."""
    page = browser.new_page(viewport={"width": width, "height": 900}, color_scheme=scheme)
    text: list[str] = []
    page.on("console", lambda message: text.append(message.text))
    page.on("pageerror", lambda error: text.append(str(error)))
    page.on("requestfailed", lambda request: text.append(f"failed: {request.url[:80]}"))
    page.goto(file.as_uri())
    page.wait_for_load_state("load")
    return page, text


def test_the_report_in_a_browser(browser, file):
    for width in WIDTHS:
        page, text = opened(browser, file, width)
        assert text == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        pictures = page.evaluate(
            "[...document.images].map(i => [i.naturalWidth, i.alt.length, i.src.slice(0, 5)])"
        )
        assert len(pictures) >= 10
        assert all(wide > 500 and alt > 40 and src == "data:" for wide, alt, src in pictures)
        levels = page.evaluate(
            "[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])"
        )
        assert levels[0] == 1
        assert levels.count(1) == 1
        assert all(after - before <= 1 for before, after in itertools.pairwise(levels))
        page.close()


def test_a_wide_table_scrolls_in_its_own_region_which_the_keyboard_reaches(browser, file):
    page, _ = opened(browser, file, 390)
    regions = page.evaluate(
        "[...document.querySelectorAll('.wide')].map(e => "
        "[e.tabIndex, e.getAttribute('role'), !!e.getAttribute('aria-label')])"
    )
    assert regions
    assert all(region == [0, "region", True] for region in regions)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the answer"
    page.close()


def test_every_table_has_a_caption_and_headers_with_a_scope(browser, file):
    page, _ = opened(browser, file, 1280)
    without = page.evaluate(
        "[...document.querySelectorAll('table')].filter(t => !t.caption || "
        "[...t.querySelectorAll('th')].some(h => !h.scope)).length"
    )
    assert without == 0
    assert page.evaluate("document.querySelectorAll('table').length") >= 8
    page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_paper(browser, file, scheme):
    """Contrast of at least 4.5 (WCAG 2.1, 1.4.3)."""
    page, _ = opened(browser, file, 1280, scheme)
    pairs = page.evaluate(
        """[...document.querySelectorAll('p, li, td, th, figcaption, small, a, pre')].map(e => {
            let paper = e, colour;
            while (paper) {
                colour = getComputedStyle(paper).backgroundColor;
                if (!/, 0\\)$/.test(colour)) break;
                paper = paper.parentElement;
            }
            return [getComputedStyle(e).color, paper ? colour : ''];
        })"""
    )
    result = {(ink, paper) for ink, paper in pairs}
    assert result
    for ink, paper in result:
        assert contrast(numbers(ink), numbers(paper or "rgb(255,255,255)")) >= 4.5, (ink, paper)
    page.close()


def numbers(colour):
    return [int(part) for part in re.findall(r"\d+", colour)[:3]]


def contrast(one, two):
    """As WCAG defines it."""
    light, dark = sorted((luminance(one), luminance(two)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def luminance(colour):
    parts = [each / 255 for each in colour]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_the_page_is_one_small_file_without_links_to_others(file):
    text = file.read_text(encoding="utf-8")
    assert len(text) < 5_000_000
    bare = re.sub(r'src="data:[^"]+"', "", text)
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', bare) == []
    assert "<script" not in text
    assert "http" not in bare.replace("https://www.spamhaus.org", "")
