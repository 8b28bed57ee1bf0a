"""What came of asking the billing backend to move money."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Done:
    """The backend did it: `reference` is its id of the effect, `detail` one sentence ("refund pending at the bank")."""

    reference: str
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The backend said no and did nothing. `code` is stable and ours; `sentence` is for people."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nobody knows whether it was done: a timeout, a cut connection, a 5xx. Ask before anything is sent again."""

    sentence: str


Outcome = Done | Refused | Unknown
