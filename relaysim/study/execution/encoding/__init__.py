"""Encoding: results of tasks as one Arrow stream with a JSON header, by their declared types."""
