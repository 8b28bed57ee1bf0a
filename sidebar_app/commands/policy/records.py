"""The database, where a policy command needs to know what really happened."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from sidebar_app.ports.store import Transaction


@contextmanager
def records() -> Iterator["Transaction"]:
    """For reading only; ends the command with a sentence when there is no database."""
    from sidebar_app.adapters.store import SqlStore
    from sidebar_app.commands.environment import environment
    from sidebar_app.ports.store import StoreUnavailable
    from sidebar_app.settings import database_url

    url = database_url(environment())
    file = url.partition("sqlite:///")[2]
    if file and not Path(file).is_file():  # connecting would make an empty one
        raise click.ClickException(f"The database cannot be read: there is no file {file}.")
    store = SqlStore(url)
    try:
        with store.reading() as tx:
            yield tx
    except StoreUnavailable as error:
        raise click.ClickException(f"The database cannot be read: {error}") from None
    finally:
        store.close()
