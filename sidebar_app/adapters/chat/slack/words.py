"""Who is meant, in words."""

from sidebar_app.adapters.chat.slack.texts import safe
from sidebar_app.domain.people import ROLE_NAMES, Role
from sidebar_app.domain.request import ActionRequest, Approval


def customer_name(request: ActionRequest) -> str:
    """The customer's name; some backends know a customer by an e-mail address only, which stays out."""
    name = request.customer_name.strip()
    return f"customer {request.customer_id}" if not name or "@" in name else safe(name)


def someone(role: Role) -> str:
    """An approver nobody has named yet: a manager, legal."""
    return ROLE_NAMES[role] if role is Role.LEGAL else f"a {ROLE_NAMES[role]}"


def known_as(name: str, role: Role) -> str:
    """Name and role, said once where they are the same."""
    return name if name.casefold() == ROLE_NAMES[role].casefold() else f"{name} ({ROLE_NAMES[role]})"


def decided_by(approval: Approval) -> str:
    """Who decided, and for whom: "Manager", "Anna (manager)", "VP for Anna (manager)"."""
    if approval.for_id:
        return f"{approval.person_name} for {known_as(approval.for_name, approval.role)}"
    return known_as(approval.person_name, approval.role)
