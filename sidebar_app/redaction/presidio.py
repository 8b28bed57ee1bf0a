"""The detector as a presidio recognizer, for companies that use presidio's engine and its other recognizers.

Presidio and what it pulls in take most of a second to import, so nothing here loads it before it is asked
for. The card path never needs it: use `scan`. Any error of an engine is raised, never read as "nothing found".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from sidebar_app.redaction.beyond_cards import Finder, Found
from sidebar_app.redaction.detector import DETECTOR_VERSION, scan
from sidebar_app.redaction.hit import Hit
from sidebar_app.redaction.optional import chosen

if TYPE_CHECKING:
    from presidio_analyzer import AnalyzerEngine, EntityRecognizer

ENTITIES = {"pan": "CREDIT_CARD", "cvv": "CARD_SECURITY_CODE", "expiry": "CARD_EXPIRY", "track": "CARD_TRACK"}
_SCORES = {"redact": 0.95, "review": 0.4}
_NAME = "CardRecognizer"
_LANGUAGE = "en"

# A valid test number of the schemes' own documentation, and what may be shown of it.
_KNOWN = "4242 4242 4242 4242"


class DetectorBroken(RuntimeError):
    """A start-up self-test did not find the known test number; the text of the error names the path."""


def card_recognizer(language: str = "en") -> EntityRecognizer:
    """A `CardRecognizer` for one language code. The detector itself does not depend on the language."""
    return _recognizer_class()(language)


def build_engine(languages: Sequence[str] = ("en",), *, optional: Iterable[str] = ()) -> AnalyzerEngine:
    """An `AnalyzerEngine` on the `no_op` NLP engine with our recognizer and the `optional` classes (see
    `redaction.optional`).

    ValueError for an unknown class or no language. The stock card recognizer is never part of it.
    """
    from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
    from presidio_analyzer.nlp_engine import NlpEngineProvider

    if not languages:
        raise ValueError("An engine needs at least one language.")
    models = [{"lang_code": language, "model_name": "no_op"} for language in languages]
    nlp = NlpEngineProvider(nlp_configuration={"nlp_engine_name": "no_op", "models": models}).create_engine()
    recognizers = [card_recognizer(language) for language in languages]
    for language in languages:
        recognizers += _recognizers(optional, language)
    registry = RecognizerRegistry(recognizers=recognizers, supported_languages=list(languages))
    return AnalyzerEngine(registry=registry, nlp_engine=nlp, supported_languages=list(languages))


def self_test(engine: AnalyzerEngine | None = None, *, language: str = _LANGUAGE) -> None:
    """Finds a known test number alone and through `engine`, if there is one; DetectorBroken if a path does not.

    Presidio accepts a recognizer that returns nothing, so only a known number shows that it works.
    """
    text = f"card {_KNOWN}, thanks"
    place = (text.index(_KNOWN), text.index(_KNOWN) + len(_KNOWN))
    if [(hit.start, hit.end) for hit in scan(text)] != [place]:
        raise DetectorBroken("The card detector does not find the test number.")
    if engine is None:
        return
    results = engine.analyze(text=text, language=language, entities=[ENTITIES["pan"]])
    if [(result.start, result.end) for result in results] != [place]:
        raise DetectorBroken("The card detector does not find the test number through presidio's engine.")


def finder(names: Iterable[str]) -> Finder:
    """Finds the optional classes in a readable text through an engine that has passed its self-test.

    ValueError for an unknown class, DetectorBroken when the engine does not work.
    """
    classes = {each.entity: each for each in chosen(names)}
    engine = build_engine(optional=[each.name for each in classes.values()])
    self_test(engine)

    def find(text: str) -> list[Found]:
        results = engine.analyze(text=text, language=_LANGUAGE, entities=list(classes))
        return [(classes[each.entity_type].name, each.start, each.end) for each in results]

    return find


def _recognizers(optional: Iterable[str], language: str) -> list[Any]:
    import presidio_analyzer.predefined_recognizers as stock

    return [getattr(stock, each.recognizer)(supported_language=language) for each in chosen(optional)]


def _recognizer_class() -> Callable[[str], EntityRecognizer]:
    from presidio_analyzer import AnalysisExplanation, EntityRecognizer, RecognizerResult

    class CardRecognizer(EntityRecognizer):  # type: ignore[misc, unused-ignore]
        """Maps our hits to presidio's results; offsets are those of the analyzed text."""

        def __init__(self, language: str) -> None:
            super().__init__(
                supported_entities=list(ENTITIES.values()),
                name=_NAME,
                supported_language=language,
                version=DETECTOR_VERSION,
            )

        def load(self) -> None:
            """Nothing to load: the tables are code."""

        def analyze(
            self,
            text: str,
            entities: list[str],
            nlp_artifacts: Any = None,  # noqa: ARG002
        ) -> list[RecognizerResult]:
            """Callable without the engine; an error is raised, never an empty answer."""
            wanted = set(entities or ENTITIES.values())
            return [self._result(hit) for hit in scan(text) if ENTITIES[hit.kind] in wanted]

        def _result(self, hit: Hit) -> RecognizerResult:
            score = _SCORES[hit.confidence]
            return RecognizerResult(
                entity_type=ENTITIES[hit.kind],
                start=hit.start,
                end=hit.end,
                score=score,
                # The context enhancer of presidio reads it without asking whether it is there.
                analysis_explanation=AnalysisExplanation(
                    recognizer=_NAME, original_score=score, textual_explanation=hit.rule
                ),
                recognition_metadata={
                    "brand": hit.brand,
                    "last4": hit.last4,
                    "rule": hit.rule,
                    "detector_version": DETECTOR_VERSION,
                },
            )

    return CardRecognizer
