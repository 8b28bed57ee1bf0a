"""May this chat account decide on this request now, and in whose right?"""

from datetime import datetime

from sidebar_app.domain.lifecycle import State
from sidebar_app.domain.people import ROLE_NAMES, Person, SlackIdentity
from sidebar_app.domain.request import ActionRequest
from sidebar_app.ports.requests import NoSuchRequest
from sidebar_app.ports.store import Transaction
from sidebar_app.workflow.approvers import Approver, Roster, decided_already, marks

NOT_LINKED = "not-linked"


class Refusal(Exception):
    """Why a click decides nothing: `code` for the audit log, the text for the person."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


def authorised(
    tx: Transaction, request_id: str, version: int, actor: SlackIdentity, now: datetime
) -> tuple[ActionRequest, Approver]:
    """The request and who decides, if this person may decide on its open step now; raises Refusal."""
    try:
        request = tx.requests.get(request_id)
    except NoSuchRequest:
        raise Refusal("no-such-request", "This request is not known here.") from None
    person = tx.people.by_slack(actor)
    if person is None or not person.active:
        raise Refusal(
            NOT_LINKED,
            "Your Slack account is not linked to a colleague here. Ask an administrator to link it.",
        )
    roster = Roster.at(tx, now)
    _require_not_own(roster, request, person)
    _require_open(tx, request, version, now)
    return request, _capacity(tx, request, roster, person)


def _require_not_own(roster: Roster, request: ActionRequest, person: Person) -> None:
    asked = roster.asked(person, request.requester)
    if asked == person:
        raise Refusal("own-request", "You asked for this yourself, so somebody else has to decide.")
    if asked:
        raise Refusal(
            "own-request",
            f"You stand in for {asked.name}, who asked for this, so somebody else has to decide.",
        )


def _require_open(tx: Transaction, request: ActionRequest, version: int, now: datetime) -> None:
    if request.state is not State.PENDING_APPROVAL:
        raise Refusal("already-decided", _already(tx, request))
    if request.version != version:
        raise Refusal("superseded", "This request was changed; decide on its newer card.")
    if request.expires_at and request.expires_at <= now:
        raise Refusal("expired", "The time to decide is over; the agent has to ask again.")


def _already(tx: Transaction, request: ActionRequest) -> str:
    """Who was faster, if somebody was."""
    if last := next(reversed(tx.approvals.of(request.id)), None):
        return f"This was already {last.choice.value} by {last.by} at {last.at:%H:%M} UTC."
    return f"This request is already {request.state.value.replace('_', ' ')}."


def _capacity(tx: Transaction, request: ActionRequest, roster: Roster, person: Person) -> Approver:
    """In whose right this person decides on the open step: their own before a lent one; raises Refusal."""
    step = request.open_step
    rights = roster.rights_of(person, step.role) if step else ()
    if not rights:
        wanted = ROLE_NAMES[step.role] if step else "nobody"
        raise Refusal("wrong-role", f"This step is decided by: {wanted}.")
    decided = decided_already(tx, request)
    if marks([person]) & decided:
        raise Refusal("decided-before", "You decided an earlier step; this one needs another person.")
    if unused := next((right for right in rights if not right.counted & decided), None):
        return unused
    owners = " and ".join(right.on_behalf_of.name for right in rights if right.on_behalf_of)
    raise Refusal("decided-before", f"{owners} decided an earlier step; this one needs another person.")
