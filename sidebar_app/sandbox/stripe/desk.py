"""What the stories are written with: an account at a date, months of billing, a contract."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sidebar_app.sandbox import cast
from sidebar_app.sandbox.kit import Documents, Json
from sidebar_app.sandbox.stripe.books import Account, add_months

Prices = dict[str, Json]


@dataclass(frozen=True)
class Desk:
    """What a story is written with."""

    documents: Documents
    prices: Prices
    now: datetime

    def ago(self, days: float) -> datetime:
        return self.now - timedelta(days=days)

    def account(
        self,
        ticket: int,
        slug: str,
        *,
        address: tuple[str, ...],
        since: datetime,
        currency: str = "usd",
        name: str = "",
    ) -> Account:
        story = cast.story(ticket)
        return Account(
            self.documents,
            slug,
            name=name or story.company,
            email=story.email,
            address=address,
            since=since,
            currency=currency,
        )

    def monthly(
        self, account: Account, items: list[tuple[Json, int]], *, months: int, last: datetime, **more: object
    ) -> tuple[Json, list[Json]]:
        """A monthly subscription billed and paid every month; `last` is its latest billing day."""
        start = add_months(last, -months)
        subscription = account.subscribes(items, since=start, period_start=last, **more)
        return subscription, [account.bills(subscription, at=add_months(start, k)) for k in range(months + 1)]


def contract(
    start: datetime, *, months: int, terms: int, seats_used: int | None = None, renews: bool = True
) -> Json:
    """The subscription's metadata that says what was signed: `terms` of `months` each since `start`."""
    metadata = {
        "contract_months": str(months),
        "contract_end": add_months(start, months * terms).date().isoformat(),
        "auto_renew": "true" if renews else "false",
    }
    return metadata | ({} if seats_used is None else {"seats_used": str(seats_used)})
