"""The command line: `sidebar-app`, or `python -m sidebar_app`."""

from importlib import import_module

import click

# Loaded only when called: `policy decide` must not wait for Flask, nor `redact` for the database.
_COMMANDS = {
    "audit": "sidebar_app.commands.audit:audit",
    "backscan": "sidebar_app.commands.backscan:backscan",
    "clock": "sidebar_app.commands.clock:clock",
    "migrate": "sidebar_app.commands.migrate:migrate",
    "people": "sidebar_app.commands.people:people",
    "policy": "sidebar_app.commands.policy:policy",
    "redact": "sidebar_app.commands.redact:redact",
    "redactions": "sidebar_app.commands.redactions:redactions",
    "sandbox": "sidebar_app.commands.sandbox:sandbox",
    "selftest": "sidebar_app.commands.selftest:selftest",
    "serve": "sidebar_app.commands.serve:serve",
    "up": "sidebar_app.commands.up:up",
    "worker": "sidebar_app.commands.worker:worker",
}


class LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, _, name = _COMMANDS[cmd_name].partition(":")
        found: click.Command = getattr(import_module(module), name)
        return found


@click.group(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="sidebar-app")
def main() -> None:
    """Billing sidebar for support desks."""


if __name__ == "__main__":
    main()
