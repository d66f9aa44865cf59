"""The check of back pressure at the start of the run."""

from collections.abc import Iterable, Iterator

from relaysim.analysis.mail_paths import paths
from relaysim.audit.finding import Finding, Severity
from relaysim.mail import reply
from relaysim.mail.backpressure import Level, level
from relaysim.mail.watched_drive import Drive, Resource
from relaysim.plan import initial_pressure as pressure
from relaysim.scenario.hub import Hub
from relaysim.scenario.model import Scenario
from relaysim.scenario.problem import dotted
from relaysim.units import format_size
from relaysim.wording import listed

_WHAT = {Resource.DATABASE: "the queue database", Resource.LOG: "its log"}
_MB = 1024**2


def back_pressure(scenario: Scenario) -> Iterator[Finding]:
    """A drive is so full at the start that the hub refuses mail.

    An error where mail of the scenario is refused; a warning at Medium where all mail comes from
    Exchange servers or from senders in authoritative domains, which the hub still accepts.
    """
    for name, hub in scenario.hubs.items():
        worst = pressure.at_start(hub)
        if worst is Level.NORMAL:
            continue
        pressed = [drive for drive in hub.back_pressure.drives() if _level(drive) is worst]
        refused = _refused(scenario, name)
        greeting = pressure.greeting(hub)
        answer = f"each connection gets {greeting}" if greeting else f"MAIL FROM gets {_REFUSED}"
        if worst is Level.HIGH:
            effect = f"the hub refuses all mail, also of the mailbox server: {answer}"
        else:
            effect = f"{answer}, except from Exchange servers and senders in authoritative domains"
        streams = f" Refused from the start: {listed(refused)}." if refused else ""
        full = listed(map(_fullness, pressed))
        key, used = _spared(hub, pressed)
        yield Finding(
            Severity.ERROR if refused else Severity.WARNING,
            dotted(("hubs", name, "back_pressure", key)),
            f"{full[0].upper()}{full[1:]}: {effect}.{streams}",
            f'Free the drive to reach Normal again ({key} = "{used}" or less), or move '
            "the queue database to a larger drive.",
        )


_REFUSED = reply.INSUFFICIENT_RESOURCES


def _level(drive: Drive) -> Level:
    return level(Level.NORMAL, drive.use(), drive.thresholds)


def _fullness(drive: Drive) -> str:
    """Return the use and the level of a drive: "the drive of its log is 96 % full ..."."""
    limits, now = drive.thresholds, _level(drive)
    limit = limits.medium_to_high if now is Level.HIGH else limits.low_to_medium
    return (
        f"the drive of {_WHAT[drive.resource]} is {drive.use()} % full from the start, which is "
        f"{now.name.capitalize()} (from {limit} % on)"
    )


def _refused(scenario: Scenario, hub: str) -> list[str]:
    """Return the streams that the hub refuses because of back pressure."""
    replies = {reply.INSUFFICIENT_RESOURCES, pressure.greeting(scenario.hubs[hub])}
    return list(
        dict.fromkeys(
            path.name
            for path in paths(scenario)
            if path.hub == hub and path.reply is not None and path.reply in replies
        )
    )


def _spared(hub: Hub, pressed: Iterable[Drive]) -> tuple[str, str]:
    """Return the key of the use of a pressed drive, and its largest value at level Normal."""
    # Pressed drives first, so that the first key is one to change.
    drives: dict[str, list[Drive]] = {_key(hub, drive): [] for drive in pressed}
    for drive in hub.back_pressure.drives():
        drives.setdefault(_key(hub, drive), []).append(drive)
    key = next(iter(drives))
    # Database and log may share a drive: the lower threshold decides.
    most = min(drive.size * drive.thresholds.medium_to_low // 100 for drive in drives[key])
    # Rounded down, so that the value in the text is still Normal.
    unit = 256 * _MB if most >= 10 * 1024 * _MB else _MB
    return key, format_size(most // unit * unit)


def _key(hub: Hub, drive: Drive) -> str:
    own_drive = drive.resource is Resource.LOG and hub.back_pressure.log_drive_size is not None
    return "log_drive_used" if own_drive else "queue_drive_used"
