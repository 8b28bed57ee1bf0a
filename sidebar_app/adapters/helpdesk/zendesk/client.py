"""zenpy set up for a server: our own session and token, no cache, no waiting, no repeated writes."""

import threading
from collections.abc import Callable, Iterator
from os import environ
from typing import Any
from urllib.parse import urlencode, urlsplit

import requests
from requests.adapters import HTTPAdapter
from requests.auth import AuthBase

from sidebar_app.adapters.helpdesk.zendesk import vendor
from sidebar_app.adapters.helpdesk.zendesk.allowance import Allowance
from sidebar_app.adapters.helpdesk.zendesk.errors import asked, of_status
from sidebar_app.adapters.helpdesk.zendesk.tokens import Tokens
from sidebar_app.ports.helpdesk import (
    HelpdeskLockedOut,
    HelpdeskRefused,
    HelpdeskUnavailable,
    NoSuchTicket,
)

TIMEOUT = (3.05, 10)
_LOOPBACK = frozenset(("127.0.0.1", "localhost"))
_MOST_WAIT_SECONDS = 3600.0
# Zendesk's own limit of comments is 5000 a ticket, 100 a page.
_MOST_PAGES = 60

Json = dict[str, Any]


class ZendeskConnection:
    """One zenpy client per thread, as its API objects hold the state of a call; close it when done.

    ValueError for a base URL that is neither https nor on loopback, and when zenpy's undocumented switches
    are set that would redirect our tokens.
    """

    def __init__(self, base_url: str, tokens: Tokens, *, timeout: tuple[float, float] = TIMEOUT) -> None:
        self._scheme, self._netloc = _address(base_url)
        self.base_url = f"{self._scheme}://{self._netloc}"
        self._tokens = tokens
        self._timeout = timeout
        self.allowance = Allowance()
        self._mine = threading.local()
        self._sessions: list[requests.Session] = []
        self._lock = threading.Lock()
        vendor.silence()

    def zenpy(self) -> Any:
        """This thread's client. Never hand one of its objects on: their attributes ask Zendesk on their own."""
        client = getattr(self._mine, "client", None)
        if client is None:
            client = self._mine.client = self._made()
        for api in (client.users, client.tickets, client.custom_agent_roles):
            api.ratelimit_budget = 1  # a lifetime total otherwise; with 1 it never sleeps
            api.protocol = self._scheme
        return client

    def get(self, path: str, **params: str) -> Json:
        """A JSON object under /api/v2, read without zenpy seeing, and so logging, the text in it."""
        answer: Json = self.repeated(lambda: self._raw(self._url(path, params)).json())
        return answer

    def text(self, path: str) -> str:
        found: str = self.repeated(lambda: self._raw(self._url(path, {})).text)
        return found

    def pages(self, path: str, name: str, **params: str) -> Iterator[Json]:
        """The items of every page, following the cursor, never to another host."""
        url = self._url(path, {"page[size]": "100", **params})
        for _ in range(_MOST_PAGES):
            page = self._page(url)
            yield from page[name]
            url = (page.get("links") or {}).get("next") or ""
            if not (page.get("meta") or {}).get("has_more") or not url:
                return
            if urlsplit(url).netloc != self._netloc:
                raise HelpdeskUnavailable("Zendesk named a page on another host.")
        raise HelpdeskUnavailable("Zendesk names more pages than a ticket can have.")

    def _page(self, url: str) -> Json:
        page: Json = self.repeated(lambda: self._raw(url).json())
        return page

    def put(self, path: str, payload: Json, *, timeout: tuple[float, float] = (3.05, 20)) -> Json:
        """One PUT, sent once, past zenpy's log; the answer's JSON object."""

        def send() -> Json:
            answer = self.zenpy().tickets.session.put(
                self._url(path, {}), json=payload, timeout=timeout, allow_redirects=False
            )
            if answer.status_code != 200:
                raise of_status(answer.status_code)
            body: Json = answer.json()
            return body

        return asked(send)

    def stream(self, url: str, *, timeout: tuple[float, float] = TIMEOUT) -> requests.Response:
        """One GET of any address, not followed and not read yet; our token goes to our Zendesk only. Close it."""
        answer: requests.Response = self.zenpy().tickets.session.get(
            url, stream=True, allow_redirects=False, timeout=timeout, headers={"Accept-Encoding": "identity"}
        )
        return answer

    def refusal(self, path: str, payload: Json) -> str:
        """One PUT; "" when it was taken, else the sentence that says why not. Raises HelpdeskUnavailable, and
        HelpdeskLockedOut."""
        try:
            self.put(path, payload)
        except HelpdeskLockedOut:
            raise
        except (HelpdeskRefused, NoSuchTicket) as refused:
            return str(refused)
        return ""

    def repeated(self, read: Callable[[], Any]) -> Any:
        """A read, tried a second time when the connection broke."""

        def twice() -> Any:
            try:
                return read()
            except requests.ConnectionError as error:
                if isinstance(error, requests.Timeout):
                    raise
            return read()

        return asked(twice)

    def close(self) -> None:
        with self._lock:
            for session in self._sessions:
                session.close()
            self._sessions.clear()
        self._mine = threading.local()

    def _raw(self, url: str) -> requests.Response:
        answer: requests.Response = self.zenpy().tickets._get(url, raw_response=True)  # noqa: SLF001
        return answer

    def _url(self, path: str, params: dict[str, str]) -> str:
        query = f"?{urlencode(params)}" if params else ""
        built: str = self.zenpy().tickets._build_url(vendor.Url(path))  # noqa: SLF001
        return built + query

    def _made(self) -> Any:
        if any(name in environ for name in vendor.REDIRECTING):
            raise ValueError(
                f"Unset {' and '.join(vendor.REDIRECTING)}: they would redirect our access token."
            )
        session = requests.Session()
        session.trust_env = False  # no .netrc, no proxy of the environment
        session.auth = _Auth(self._tokens, self._netloc)
        session.headers["User-Agent"] = "billing-sidebar/1"
        session.hooks["response"] += [
            lambda answer, **_: self.allowance.heard(answer.headers),
            _refuse_to_wait,
        ]
        for scheme in ("https://", "http://"):
            session.mount(scheme, HTTPAdapter(max_retries=0, pool_maxsize=1))
        with self._lock:
            self._sessions.append(session)
        subdomain, domain = self._netloc.split(".", 1)
        return vendor.Zenpy(
            subdomain=subdomain,
            domain=domain,
            session=session,
            anonymous=True,
            timeout=self._timeout,
            ratelimit_budget=1,
            disable_cache=True,
        )


class _Auth(AuthBase):
    """Our token for our host only, renewed and replayed once when it is refused."""

    def __init__(self, tokens: Tokens, netloc: str) -> None:
        self._tokens, self._netloc = tokens, netloc

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        if urlsplit(str(request.url)).netloc == self._netloc:
            request.headers["Authorization"] = f"Bearer {self._tokens.current()}"
            request.register_hook("response", self._renew_once)  # type: ignore[no-untyped-call]
        return request

    def _renew_once(self, answer: requests.Response, **kwargs: Any) -> requests.Response:
        sent = answer.request.headers.get("Authorization", "")
        ours = urlsplit(str(answer.request.url)).netloc == self._netloc
        if answer.status_code != 401 or not sent or not ours:
            return answer
        _ = answer.content  # read to the end, so that the connection can be used again
        answer.close()
        again = answer.request.copy()
        again.headers["Authorization"] = f"Bearer {self._tokens.renew(sent.removeprefix('Bearer '))}"
        connection: Any = answer.connection
        replay: requests.Response = connection.send(again, **kwargs)  # hooks do not run again: one replay
        replay.history.append(answer)
        replay.request = again
        return replay


def _refuse_to_wait(answer: requests.Response, **_: Any) -> None:
    """zenpy would sleep in the calling thread; the caller knows better when to come back."""
    if answer.status_code != 429:
        return
    answer.close()
    given = answer.headers.get("Retry-After", "")
    seconds = min(float(given), _MOST_WAIT_SECONDS) if given.isascii() and given.isdigit() else None
    raise HelpdeskUnavailable("Zendesk asks us to wait.", retry_after_seconds=seconds)


def _address(base_url: str) -> tuple[str, str]:
    """Scheme and host:port; `localhost` by its number, as zenpy wants a dot in the host."""
    parts = urlsplit(base_url)
    netloc = parts.netloc.replace("localhost", "127.0.0.1", 1)
    plain_is_fine = parts.hostname in _LOOPBACK
    if "." not in netloc or "@" in netloc or parts.path.strip("/") or parts.query:
        raise ValueError("The Zendesk base URL must be an address such as https://acme.zendesk.com.")
    if parts.scheme != "https" and not (parts.scheme == "http" and plain_is_fine):
        raise ValueError("The Zendesk base URL must be https (plain http is for loopback only).")
    return parts.scheme, netloc
