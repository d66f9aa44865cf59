"""Arrival processes: when a stream creates its messages."""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, field_validator

from relaysim.scenario.rate_profile import Profile, named_profile
from relaysim.scenario.recording import read
from relaysim.scenario.table import Duration, Lasting, Positive, Rate, Table


class _Process(Table):
    @field_validator("rate", check_fields=False)
    @classmethod
    def _above_zero(cls, rate: Rate) -> Rate:
        if rate <= 0:
            raise ValueError("must be above zero: for a quiet stream leave the stream out")
        return rate


class Poisson(_Process):
    """Poisson arrivals; `rate` is the average over a working day, shaped by `profile`."""

    process: Literal["poisson"]
    """The word that chooses this process."""
    rate: Rate
    """Mean over a day of weight 1."""
    profile: Profile | None = None
    """How the rate changes: a name, 24 weights of the hours, or a table."""

    @field_validator("profile", mode="before")
    @classmethod
    def _by_name(cls, value: Any) -> Any:
        if isinstance(value, str):
            return named_profile(value)
        if isinstance(value, list):
            return {"hours": value}
        return value


class Campaign(_Process):
    """`messages` messages one after another at `rate`, from `at`, and again after each `every`."""

    process: Literal["campaign"]
    """The word that chooses this process."""
    at: Duration
    """When the first message is created, from the start of the run."""
    messages: Positive
    """Messages of one campaign."""
    rate: Rate
    """How fast they are created."""
    every: Lasting | None = None
    """Time from one campaign to the next; without it there is only one."""


class Bursts(_Process):
    """Poisson bursts: rate x factor inside, 0 outside, so that `rate` is the long-run mean.

    Bursts last exponentially long with mean `burst_length`; gaps have mean (`burst_factor` - 1) x
    `burst_length`; the process starts in its stationary state.
    """

    process: Literal["bursts"]
    """The word that chooses this process."""
    rate: Rate
    """Mean over a long time."""
    burst_factor: Annotated[float, Field(gt=1.0, le=1e6)]
    """The rate inside a burst over the mean."""
    burst_length: Lasting
    """Mean length of a burst."""


class Compromise(_Process):
    """The spam of a hijacked host: Poisson at `rate` from its start.

    It starts `at` a time, or at a time that each replication draws: exponential, `per_year` a year.
    It `lasts` so long at most, and comes at most once in a run.
    """

    exactly_one: ClassVar[tuple[tuple[str, ...], ...]] = (("at", "per_year"),)

    process: Literal["compromise"]
    """The word that chooses this process."""
    rate: Rate
    """Messages while it lasts."""
    at: Duration | None = None
    """When it starts, from the start of the run."""
    per_year: Annotated[float, Field(gt=0.0, le=1000.0)] | None = None
    """How often a year, at a random time, instead of `at`."""
    lasts: Lasting
    """How long at most; the administrator may end it sooner."""


class Every(Table):
    """One message each `every`, the first at `at`."""

    process: Literal["every"]
    """The word that chooses this process."""
    every: Lasting
    """Time between two messages."""
    at: Duration = 0
    """The first one, from the start of the run."""


class Replay(Table):
    """The times of a CSV file, in its column `seconds`, counted from the start of the run.

    Columns `recipients` and `bytes` are used where present; others are ignored.
    """

    process: Literal["replay"]
    """The word that chooses this process."""
    file: Annotated[Path, Field(strict=False)]
    """A CSV file with a column `seconds`, beside the scenario unless the path is absolute."""

    @field_validator("file")
    @classmethod
    def _is_readable(cls, file: Path) -> Path:
        read(file)
        return file


def _kind(value: Any) -> Any:
    return value.get("process") if isinstance(value, dict) else getattr(value, "process", None)


Arrivals = Annotated[
    Annotated[Poisson, Tag("poisson")]
    | Annotated[Campaign, Tag("campaign")]
    | Annotated[Bursts, Tag("bursts")]
    | Annotated[Compromise, Tag("compromise")]
    | Annotated[Every, Tag("every")]
    | Annotated[Replay, Tag("replay")],
    Discriminator(_kind),
]
"""When messages are created: a table with `process`."""
