"""How the documentation is built: `make docs`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

import relaysim

project = "relaysim"
author = "the authors of relaysim"
release = version = relaysim.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "reference"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "_ext"]
language = "en"
nitpicky = True
# Types in docstrings are words, such as "array of float", and need no page of their own.
nitpick_ignore_regex = [("py:(class|exc)", ".*")]
napoleon_google_docstring = False

myst_enable_extensions = ["deflist", "colon_fence"]
myst_heading_anchors = 3

# Docstrings are in Markdown's habit: what stands in backticks is code.
default_role = "literal"
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "none"
autodoc_preserve_defaults = True
autodoc_class_signature = "separated"

html_theme = "furo"
html_title = "relaysim"
html_static_path = ["_static"]
html_css_files = ["calm.css"]
html_show_sourcelink = False
html_recipient_source = False
html_show_copyright = False
toc_object_entries = False
