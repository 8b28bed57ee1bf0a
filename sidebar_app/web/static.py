"""Our own styles and scripts, addressed by their content so that browsers may keep them for ever."""

import hashlib
from functools import cached_property
from pathlib import Path

from flask import Blueprint, Response, current_app, request, send_from_directory

from sidebar_app.web.access import parts

blueprint = Blueprint("static", __name__)
_A_YEAR_SECONDS = 31_536_000


class Addresses:
    """`static("panel.css")` in templates. Modules import each other by relative path, so one version names all."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @cached_property
    def _version(self) -> str:
        digest = hashlib.sha256()
        for path in sorted(p for p in self._folder.rglob("*") if p.is_file()):
            digest.update(path.read_bytes())
        return digest.hexdigest()[:12]

    def __call__(self, name: str) -> str:
        return f"/static/{self._version}/{name}"


@blueprint.get("/static/<version>/<path:name>")
def asset(version: str, name: str) -> Response:  # noqa: ARG001 -- it only makes addresses differ
    """Whatever the version says, the file is what it is now; only its own version may be kept."""
    response = send_from_directory(parts().widgets / "static", name)
    address: Addresses = current_app.extensions["addresses"]
    current = request.path == address(name)
    response.headers["Cache-Control"] = (
        f"public, max-age={_A_YEAR_SECONDS}, immutable" if current else "no-cache"
    )
    return response
