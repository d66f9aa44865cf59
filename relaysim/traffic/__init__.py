"""All chance, fixed before the run: keyed draws, sampling of distributions, arrivals."""
