"""Whether files in tickets are looked into, and how much one may cost."""

from dataclasses import dataclass

from sidebar_app.settings.reader import Reader


@dataclass(frozen=True)
class Attachments:
    """`most_megabytes` of one file, `seconds` for reading it."""

    scan: bool = True
    most_megabytes: int = 25
    seconds: int = 45


def read_attachments(read: Reader) -> Attachments:
    scan = read.text("SCAN_ATTACHMENTS", "on").lower()
    if scan not in ("on", "off"):
        read.faults.append("SCAN_ATTACHMENTS must be on or off.")
    return Attachments(
        scan=scan == "on",
        most_megabytes=read.number("ATTACHMENT_MEGABYTES", 25, least=1, most=100),
        seconds=read.number("ATTACHMENT_SECONDS", 45, least=1, most=120),
    )
