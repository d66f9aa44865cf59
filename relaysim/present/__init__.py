"""Results for people: tables in the terminal, reports and figures."""
