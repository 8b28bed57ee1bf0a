"""A reader of files in this process: what they say is what they are."""

from sidebar_app.ports.extractor import FileText, FileTexts, NotScanned


class PlainExtractor:
    """A file that begins with `locked` cannot be read; one that begins with `partly` only in part."""

    def __init__(self, version: str = "plain-1") -> None:
        self.version = version
        self.reads_pictures = True
        self.most_bytes = 25_000_000
        self.read: list[str] = []

    def extract(self, content: bytes, *, name: str, content_type: str) -> FileTexts:
        self.read.append(name)
        if content.startswith(b"locked"):
            return FileTexts(gaps=(NotScanned("It is protected with a password."),))
        gaps = (NotScanned("The page is damaged.", "page 2"),) if content.startswith(b"partly") else ()
        return FileTexts((FileText("page 1", content.decode()),), gaps)
