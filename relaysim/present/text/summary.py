"""The text of a result, which its command prints."""

from rich.console import RenderableType

from relaysim.present.text.comparison import comparison_text
from relaysim.present.text.run_summary import run_text
from relaysim.present.text.sensitivity_tables import sensitivity_text
from relaysim.present.text.size_summary import size_text
from relaysim.present.text.sweep_tables import sweep_text
from relaysim.present.text.terminal import plain, text
from relaysim.present.text.transcript import transcript_text
from relaysim.present.text.warm_up_advice import warm_up_text
from relaysim.study.compare import Comparison
from relaysim.study.message_trace import Transcript
from relaysim.study.run_result import RunResult
from relaysim.study.sensitivity import Sensitivity
from relaysim.study.size import Size
from relaysim.study.sweep import Sweep
from relaysim.study.warm_up import WarmUp

Summed = RunResult | Comparison | Sweep | Size | Sensitivity | WarmUp | Transcript
"""Results that have a text."""


def result_text(result: Summed, full: bool = False, explain: bool = False) -> list[RenderableType]:
    """Return the text of a result, for the terminal.

    Parameters
    ----------
    result : Summed
        The result of a study.
    full, explain : bool
        Whether a run or a comparison also has all its tables, and the explanations that are the
        same for every result.
    """
    match result:
        case RunResult():
            return run_text(result, full, explain)
        case Comparison():
            return comparison_text(result, full, explain)
    title, *lines = _whole_text(result)
    return [title, *map(text, result.provenance.notes), *lines]


def _whole_text(result: Sweep | Size | Sensitivity | WarmUp | Transcript) -> list[RenderableType]:
    match result:
        case Sweep():
            return sweep_text(result)
        case Size():
            return size_text(result)
        case Sensitivity():
            return sensitivity_text(result)
        case WarmUp():
            return warm_up_text(result)
        case Transcript():
            return transcript_text(result)


def summary(result: Summed, full: bool = False, explain: bool = False) -> str:
    """Return what the command of a result prints, at most 80 columns wide.

    Parameters
    ----------
    result : Summed
        The result of a study.
    full : bool
        Whether a run or a comparison has all its tables, as with `--full`.
    explain : bool
        Whether it has the explanations that are the same for every result, as with `--explain`.

    Returns
    -------
    str
        Lines of plain text.
    """
    return plain(result_text(result, full, explain))
