"""What relaysim writes, without what differs from machine to machine: fit for a golden file."""

import re
import textwrap
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from relaysim.present.text.terminal import plain

ROOT = Path(__file__).parents[2]
_VERSIONS = re.compile(
    r"\s+relaysim\s+\S+,\s+python\s+\S+,\s+numpy\s+\S+,\s+simpy\s+[^\s;]+(?P<rest>(?:.+\n?)*)"
)
_TEMPORARY = re.compile(r"/\S*/pytest-of-\w+/pytest-\d+/(?:popen-\w+/)?[\w-]+")
_MOMENT = re.compile(r"\b(?P<day>\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d\+00:00")
_ERRNO = re.compile(r"\bErrno \d+")
_DIGEST = re.compile(r"\b[0-9a-f]{12}(?:[0-9a-f]{52})?\b")


def portable(text: str) -> str:
    """Return a text without paths of this machine, versions, digests and times of the clock."""
    text = text.replace(f"{ROOT}/", "")
    text = _TEMPORARY.sub("TMP", text)
    text = _ERRNO.sub("Errno", text)
    days = {moment["day"] for moment in _MOMENT.finditer(text)}
    text = _MOMENT.sub("NOW", text)
    for day in days:
        text = text.replace(day, "TODAY")
    text = _DIGEST.sub("DIGEST", text)
    return _VERSIONS.sub(lambda found: f" VERSIONS{_flat(found['rest'])}\n", text)


def page(parts: Iterable[Any]) -> str:
    """Return what a terminal shows of tables and paragraphs, portable."""
    return portable(plain(parts))


def message(text: str) -> str:
    """Return messages that were filled to some width, portable and filled anew."""
    lines = portable(unwrapped(text)).splitlines()
    return "\n".join(
        textwrap.fill(
            line, 80, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False
        )
        for line in lines
    )


def unwrapped(text: str) -> str:
    """Return messages with each on one line, as they were before they were filled."""
    return re.sub(r"\n {4}(?=\S)", " ", text.rstrip("\n"))


def flat(text: str) -> str:
    """Return a text in one line: where a line ends is a matter of its width."""
    return " ".join(text.split())


def _flat(text: str) -> str:
    """Return a text in one line that begins with blanks where it did."""
    return " " * text[:1].isspace() + flat(text)
