"""Small honest stand-ins for what the sandboxes are too slow for."""
