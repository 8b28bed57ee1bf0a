"""Pictures by OCR: tesseract as a program of its own, fed and heard through pipes, one thread.

What OCR loses is spacing: groups of a number run together or fall apart, so a page is also said with the digits of
a line put together where they make one number.
"""

import io
import os
import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from typing import TYPE_CHECKING

from sidebar_app.adapters.extraction.reading import File, Reading, Unreadable

if TYPE_CHECKING:
    from PIL.Image import Image

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "TIFF", "WEBP")
NO_OCR = "It is a picture, and no OCR is installed here (see README)."
# Letters of a screenshot are about ten pixels high, and OCR wants thirty.
_SMALL, _TINY = 1600, 700
_NARROWEST, _LOWEST = 50, 6
_LONGEST_SIDE = 3600
_DARK = 110
_SKETCH = 900
_MOST_SKEW = 5  # degrees
# What stands on one line for a number of thirteen to nineteen digits, with the letters that OCR takes digits for.
_LIKE = "[0-9§OoSsIl|B]"
_NUMBER = re.compile(rf"(?<![0-9A-Za-z]){_LIKE}(?: {{0,3}}{_LIKE}){{12,18}}(?![0-9A-Za-z])")
_MEANT = str.maketrans("§OoSsIl|B", "500551118", " ")
_TRUE_DIGITS = 10
_MOST_ANSWER = 4_000_000


def read_picture(file: File, reading: Reading) -> None:
    """Every frame of it."""
    try:
        from PIL import Image, UnidentifiedImageError
    except ImportError:
        raise Unreadable(NO_OCR) from None
    Image.MAX_IMAGE_PIXELS = None  # we look at the size ourselves, before anything is decoded
    try:
        with Image.open(io.BytesIO(file.content), formats=_FORMATS) as picture:
            for number, frame in enumerate(_frames(picture, reading)):
                place = file.within(f"frame {number + 1}") if number else file.place
                say_picture(frame, reading, place)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, EOFError):
        raise Unreadable("The picture is damaged.") from None


def _is_tiny(picture: "Image") -> bool:
    """Tracking pixels, bullets, icons: thirteen digits that somebody can read need more room."""
    return picture.width < _NARROWEST or picture.height < _LOWEST


def say_picture(picture: "Image", reading: Reading, place: str) -> None:
    """The text in a picture that is decoded already; raises Unreadable."""
    if _is_tiny(picture):
        return
    if not reading.tesseract:
        raise Unreadable(NO_OCR)
    reading.spend("pictures")
    text = _recognised(_prepared(picture), reading)
    reading.says(place, text)
    together = _NUMBER.sub(_meant, text)
    if together != text:
        reading.says(place, together)


def _meant(found: re.Match[str]) -> str:
    seen = found.group()
    return seen.translate(_MEANT) if sum(map(str.isdigit, seen)) >= _TRUE_DIGITS else seen


def _frames(picture: "Image", reading: Reading) -> Iterator["Image"]:
    from PIL import ImageOps

    for number in range(getattr(picture, "n_frames", 1)):
        if picture.width * picture.height > reading.bounds.pixels:
            raise Unreadable("The picture has more pixels than we look at.")
        picture.seek(number)
        yield ImageOps.exif_transpose(picture)


def _prepared(picture: "Image") -> "Image":
    """Grey, dark on light, and large enough to be read."""
    from PIL import Image, ImageOps, ImageStat

    if "A" in picture.getbands() or "transparency" in picture.info:
        picture = picture.convert("RGBA")
        ground = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(ground, picture)
    grey = picture.convert("L")
    longest = max(grey.size)
    if longest > _LONGEST_SIDE:
        grey.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    elif longest < _SMALL:
        factor = 3 if longest < _TINY else 2
        grey = grey.resize((grey.width * factor, grey.height * factor), Image.Resampling.LANCZOS)
    if ImageStat.Stat(grey).mean[0] < _DARK:
        grey = ImageOps.invert(grey)
    return _straight(ImageOps.autocontrast(grey))


def _straight(grey: "Image") -> "Image":
    """Turned back when it lies askew: digits of slanted lines are misread."""
    from PIL import Image, ImageStat

    ground = ImageStat.Stat(grey).median[0]
    sketch = grey.copy()
    sketch.thumbnail((_SKETCH, _SKETCH))
    roughly = max(range(-_MOST_SKEW, _MOST_SKEW + 1), key=lambda angle: _stripes(sketch, angle, ground))
    skew = max((roughly, roughly - 0.5, roughly + 0.5), key=lambda angle: _stripes(sketch, angle, ground))
    if not skew:
        return grey
    return grey.rotate(skew, resample=Image.Resampling.BICUBIC, expand=True, fillcolor=ground)


def _stripes(sketch: "Image", angle: float, ground: int) -> int:
    """How sharply rows differ from the next: most where lines of text lie level."""
    from PIL import Image

    turned = sketch.rotate(angle, resample=Image.Resampling.BILINEAR, fillcolor=ground)
    rows = turned.resize((1, turned.height), Image.Resampling.BOX).tobytes()
    return sum((above - below) ** 2 for above, below in pairwise(rows))


def _recognised(grey: "Image", reading: Reading) -> str:
    """In as PGM, which needs no decoder worth the name."""
    pgm = b"P5 %d %d 255\n" % grey.size + grey.tobytes()
    command = [reading.tesseract, "stdin", "stdout", "--dpi", "150", "--psm", "3"]
    try:
        done = subprocess.run(  # noqa: S603 -- a path of our own, no shell, nothing of the file in the arguments
            command,
            input=pgm,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=max(reading.seconds_left, 0.1),
            check=False,
            cwd="/",
            env={"OMP_THREAD_LIMIT": "1", "PATH": os.defpath},
        )
    except subprocess.TimeoutExpired:
        raise Unreadable("Reading it takes too long.") from None
    except OSError:
        raise Unreadable("OCR could not be started.") from None
    if done.returncode:
        raise Unreadable("OCR could not read the picture.")
    return done.stdout[:_MOST_ANSWER].decode("utf-8", "replace")
