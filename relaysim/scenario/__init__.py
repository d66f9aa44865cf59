"""What the user writes: the model of a scenario file and strict loading."""
