"""Playing the stories through the service's own code: asked, decided, run, logged, in the order of time."""

import heapq
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from itertools import count
from random import Random

from sidebar_app.actions import ACTIONS
from sidebar_app.commands.past.stage import (
    AllAreMembers,
    NoBell,
    OneTransaction,
    PlayedBilling,
    SeededIds,
    SetClock,
)
from sidebar_app.commands.past.stories import DAYS, Story, stories
from sidebar_app.domain.lifecycle import Event, State
from sidebar_app.domain.people import Person, Role
from sidebar_app.domain.request import ActionRequest, Requester
from sidebar_app.ports.helpdesk import Ticket
from sidebar_app.ports.store import Store, Transaction
from sidebar_app.workflow import journal
from sidebar_app.workflow.case import Asked, Case
from sidebar_app.workflow.decide import Decide
from sidebar_app.workflow.execute import Execute
from sidebar_app.workflow.facts import LiveFacts
from sidebar_app.workflow.in_force import InForce
from sidebar_app.workflow.link import Link
from sidebar_app.workflow.personnel import Personnel
from sidebar_app.workflow.record import Recorder
from sidebar_app.workflow.tasks import TaskRunner
from sidebar_app.workflow.tickets import TicketCustomers
from sidebar_app.workflow.withdraw import Expire

_ROLES = {
    "l1": Role.L1_AGENT,
    "l2": Role.L2_AGENT,
    "manager": Role.MANAGER,
    "specialist": Role.BILLING_SPECIALIST,
}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SOON = timedelta(seconds=2)
_REASONS = (
    "Please offer a credit instead.",
    "The contract does not cover this.",
    "Already settled by phone.",
)


def furnish(store: Store, people: list[Person], *, now: datetime) -> int:
    """Fills an empty database with the last two months, by the shipped policy; how many requests it took.

    A database that holds any request or log entry is left alone.
    """
    with store.transaction() as tx:
        if tx.audit.latest(limit=1) or tx.requests.asked_since(_EPOCH):
            return 0
        return _Play(tx, people, now).through()


class _Play:
    def __init__(self, tx: Transaction, people: list[Person], now: datetime) -> None:
        text = files("sidebar_app.permissions").joinpath("policy.toml").read_text(encoding="utf-8")
        store, self._clock = OneTransaction(tx), SetClock(now - timedelta(days=DAYS + 1))
        self._tx, self._now = tx, now
        self._people = {person.id: person for person in people}
        self._chance = Random(3)  # noqa: S311 -- a picture, not a secret
        self._order = count()
        self._coming: list[tuple[datetime, int, Callable[[], object]]] = []
        self._billing, in_force = PlayedBilling(), InForce(text)
        tasks = TaskRunner(store=store, bell=NoBell(), clock=self._clock)
        chat = AllAreMembers()
        self._recorder = Recorder(store=store, in_force=in_force, clock=self._clock, ids=SeededIds())
        link = Link(store=store, chat=chat, clock=self._clock)
        self._decide = Decide(store=store, chat=chat, link=link, tasks=tasks, clock=self._clock)
        self._expire = Expire(store=store, tasks=tasks, clock=self._clock)
        execute = Execute(
            store=store, billing=self._billing, chat=chat, tasks=tasks, clock=self._clock, in_force=in_force
        )
        tasks.serve({"execute": execute})
        self._tasks = tasks
        Personnel(store=store, clock=self._clock).take_over(people, by=journal.SYSTEM)

    def through(self) -> int:
        asked = list(stories(self._now))
        for story in asked:
            self._then(story.at, partial(self._ask, story))
        while self._coming:
            self._clock.at, _, act = heapq.heappop(self._coming)
            act()
        return len(asked)

    def _then(self, at: datetime, act: Callable[[], object]) -> None:
        heapq.heappush(self._coming, (at, next(self._order), act))

    def _ask(self, story: Story) -> None:
        request, _ = self._recorder.record(self._case(story), key=f"past-{story.ticket}", body_hash="")
        if story.is_refused:
            self._billing.refuses.add(request.id)
        if request.state is State.PENDING_APPROVAL:
            self._await(story, request)
        self._work_soon()

    def _case(self, story: Story) -> Case:
        person, at = self._people[story.who], self._clock.at
        action, customer = ACTIONS[story.action], story.customer
        payment = f"pay_past_{story.ticket}"
        where = {"payment": payment} if story.action == "refund" else {"currency": story.amount.currency}
        self._billing.takes(payment, story.amount, at - timedelta(days=self._chance.randrange(1, 30)))
        told = {"amount": story.amount.decimal, "reason": story.reason, "note": story.note}
        params = action.parse({**where, **told})
        ticket = Ticket(
            story.ticket, "", "solved", story.ticket, customer.name, customer.email, story.is_known
        )
        return Case(
            Requester(person.id, person.name, person.email, _ROLES[story.who]),
            Asked(story.ticket, action, params, TicketCustomers(ticket, (customer,)), customer),
            action.plan(params, LiveFacts(customer.id, billing=self._billing, now=at)),
            story.is_bound,
        )

    def _await(self, story: Story, request: ActionRequest) -> None:
        after = timedelta(minutes=5 + self._chance.lognormvariate(4, 1) % 600)
        if story.ending == "expired" and request.expires_at:
            self._then(request.expires_at + _SOON, self._expire.expire_overdue)
        elif story.ending == "withdrawn":
            self._then(self._clock.at + after, lambda: self._withdraw(request))
        else:
            self._then(self._clock.at + after, lambda: self._click(story, request.id))

    def _click(self, story: Story, request_id: str) -> None:
        request = self._tx.requests.get(request_id)
        step = request.open_step
        assert step
        who = self._chance.choice(
            [p for p in self._people.values() if step.role in p.roles and p.id != story.who]
        )
        assert who.slack
        delivery, source = f"past-{request_id}-{request.step}", {"channel": "past"}
        if story.ending == "rejected":
            reason = self._chance.choice(_REASONS)
            self._decide.reject(
                request_id, version=1, actor=who.slack, reason=reason, delivery=delivery, source=source
            )
        else:
            self._decide.approve(request_id, version=1, actor=who.slack, delivery=delivery, source=source)
        if self._tx.requests.get(request_id).state is State.PENDING_APPROVAL:
            self._await(story, request)
        self._work_soon()

    def _withdraw(self, request: ActionRequest) -> None:
        now, by = self._clock.at, (request.requester.id, request.requester.name)
        if moved := self._tx.requests.move(request, Event.WITHDRAWN, now=now):
            journal.record(self._tx, moved, "request.withdrawn", at=now, by=by)

    def _work_soon(self) -> None:
        self._then(self._clock.at + _SOON, self._tasks.run_due)
