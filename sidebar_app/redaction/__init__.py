"""Card numbers found, masked and marked. Pure: no I/O, no vendor, nothing kept."""

from sidebar_app.redaction.detector import DETECTOR_VERSION, scan
from sidebar_app.redaction.facts import masked
from sidebar_app.redaction.hit import Allowlist, Hit, Masked, Scan, ScanFailed
from sidebar_app.redaction.logs import RedactingFormatter, scrub_event
from sidebar_app.redaction.masking import mask, mask_free_text, redact_marks
from sidebar_app.redaction.spans import apply_mask

__all__ = [
    "DETECTOR_VERSION",
    "Allowlist",
    "Hit",
    "Masked",
    "RedactingFormatter",
    "Scan",
    "ScanFailed",
    "apply_mask",
    "mask",
    "mask_free_text",
    "masked",
    "redact_marks",
    "scan",
    "scrub_event",
]
