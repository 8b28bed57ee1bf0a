"""Product names, which a list of subscriptions cannot carry (it would be a fifth level of expansion)."""

import threading
from collections.abc import Set
from typing import Any

import stripe

from sidebar_app.adapters.billing.stripe.client import READ_OPTIONS, Reader
from sidebar_app.ports.billing import BillingMisconfigured

_KEPT_AT_MOST = 5000
_PAGE = 100


class ProductNames:
    """Names by product id, asked for once per process; a rename shows after a restart or a price's nickname."""

    def __init__(self, client: stripe.StripeClient, reader: Reader) -> None:
        self._client, self._reader = client, reader
        self._known: dict[str, str] = {}
        self._lock = threading.Lock()

    def of(self, ids: Set[str]) -> dict[str, str]:
        """The names of these products; unknown ones are left out. One call, and only for new ones."""
        with self._lock:
            missing = sorted(ids - self._known.keys())[:_PAGE]
        if missing:
            self._learn(missing)
        with self._lock:
            return {key: self._known[key] for key in ids if key in self._known}

    def _learn(self, ids: list[str]) -> None:
        params: Any = {"ids": ids}
        try:
            found, _ = self._reader.pages(
                lambda page: self._client.v1.products.list(params | page, READ_OPTIONS)
            )
        except BillingMisconfigured:
            return  # a key without the right to read products still shows subscriptions
        with self._lock:
            if len(self._known) > _KEPT_AT_MOST:
                self._known.clear()
            self._known |= {product["id"]: product["name"] for product in found}
