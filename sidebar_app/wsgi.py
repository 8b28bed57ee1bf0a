"""For any WSGI server: `gunicorn sidebar_app.wsgi:app`."""

from sidebar_app.bootstrap import web_app
from sidebar_app.commands.environment import load_policy_in_force, load_settings

_settings = load_settings()
app = web_app(_settings, load_policy_in_force(_settings))
