"""Arrival processes: when a stream creates its messages."""

from pathlib import Path
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Discriminator, Field, Tag, ValidationInfo, field_validator

from relaysim.scenario.calendar_time import ClockTime, Repeat
from relaysim.scenario.rate_profile import Profile, named_profile
from relaysim.scenario.recording import read
from relaysim.scenario.table import HOUR, Lasting, Many, Moment, Positive, Rate, Recurrence, Table


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


_Step = Annotated[float, Field(gt=-1.0, le=10.0)]
Growth = Annotated[
    Annotated[_Step, Tag("one")]
    | Annotated[Many[_Step], Field(min_length=1, max_length=1000), Tag("several")],
    Discriminator(lambda value: "several" if isinstance(value, list | tuple) else "one"),
]
"""How much larger each campaign is than the one before: one number, or a list."""


class Campaign(_Process):
    """`messages` messages one after another at `rate`, from `at`, and again after each `every`.

    A time of the calendar, such as "Tuesday 10:00" or "25th 09:00", is the first one at or after
    the start of the run. A month without that day uses its last day. Working days are Monday to
    Friday. Times are local times without daylight saving time (assumption).
    """

    process: Literal["campaign"]
    """The word that chooses this process."""
    at: Moment
    """When the first message is created: after the start of the run, or at a time or date."""
    messages: Positive
    """Messages of one campaign."""
    rate: Rate
    """How fast they are created."""
    every: Recurrence | None = None
    """Time from one campaign to the next; without it there is only one."""
    growth: Growth | None = None
    """How much larger each campaign of the run is than the one before: 0.05 for 5 %.

    A list has the growth from the first campaign to the second, from the second to the third and so
    on; its last number holds from then on. The first campaign of the run has `messages`. The number
    of messages is rounded; `rate` stays the same. Needs `every`, of 1 h or more.
    """

    @field_validator("every")
    @classmethod
    def _has_a_day_of_the_month(
        cls, every: int | Repeat | None, info: ValidationInfo
    ) -> int | Repeat | None:
        at = info.data.get("at")
        if every is Repeat.MONTH and isinstance(at, ClockTime) and at.weekday is not None:
            raise ValueError(
                'no weekday falls on the same day of each month: write at = "25th 09:00", '
                'or every = "4 weeks"'
            )
        return every

    @field_validator("growth")
    @classmethod
    def _has_a_next_one(cls, growth: Growth | None, info: ValidationInfo) -> Growth | None:
        # An interval that is wrong itself is absent: no second problem follows.
        every = info.data.get("every", Repeat.MONTH)
        if growth and (every is None or (not isinstance(every, Repeat) and every < HOUR)):
            raise ValueError('growth is for campaigns that recur: write every = "1 h" or more')
        return growth

    @property
    def growth_steps(self) -> tuple[float, ...]:
        """Return the growth of each campaign over the one before; the last holds from then on."""
        return self.growth if isinstance(self.growth, tuple) else (self.growth or 0.0,)


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
    at: Moment | None = None
    """When it starts: after the start of the run, or at a time or date."""
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
    at: Moment = 0
    """The first one: after the start of the run, or at a time or date."""


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
