"""The profiles that a scenario can name: those that come with relaysim, and a user's own."""

from collections.abc import Iterable
from dataclasses import dataclass

from relaysim.mail.spelling import look_up
from relaysim.profiles import built_in
from relaysim.profiles.kind import Kind
from relaysim.profiles.profile import Profile, Table


@dataclass(frozen=True)
class Collection:
    """The profiles by kind and name.

    Parameters
    ----------
    own : tuple of Profile
        The profiles of a user, beside the built-in ones.
    """

    own: tuple[Profile, ...] = ()

    def names(self, kind: Kind) -> tuple[str, ...]:
        """Return the names of all profiles of a kind, the built-in ones first."""
        names = (profile.name for profile in self.own if profile.kind is kind)
        return (*built_in.names(kind), *names)

    def profile(self, kind: Kind, name: str) -> Profile:
        """Return a profile. ValueError names the nearest for a name that no profile has."""
        for profile in self.own:
            if (profile.kind, profile.name) == (kind, name):
                return profile
        look_up(dict.fromkeys(self.names(kind)), name, f"a profile of kind {kind}")
        return built_in.profile(kind, name)

    def tables(self, kind: Kind, section: str) -> dict[str, Table]:
        """Return a section of all profiles of a kind that have it, by name."""
        profiles = [self.profile(kind, name) for name in self.names(kind)]
        return {
            profile.name: profile.table(section)
            for profile in profiles
            if section in profile.sections
        }

    def only(self, used: Iterable[tuple[Kind, str]]) -> "Collection":
        """Return the collection without those of the user's profiles that are not used."""
        names = set(used)
        return Collection(
            tuple(profile for profile in self.own if (profile.kind, profile.name) in names)
        )


BUILT_IN = Collection()
"""The built-in profiles alone."""
