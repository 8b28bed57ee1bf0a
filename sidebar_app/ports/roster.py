"""The part of the database that knows our people: who they are, who is away, who they are in chat."""

from datetime import datetime
from typing import Protocol

from sidebar_app.domain.delegation import Delegation
from sidebar_app.domain.people import ChatLink, Person, SlackIdentity


class People(Protocol):
    """What is read is what counts now: a suspended person is not active, and a confirmed link is their chat
    account, unless the person was saved with one."""

    def get(self, person_id: str) -> Person | None: ...

    def by_slack(self, identity: SlackIdentity) -> Person | None: ...

    def by_zendesk(self, zendesk_id: int) -> Person | None: ...

    def by_email(self, email: str) -> Person | None:
        """An active person first, where a suspended one has the same address."""
        ...

    def save(self, person: Person) -> None: ...

    def all(self) -> list[Person]: ...

    def declared(self) -> list[Person]:
        """As they were saved: without suspensions and links."""
        ...

    def suspend(self, person_id: str, *, at: datetime, by: str) -> bool:
        """Apart from what is saved, so that saving does not lift it; False when they are suspended already."""
        ...

    def reinstate(self, person_id: str) -> bool:
        """False when they are not suspended."""
        ...


class Delegations(Protocol):
    def add(self, delegation: Delegation) -> None: ...

    def get(self, delegation_id: str) -> Delegation | None: ...

    def running(self, now: datetime) -> list[Delegation]:
        """Those that hold at this moment, in the order in which they were made."""
        ...

    def coming(self, now: datetime) -> list[Delegation]:
        """Those that hold at this moment or later, soonest first."""
        ...

    def between(self, delegator_id: str, delegate_id: str) -> list[Delegation]:
        """All there ever were from the one to the other."""
        ...

    def end(self, delegation_id: str, *, at: datetime) -> bool:
        """False when it is over already."""
        ...


class Links(Protocol):
    """Chat accounts proposed for people, and those an administrator confirmed. One per person and account."""

    def of(self, person_id: str) -> ChatLink | None: ...

    def all(self) -> list[ChatLink]: ...

    def propose(self, link: ChatLink) -> bool:
        """Takes the place of other unconfirmed ones of this person or account. False when nothing changes: the
        same is proposed already, or a confirmed link stands in the way."""
        ...

    def confirm(self, link: ChatLink, *, at: datetime, by: str) -> bool:
        """False when this very link is no longer proposed."""
        ...

    def remove(self, person_id: str) -> ChatLink | None:
        """What was removed."""
        ...
