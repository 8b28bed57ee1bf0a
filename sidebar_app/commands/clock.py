"""`sidebar-app clock`"""

import signal
import threading

import click

from sidebar_app.commands.environment import load_settings


@click.command()
def clock() -> None:
    """Ring for what is due, end what is overdue, sign the audit log. Run exactly one of these."""
    from sidebar_app import bootstrap

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    bootstrap.run_clock(load_settings(), stop)
