"""Ways to reach a customer."""
