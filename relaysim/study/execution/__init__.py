"""The execution of studies: jobs, workers, the store of finished replications, provenance."""
