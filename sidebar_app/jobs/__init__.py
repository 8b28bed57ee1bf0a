"""What workers and the clock run: a few lines each, ids only."""
