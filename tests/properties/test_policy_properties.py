"""What holds for every policy and every question, not only for the shipped ones."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from importlib.resources import files

from hypothesis import given, settings
from hypothesis import strategies as st

from sidebar_app.domain.decision import STEP_ORDER, Context, CustomerMatch, Decision, Question, Step, Verdict
from sidebar_app.domain.money import MINOR_DIGITS, Money
from sidebar_app.domain.people import APPROVING_ROLES, REQUESTING_ROLES, Role
from sidebar_app.domain.tally import Tally
from sidebar_app.permissions import (
    Fault,
    Lately,
    Policy,
    PolicyFaults,
    capped,
    decide,
    load_policy,
    print_policy,
    reach,
)
from sidebar_app.permissions.caps import left, uses
from sidebar_app.permissions.compiled import compile_book
from sidebar_app.permissions.printing import print_book, version_of
from sidebar_app.permissions.rulebook import Band, Cap, Condition, Edge, Period, Rule, Rulebook
from sidebar_app.permissions.vocabulary import ACTION_WORDS, BUILT_IN, Measure

# No deadline: a busy machine is no fault of a policy.
UNHURRIED, SLOW = settings(), settings(max_examples=50)
RANK = {Verdict.ALLOW: 0, Verdict.NEEDS_APPROVAL: 1, Verdict.DENY: 2}


@cache
def shipped() -> Policy:
    return load_policy(files("sidebar_app.permissions").joinpath("policy.toml").read_text(encoding="utf-8"))


def compiled(book: Rulebook) -> Policy:
    """A policy that was not checked: the properties hold whatever its rules are."""
    version = version_of(book)
    return Policy(book, version, compile_book(book, version))


words = st.sampled_from(["Because.", "Ask the one who knows.", '„Grüße“ \\ " {', "日本"])
edges = st.builds(
    Edge, st.decimals("0.01", "100", places=2, allow_nan=False, allow_infinity=False), included=st.booleans()
)
conditions = st.one_of(
    st.builds(Condition, st.sampled_from(["customer_requested", "multi_year_contract"]), st.booleans()),
    st.builds(Condition, st.just("recent_refund_count"), st.integers(1, 4)),
    st.builds(
        Condition,
        st.just("customer_match"),
        st.sets(st.sampled_from(CustomerMatch), min_size=1).map(lambda found: tuple(sorted(found))),
    ),
)
step_lists = st.sets(st.sampled_from(APPROVING_ROLES), min_size=1).flatmap(
    lambda roles: st.tuples(
        *(st.builds(Step, st.just(r), st.integers(1, 3)) for r in STEP_ORDER if r in roles)
    )
)


def _key(condition: Condition) -> str:
    return condition.key


@st.composite
def rules(draw: st.DrawFn, *, on_top: bool) -> Rule:
    verdicts = list(Verdict)[1:] if on_top else list(Verdict)
    verdict = draw(st.sampled_from(verdicts))
    low, high = draw(st.none() | edges), draw(st.none() | edges)
    return Rule(
        id=f"rule-{draw(st.integers(0, 10**9))}",
        actions=tuple(sorted(draw(st.sets(st.sampled_from(["credit", "refund"]), min_size=1)))),
        roles=tuple(sorted(draw(st.sets(st.sampled_from(REQUESTING_ROLES), min_size=1)))),
        verdict=verdict,
        reason=draw(words),
        band=Band(low, high),
        when=tuple(sorted(draw(st.lists(conditions, max_size=2, unique_by=_key)), key=_key)),
        steps=draw(step_lists) if verdict is Verdict.NEEDS_APPROVAL else (),
        next_step=draw(words) if verdict is Verdict.DENY else "",
        on_top=on_top,
    )


rule_lists = st.lists(
    st.booleans().flatmap(lambda on_top: rules(on_top=on_top)), max_size=6, unique_by=lambda r: r.id
)
books = rule_lists.map(lambda found: replace(shipped().book, rules=tuple(found)))

currencies = st.sampled_from(["USD", "EUR", "JPY", "KWD", "XAF", "MNT", "OMR"])
todays = st.none() | st.sampled_from([date(2026, 11, 21), date(2031, 1, 1)])


@st.composite
def questions(draw: st.DrawFn, actions: tuple[str, ...] = tuple(ACTION_WORDS)) -> Question:
    currency = draw(currencies)
    amounts = st.builds(Money, st.integers(1, 2_000_000) | st.integers(1, 12_000), st.just(currency))
    return Question(
        role=draw(st.sampled_from(REQUESTING_ROLES)),
        action=draw(st.sampled_from(actions)),
        amount=draw(amounts),
        percent=draw(st.decimals("0.01", "100", places=2)),
        days=draw(st.integers(1, 40)),
        context=Context(
            customer_requested=draw(st.booleans()),
            multi_year_contract=draw(st.booleans()),
            recent_credit_total=draw(st.none() | st.builds(Money, st.integers(0, 60_000), st.just(currency))),
            recent_refund_count=draw(st.integers(0, 5)),
            customer_match=draw(st.sampled_from(CustomerMatch)),
        ),
    )


money_questions = questions(("credit", "refund"))


def strictness(decision: Decision) -> tuple[int, int]:
    return RANK[decision.verdict], sum(step.quorum for step in decision.steps)


def by_reading(policy: Policy, question: Question) -> tuple[Verdict, frozenset[str], tuple[Step, ...]]:
    """The answer found the slow way: every rule read, one after the other. Measures are given, rates are fresh."""
    matching = [rule for rule in policy.book.rules if speaks(rule, policy, question)]
    if all(rule.on_top for rule in matching):
        return Verdict.DENY, frozenset({"not-listed"}), ()
    verdict = max((rule.verdict for rule in matching), key=lambda found: RANK[found])
    deciding = [rule for rule in matching if rule.verdict is verdict]
    quorums = {
        role: max((s.quorum for rule in deciding for s in rule.steps if s.role is role), default=0)
        for role in STEP_ORDER
    }
    steps = tuple(Step(role, quorum) for role, quorum in quorums.items() if quorum)
    return verdict, frozenset(rule.id for rule in deciding), steps


def speaks(rule: Rule, policy: Policy, question: Question) -> bool:
    if question.action not in rule.actions or question.role not in rule.roles:
        return False
    measure, low, high = measured(policy, question), rule.band.low, rule.band.high
    if low and not (measure > low.value or (low.included and measure == low.value)):
        return False
    if high and not (measure < high.value or (high.included and measure == high.value)):
        return False
    return all(condition.holds(question.context) for condition in rule.when)


def measured(policy: Policy, question: Question) -> Fraction:
    terms = policy.book.terms(question.action)
    if terms is None or terms.measure is Measure.NONE or question.amount is None:
        return Fraction(1)
    if terms.measure is not Measure.AMOUNT:
        return (
            Fraction(question.days or 0) if terms.measure is Measure.DAYS else Fraction(question.percent or 0)
        )
    total, recent = question.amount, question.context.recent_credit_total
    if terms.adds_recent_credits and recent:
        total += recent
    rate = policy.book.rates.worth.get(total.currency, Decimal(1))
    return Fraction(total.major) * Fraction(rate)


@UNHURRIED
@given(books | st.just(shipped().book), questions())
def test_looking_up_answers_like_reading_every_rule(book: Rulebook, question: Question) -> None:
    policy = compiled(book)
    expected, ids, steps = by_reading(policy, question)
    found = decide(policy, question)
    if found.rules[0] == "rate-missing":
        assert question.amount is not None
        assert question.amount.currency not in {"USD", *book.rates.worth}
        assert (expected, found.steps) == (Verdict.ALLOW, (Step(Role.MANAGER),))
    else:
        assert (found.verdict, frozenset(found.rules), found.steps) == (expected, ids, steps)


@UNHURRIED
@given(
    st.text(max_size=12) | st.sampled_from(list(Role)),
    st.text(max_size=12) | st.sampled_from(list(ACTION_WORDS)),
)
def test_nothing_said_means_no(role: str, action: str) -> None:
    silent = compiled(replace(shipped().book, rules=()))
    question = Question(role, action, Money(1, "USD"), Decimal(1), 1)
    assert decide(silent, question).rules == ("not-listed",)
    if role not in REQUESTING_ROLES or action not in ACTION_WORDS:
        assert decide(shipped(), question).verdict is Verdict.DENY


@UNHURRIED
@given(
    questions(), st.integers(1, 3_000_000), st.integers(1, 40), st.decimals("0.01", "100", places=2), todays
)
def test_more_is_never_easier(
    question: Question, cents: int, days: int, percent: Decimal, today: date | None
) -> None:
    assert question.amount is not None
    assert question.days is not None
    assert question.percent is not None
    more = replace(
        question,
        amount=Money(question.amount.minor + cents, question.amount.currency),
        days=question.days + days,
        percent=min(Decimal(100), question.percent + percent),
    )
    policy = shipped()
    assert strictness(decide(policy, more, today=today)) >= strictness(decide(policy, question, today=today))


@UNHURRIED
@given(money_questions, st.integers(0, 1_000_000), st.integers(0, 5))
def test_more_history_is_never_easier(question: Question, credits: int, refunds: int) -> None:
    assert question.amount is not None
    currency = question.amount.currency
    recent = question.context.recent_credit_total or Money.zero(currency)
    context = replace(
        question.context,
        recent_credit_total=recent + Money(credits, currency),
        recent_refund_count=question.context.recent_refund_count + refunds,
    )
    after = decide(shipped(), replace(question, context=context))
    assert strictness(after) >= strictness(decide(shipped(), question))


@UNHURRIED
@given(questions(("credit",)), st.integers(1, 30_000))
def test_splitting_a_credit_evades_nothing(question: Question, first: int) -> None:
    """The last part is answered at least as strictly as the whole would have been."""
    assert question.amount is not None
    currency = question.amount.currency
    recent = question.context.recent_credit_total or Money.zero(currency)
    whole = replace(question, amount=Money(question.amount.minor + first, currency))
    rest = replace(
        question, context=replace(question.context, recent_credit_total=recent + Money(first, currency))
    )
    assert strictness(decide(shipped(), rest)) == strictness(decide(shipped(), whole))


@SLOW
@given(books, st.randoms(use_true_random=False), money_questions, todays)
def test_the_order_of_rules_is_irrelevant(
    book: Rulebook, rng: object, question: Question, today: date | None
) -> None:
    shuffled = list(book.rules)
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = compiled(book), compiled(replace(book, rules=tuple(shuffled)))
    assert one.version == other.version
    assert decide(one, question, today=today) == decide(other, question, today=today)


@SLOW
@given(books, rules(on_top=True) | rules(on_top=False), money_questions, todays)
def test_a_new_rule_that_does_not_allow_never_opens_what_was_decided(
    book: Rulebook, rule: Rule, question: Question, today: date | None
) -> None:
    if rule.verdict is Verdict.ALLOW:
        rule = replace(rule, verdict=Verdict.DENY, next_step="No.")
    before = decide(compiled(book), question, today=today)
    after = decide(compiled(replace(book, rules=(*book.rules, rule))), question, today=today)
    if rule.on_top or rule.verdict is Verdict.DENY or before.rules != ("not-listed",):
        assert strictness(after)[0] >= strictness(before)[0]
    assert after.verdict is not Verdict.ALLOW or before.verdict is Verdict.ALLOW


@SLOW
@given(books, questions(), todays)
def test_every_verdict_names_its_rules_and_says_what_to_do(
    book: Rulebook, question: Question, today: date | None
) -> None:
    policy = compiled(book)
    found = decide(policy, question, today=today)
    assert found.rules
    assert set(found.rules) <= {rule.id for rule in book.rules} | BUILT_IN
    assert "policy-error" not in found.rules
    assert found.reason
    assert found.next_step
    assert found.policy_version == policy.version
    assert bool(found.steps) is (found.verdict is Verdict.NEEDS_APPROVAL)
    assert list(found.steps) == sorted(found.steps, key=lambda step: STEP_ORDER.index(step.role))


@SLOW
@given(books)
def test_a_printed_policy_says_the_same(book: Rulebook) -> None:
    """Through the text and back, whether the rules fit together or not."""
    text = print_book(book)
    found = faults_of(text)
    assert all(any(words in str(fault) for words in ABOUT_RULES_TOGETHER) for fault in found)
    if not found:
        policy = load_policy(text)
        # The table is printed before what stands on top of it; the order of rules means nothing.
        assert policy.book == replace(book, rules=tuple(sorted(book.rules, key=lambda rule: rule.on_top)))
        assert load_policy(print_policy(policy)) == policy


@st.composite
def caps(draw: st.DrawFn) -> Cap:
    verdict = draw(st.sampled_from([Verdict.NEEDS_APPROVAL, Verdict.DENY]))
    amount = draw(st.none() | st.decimals("0.01", "9999", places=2))
    return Cap(
        id=f"cap-{draw(st.integers(0, 10**9))}",
        actions=tuple(sorted(draw(st.sets(st.sampled_from(["credit", "refund"]), min_size=1)))),
        roles=tuple(sorted(draw(st.sets(st.sampled_from(REQUESTING_ROLES), min_size=1)))),
        per=draw(st.sampled_from(Period)),
        verdict=verdict,
        reason=draw(words),
        amount=amount,
        count=draw(st.integers(1, 5)) if amount is None else draw(st.none() | st.integers(1, 5)),
        steps=draw(step_lists) if verdict is Verdict.NEEDS_APPROVAL else (),
        next_step=draw(words) if verdict is Verdict.DENY else "",
    )


cap_lists = st.lists(caps(), min_size=1, max_size=3, unique_by=lambda cap: cap.id).map(tuple)
tallies = st.builds(
    Tally,
    st.sampled_from(["credit", "refund", "payment_link"]),
    st.integers(1, 4),
    st.builds(Money, st.integers(1, 300_000), currencies),
)
histories = st.fixed_dictionaries({per: st.lists(tallies, max_size=4) for per in Period})


def with_caps(book: Rulebook, found: tuple[Cap, ...]) -> Policy:
    return Policy(replace(book, caps=found), "v", shipped().index)


@UNHURRIED
@given(cap_lists, money_questions, histories, todays)
def test_caps_only_tighten_and_name_themselves(
    found: tuple[Cap, ...], question: Question, lately: Lately, today: date | None
) -> None:
    policy = with_caps(shipped().book, found)
    plain = decide(policy, question, today=today)
    after = capped(policy, question, plain, lately, today=today)
    assert strictness(after) >= strictness(plain)
    assert {step.role for step in plain.steps} <= {
        step.role for step in after.steps
    } or after.verdict is Verdict.DENY
    assert "policy-error" not in after.rules
    assert set(after.rules) <= {*plain.rules, *(cap.id for cap in found)}
    assert bool(after.steps) is (after.verdict is Verdict.NEEDS_APPROVAL)
    assert list(after.steps) == sorted(after.steps, key=lambda step: STEP_ORDER.index(step.role))
    assert after == plain or {*after.rules} & {cap.id for cap in found}
    backwards = with_caps(shipped().book, found[::-1])
    again = capped(backwards, question, decide(backwards, question, today=today), lately, today=today)
    assert (again.verdict, again.steps, set(again.rules)) == (after.verdict, after.steps, set(after.rules))


@UNHURRIED
@given(cap_lists, money_questions, histories, tallies, todays)
def test_having_asked_for_more_is_never_easier(
    found: tuple[Cap, ...],
    question: Question,
    lately: dict[Period, list[Tally]],
    more: Tally,
    today: date | None,
) -> None:
    policy = with_caps(shipped().book, found)
    plain = decide(policy, question, today=today)
    longer = {per: [*asked, more] for per, asked in lately.items()}
    before, after = (capped(policy, question, plain, asked, today=today) for asked in (lately, longer))
    assert strictness(after) >= strictness(before)


@SLOW
@given(cap_lists, money_questions, histories)
def test_what_is_left_under_the_caps_is_exact_to_the_last_unit(
    found: tuple[Cap, ...], question: Question, lately: Lately
) -> None:
    by_amount = tuple(replace(cap, count=None) for cap in found if cap.amount is not None)
    policy = with_caps(shipped().book, by_amount)
    limit = left(policy, question, lately)
    if limit is None:
        return
    assert question.amount is not None
    fine, beyond = (replace(question, amount=Money(limit.minor + n, limit.currency)) for n in (0, 1))
    assert any(use.is_over for use in uses(policy, beyond, lately))
    assert not limit or not any(use.is_over for use in uses(policy, fine, lately))


@SLOW
@given(cap_lists)
def test_printed_caps_say_the_same(found: tuple[Cap, ...]) -> None:
    """Through the text and back, whether the caps fit together or not."""
    book = replace(shipped().book, caps=found)
    faults = faults_of(print_book(book))
    assert all("never matters" in str(fault) or "in a sentence" in str(fault) for fault in faults)
    if not faults:
        policy = load_policy(print_book(book))
        assert policy.book == book
        assert load_policy(print_policy(policy)) == policy
        assert load_policy(print_book(replace(book, caps=found[::-1]))).version == policy.version


ABOUT_RULES_TOGETHER = (
    "overlap", "There is a gap", "More would be easier", "never decides", "holds no value", "in a sentence",
    "belongs to a rule on top",
)  # fmt: skip


def faults_of(text: str) -> tuple[Fault, ...]:
    try:
        load_policy(text)
    except PolicyFaults as refused:
        return refused.faults
    return ()


@st.composite
def tables(draw: st.DrawFn) -> Rulebook:
    """Rules that do fit together: bands that rise, and some that tighten on top."""
    cuts = sorted(draw(st.sets(st.decimals("1", "100", places=2), max_size=3)))
    ranks = sorted(draw(st.lists(st.sampled_from([0, 1, 2]), min_size=len(cuts) + 1, max_size=len(cuts) + 1)))
    inclusive = [draw(st.booleans()) for _ in cuts]
    lows = [None, *(Edge(cut, included=i) for cut, i in zip(cuts, inclusive, strict=True))]
    highs = [*(Edge(cut, included=not i) for cut, i in zip(cuts, inclusive, strict=True)), None]
    found = [
        Rule(
            id=f"band-{n}", actions=("refund",), roles=(Role.L2_AGENT,), verdict=list(Verdict)[rank], reason="So.",
            band=Band(low, high), steps=(Step(Role.VP),) if rank == 1 else (), next_step="No." if rank == 2 else "",
        )
        for n, (rank, low, high) in enumerate(zip(ranks, lows, highs, strict=True))
    ]  # fmt: skip
    return replace(shipped().book, rules=tuple(found))


@SLOW
@given(tables(), questions(("refund",)))
def test_a_valid_table_survives_printing_and_answers_the_same(book: Rulebook, question: Question) -> None:
    policy = load_policy(print_book(book))
    assert policy.book == book
    again = load_policy(print_policy(policy))
    assert again == policy
    assert decide(again, question) == decide(compiled(book), question)


@SLOW
@given(
    st.sampled_from(sorted(MINOR_DIGITS)),
    st.sampled_from(["credit", "refund"]),
    st.sampled_from(REQUESTING_ROLES),
)
def test_what_a_button_promises_holds_to_the_last_unit(currency: str, action: str, role: Role) -> None:
    limit = reach(shipped(), role=role, action=action, currency=currency, context=Context()).at_once_up_to
    if limit is None:
        smallest = decide(shipped(), Question(role, action, Money(1, currency)))
        assert smallest.verdict is not Verdict.ALLOW
    else:
        assert decide(shipped(), Question(role, action, limit)).verdict is Verdict.ALLOW
        more = Money(limit.minor + 1, currency)
        assert decide(shipped(), Question(role, action, more)).verdict is Verdict.NEEDS_APPROVAL


@UNHURRIED
@given(questions(), st.integers(0, 3000))
def test_an_older_rate_is_never_easier(question: Question, days: int) -> None:
    fresh = decide(shipped(), question, today=shipped().book.rates.as_of)
    later = decide(shipped(), question, today=shipped().book.rates.as_of + timedelta(days=days))
    assert strictness(later) >= strictness(fresh)
