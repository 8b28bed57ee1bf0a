"""The workers' doorbell."""
