"""What the shell offers for a word that is not yet whole."""

import typer


def hosts(context: typer.Context, incomplete: str) -> list[str]:
    """Return the hosts and hubs of the scenario of the command line that begin like this.

    A scenario that cannot be read offers nothing: the command itself says what is wrong.
    """
    from relaysim.scenario.load import load
    from relaysim.scenario.problem import ScenarioError

    # While an option lacks its value, Typer leaves arguments where they are.
    paths = [context.params.get("scenario"), *context.args]
    path = next((each for each in paths if each), None)
    if path is None:
        return []
    try:
        design = load(path)
    except (ScenarioError, OSError):
        return []
    return [name for name in (*design.hosts, *design.hubs) if name.startswith(incomplete)]
