"""Who is asking at the console's API."""

from collections.abc import Set as AbstractSet

from sidebar_app.domain.people import Role
from sidebar_app.web.access import CONSOLE, bearer, parts
from sidebar_app.web.problems import NotYourPart
from sidebar_app.workflow.identify import Colleague


def looking() -> Colleague:
    """The console's holder as they were some minutes ago: for reading. Raises InvalidToken, OtherPlace …"""
    return parts().directory.looking(bearer(CONSOLE).agent_id)


def acting(roles: AbstractSet[Role]) -> Colleague:
    """The holder with the roles they have now: for changes. Raises NotYourPart too."""
    colleague = parts().directory.acting(bearer(CONSOLE).agent_id)
    if not colleague.roles & roles:
        raise NotYourPart("Your role may not do this.")
    return colleague
