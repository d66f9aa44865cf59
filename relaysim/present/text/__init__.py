"""Text for the terminal and for reports."""
