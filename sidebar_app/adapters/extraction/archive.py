"""Members of a ZIP, unpacked no further than the bounds: the sizes that a hostile archive states mean nothing."""

import io
import zipfile
import zlib

from sidebar_app.adapters.extraction.reading import File, Reading, Unreadable

_PIECE = 65_536
# Compression of honest files stays far below; small members may be as repetitive as they like.
_MOST_RATIO = 200
_RATIO_COUNTS_FROM = 1_000_000
_ENCRYPTED = 0x1
_LOCKED = "It is protected with a password."


def opened(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise Unreadable("The archive is damaged.") from None


def member(archive: zipfile.ZipFile, info: zipfile.ZipInfo, reading: Reading) -> bytes:
    """Raises Unreadable for one that is encrypted, damaged, or larger than what is left to spend."""
    if info.flag_bits & _ENCRYPTED:
        raise Unreadable(_LOCKED)
    pieces, size = [], 0
    try:
        with archive.open(info) as stream:
            while piece := stream.read(_PIECE):
                size += len(piece)
                reading.spend("unpacked", len(piece))
                if size > _RATIO_COUNTS_FROM and size > _MOST_RATIO * max(info.compress_size, 1):
                    raise Unreadable("It unpacks to far more than it should.")
                pieces.append(piece)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, OSError, RuntimeError, ValueError):
        raise Unreadable("It is damaged, or packed in a way that we do not know.") from None
    return b"".join(pieces)


def read_archive(file: File, reading: Reading) -> None:
    """Each member as a file of its own."""
    with opened(file.content) as archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            place = file.within(info.filename)
            try:
                content = member(archive, info, reading)
            except Unreadable as why:
                reading.misses(place, str(why))
                reading.spend("parts")
                continue
            reading.read(File(content, info.filename, "", place, file.depth + 1))
