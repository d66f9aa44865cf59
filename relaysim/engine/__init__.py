"""Time passes here and nowhere else: event loop, actors, runs."""
