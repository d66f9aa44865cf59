"""How studies run: jobs, workers, the store of finished replications, provenance."""
