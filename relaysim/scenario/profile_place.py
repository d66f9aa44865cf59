"""The place of a value in a user's own profile, for problems that a scenario shows."""

from collections.abc import Iterator
from dataclasses import replace

from relaysim.profiles.collection import Collection
from relaysim.profiles.defaults import section_of_installed
from relaysim.profiles.kind import RECEIVE_CONNECTOR, Kind, section_path
from relaysim.profiles.profile import Profile
from relaysim.scenario.default_tables import GROUPS, PROFILE_KEYS
from relaysim.scenario.problem import KeyPath, Problem
from relaysim.scenario.raw_tables import Raw, at


def in_profile(problem: Problem, tables: Raw, collection: Collection) -> Problem | None:
    """Return a problem at the place of its value in a profile file; None if no such file has it.

    Parameters
    ----------
    problem : Problem
        A problem at a path of the scenario that no scenario file writes.
    tables : mapping of str to Any
        The merged tables of the scenario files.
    collection : Collection
        The profiles that they can name.
    """
    for profile, sections, keys in _places(problem.path, tables, collection):
        for section in sections:
            value = profile.table(section).get(str(keys[0])) if keys else None
            if value is not None:
                path = (*section_path(section), keys[0], "value", *keys[1:])
                return replace(problem, path=path, file=profile.files[0].path, value=value.value)
    return None


def _places(
    path: KeyPath, tables: Raw, collection: Collection
) -> Iterator[tuple[Profile, tuple[str, ...], KeyPath]]:
    """Return each profile of the user that fills a path, with its sections and the keys in them."""
    # Filled up, because a path may be shorter.
    group, name, inner = (*path, "", "", "")[:3]
    for profile in collection.own:
        entry = at(tables, GROUPS[profile.kind], str(name))
        is_its = entry.get(PROFILE_KEYS[profile.kind]) == profile.name
        if group == "send_connectors" and profile.kind is Kind.MTA:
            yield profile, ("send_connector",), path[2:]
        elif group == GROUPS[profile.kind] and is_its:
            if inner == "receive_connectors":
                own = section_of_installed(profile, str(name), str(path[3])) if path[3:] else None
                sections = (RECEIVE_CONNECTOR,) if own is None else (own, RECEIVE_CONNECTOR)
                yield profile, sections, path[4:]
            elif inner in profile.kind.sections:
                yield profile, (str(inner),), path[3:]
            else:
                yield profile, tuple(profile.kind.sections)[:1], path[2:]
