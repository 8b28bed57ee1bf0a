"""`sidebar-app serve`"""

import gc
import os
import shutil
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import click
from gunicorn.app.base import BaseApplication

from sidebar_app.commands.environment import load_policy_in_force, load_roles, load_settings
from sidebar_app.commands.http_worker import Worker
from sidebar_app.commands.supervise.orphans import die_with_parent
from sidebar_app.settings import Settings

if TYPE_CHECKING:
    from sidebar_app.workflow.identify import RoleMap
    from sidebar_app.workflow.in_force import InForce

# A worker of threads needs no heartbeat from requests; this only ends one that hangs as a whole.
_HANGS_AFTER_SECONDS = 60
_LEAVE_WITHIN_SECONDS = 10
# Requests make little that outlives them: the young generation may grow larger before it is looked at.
_COLLECT_RARELY = (20_000, 20, 50)
# A thread back from the database waits at most this long for another one that computes; five milliseconds,
# Python's own, add up over the queries of one answer.
_SWITCH_SECONDS = 0.0005


@click.command()
def serve() -> None:
    """Serve HTTP with gunicorn (WEB_WORKERS processes of WEB_THREADS threads on PORT). SIGHUP reads the policy and
    people files again and renews the workers."""
    settings = load_settings()
    os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="billing-metrics-"))
    # Loaded once, before the workers are forked: they start sooner and share the memory.
    import sidebar_app.bootstrap  # noqa: F401
    from sidebar_app.adapters import logs

    logs.set_up()
    Server(settings, load_policy_in_force(settings), load_roles(settings)).run()


class Server(BaseApplication):
    """Policy and roles are held here, in the master: its workers inherit them when they are forked, so that one which
    is started between a bad edit and its correction still decides by the last good files."""

    def __init__(self, settings: Settings, in_force: "InForce", roles: "RoleMap") -> None:
        self._settings = settings
        self._in_force = in_force
        self.roles = roles
        super().__init__()

    def reload(self) -> None:
        """After SIGHUP, before the workers are renewed."""
        from sidebar_app.bootstrap import renew_policy, renewed_roles

        renew_policy(self._settings, self._in_force)
        self.roles = renewed_roles(self._settings, self.roles)
        super().reload()

    def load_config(self) -> None:
        settings = self._settings
        host = "127.0.0.1" if settings.preview else "0.0.0.0"  # noqa: S104 -- behind the platform's router
        options: dict[str, Any] = {
            "bind": f"{host}:{settings.port}",
            "worker_class": Worker,
            "workers": settings.web_workers,
            "threads": settings.web_threads,
            "timeout": _HANGS_AFTER_SECONDS,
            "graceful_timeout": _LEAVE_WITHIN_SECONDS,
            "keepalive": 75,
            "backlog": 2048,
            "worker_connections": 4000,
            "accesslog": None,
            "loglevel": "warning",
            "control_socket_disable": True,
        }
        if (die := die_with_parent()) is not None:
            options["post_fork"] = lambda _server, _worker: die()
        # Only the master cleans up: the workers' metrics outlive each of them.
        options["on_exit"] = lambda _: shutil.rmtree(
            os.environ["PROMETHEUS_MULTIPROC_DIR"], ignore_errors=True
        )
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Any:
        """The app; what start-up made stays for ever, so the garbage collector need not walk it again and again.

        Without the freeze every full collection stops all threads for the length of several answers.
        """
        from sidebar_app.bootstrap import web_app

        app = web_app(self._settings, self._in_force, self.roles)
        gc.collect()
        gc.freeze()
        gc.set_threshold(*_COLLECT_RARELY)
        sys.setswitchinterval(_SWITCH_SECONDS)
        return app
