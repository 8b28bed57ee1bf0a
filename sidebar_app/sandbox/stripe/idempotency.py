"""Idempotency keys as API v1 keeps them: https://docs.stripe.com/api/idempotent_requests.

The first request that begins to execute saves status and body, 500s included; a repeat with the same
parameters gets them back, one with others is refused, one that runs at the same time gets 409. Refused
parameters save nothing. Keys are pruned when they are a day old.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sidebar_app.sandbox.kit import Documents, Json
from sidebar_app.sandbox.stripe.errors import ApiError

KEPT_SECONDS = 24 * 3600
_KIND = "_idempotency"


@dataclass(frozen=True)
class Answer:
    status: int
    body: Json
    replayed: bool = False


def fingerprint(method: str, path: str, params: Json) -> str:
    return hashlib.sha256(json.dumps([method, path, params], sort_keys=True).encode()).hexdigest()


class Keys:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents
        self._running: set[str] = set()
        self._lock = threading.Lock()

    @contextmanager
    def claimed(self, key: str) -> Iterator[None]:
        """Holds the key while a request executes; a second one is told so."""
        if len(key) > 255:
            raise ApiError(400, "Idempotency keys hold 255 characters.", kind="idempotency_error")
        with self._lock:
            if key in self._running:
                raise _in_use(key)
            self._running.add(key)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(key)

    def saved(self, key: str, digest: str, now: int) -> Answer | None:
        """The saved answer; raises idempotency_error when the key was used for something else."""
        row = self._documents.get(_KIND, key)
        if row is None:
            return None
        if now - row["at"] >= KEPT_SECONDS:
            self._documents.delete(_KIND, key)
            return None
        if row["digest"] != digest:
            raise ApiError(
                400,
                "Keys for idempotent requests can only be used with the same parameters they were first "
                f"used with. Try using a key other than '{key}' if you meant to execute a different request.",
                kind="idempotency_error",
            )
        return Answer(row["status"], row["body"], replayed=True)

    def save(self, key: str, digest: str, now: int, answer: Answer) -> None:
        self._documents.put(
            _KIND, key, {"digest": digest, "at": now, "status": answer.status, "body": answer.body}
        )


def _in_use(key: str) -> ApiError:
    return ApiError(
        409,
        f"There is currently another in-progress request using this Idempotent Key: {key}. "
        "Please try again later.",
        code="idempotency_key_in_use",
        kind="idempotency_error",
        executed=False,
    )
