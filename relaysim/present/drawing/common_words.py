"""Values of designs in a sentence, with equal values together."""

from collections.abc import Mapping

from relaysim.wording import listed


def by_design(texts: Mapping[str, str]) -> str:
    """Return the texts of designs, once for designs with the same text.

    {"A": "2 h", "B": "2 h", "C": "never"} is "2 h in A and B, never in C".
    """
    alike: dict[str, list[str]] = {}
    for design, text in texts.items():
        alike.setdefault(text, []).append(design)
    return ", ".join(
        f"{text} in {listed(designs, len(designs))}" for text, designs in alike.items()
    )
