"""The store's promises, on real SQLite and real PostgreSQL."""

import threading
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from sidebar_app.adapters.store import SqlStore
from sidebar_app.adapters.store.migrate import upgrade
from sidebar_app.adapters.store.tables import metadata
from sidebar_app.audit import chain
from sidebar_app.domain.audit import AuditRecord
from sidebar_app.domain.backscan import BackScan, Progress, RunState, Scanned, SeenNumber
from sidebar_app.domain.billing import Account, CustomerRef, PaymentMethod, Section
from sidebar_app.domain.context import CardLeft
from sidebar_app.domain.decision import Decision, Step, Verdict
from sidebar_app.domain.delegation import Delegation
from sidebar_app.domain.lifecycle import Event, ImpossibleTransition, State
from sidebar_app.domain.money import Money
from sidebar_app.domain.people import ChatLink, Person, Role, SlackIdentity
from sidebar_app.domain.redaction_log import Outcome, Place, RedactionEntry, SignOff, Source
from sidebar_app.domain.request import ActionRequest, Approval, Choice, Requester
from sidebar_app.domain.tally import Tally
from sidebar_app.ports.chat import MessageRef
from sidebar_app.ports.requests import NoSuchRequest
from sidebar_app.ports.store import StoreUnavailable
from tests.fakes.time import START as NOW


def a_request(**changes: object) -> ActionRequest:
    request = ActionRequest(
        id="req_1",
        ticket_id=1001,
        customer_id="cus_1",
        customer_name="Acme Corp",
        action="refund",
        params={"payment": "pay_1", "amount": "38.00", "currency": "USD"},
        amount=Money(3800, "USD"),
        summary="Refund $38.00",
        note="promised",
        requester=Requester("l1", "L1 agent", "l1@support.example", Role.L1_AGENT),
        decision=Decision(
            Verdict.NEEDS_APPROVAL, ("r",), "Because.", "Ask.", "v1", (Step(Role.MANAGER), Step(Role.VP, 2))
        ),
        state=State.PENDING_APPROVAL,
        created_at=NOW,
        updated_at=NOW,
        expires_at=NOW + timedelta(hours=24),
    )
    return replace(request, **changes)  # type: ignore[arg-type]


def put(store: SqlStore, request: ActionRequest, key: str = "k") -> ActionRequest:
    with store.transaction() as tx:
        tx.requests.insert(request, key=key, body_hash="h")
    return request


def an_approval(**changes: object) -> Approval:
    approval = Approval("req_1", 1, 0, Role.MANAGER, "manager", "Manager", Choice.APPROVED, NOW)
    return replace(approval, **changes)  # type: ignore[arg-type]


def test_migrations_lead_to_the_tables_of_the_code(store: SqlStore) -> None:
    with store.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_migrating_twice_changes_nothing(store: SqlStore) -> None:
    put(store, a_request())
    upgrade(store.engine)
    with store.reading() as tx:
        assert tx.requests.get("req_1") == a_request()


def test_a_request_comes_back_as_it_was_put_in(store: SqlStore) -> None:
    request = put(store, a_request(approved_at=NOW, first_sent_at=NOW + timedelta(microseconds=7)))
    with store.reading() as tx:
        assert tx.requests.get("req_1") == request
        assert tx.requests.by_key("l1", "k").request == request  # type: ignore[union-attr]
        assert tx.requests.by_key("l2", "k") is None


def test_an_unknown_request_is_named_as_such(store: SqlStore) -> None:
    with store.reading() as tx, pytest.raises(NoSuchRequest):
        tx.requests.get("req_9")


def test_a_key_belongs_to_one_request_of_a_person(store: SqlStore) -> None:
    put(store, a_request())
    with pytest.raises(Exception, match=r"(?i)unique"), store.transaction() as tx:
        tx.requests.insert(a_request(id="req_2"), key="k", body_hash="h")


def test_a_move_happens_once(store: SqlStore) -> None:
    request = put(store, a_request())
    with store.transaction() as tx:
        assert tx.requests.move(request, Event.WITHDRAWN, now=NOW).state is State.WITHDRAWN  # type: ignore[union-attr]
    with store.transaction() as tx:
        assert tx.requests.move(request, Event.REJECTED, now=NOW) is None
    with store.reading() as tx:
        assert tx.requests.get("req_1").state is State.WITHDRAWN


def test_an_approval_after_the_deadline_moves_nothing(store: SqlStore) -> None:
    request = put(store, a_request())
    with store.transaction() as tx:
        late = NOW + timedelta(hours=24)
        assert tx.requests.move(request, Event.APPROVED, now=late, approved_at=late) is None
        assert tx.requests.move(request, Event.APPROVED, now=late - timedelta(seconds=1)) is not None


def test_an_event_that_the_lifecycle_does_not_know_is_an_error(store: SqlStore) -> None:
    request = put(store, a_request())
    with store.transaction() as tx, pytest.raises(ImpossibleTransition):
        tx.requests.move(request, Event.EXECUTION_SUCCEEDED, now=NOW)


def test_a_block_that_raises_changes_nothing(store: SqlStore) -> None:
    def fails_at_the_end() -> None:
        with store.transaction() as tx:
            tx.requests.insert(a_request(), key="k", body_hash="h")
            tx.audit.append(AuditRecord(NOW, "system", "System", "x", "y"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails_at_the_end()
    with store.reading() as tx:
        assert tx.requests.of_ticket(1001) == []
        assert list(tx.audit.entries()) == []


def test_recent_credits_and_refunds_count_what_was_granted(store: SqlStore) -> None:
    put(store, a_request(id="r1", action="credit", amount=Money(100, "USD"), state=State.SUCCEEDED), "1")
    put(store, a_request(id="r2", action="credit", amount=Money(10, "USD"), state=State.REJECTED), "2")
    put(store, a_request(id="r3", action="credit", amount=Money(5, "EUR"), state=State.SUCCEEDED), "3")
    put(store, a_request(id="r4", state=State.SUCCEEDED), "4")
    put(store, a_request(id="r5", state=State.FAILED), "5")
    put(store, a_request(id="r6", state=State.SUCCEEDED, created_at=NOW - timedelta(days=31)), "6")
    with store.reading() as tx:
        recent = tx.requests.recent("cus_1", since=NOW - timedelta(days=30), currency="USD")
    assert (recent.credit_total, recent.refund_count) == (Money(100, "USD"), 1)


def test_what_somebody_asked_for_lately_is_counted_by_action_and_currency(store: SqlStore) -> None:
    other = Requester("other", "Other", "other@support.example", Role.L1_AGENT)
    put(store, a_request(id="r1", action="credit", amount=Money(100, "USD"), state=State.SUCCEEDED), "1")
    put(store, a_request(id="r2", action="credit", amount=Money(10, "USD"), state=State.SUBMITTED), "2")
    put(store, a_request(id="r3", action="credit", amount=Money(5, "JPY"), customer_id="cus_2"), "3")
    put(store, a_request(id="r4", action="pause_subscription", amount=None), "4")
    for state in (State.REJECTED, State.DENIED, State.FAILED, State.EXPIRED, State.WITHDRAWN):
        put(store, a_request(id=state, state=state), state)
    put(store, a_request(id="r5", requester=other), "5")
    put(store, a_request(id="r6", created_at=NOW - timedelta(days=1, microseconds=1)), "6")
    with store.reading() as tx:
        found = tx.requests.lately(a_request().requester.id, since=NOW - timedelta(days=1))
    assert sorted(found, key=lambda tally: (tally.action, tally.count)) == [
        Tally("credit", 1, Money(5, "JPY")),
        Tally("credit", 2, Money(110, "USD")),
        Tally("pause_subscription", 1),
    ]


def test_live_refunds_of_a_payment_are_summed(store: SqlStore) -> None:
    put(store, a_request(id="r1"), "1")
    put(store, a_request(id="r2", state=State.UNKNOWN), "2")
    put(store, a_request(id="r3", state=State.SUCCEEDED), "3")
    with store.reading() as tx:
        assert tx.requests.live_amount_on("pay_1", "USD") == Money(7600, "USD")


def test_overdue_requests_are_found_at_their_deadline(store: SqlStore) -> None:
    put(store, a_request())
    with store.reading() as tx:
        assert tx.requests.overdue(NOW + timedelta(hours=23)) == []
        assert [r.id for r in tx.requests.overdue(NOW + timedelta(hours=24))] == ["req_1"]


def test_a_person_decides_once_per_version(store: SqlStore) -> None:
    put(store, a_request())
    with store.transaction() as tx:
        assert tx.approvals.add(an_approval())
        assert not tx.approvals.add(an_approval(step=1, choice=Choice.REJECTED))
        assert tx.approvals.add(an_approval(version=2))
    with store.reading() as tx:
        assert [a.version for a in tx.approvals.of("req_1")] == [1, 2]
        assert tx.approvals.of_many(["nobody"]) == {}


def test_who_was_stood_in_for_counts_once_per_version_too(store: SqlStore) -> None:
    put(store, a_request())
    lent = an_approval(person_id="vp", person_name="VP", for_id="manager", for_name="Manager")
    with store.transaction() as tx:
        assert tx.approvals.add(lent)
        assert not tx.approvals.add(replace(lent, person_id="legal", step=1))
        assert tx.approvals.add(replace(lent, version=2))
        assert tx.approvals.add(an_approval(person_id="manager2"))
        assert tx.approvals.add(an_approval(person_id="manager3"))
    with store.reading() as tx:
        assert tx.approvals.of("req_1")[0] == lent
        assert lent.by == "VP for Manager"


def test_a_task_is_held_by_one_at_a_time(store: SqlStore) -> None:
    with store.transaction() as tx:
        task_id = tx.tasks.add("execute", "req_1", now=NOW)
        assert tx.tasks.add("execute", "req_1", now=NOW) == task_id
    with store.transaction() as tx:
        assert tx.tasks.claim(task_id, now=NOW, lease_seconds=30).attempts == 1  # type: ignore[union-attr]
        assert tx.tasks.claim(task_id, now=NOW + timedelta(seconds=29), lease_seconds=30) is None
    with store.transaction() as tx:
        later = NOW + timedelta(seconds=30)
        assert tx.tasks.due(later) == [task_id]
        assert tx.tasks.claim(task_id, now=later, lease_seconds=30).attempts == 2  # type: ignore[union-attr]
        tx.tasks.finish(task_id, now=later)
        assert tx.tasks.due(later + timedelta(days=1)) == []
        assert tx.tasks.claim(task_id, now=later + timedelta(days=1), lease_seconds=1) is None


def test_unfinished_tasks_are_counted_with_the_age_of_the_oldest(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.tasks.add("note", "a", now=NOW)
        tx.tasks.add("note", "b", now=NOW + timedelta(seconds=5))
    with store.reading() as tx:
        assert tx.tasks.backlog(NOW + timedelta(seconds=10)) == {"note": (2, 10.0)}


def test_a_delivery_is_new_once_and_the_transaction_goes_on(store: SqlStore) -> None:
    with store.transaction() as tx:
        assert tx.first_delivery("slack", "d1", now=NOW)
        assert not tx.first_delivery("slack", "d1", now=NOW)
        assert tx.first_delivery("zendesk", "d1", now=NOW)
    with store.transaction() as tx:
        assert not tx.first_delivery("slack", "d1", now=NOW)


def test_the_mirror_keeps_the_newer_reading(store: SqlStore) -> None:
    account = Account(
        "cus_1", "Acme", "a@b.example", NOW, ("Street 1",), PaymentMethod("card", "Visa", "4242")
    )
    with store.transaction() as tx:
        tx.mirror.save("cus_1", Section.ACCOUNT, account, read_at=NOW)
        tx.mirror.save(
            "cus_1", Section.ACCOUNT, replace(account, name="old"), read_at=NOW - timedelta(seconds=1)
        )
    with store.reading() as tx:
        assert tx.mirror.sections("cus_1")[Section.ACCOUNT].facts == account


def test_a_change_announced_during_a_reading_keeps_the_section_stale(store: SqlStore) -> None:
    account = Account("cus_1", "Acme", "", NOW)
    with store.transaction() as tx:
        tx.mirror.save("cus_1", Section.ACCOUNT, account, read_at=NOW)
        tx.mirror.mark_stale("cus_1", [Section.ACCOUNT], now=NOW + timedelta(seconds=5))
        tx.mirror.save("cus_1", Section.ACCOUNT, account, read_at=NOW + timedelta(seconds=4))
        assert tx.mirror.sections("cus_1")[Section.ACCOUNT].stale
        tx.mirror.save("cus_1", Section.ACCOUNT, account, read_at=NOW + timedelta(seconds=6))
        assert not tx.mirror.sections("cus_1")[Section.ACCOUNT].stale


def test_customers_of_an_address_are_remembered_with_their_age(store: SqlStore) -> None:
    found = (CustomerRef("cus_1", "Acme", "a@b.example"),)
    with store.transaction() as tx:
        assert tx.mirror.customers("a@b.example") is None
        tx.mirror.save_customers("a@b.example", found, read_at=NOW)
        tx.mirror.save_customers("a@b.example", (), read_at=NOW + timedelta(seconds=1))
    with store.reading() as tx:
        assert tx.mirror.customers("a@b.example") == ((), NOW + timedelta(seconds=1))


def test_people_are_found_by_each_of_their_accounts(store: SqlStore) -> None:
    person = Person(
        "m", "Manager", "M@support.example", frozenset({Role.MANAGER}), 503, SlackIdentity("T1", "U1")
    )
    with store.transaction() as tx:
        tx.people.save(person)
        tx.people.save(replace(person, id="gone", email="x", zendesk_id=1, slack=None, active=False))
    kept = replace(person, email="m@support.example")
    with store.reading() as tx:
        assert tx.people.by_slack(SlackIdentity("T1", "U1")) == kept
        assert tx.people.by_slack(SlackIdentity("T2", "U1")) is None
        assert tx.people.by_zendesk(503) == kept
        assert tx.people.by_email("m@SUPPORT.example") == kept
        assert [p.id for p in tx.people.all() if p.active] == ["m"]


def test_a_suspension_outlives_a_saved_person(store: SqlStore) -> None:
    person = Person("m", "Manager", "m@support.example", frozenset({Role.MANAGER}), 503)
    with store.transaction() as tx:
        tx.people.save(person)
        assert tx.people.suspend("m", at=NOW, by="operator")
        assert not tx.people.suspend("m", at=NOW, by="operator")
        tx.people.save(person)
    with store.reading() as tx:
        suspended = replace(person, active=False)
        assert [tx.people.get("m"), tx.people.by_zendesk(503), *tx.people.all()] == [suspended] * 3
        assert tx.people.declared() == [person]
    with store.transaction() as tx:
        assert tx.people.reinstate("m")
        assert not tx.people.reinstate("m")
        assert tx.people.get("m") == person


def test_an_active_person_is_found_before_a_suspended_one_of_the_same_address(store: SqlStore) -> None:
    gone = Person("a-gone", "Gone", "x@support.example", frozenset(), active=False)
    with store.transaction() as tx:
        tx.people.save(gone)
        assert tx.people.by_email("X@support.example") == gone
        tx.people.save(replace(gone, id="new", active=True))
        assert tx.people.by_email("x@support.example").id == "new"  # type: ignore[union-attr]


def a_link(person_id: str = "m", user: str = "U1") -> ChatLink:
    return ChatLink(person_id, SlackIdentity("T1", user), NOW, "click")


def test_a_link_counts_once_it_is_confirmed(store: SqlStore) -> None:
    person = Person("m", "Manager", "m@support.example", frozenset({Role.MANAGER}))
    link = a_link()
    with store.transaction() as tx:
        tx.people.save(person)
        assert tx.links.propose(link)
        assert not tx.links.propose(link)
        assert tx.people.by_slack(link.slack) is None
        assert tx.people.get("m") == person
    with store.transaction() as tx:
        assert not tx.links.confirm(a_link(user="U2"), at=NOW, by="Admin")
        assert tx.links.confirm(link, at=NOW, by="Admin")
        assert not tx.links.confirm(link, at=NOW, by="Admin")
        tx.people.save(person)
    with store.reading() as tx:
        assert tx.people.by_slack(link.slack) == replace(person, slack=link.slack) == tx.people.get("m")
        assert tx.people.by_slack(SlackIdentity("T2", "U1")) is None
        assert tx.people.declared() == [person]
        assert tx.links.all() == [replace(link, confirmed_at=NOW, confirmed_by="Admin")]
    with store.transaction() as tx:
        assert tx.links.remove("m") == replace(link, confirmed_at=NOW, confirmed_by="Admin")
        assert tx.links.remove("m") is None
        assert tx.people.by_slack(link.slack) is None


def test_an_account_in_the_saved_person_goes_before_a_link(store: SqlStore) -> None:
    person = Person("m", "Manager", "m@support.example", frozenset({Role.MANAGER}))
    with store.transaction() as tx:
        tx.links.propose(a_link())
        tx.links.confirm(a_link(), at=NOW, by="Admin")
        tx.people.save(replace(person, slack=SlackIdentity("T1", "U9")))
        assert tx.people.by_slack(SlackIdentity("T1", "U1")) is None
        tx.people.save(person)
        tx.people.save(replace(person, id="z", slack=SlackIdentity("T1", "U1")))
        assert tx.people.by_slack(SlackIdentity("T1", "U1")).id == "z"  # type: ignore[union-attr]


def test_a_confirmed_link_is_not_pushed_aside_by_a_proposal(store: SqlStore) -> None:
    with store.transaction() as tx:
        assert tx.links.propose(a_link())
        assert tx.links.propose(a_link("n", "U1"))
        assert tx.links.propose(a_link("n", "U2"))
        assert [(link.person_id, link.slack.user_id) for link in tx.links.all()] == [("n", "U2")]
        tx.links.confirm(a_link("n", "U2"), at=NOW, by="Admin")
        assert not tx.links.propose(a_link("n", "U3"))
        assert not tx.links.propose(a_link("m", "U2"))


def test_a_delegation_holds_from_its_start_until_just_before_its_end(store: SqlStore) -> None:
    hour = timedelta(hours=1)
    first = Delegation("del_1", "m", "vp", NOW, NOW + 2 * hour)
    later = Delegation("del_2", "m", "vp", NOW + 3 * hour, NOW + 4 * hour)
    with store.transaction() as tx:
        for delegation in (later, first):
            tx.delegations.add(delegation)
    with store.reading() as tx:
        assert tx.delegations.running(NOW - timedelta(microseconds=1)) == []
        assert tx.delegations.running(NOW) == [first]
        assert tx.delegations.running(NOW + 2 * hour) == []
        assert tx.delegations.coming(NOW) == [first, later]
        assert tx.delegations.between("m", "vp") == [first, later]
        assert tx.delegations.between("vp", "m") == []


def test_a_delegation_ends_once_and_before_its_time(store: SqlStore) -> None:
    hour = timedelta(hours=1)
    with store.transaction() as tx:
        tx.delegations.add(Delegation("del_1", "m", "vp", NOW, NOW + 2 * hour))
        assert not tx.delegations.end("del_1", at=NOW + 2 * hour)
        assert tx.delegations.end("del_1", at=NOW + hour)
        assert not tx.delegations.end("del_1", at=NOW + hour)
        assert tx.delegations.running(NOW + hour) == []
        assert [d.id for d in tx.delegations.running(NOW)] == ["del_1"]
        assert tx.delegations.get("del_1").ended_at == NOW + hour  # type: ignore[union-attr]
        assert tx.delegations.get("del_2") is None


def test_redactions_and_cards_are_kept(store: SqlStore) -> None:
    put(store, a_request())
    entry = RedactionEntry("red_1", 1010, 5, "Visa", "1111", "d1", Outcome.REDACTED, NOW, written_at=NOW)
    with store.transaction() as tx:
        before = tx.pulse(1010)
        tx.redactions.add(entry)
        tx.save_card("req_1", MessageRef("C1", "1.0"))
        tx.save_card("req_1", MessageRef("C1", "2.0"))
    with store.reading() as tx:
        assert tx.redactions.latest() == [entry]
        assert [card.last4 for card in tx.redactions.of_ticket(1010)] == ["1111"]
        assert tx.card_of("req_1") == MessageRef("C1", "2.0")
        assert tx.pulse(1010) != before


def test_what_became_of_a_finding_is_written_once_and_told_until_it_was_heard(store: SqlStore) -> None:
    entry = RedactionEntry("red_1", 1010, 5, "Visa", "1111", "d1", Outcome.FOUND, NOW)
    with store.transaction() as tx:
        tx.redactions.add(entry)
    with store.transaction() as tx:
        assert tx.redactions.open_of(1010) == [entry]
        before = tx.pulse(1010)
        assert tx.redactions.settle(entry, Outcome.REMAINING, remains="no rights")
        assert not tx.redactions.settle(entry, Outcome.REDACTED, remains="")
        assert tx.pulse(1010) != before
    with store.transaction() as tx:
        (remaining,) = tx.redactions.open_of(1010)
        assert (remaining.outcome, remaining.remains) == (Outcome.REMAINING, "no rights")
        tx.redactions.mark_told([remaining])
        assert tx.redactions.untold_of(1010) == []
        assert tx.redactions.settle(remaining, Outcome.REDACTED, remains="")
        tx.redactions.mark_told([remaining])  # what was told is not how it is now
    with store.reading() as tx:
        assert tx.redactions.open_of(1010) == []
        assert [e.outcome for e in tx.redactions.untold_of(1010)] == [Outcome.REDACTED]
        assert tx.redactions.untold_of(1011) == []


def test_the_latest_scan_of_a_ticket_is_remembered(store: SqlStore) -> None:
    later = NOW + timedelta(minutes=1)
    with store.transaction() as tx:
        assert tx.scans.of(1010) is None
        tx.scans.save(1010, changed_at=NOW, read_at=later)
        tx.scans.save(1010, changed_at=NOW - timedelta(hours=1), read_at=NOW)
    with store.reading() as tx:
        assert tx.scans.of(1010) == (NOW, later)


def test_a_bookmark_is_replaced(store: SqlStore) -> None:
    with store.transaction() as tx:
        assert tx.bookmarks.load("there") is None
        tx.bookmarks.save("there", "one", at=NOW)
        tx.bookmarks.save("there", "two", at=NOW + timedelta(seconds=1))
    with store.reading() as tx:
        assert tx.bookmarks.load("there") == ("two", NOW + timedelta(seconds=1))
    with store.transaction() as tx:
        tx.bookmarks.remove("there")
        assert tx.bookmarks.load("there") is None


def a_run(id: str = "scan_1", *, started: int = 0) -> BackScan:
    at = NOW + timedelta(seconds=started)
    return BackScan(id, NOW - timedelta(days=30), None, dry_run=False, at_once=2, started_at=at)


def test_tickets_of_a_back_scan_are_handed_out_a_few_at_a_time_and_counted_once(store: SqlStore) -> None:
    run, seen = a_run(), SeenNumber(Place.COMMENT, "Visa", "1111", certain=True)
    with store.transaction() as tx:
        tx.backscans.start(run)
        tx.backscans.listed(run, [5, 3, 4, 3])
        tx.backscans.listed(run, [4, 6])
        tx.backscans.listed(run, [])
        assert tx.backscans.hand_out(run.id, most=2) == [3, 4]
        assert tx.backscans.hand_out(run.id, most=2) == []
        assert tx.backscans.finish(run.id, 3, Scanned(2, 1, 0, 1, (seen,)))
        assert not tx.backscans.finish(run.id, 3, Scanned(9, 9, 9, 9))
        assert not tx.backscans.finish(run.id, 5, None)  # nobody was handed it
        assert tx.backscans.hand_out(run.id, most=2) == [5]
        assert [tx.backscans.failed(run.id, 4) for _ in range(2)] == [1, 2]
        assert tx.backscans.finish(run.id, 4, None)
    with store.reading() as tx:
        assert tx.backscans.progress(run.id) == Progress(4, 1, 1, 1, 1, 2, 1, 0, 1)
        assert list(tx.backscans.seen(run.id)) == [(3, seen)]
        assert tx.backscans.not_scanned(run.id) == [4]
        assert tx.backscans.progress("nobody") == Progress()


def test_what_was_not_scanned_waits_again(store: SqlStore) -> None:
    run = a_run()
    with store.transaction() as tx:
        tx.backscans.start(run)
        tx.backscans.listed(run, [3])
        tx.backscans.hand_out(run.id, most=1)
        tx.backscans.failed(run.id, 3)
        tx.backscans.finish(run.id, 3, None)
        assert tx.backscans.try_again(run.id) == 1
        assert tx.backscans.hand_out(run.id, most=1) == [3]
        assert tx.backscans.failed(run.id, 3) == 1


def test_a_new_back_scan_abandons_the_one_that_was_not_done(store: SqlStore) -> None:
    paused = replace(a_run("scan_2", started=1), bookmark="b", listed_all=True, round=2, paused_until=NOW)
    with store.transaction() as tx:
        assert tx.backscans.latest() is None
        tx.backscans.start(a_run())
        tx.backscans.start(a_run("scan_2", started=1))
        tx.backscans.save(paused)
    with store.reading() as tx:
        abandoned = tx.backscans.get("scan_1")
        assert abandoned is not None
        assert (abandoned.state, abandoned.ended_at) == (RunState.ABANDONED, NOW + timedelta(seconds=1))
        assert tx.backscans.latest() == paused
        assert tx.backscans.get("nobody") is None


def test_findings_of_one_source_are_found_by_time(store: SqlStore) -> None:
    entry = RedactionEntry(
        "red_1", 1010, 5, "Visa", "1111", "d1", Outcome.REDACTED, NOW, source=Source.BACKSCAN
    )
    with store.transaction() as tx:
        tx.redactions.add(entry)
        tx.redactions.add(replace(entry, id="red_2", source=Source.SWEEP))
        tx.redactions.add(replace(entry, id="red_3", at=NOW - timedelta(days=1)))
    with store.reading() as tx:
        assert tx.redactions.found_by(1010, source=Source.BACKSCAN, since=NOW) == [entry]


def test_what_is_left_in_a_ticket_is_what_remains_and_what_nobody_has_looked_at(store: SqlStore) -> None:
    entry = RedactionEntry("red_1", 1010, 5, "Visa", "1111", "d1", Outcome.REMAINING, NOW)
    doubtful = replace(entry, id="red_2", last4="2222", outcome=Outcome.REVIEW)
    with store.transaction() as tx:
        for each in (entry, doubtful, replace(entry, id="red_3", outcome=Outcome.REDACTED)):
            tx.redactions.add(each)
    with store.transaction() as tx:
        assert tx.redactions.left_in(1010) == [
            CardLeft("Visa", "1111", in_doubt=False),
            CardLeft("Visa", "2222", in_doubt=True),
        ]
        tx.redaction_log.sign_off(SignOff("sgn_1", "c", "Compliance", NOW, ""), [("red_2", Outcome.REVIEW)])
    with store.reading() as tx:
        assert [card.last4 for card in tx.redactions.left_in(1010)] == ["1111"]


def test_the_pulse_of_a_ticket_changes_with_its_requests(store: SqlStore) -> None:
    request = put(store, a_request())
    with store.transaction() as tx:
        before = tx.pulse(1001)
        tx.requests.move(request, Event.WITHDRAWN, now=NOW + timedelta(seconds=1))
        assert tx.pulse(1001) != before
        assert tx.pulse(1002) == tx.pulse(1002)


def test_the_audit_chain_holds_when_many_write_at_once(store: SqlStore) -> None:
    def write(name: str) -> None:
        for i in range(10):
            with store.transaction() as tx:
                tx.audit.append(AuditRecord(NOW, name, name, "test.event", f"{name}-{i}"))

    threads = [threading.Thread(target=write, args=(f"w{i}",)) for i in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as tx:
        entries = list(tx.audit.entries())
    assert [e.seq for e in entries] == list(range(1, 41))
    assert isinstance(chain.verify(entries), chain.Verified)


def test_transactions_that_lock_the_same_name_run_one_after_the_other(store: SqlStore) -> None:
    """Two credits at the same moment: the second sees the first."""
    seen = []

    def credit(key: str) -> None:
        with store.transaction() as tx:
            tx.lock("customer:cus_1")
            seen.append(
                tx.requests.recent("cus_1", since=NOW - timedelta(days=1), currency="USD").credit_total
            )
            tx.requests.insert(
                a_request(id=key, action="credit", state=State.SUBMITTED), key=key, body_hash="h"
            )

    threads = [threading.Thread(target=credit, args=(f"k{i}",)) for i in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(m.minor for m in seen) == [0, 3800, 7600, 11400, 15200]


def test_a_database_that_is_not_there_is_said_so_without_values(tmp_path: Path) -> None:
    store = SqlStore(f"sqlite:///{tmp_path}/nowhere/store.db")
    with pytest.raises(StoreUnavailable, match="unable to open"):
        store.ping()
    store.close()
