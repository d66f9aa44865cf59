"""The architecture report: one HTML page that needs nothing else, and the same as Markdown."""

from relaysim.present.report.write import write

__all__ = ["write"]
