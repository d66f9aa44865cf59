"""Findings as text."""

import re
from collections.abc import Iterable, Sequence

from relaysim.audit.finding import Finding, Severity
from relaysim.wording import columns, wrapped

_PLURAL = {Severity.ERROR: "errors", Severity.WARNING: "warnings", Severity.INFO: "info"}
# A quoted string must stay on one line, or PowerShell reads another one.
_WORD = re.compile(r'(?:"[^"]*"|\S)+')


def render(findings: Sequence[Finding]) -> str:
    """Return all findings as text, and a line with the number of each severity.

    Parameters
    ----------
    findings : sequence of Finding
        The findings, in the order of the text.

    Returns
    -------
    str
        One paragraph for each finding, and the last line.
    """
    return "\n\n".join([*map(_block, findings), _summary(findings)])


def _block(finding: Finding) -> str:
    head = f"{finding.severity.value}: {finding.check}"
    lines = [f"{head} ({finding.place})" if finding.place else head]
    lines += wrapped(finding.reason, "  ", "  ")
    lines += wrapped(f"Fix: {finding.fix}", "  ", "  ")
    if finding.command:
        for command in finding.command.splitlines():
            lines += _command(command)
    return "\n".join(lines)


def _command(command: str) -> list[str]:
    """Return the lines of a command; a backtick continues a long line, as in PowerShell."""
    lines, line = [], "   "
    for word in _WORD.findall(command):
        if len(line) + len(word) > columns() - 3 and line.strip():
            lines.append(f"{line} `")
            line = "     "
        line = f"{line} {word}"
    return [*lines, line]


def _summary(findings: Iterable[Finding]) -> str:
    counts = dict.fromkeys(Severity, 0)
    for finding in findings:
        counts[finding.severity] += 1
    return ", ".join(
        f"{count} {severity.value if count == 1 else _PLURAL[severity]}"
        for severity, count in counts.items()
    )
