"""Two months of finished requests for the preview workspace, recorded by the service's own code."""

from sidebar_app.commands.past.play import furnish

__all__ = ["furnish"]
