"""For any WSGI server: `gunicorn sidebar_app.wsgi:app`."""

from sidebar_app.bootstrap import web_app
from sidebar_app.commands.environment import load_settings

app = web_app(load_settings())
