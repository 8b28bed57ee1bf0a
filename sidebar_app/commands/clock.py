"""`sidebar-app clock`"""

import signal
import threading

import click

from sidebar_app.commands.environment import load_policy_in_force, load_settings


@click.command()
def clock() -> None:
    """Ring for what is due, end what is overdue, sign the audit log. Run exactly one of these."""
    from sidebar_app import bootstrap

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    settings = load_settings()
    bootstrap.run_clock(settings, load_policy_in_force(settings), stop)
