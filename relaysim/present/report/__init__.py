"""The architecture report: one HTML page without other files, and the same as Markdown."""

from relaysim.present.report.report_files import first_sentence, write

__all__ = ["first_sentence", "write"]
