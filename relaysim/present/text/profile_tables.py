"""Profiles as text: each default as a scenario file has it, with source and certainty below."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from relaysim.profiles.profile import Profile
from relaysim.profiles.warm_up_schedules import Schedule
from relaysim.wording import columns, wrapped


def text(profiles: Iterable[Profile]) -> str:
    """Return the profiles as text, each with its tables by their path in the scenario file."""
    return "\n".join(line for profile in profiles for line in _profile(profile))


def schedules_text(schedules: Mapping[str, Schedule]) -> str:
    """Return warm-up schedules as text, each with the messages of its days."""
    return "\n".join(line for name, of in schedules.items() for line in _schedule(name, of))


def _schedule(name: str, schedule: Schedule) -> Iterator[str]:
    yield f"# {name}"
    yield "[warm_up_plans.NAME]"
    yield f"days = {toml(name)}"
    yield from _comment(f"{schedule.certainty.value}: {schedule.source}")
    volumes = ", ".join(f"{volume:,}" for volume in schedule.days)
    yield from _comment(f"messages on days 1 to {len(schedule.days)}: {volumes}")
    yield ""


def _profile(profile: Profile) -> Iterator[str]:
    yield f"# {profile.name}"
    for section, path in profile.places().items():
        table = profile.table(section)
        if table:
            yield f"[{path}]"
        for key, value in table.items():
            yield from _assigned(key, value.value)
            yield from _comment(f"{value.certainty.value}: {value.source}")
            if value.other is not None:
                yield from _comment(f"or {toml(value.other.value)}: {value.other.source}")
    yield ""


def _assigned(key: str, value: Any) -> Iterator[str]:
    """Yield the lines of a key with its value; long tables and lists have a line for each entry."""
    line = f"{key} = {toml(value)}"
    if len(line) > columns() and isinstance(value, list | tuple):
        yield f"{key} = ["
        for item in value:
            yield from _item(item)
        yield "]"
    elif len(line) > columns() and isinstance(value, Mapping):
        for part, item in value.items():
            yield from _assigned(f"{key}.{_key(part)}", item)
    else:
        yield line


def _item(item: Any) -> Iterator[str]:
    """Yield the lines of an entry of a list; of a long table, the lists have a line each."""
    line = f"    {toml(item)},"
    if len(line) <= columns() or not isinstance(item, Mapping):
        yield line
        return
    # TOML breaks lines within lists alone, so these come first.
    opening = "    {"
    for key, value in item.items():
        if isinstance(value, list | tuple):
            yield f"{opening}{_key(key)} = ["
            yield from (f"        {toml(entry)}," for entry in value)
            opening = "    ], "
    rest = [f"{_key(k)} = {toml(v)}" for k, v in item.items() if not isinstance(v, list | tuple)]
    yield f"{opening}{', '.join(rest)}}},"


def toml(value: Any) -> str:
    """Return a value as TOML on one line."""
    match value:
        case bool():
            return str(value).lower()
        case str():
            return json.dumps(value, ensure_ascii=False)
        case Mapping():
            return f"{{{', '.join(f'{_key(key)} = {toml(item)}' for key, item in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(map(toml, value))}]"
    return repr(value)


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() else json.dumps(name)


def _comment(content: str) -> list[str]:
    return wrapped(content, "    # ", "    # ")
