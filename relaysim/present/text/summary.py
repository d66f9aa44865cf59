"""What a result says, as text."""

from rich.console import RenderableType

from relaysim.present.text import comparison as compared
from relaysim.present.text import run_summary as happened
from relaysim.present.text import sensitivity_tables as sensitive
from relaysim.present.text import size_summary as sized
from relaysim.present.text import sweep_tables as swept
from relaysim.present.text import transcript
from relaysim.present.text import warm_up_advice as warmed
from relaysim.present.text.terminal import plain, text
from relaysim.study.compare import Comparison
from relaysim.study.message_trace import Transcript
from relaysim.study.replicate import RunResult
from relaysim.study.sensitivity import Sensitivity
from relaysim.study.size import Size
from relaysim.study.sweep import Sweep
from relaysim.study.warm_up import WarmUp

Summed = RunResult | Comparison | Sweep | Size | Sensitivity | WarmUp | Transcript
"""Results of which there is a summary."""


def report(result: Summed) -> list[RenderableType]:
    """The tables and sentences of a result, in the order in which they are read."""
    told = _told(result)
    titles = len(result.scenarios) if isinstance(result, Comparison) else 1
    return [*told[:titles], *map(text, result.provenance.notes), *told[titles:]]


def _told(result: Summed) -> list[RenderableType]:
    match result:
        case RunResult():
            return happened.report(result)
        case Comparison():
            return compared.report(result)
        case Sweep():
            return swept.report(result)
        case Size():
            return sized.report(result)
        case Sensitivity():
            return sensitive.report(result)
        case WarmUp():
            return warmed.report(result)
        case Transcript():
            return transcript.report(result)


def summary(result: Summed) -> str:
    """What the command of a result prints, at most 80 columns wide."""
    return plain(report(result))
