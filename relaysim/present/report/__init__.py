"""The architecture report: one HTML page that needs nothing else, and the same as Markdown."""

from relaysim.present.report.report_files import first_sentence, write

__all__ = ["first_sentence", "write"]
