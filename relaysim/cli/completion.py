"""Words that the shell offers while one is typed."""

import typer


def hosts(context: typer.Context, incomplete: str) -> list[str]:
    """Return the hosts and hubs of the scenario of the command line that begin like this.

    A scenario that cannot be read offers nothing: the command itself prints the problem.
    """
    from relaysim.scenario.load import load
    from relaysim.scenario.problem import ScenarioError

    # While an option lacks its value, Typer leaves arguments where they are.
    paths = [context.params.get("scenario"), *context.args]
    path = next((path for path in paths if path), None)
    if path is None:
        return []
    try:
        design = load(path, profiles=context.params.get("profiles"))
    except (ScenarioError, OSError):
        return []
    return [name for name in (*design.hosts, *design.hubs) if name.startswith(incomplete)]


def profile_names(context: typer.Context, incomplete: str) -> list[str]:
    """Return the profiles of the kind on the command line that begin like this."""
    from relaysim.profiles.collection import BUILT_IN
    from relaysim.profiles.kind import Kind
    from relaysim.profiles.warm_up_schedules import NAME, schedules
    from relaysim.scenario import own_profiles
    from relaysim.scenario.problem import ScenarioError

    given = [context.params.get("kind"), *context.args]
    if NAME in given:
        return [name for name in schedules() if name.startswith(incomplete)]
    kind = next((Kind(word) for word in given if word in list(Kind)), None)
    folder = context.params.get("folder")
    try:
        collection = BUILT_IN if folder is None else own_profiles.named(folder)
    except ScenarioError:
        collection = BUILT_IN
    known = () if kind is None else collection.names(kind)
    return [name for name in known if name.startswith(incomplete)]
