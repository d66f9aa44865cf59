"""Studies: replications, comparisons, sweeps, sizes, sensitivities, risks."""
