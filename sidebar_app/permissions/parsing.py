"""From TOML to values and their lines; as much of a broken file as can be read, so that all of its faults are told."""

import re
import tomllib
from typing import Any

from sidebar_app.permissions.faults import Fault, PolicyFaults
from sidebar_app.permissions.places import places
from sidebar_app.permissions.reading import Findings

_PLACE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")
_PAIR = re.compile(r"\s*[A-Za-z0-9_.\"'-]+\s*=")
_HEADER = re.compile(r"^[ \t]*\[", re.MULTILINE)
_LONGEST_FILE = 1_000_000
_MOST_FAULTS = 50


def parsed(text: str) -> tuple[dict[str, Any], Findings]:
    """A TOML document, and findings that know its lines. A line that is no TOML by itself is a fault among them and
    otherwise left out; raises PolicyFaults when the rest cannot be read either."""
    if len(text) > _LONGEST_FILE:
        raise PolicyFaults([Fault(1, "The file is larger than a policy can be.")])
    lines, faults = text.split("\n"), list[Fault]()
    while True:
        rest = "\n".join(lines)
        try:
            return tomllib.loads(rest), _findings(rest, faults)
        except tomllib.TOMLDecodeError as error:
            faults.append(_syntax_fault(str(error), text))
            if len(faults) == _MOST_FAULTS or not _can_do_without(lines, faults, str(error)):
                raise PolicyFaults(faults) from None
            lines[faults[-1].line - 1] = ""
        except (RecursionError, ValueError) as error:
            raise PolicyFaults([*faults, Fault(1, f"This is not TOML: {type(error).__name__}.")]) from None


def _findings(text: str, faults: list[Fault]) -> Findings:
    headers = [text.count("\n", 0, match.start()) + 1 for match in _HEADER.finditer(text)]
    return Findings(places(text), list(faults), tuple(fault.line for fault in faults), tuple(headers))


def _can_do_without(lines: list[str], faults: list[Fault], error: str) -> bool:
    """Whether it is this line alone that is wrong, and the others mean the same without it."""
    line = lines[faults[-1].line - 1]
    if not _PAIR.match(line):
        return False
    if "Cannot overwrite" in error:
        return True
    try:
        tomllib.loads(line)
    except ValueError:
        return True
    return False


def _syntax_fault(sentence: str, text: str) -> Fault:
    """tomllib names the place at the end of its sentence, or the end of the document."""
    if not (found := _PLACE.search(sentence)):
        return Fault(1, f"This is not TOML: {sentence}.")
    line = int(found[1]) if found[1] else text.count("\n") + 1
    return Fault(line, f"This is not TOML: {sentence[: found.start()]}.")
