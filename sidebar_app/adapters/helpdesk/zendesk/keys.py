"""The public key with which Zendesk signs visits to our app."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from sidebar_app.ports.helpdesk import HelpdeskRefused, HelpdeskUnavailable, InvalidVisit, NoSuchTicket

log = logging.getLogger(__name__)

_LEAST_BITS = 2048
# Forged tokens must not make us ask Zendesk as often as somebody likes.
BETWEEN_REFETCHES = timedelta(seconds=60)
_AFTER_FAILURE = timedelta(seconds=5)


class PublishedKey:
    """Fetched when first needed, and anew, at most once a minute, when a signature does not hold.

    `fetch` answers the PEM and raises the helpdesk port's errors.
    """

    def __init__(self, fetch: Callable[[], str]) -> None:
        self._fetch = fetch
        self._key: RSAPublicKey | None = None
        self._refetched: datetime | None = None
        self._failed: datetime | None = None
        self._lock = threading.Lock()

    def current(self, *, now: datetime) -> RSAPublicKey:
        """Raises InvalidVisit "key-unavailable"."""
        with self._lock:
            if self._key is None and not _within(self._failed, _AFTER_FAILURE, now):
                self._key = self._fetched(now)
            if self._key is None:
                raise InvalidVisit(
                    "key-unavailable", "The helpdesk's public key cannot be read at the moment."
                )
            return self._key

    def renewed(self, *, now: datetime) -> RSAPublicKey | None:
        """The key as it is published now; None when it was asked for too recently, or cannot be had."""
        with self._lock:
            if _within(self._refetched, BETWEEN_REFETCHES, now):
                return None
            self._refetched = now
            fresh = self._fetched(now)
            self._key = fresh or self._key
            return fresh

    def _fetched(self, now: datetime) -> RSAPublicKey | None:
        try:
            key = load_pem_public_key(self._fetch().encode())
        except (
            HelpdeskRefused,
            HelpdeskUnavailable,
            NoSuchTicket,
            ValueError,
            UnsupportedAlgorithm,
        ) as error:
            log.warning("The app's public key cannot be read: %s", type(error).__name__)
            self._failed = now
            return None
        if isinstance(key, RSAPublicKey) and key.key_size >= _LEAST_BITS:
            return key
        log.warning("The app's public key is no RSA key of at least %d bits.", _LEAST_BITS)
        self._failed = now
        return None


def _within(last: datetime | None, span: timedelta, now: datetime) -> bool:
    return last is not None and now - last < span
