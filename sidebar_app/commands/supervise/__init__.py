"""Processes under our own supervision: started, watched, stopped, and never left behind."""
