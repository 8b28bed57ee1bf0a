"""What the service does: one file per thing."""
