"""The detector through presidio's engine."""

import subprocess
import sys

import pytest

from sidebar_app.redaction import DETECTOR_VERSION, scan
from sidebar_app.redaction.presidio import ENTITIES, DetectorBroken, build_engine, card_recognizer, self_test

TEXT = (
    "card 4242-4242-4242-4242 exp 12/27 cvv 123, IBAN DE89370400440532013000, order number: 4539578763621486"
)


@pytest.fixture(scope="module")
def engine():
    return build_engine(["en", "de"], optional=["iban"])


@pytest.mark.parametrize(
    "text",
    [
        TEXT,
        "４２４２ ４２４２ ４２４２ ４２４２ セキュリティコード：123",
        "<td>4242</td><td>4242</td><td>4242</td><td>4242</td> &#52;242 4242 4242 4242",
        "4\u200b2\u200b4242 4242 4242 4242 and 3782 822463 10005, cid 1234",
        "%B4242424242424242^DOE/J^2709101000000000?",
        "4242424242424242|12|2027|123\n5555555555554444|01|2028|321",
        "my UnionPay card 6200 0000 0000 0006",
        "nothing of the kind, order 48213",
        "",
    ],
)
def test_core_recognizer_and_engine_find_the_same(engine, text: str) -> None:
    core = {(ENTITIES[hit.kind], hit.start, hit.end) for hit in scan(text)}
    direct = {(r.entity_type, r.start, r.end) for r in card_recognizer().analyze(text, entities=[])}
    through = {
        (r.entity_type, r.start, r.end)
        for r in engine.analyze(text=text, language="de", entities=list(ENTITIES.values()))
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
