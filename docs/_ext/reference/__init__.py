"""Reference pages that are made of the program itself whenever the site is built.

In a page, `relaysim` with a topic stands for the Markdown that the module of that name returns:

    ```{relaysim} keys
    ```
"""

from collections.abc import Callable
from typing import Any, ClassVar

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

from reference import checks, commands, keys, profiles, python, trace, units

TOPICS: dict[str, Callable[..., str]] = {
    "checks": checks.markdown,
    "commands": commands.markdown,
    "keys": keys.markdown,
    "profiles": profiles.markdown,
    "python": python.markdown,
    "trace": trace.markdown,
    "units": units.markdown,
}


class Made(SphinxDirective):
    """The directive."""

    required_arguments = 1
    final_argument_whitespace = True
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """The nodes of the topic's Markdown, sections included."""
        topic, *rest = self.arguments[0].split()
        return self.parse_text_to_nodes(TOPICS[topic](*rest), allow_section_headings=True)


def setup(app: Sphinx) -> dict[str, Any]:
    """Register the directive."""
    app.add_directive("relaysim", Made)
    return {"version": "1", "parallel_read_safe": True}
