"""Speed and quality of card-number redaction: `bin/bench redaction [--quality | --full]`.

Speed in CPU time of one core, all in one run on the same generated tickets: our detector, presidio's stock card
recognizer on a blank spaCy pipeline and on the no_op engine, and a plain regular expression with Luhn. Then hostile
inputs of 64 KiB, each with the ratio of its time to that of half its length, and the memory of a long stream: 64 MB, or
with `--full` 1 GB.
"""

import gc
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

from _redaction_corpus import REALISTIC, Case, negatives, positives, tickets

from sidebar_app.redaction import scan
from sidebar_app.redaction.runs import luhn

_SIZE = 4_000_000
# Presidio's blank pipeline reaches about 2 MB/s: a part of the corpus is enough.
_SLOW_PART = 400_000
_KIB64 = 65_536
_UNITS = (
    "1", "4", "-", ".", "<", "&", "*", "\u200b", "4 ", "4-", "1<", "1&", "2%", "4=", "４ ", "6\u200b", "9\u00a0",
    "4\u00ad", "٤.", "①", "4\n", "4|", "4\\", "a1", "D1", "^4", "_4",
    "<b>", "<a ", "4<b>", "<td>4</td>", "<<b>", "<!--", "4242 ", "4242 4242 4242 4242 ", "&#52;", "&#x34;", "&amp;4",
    "%34", "4%20", "=34", "=\r\n4", "\\u0034", "9 8 7 4 ", "card 4242 ", "cvv cvv ", "cvv 123 ", "exp 12/27 ",
    "DE89 ", "DE89 3704 ", "9400 1000 ", "> 4242\n", "| 4242 ", "https://x/?id=", "<p>4242 4242 4242 4242</p>",
    "<a title='4242424242424242'>",
)  # fmt: skip
_NESTED = ("<b>", "<a ", "4<b>", "<<b>", "<!--")
_HOSTILE = "one or two characters"
# Megabytes. The long one takes a minute.
_STREAM, _FULL_STREAM = 64, 1000
_PLAIN = re.compile(r"\b[0-9](?:[ -]?[0-9]){12,18}\b")
Finder = Callable[[str], Iterable[str]]


def main(argv: list[str]) -> None:
    """Prints one JSON line per figure. `--quality` measures recall and false positives instead of speed."""
    if "--quality" in argv:
        _quality()
        return
    _speed()
    _hostile()
    _stream(_FULL_STREAM if "--full" in argv else _STREAM)


def _say(figure: str, value: float, unit: str, vs: str = "", **more: Any) -> None:
    line = {"bench": "redaction", "figure": figure, "value": round(value, 4), "unit": unit, "vs": vs, **more}
    print(json.dumps(line), flush=True)


def _seconds(work: Callable[[], object], rounds: int = 3) -> float:
    best = float("inf")
    for _ in range(rounds):
        gc.collect()
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def _speed() -> None:
    texts = tickets(_SIZE)
    finders: dict[str, tuple[Finder, int]] = {
        "ours": (_ours, _SIZE),
        "plain re + luhn": (_plain, _SIZE),
        "presidio no_op + card": (_presidio("no_op"), _SIZE),
        "presidio blank spaCy + card": (_presidio("blank"), _SLOW_PART),
    }
    rates: dict[str, float] = {}
    for name, (find, size) in finders.items():
        part = _first(texts, size)
        find(part[0])
        spent = _seconds(
            lambda find=find, part=part: [find(text) for text in part], 3 if size == _SIZE else 1
        )  # type: ignore[misc]
        rates[name] = sum(map(len, part)) / 1e6 / spent
        _say(f"throughput, {name}", rates[name], "MB/s", "budget 30" if name == "ours" else "")
    for name in list(rates)[1:]:
        _say("times faster", rates["ours"] / rates[name], "x", name)


def _first(texts: list[str], size: int) -> list[str]:
    part, total = [], 0
    for text in texts:
        if total >= size:
            break
        part.append(text)
        total += len(text)
    return part


def _hostile() -> None:
    worst = 0.0
    for unit in _UNITS:
        whole, half = (unit * _KIB64)[:_KIB64], (unit * _KIB64)[: _KIB64 // 2]
        spent = _seconds(lambda text=whole: scan(text, markup=True))  # type: ignore[misc]
        before = _seconds(lambda text=half: scan(text, markup=True))  # type: ignore[misc]
        kind = _HOSTILE if len(unit) < 3 else "longer unit"
        _say(
            f"hostile 64 KiB of {unit!r}",
            spent * 1e3,
            "ms",
            "budget 50" if kind == _HOSTILE or unit in _NESTED else "",
            ratio=round(spent / before, 2),
        )
        worst = max(worst, spent) if kind == _HOSTILE or unit in _NESTED else worst
    _say("hostile, worst of one or two characters or of tags", worst * 1e3, "ms", "budget 50")


def _stream(megabytes: int) -> None:
    """`sidebar-app redact` in a process of its own, fed through a pipe: its peak beside that of a short stream."""
    piece = "\n".join(tickets(1_000_000)).encode()[:1_000_000]
    _, least = _piped(piece, 2)
    seconds, most = _piped(piece, megabytes)
    _say(f"stream of {megabytes} MB, throughput", megabytes / seconds, "MB/s")
    _say(f"stream of {megabytes} MB, peak memory", most, "MiB", "stream of 2 MB", other=round(least, 1))
    _say(f"stream of {megabytes} MB, memory grown", most - least, "MiB", "budget 8")


def _piped(piece: bytes, times: int) -> tuple[float, float]:
    """CPU seconds and peak resident MiB of the command, fed with `times` pieces."""
    process = subprocess.Popen(
        [sys.executable, "-m", "sidebar_app", "redact"], stdin=subprocess.PIPE, stdout=subprocess.DEVNULL
    )
    assert process.stdin
    for _ in range(times):
        process.stdin.write(piece)
    process.stdin.close()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit("sidebar-app redact failed")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def _quality() -> None:
    cards, others = list(positives()), list(negatives())
    finders: dict[str, Finder] = {
        "ours": _ours,
        "presidio stock": _presidio("no_op"),
        "plain re + luhn": _plain,
    }
    for name, find in finders.items():
        missed = [case for case in cards if not _found(find, case)]
        wrong = [case for case in others if list(find(case.text))]
        goal = (">= 0.98", "<= 0.01") if name == "ours" else ("", "")
        _say(f"recall, {name}", 1 - len(missed) / len(cards), "share", goal[0], cases=len(cards))
        _say(f"false positives, {name}", len(wrong) / len(others), "share", goal[1], cases=len(others))
        if name == "ours":
            _families("missed", missed, cards)
            _families("false positives", wrong, others)
    _say("formats in the corpus", len(REALISTIC), "formats")


def _families(what: str, some: list[Case], of: list[Case]) -> None:
    total = Counter(case.family for case in of)
    for family, count in Counter(case.family for case in some).most_common():
        _say(f"{what}, {family}", count / total[family], "share", "", cases=total[family])


def _found(find: Finder, case: Case) -> bool:
    return case.number in find(case.text)


def _ours(text: str) -> list[str]:
    """What was found, as digits: only here, from the bench's own made-up numbers."""
    hits = [hit for hit in scan(text, markup="<" in text) if hit.certain and hit.kind == "pan"]
    return [_digits(text, hit.digit_spans) + hit.last4 for hit in hits]


def _digits(text: str, spans: Iterable[tuple[int, int]]) -> str:
    from sidebar_app.redaction.normalise import normalise

    return "".join(normalise(text[start:end]).text for start, end in spans)


def _plain(text: str) -> list[str]:
    found = ("".join(filter(str.isdigit, match.group())) for match in _PLAIN.finditer(text))
    return [number for number in found if luhn(number)]


def _presidio(engine: str) -> Finder:
    """Presidio's own card recognizer on its engine; a finding counts by the digits it covers."""
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_analyzer.predefined_recognizers import CreditCardRecognizer

    if engine == "blank":
        nlp = _blank_spacy()
    else:
        models = [{"lang_code": "en", "model_name": "no_op"}]
        nlp = NlpEngineProvider(
            nlp_configuration={"nlp_engine_name": "no_op", "models": models}
        ).create_engine()
    registry = RecognizerRegistry(recognizers=[CreditCardRecognizer()], supported_languages=["en"])
    analyzer = AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=["en"])

    def find(text: str) -> list[str]:
        found = analyzer.analyze(text=text, language="en", entities=["CREDIT_CARD"])
        return ["".join(filter(str.isdigit, text[each.start : each.end])) for each in found]

    return find


def _blank_spacy() -> Any:
    import spacy
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    folder = tempfile.mkdtemp()
    spacy.blank("en").to_disk(folder)
    models = [{"lang_code": "en", "model_name": folder}]
    return NlpEngineProvider(nlp_configuration={"nlp_engine_name": "spacy", "models": models}).create_engine()


if __name__ == "__main__":
    main(sys.argv[1:])
