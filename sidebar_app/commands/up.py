"""`sidebar-app up`: what `bin/run` starts."""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import click

from sidebar_app.commands.supervise import ports, preview, ready, valkey
from sidebar_app.commands.supervise.child import Child, run_to_end
from sidebar_app.commands.supervise.crew import ChildEnded, Crew
from sidebar_app.commands.supervise.place import InUse, NotOurs, Place
from sidebar_app.commands.supervise.voices import Voices
from sidebar_app.settings import ROOT

_READY_WITHIN_SECONDS = 60
_STOP_WITHIN_SECONDS = 12
_LOOK_EVERY_SECONDS = 0.2
_TROUBLES = (InUse, NotOurs, ports.NoPort, valkey.NoServer, ready.NotReady, ChildEnded)


@click.command()
@click.option("--fresh", is_flag=True, help="Forget everything of earlier runs first.")
@click.option("--port", envvar="PORT", type=click.IntRange(1, 65_500), default=8000, show_default=True)
@click.option(
    "--data",
    type=click.Path(file_okay=False, path_type=Path),
    default=ROOT / "var",
    help="Folder for the database, the queue and the sandboxes.  [default: var]",
)
def up(fresh: bool, port: int, data: Path) -> None:  # noqa: FBT001 -- click passes it by name
    """Run the whole service on this machine, with sandboxes in place of Zendesk, Slack, Stripe and mail."""
    try:
        with Place(data) as place:
            if fresh:
                place.empty()
            Preview(place, port).run()
    except _TROUBLES as trouble:
        click.echo(str(trouble), err=True)
        sys.exit(1)


class Preview:
    """The service and everything around it, from start to stop."""

    def __init__(self, place: Place, port: int) -> None:
        self._place = place
        self._say = Voices()
        self._crew = Crew(self._say)
        self._asked = 0
        self._ports = _chosen_ports(port)
        self._python = (sys.executable, "-m", "sidebar_app")

    def run(self) -> None:
        """Until Ctrl-C or SIGTERM. Nothing that was started is left running, whatever happens."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, self._asked_to_stop)
        try:
            with self._redis() as redis_url:
                self._start(redis_url)
                while not self._asked:
                    time.sleep(_LOOK_EVERY_SECONDS)
                    self._crew.look_after()
                self._say("up", "stopping (once more to stop at once)")
                self._crew.stop(patience=_STOP_WITHIN_SECONDS, is_urgent=lambda: self._asked > 1)
        except _Interrupted:
            self._say("up", "stopped before it was ready")
        finally:
            self._crew.kill()

    def _asked_to_stop(self, *_: object) -> None:
        self._asked += 1

    def _meanwhile(self) -> None:
        """While waiting for something to get ready."""
        if self._asked:
            raise _Interrupted
        self._crew.raise_for_ended()

    @contextlib.contextmanager
    def _redis(self) -> Iterator[str]:
        """REDIS_URL, or an embedded server of our own."""
        if given := os.environ.get("REDIS_URL"):
            yield given
            return
        folder = self._place.folder / "valkey"
        socket = valkey.socket_path(folder)
        command = valkey.command(valkey.executable(), folder=folder, socket=socket)
        self._crew.start(Child("valkey", command, dict(os.environ), self._say_of_valkey))
        try:
            self._wait("valkey", lambda: ready.listens(socket))
            yield valkey.url(socket)
        finally:
            if socket.parent != folder:
                shutil.rmtree(socket.parent, ignore_errors=True)

    def _start(self, redis_url: str) -> None:
        settings = preview.settings(
            os.environ,
            ports=self._ports,
            folder=self._place.folder,
            redis_url=redis_url,
            panel_secret=self._place.secret("panel.secret"),
        )
        self._place.write_environment(settings)
        process = {"PYTHONUNBUFFERED": "1", "PROMETHEUS_MULTIPROC_DIR": str(self._place.emptied("metrics"))}
        environ = {**preview.inherited(os.environ), **settings, **process}
        self._crew.start(self._child("sandbox", environ, "sandbox", "start"))
        self._migrate(environ)
        for name, command in (("web", "serve"), ("worker", "worker"), ("clock", "clock")):
            self._crew.start(self._child(name, environ, command))
        self._wait("the service", lambda: ready.answers(self._ports.web, "/readyz"))
        for name, port in self._ports.servers.items():
            self._wait(f"the {name} sandbox", partial(ready.answers, port, "/_sandbox/faults"))
        click.echo(_welcome(self._ports, settings, self._place.folder))

    def _say_of_valkey(self, name: str, line: str) -> None:
        if not valkey.is_small_talk(line):
            self._say(name, line)

    def _migrate(self, environ: dict[str, str]) -> None:
        child = self._child("migrate", environ, "migrate")
        if run_to_end(child, seconds=_READY_WITHIN_SECONDS):
            raise ChildEnded(child)

    def _child(self, name: str, environ: dict[str, str], *arguments: str) -> Child:
        return Child(name, (*self._python, *arguments), environ, self._say)

    def _wait(self, what: str, is_ready: ready.Check) -> None:
        ready.wait_until(what, is_ready, seconds=_READY_WITHIN_SECONDS, meanwhile=self._meanwhile)


class _Interrupted(Exception):
    """Asked to stop while starting."""


def _chosen_ports(port: int) -> preview.Ports:
    if not ports.is_free(port):
        raise ports.NoPort(f"Port {port} is in use; choose another one: PORT={port + 100} bin/run")
    return preview.Ports(port, *ports.next_free(5, after=port))


def _welcome(chosen: preview.Ports, settings: dict[str, str], folder: Path) -> str:
    names = {"zendesk": "Zendesk", "slack": "Slack", "stripe": "Stripe", "mail": "Mailbox"}
    sandboxes = [f"    {names[name]:<9} {url}/" for name, url in chosen.pages.items()]
    return "\n".join(
        (
            "",
            f"  The preview workspace is ready:  {settings['BASE_URL']}/",
            "",
            "  Sandboxes in it, one by one:",
            *sandboxes,
            "",
            f"  Data is kept in {folder} (bin/run --fresh starts over).  Stop with Ctrl-C.",
            "",
        )
    )
