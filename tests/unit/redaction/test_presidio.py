"""The detector through presidio's engine."""

import subprocess
import sys

import pytest

from sidebar_app.redaction import DETECTOR_VERSION, scan
from sidebar_app.redaction.presidio import DetectorBroken, build_engine, card_recognizer, self_test

TEXT = (
    "card 4242-4242-4242-4242 exp 12/27 cvv 123, IBAN DE89370400440532013000, order number: 4539578763621486"
)


@pytest.fixture(scope="module")
def engine():
    return build_engine(["en", "de"], optional=["iban"])


def test_core_recognizer_and_engine_find_the_same(engine) -> None:
    core = {(hit.start, hit.end) for hit in scan(TEXT)}
    direct = {(found.start, found.end) for found in card_recognizer().analyze(TEXT, entities=[])}
    through = {
        (r.start, r.end)
        for r in engine.analyze(text=TEXT, language="de")
        if r.entity_type.startswith(("CARD", "CREDIT"))
    }
    assert core == direct == through


def test_an_optional_class_is_found_beside_cards(engine) -> None:
    assert "IBAN_CODE" in {found.entity_type for found in engine.analyze(text=TEXT, language="en")}


def test_a_finding_carries_brand_and_version_and_survives_context_words(engine) -> None:
    (found,) = engine.analyze(
        text="4242424242424242", language="en", context=["card"], entities=["CREDIT_CARD"]
    )
    assert found.recognition_metadata["brand"] == "visa"
    assert found.recognition_metadata["detector_version"] == DETECTOR_VERSION


def test_the_self_test_passes_and_notices_a_silent_recognizer(engine) -> None:
    self_test(engine)

    class Silent:
        def analyze(self, **_: object) -> list[object]:
            return []

    with pytest.raises(DetectorBroken):
        self_test(Silent())  # type: ignore[arg-type]


def test_an_unknown_class_and_an_empty_language_list_are_refused() -> None:
    with pytest.raises(ValueError, match="shoe_size"):
        build_engine(["en"], optional=["shoe_size"])
    with pytest.raises(ValueError, match="language"):
        build_engine([])


@pytest.mark.parametrize(
    "modules",
    [
        "sidebar_app.redaction, sidebar_app.redaction.presidio",
        "sidebar_app.workflow.services",
        "sidebar_app.bootstrap, sidebar_app.adapters.beyond_cards",
        "sidebar_app.__main__",
    ],
)
def test_importing_the_service_loads_no_presidio(modules: str) -> None:
    code = (
        f"import sys, {modules}; "
        "sys.exit(any(name.startswith(('presidio', 'spacy')) for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
