"""Text out of files that strangers sent, read in a process of its own that may do nothing else."""

from sidebar_app.adapters.extraction.bounds import Bounds
from sidebar_app.adapters.extraction.sandboxed import SandboxedExtractor

__all__ = ["Bounds", "SandboxedExtractor"]
