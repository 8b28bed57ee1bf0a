"""Who somebody is and which role they act in, looked up on the server."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from sidebar_app.domain.people import REQUESTING_ROLES, Person, Role
from sidebar_app.domain.request import Requester
from sidebar_app.ports.clock import Clock
from sidebar_app.ports.helpdesk import AgentProfile, Helpdesk, HelpdeskUnavailable, NoSuchTicket
from sidebar_app.ports.store import Store
from sidebar_app.redaction import masked
from sidebar_app.workflow.remembered import Known, Remembered


class NotAColleague(Exception):
    """This helpdesk user may not use the service: the text says why, for the person."""


@dataclass(frozen=True, slots=True)
class RoleMap:
    """Which of our roles the helpdesk's groups, tags, own roles and custom roles stand for."""

    groups: Mapping[str, Role] = field(default_factory=dict)
    tags: Mapping[str, Role] = field(default_factory=dict)
    roles: Mapping[str, Role] = field(default_factory=dict)
    custom_roles: Mapping[str, Role] = field(default_factory=dict)

    def roles_of(self, profile: AgentProfile) -> frozenset[Role]:
        found = [self.groups.get(group) for group in profile.groups]
        found += [self.tags.get(tag) for tag in profile.tags]
        found += [self.roles.get(profile.role), self.custom_roles.get(profile.custom_role)]
        return frozenset(role for role in found if role)


@dataclass(frozen=True, slots=True)
class Colleague:
    """A helpdesk user with every role they hold."""

    person_id: str
    name: str
    email: str
    roles: frozenset[Role]

    @property
    def signature(self) -> tuple[str, str]:
        """(id, name) for the audit log."""
        return self.person_id, self.name

    @property
    def requesting_role(self) -> Role | None:
        """The most capable role in which they may ask for actions."""
        return next((role for role in reversed(REQUESTING_ROLES) if role in self.roles), None)

    def as_requester(self) -> Requester:
        """Raises NotAColleague for somebody without a requesting role."""
        role = self.requesting_role
        if role is None:
            raise NotAColleague(
                "Your helpdesk account has no role in billing. Ask your administrator to add you to a billing group."
            )
        return Requester(self.person_id, self.name, self.email, role)


class Directory:
    """Colleagues by helpdesk user id. Raises NotAColleague, HelpdeskUnavailable."""

    def __init__(self, *, helpdesk: Helpdesk, store: Store, roles: RoleMap, clock: Clock) -> None:
        self._store = store
        self._roles = roles
        self._profiles = Remembered(
            ask=lambda agent_id: masked(helpdesk.agent(agent_id)),
            load=self._load,
            save=self._save,
            clock=clock,
        )

    def looking(self, agent_id: int) -> Colleague:
        """Good enough for reading: a profile that may be some minutes old, and our own people table as it is."""
        return self._known(self._profiles.recent, agent_id)

    def acting(self, agent_id: int) -> Colleague:
        """Asked anew from the helpdesk: for anything that changes something."""
        return self._known(self._profiles.now, agent_id)

    def close(self) -> None:
        self._profiles.close()

    def _known(self, profile_of: Callable[[int], AgentProfile], agent_id: int) -> Colleague:
        try:
            return self._colleague(profile_of(agent_id))
        except NoSuchTicket:
            raise NotAColleague("The helpdesk knows no agent of this id.") from None

    def _load(self, agent_id: int) -> Known[AgentProfile] | None:
        with self._store.reading() as tx:
            found = tx.helpdesk.load(AgentProfile, agent_id)
        return Known(*found) if found else None

    def _save(self, _: int, known: Known[AgentProfile]) -> None:
        with self._store.transaction() as tx:
            tx.helpdesk.save(known.value, read_at=known.read_at)

    def _colleague(self, profile: AgentProfile) -> Colleague:
        """Groups and the like add to what our own table says; a suspension there takes everything away.

        An address alone makes nobody somebody whose helpdesk account is named and is another one.
        """
        if profile.role not in ("agent", "admin") or not profile.active:
            raise NotAColleague("Only active agents of the helpdesk may use this.")
        ours = self._ours(profile)
        if not all(person.active for person in ours):
            raise NotAColleague("Your account has been suspended here. Ask your administrator.")
        person = next((p for p in ours if p.zendesk_id in (None, profile.id)), None)
        roles = self._roles.roles_of(profile) | (person.roles if person else frozenset())
        person_id = person.id if person else f"zendesk:{profile.id}"
        return Colleague(person_id, profile.name, profile.email, roles)

    def _ours(self, profile: AgentProfile) -> list[Person]:
        """Whom of our people this user may be: by id, then by address."""
        with self._store.reading() as tx:
            found = (tx.people.by_zendesk(profile.id), profile.email and tx.people.by_email(profile.email))
        return [person for person in found if person]


__all__ = ["Colleague", "Directory", "HelpdeskUnavailable", "NotAColleague", "RoleMap"]
