"""What the user writes: the model of a scenario file, strict loading, audit and explanation."""
