"""The resources of a hub that back pressure watches, and their thresholds."""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from relaysim.mail import watched_drive
from relaysim.mail.backpressure import ReplyDelay, Thresholds
from relaysim.mail.watched_drive import Drive, Resource, disk_thresholds
from relaysim.scenario.table import Duration, Interval, Positive, Size, Table
from relaysim.units import format_size


class WatchedLevels(Table):
    """The values of a resource at which its level changes, in version buckets or messages."""

    medium_to_low: Positive
    """The most at which the level is Normal again."""
    low_to_medium: Positive
    """The fewest at which it becomes Medium."""
    high_to_medium: Positive
    """The most at which High ends."""
    medium_to_high: Positive
    """The fewest at which it becomes High."""

    @field_validator("low_to_medium", "high_to_medium")
    @classmethod
    def _above_normal(cls, value: int, info: ValidationInfo) -> int:
        if value <= info.data.get("medium_to_low", 0):
            raise ValueError("must be above medium_to_low")
        return value

    @field_validator("medium_to_high")
    @classmethod
    def _highest(cls, value: int, info: ValidationInfo) -> int:
        for key in ("low_to_medium", "high_to_medium"):
            if value < info.data.get(key, 0):
                raise ValueError(f"must not be below {key}")
        return value

    def thresholds(self) -> Thresholds:
        """Return the thresholds, in units of the resource."""
        return Thresholds(
            self.low_to_medium, self.medium_to_high, self.high_to_medium, self.medium_to_low
        )


Points = Annotated[int, Field(ge=0, le=100)]


class Margins(Table):
    """How far the thresholds of a drive lie below that of High, in percentage points in use."""

    low_to_medium: Points
    """Where the level becomes Medium."""
    high_to_medium: Points
    """Where High ends."""
    medium_to_low: Points
    """Where the level is Normal again."""

    @field_validator("medium_to_low")
    @classmethod
    def _lowest(cls, value: int, info: ValidationInfo) -> int:
        for key in ("low_to_medium", "high_to_medium"):
            if value <= info.data.get(key, -1):
                raise ValueError(f"must be further below High than {key}")
        return value

    def margins(self) -> watched_drive.Margins:
        """Return the margins."""
        return watched_drive.Margins(self.low_to_medium, self.high_to_medium, self.medium_to_low)


class BackPressure(Table):
    """The resources that a hub watches; a resource without a size is not watched.

    `version_bucket_size` is the uncommitted mail (in DATA or in commit) that fills one version
    bucket. `queue_drive_size` and `queue_drive_used` are of the drive that holds the queue
    database, and its log too unless the log has a drive of its own. The sizes are assumptions of
    the person who writes them: Exchange documents thresholds, not the cost of a message.
    """

    version_bucket_size: Size | None = None
    """Bytes of uncommitted mail that fill one version bucket; unwatched without it."""
    used_version_buckets: WatchedLevels
    """The version buckets at which the level changes."""
    version_buckets_history_depth: Positive
    """Polls in a row above Normal from which on version buckets at Medium refuse mail."""
    submission_queue_watched: bool = False
    """Whether the length of the submission queue is watched.

    Microsoft's manual of 2016 and 2019 has this resource; the list of a live server lacks it.
    """
    submission_queue_length: WatchedLevels
    """The messages that wait for the categorizer, or are in it, at which the level changes."""
    submission_queue_history_depth: Positive
    """Polls in a row above Normal from which on a submission queue at Medium refuses mail."""
    smtp_start_throttling_delay_interval: Duration
    """Delay of replies to MAIL FROM from the first poll at which version buckets or the submission
    queue are not Normal."""
    smtp_step_throttling_delay_interval: Duration
    """How much longer the delay is after each further poll."""
    smtp_max_throttling_delay_interval: Duration
    """The longest delay."""
    database_points_below_high: Margins
    """Thresholds of the drive of the queue database, below that of High."""
    log_points_below_high: Margins
    """Thresholds of the drive of the log, below that of High."""
    database_free_space: Size
    """What back pressure keeps free on the drive of the queue database."""
    log_free_space: Size
    """What it keeps free on the drive of the log of the queue database; 0 B is unwatched."""
    log_drive_size: Size | None = None
    """Size of the drive of the log; without it the log lies on the drive of the queue database."""
    log_drive_used: Size = 0
    """What lies on the drive of the log."""
    queue_drive_size: Size | None = None
    """Size of the drive of the queue database; unwatched without it."""
    queue_drive_used: Size = 0
    """What lies on that drive before the first message."""
    resource_monitoring_interval: Interval = 2_000_000
    """How often the resources are looked at."""

    @field_validator("queue_drive_size", "log_drive_size")
    @classmethod
    def _keeps_space_free(cls, size: int | None, info: ValidationInfo) -> int | None:
        """Refuse a drive that is too small for what back pressure keeps free on it."""
        # `log_drive_size` comes before `queue_drive_size` in the table, so it is checked already.
        on_it = ["log_free_space"] if info.data.get("log_drive_size") is None else []
        if info.field_name == "log_drive_size":
            on_it = ["log_free_space"]
        else:
            on_it.insert(0, "database_free_space")
        for key in on_it:
            free, margins = info.data.get(key), info.data.get(_MARGINS[key])
            if size is not None and free and margins is not None:
                _check_drive(size, free, margins.margins(), key)
        return size

    @field_validator("smtp_max_throttling_delay_interval")
    @classmethod
    def _longest(cls, longest: int, info: ValidationInfo) -> int:
        if longest < info.data.get("smtp_start_throttling_delay_interval", 0):
            raise ValueError("must not be below smtp_start_throttling_delay_interval")
        return longest

    @field_validator("queue_drive_used", "log_drive_used")
    @classmethod
    def _fits_on_its_drive(cls, used: int, info: ValidationInfo) -> int:
        """Refuse what lies on a drive without a size, or more than the drive holds."""
        name = f"{str(info.field_name).removesuffix('_used')}_size"
        if used and name in info.data and (info.data[name] or 0) < used:
            raise ValueError(f"{name} is needed, and as large as what lies on the drive")
        return used

    def drives(self) -> tuple[Drive, ...]:
        """Return the drives that are watched, with what back pressure keeps free on each."""
        drives = []
        database = self.database_points_below_high.margins()
        log = self.log_points_below_high.margins()
        if self.queue_drive_size is not None:
            free = self.database_free_space
            size, used = self.queue_drive_size, self.queue_drive_used
            drives.append(Drive(Resource.DATABASE, size, used, free, database))
            # The log shares the drive: it has the same use, but another threshold.
            if self.log_drive_size is None and self.log_free_space:
                drives.append(Drive(Resource.LOG, size, used, self.log_free_space, log))
        if self.log_drive_size is not None and self.log_free_space:
            size, used = self.log_drive_size, self.log_drive_used
            free = self.log_free_space
            drives.append(Drive(Resource.LOG, size, used, free, log, holds_mail=False))
        return tuple(drives)

    def reply_delay(self) -> ReplyDelay:
        """Return start, step and maximum of the delay of replies to MAIL FROM."""
        return ReplyDelay(
            self.smtp_start_throttling_delay_interval,
            self.smtp_step_throttling_delay_interval,
            self.smtp_max_throttling_delay_interval,
        )


_MARGINS = {
    "database_free_space": "database_points_below_high",
    "log_free_space": "log_points_below_high",
}


def _check_drive(size: int, free_space: int, margins: watched_drive.Margins, key: str) -> None:
    try:
        disk_thresholds(size, free_space, margins)
    except ValueError as error:
        free = format_size(free_space)
        raise ValueError(
            f"the drive is too small: back pressure keeps {free} free on it ({key})"
        ) from error
