"""A small stateful Slack: Web API, channel pages with working buttons and modals, signed interactions.

The real slack_sdk and slack-bolt run against it through `base_url=<url>/api/`. The HTTP surface:

- `/api/<method>`: the Web API methods of `web_api.py`, with Slack's own error codes.
- `/?as=<person>&channel=<name>`: the channel as that person sees it.
- `/_sandbox/...`: what a person does (`click`, `submit`, `close`) and what a test wants to see or change.
"""

from sidebar_app.sandbox.slack.app import create_app
from sidebar_app.sandbox.slack.seed import seed

__all__ = ["create_app", "seed"]
