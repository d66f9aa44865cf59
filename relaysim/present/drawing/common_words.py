"""What designs have in common, in words."""

from collections.abc import Mapping

from relaysim.wording import listed


def by_design(told: Mapping[str, str]) -> str:
    """What is told of each design, once for those of which the same is told.

    {"A": "2 h", "B": "2 h", "C": "never"} is "2 h in A and B, never in C".
    """
    alike: dict[str, list[str]] = {}
    for design, text in told.items():
        alike.setdefault(text, []).append(design)
    return ", ".join(
        f"{text} in {listed(designs, len(designs))}" for text, designs in alike.items()
    )
