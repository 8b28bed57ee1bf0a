"""What `selftest` asks."""

from collections.abc import Callable, Iterator
from datetime import timedelta

from sidebar_app.adapters.beyond_cards import try_both_paths
from sidebar_app.adapters.queue import rq
from sidebar_app.bootstrap.vendors import chat
from sidebar_app.ports.helpdesk import HelpdeskRefused
from sidebar_app.settings import Settings
from sidebar_app.workflow import approvers
from sidebar_app.workflow.services import Outside, Services


def selftest(settings: Settings, services: Services) -> dict[str, Callable[[], list[str]]]:
    """Each outside system, and the people who approve: a call that says what is wrong, or raises."""
    outside = services.outside
    return {
        "database": _reached(outside.store.ping),
        "redis": _reached(rq.connect(settings.redis_url).ping),
        outside.billing.name.lower(): _reached(
            lambda: outside.billing.find_customers("selftest@example.invalid")
        ),
        "zendesk": lambda: _zendesk_problems(outside),
        "slack": chat(settings).check,
        "detector": _reached(lambda: try_both_paths(settings.redact_also)),
        "people": lambda: _too_few_people(services),
    }


def remarks(services: Services) -> Iterator[tuple[str, str]]:
    """What is switched off or missing by somebody's choice: no fault, and good to know."""
    extractor = services.outside.extractor
    if extractor is None:
        yield "files", "not looked into (SCAN_ATTACHMENTS=off): each is reported as not scanned"
    elif not extractor.reads_pictures:
        yield "ocr", "not installed (README): pictures and scanned pages are reported as not scanned"
    else:
        yield "ocr", "available"


def _zendesk_problems(outside: Outside) -> list[str]:
    """Without the right to read exports everything works but finding what a lost webhook should have told."""
    outside.helpdesk.me()
    try:
        outside.helpdesk.changes(since=outside.clock.now() - timedelta(minutes=10))
    except HelpdeskRefused as refused:
        return [f"missed webhooks cannot be found and no back-scan runs, exports are for admins: {refused}"]
    return []


def _reached(call: Callable[[], object]) -> Callable[[], list[str]]:
    """Nothing is wrong when the call returns."""

    def report() -> list[str]:
        call()
        return []

    return report


def _too_few_people(services: Services) -> list[str]:
    outside = services.outside
    with outside.store.reading() as tx:
        return approvers.missing(tx, services.in_force.policy, now=outside.clock.now())
