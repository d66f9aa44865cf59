"""What the source says about the attributes of a class: the text that stands below each."""

from typing import Any

from sphinx.pycode import ModuleAnalyzer


def descriptions(of: type[Any]) -> dict[str, str]:
    """By attribute, in one line each; what has no text is absent."""
    analyzer = ModuleAnalyzer.for_module(of.__module__)
    name = of.__qualname__.partition("[")[0]
    return {
        attribute: " ".join(" ".join(lines).split())
        for (owner, attribute), lines in analyzer.find_attr_docs().items()
        if owner == name
    }


def summary(of: Any) -> str:
    """The first paragraph of a docstring, in one line."""
    return " ".join((of.__doc__ or "").partition("\n\n")[0].split())
