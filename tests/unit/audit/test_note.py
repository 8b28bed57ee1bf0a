"""Signed notes as https://c2sp.org/signed-note has them."""

import pytest

from sidebar_app.audit.note import BadKey, BadNote, SigningKey, VerifierKey, new_key_pem, opened

# The example of the Go package golang.org/x/mod/sumdb/note: a note and a key that we did not make.
FOREIGN_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
FOREIGN_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def a_key(name: str = "audit.example") -> SigningKey:
    return SigningKey.from_pem(name, new_key_pem())


def test_a_note_signed_by_another_program_opens() -> None:
    text = opened(FOREIGN_NOTE, VerifierKey.parse(FOREIGN_KEY))
    assert text.endswith("what your problem is.\n")


def test_a_note_opens_with_its_key_and_no_other() -> None:
    key = a_key()
    note = key.sign("one\ntwo\n")
    assert opened(note, key.verifier) == "one\ntwo\n"
    with pytest.raises(BadNote, match="no signature"):
        opened(note, a_key().verifier)


@pytest.mark.parametrize(
    "change",
    [
        lambda note: note.replace("one", "two"),
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note.removesuffix("\n"),
        lambda note: note[:-10] + "\n",
        lambda note: note.replace("— ", "- "),
        lambda note: note + "junk\n",
        lambda note: "",
    ],
)
def test_a_changed_note_is_refused(change) -> None:  # type: ignore[no-untyped-def]
    key = a_key()
    with pytest.raises(BadNote):
        opened(change(key.sign("one\n")), key.verifier)


def test_the_signature_of_a_witness_beside_ours_does_no_harm() -> None:
    key, witness = a_key(), a_key("witness.example")
    theirs = witness.sign("one\n").removeprefix("one\n\n")
    assert opened(key.sign("one\n") + theirs, key.verifier) == "one\n"


def test_a_forged_second_signature_of_ours_is_refused() -> None:
    key = a_key()
    wrong = key.sign("other\n").removeprefix("other\n\n")
    with pytest.raises(BadNote, match="does not hold"):
        opened(key.sign("one\n") + wrong, key.verifier)


def test_a_verifier_key_survives_being_written_down() -> None:
    key = a_key().verifier
    assert VerifierKey.parse(f"{key}\n") == key


@pytest.mark.parametrize(
    "text",
    [
        "",
        "name",
        FOREIGN_KEY.replace("PeterNeumann", "Peter Neumann"),
        FOREIGN_KEY.replace("c74f20a3", "c74f20a4"),
        FOREIGN_KEY.replace("ARpc", "AhpC"),
        FOREIGN_KEY[:-4],
        FOREIGN_KEY + "!",
    ],
)
def test_what_is_no_verifier_key_is_refused(text: str) -> None:
    with pytest.raises(BadKey):
        VerifierKey.parse(text)


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----\n"])
def test_what_is_no_private_key_is_refused_without_being_quoted(pem: bytes) -> None:
    with pytest.raises(BadKey) as caught:
        SigningKey.from_pem("audit.example", pem)
    assert "BEGIN" not in str(caught.value)


def test_a_signing_key_does_not_show_itself() -> None:
    assert repr(a_key()) == "SigningKey('audit.example')"


@pytest.mark.parametrize("text", ["", "no newline", "\nstarts empty\n", "an\n\nempty line\n"])
def test_a_text_that_could_be_read_two_ways_is_not_signed(text: str) -> None:
    with pytest.raises(ValueError, match="newline"):
        a_key().sign(text)


def test_a_second_spelling_of_a_signature_is_refused() -> None:
    """The last digit of our signatures carries two bits that mean nothing and must be zero."""
    signed, key = FOREIGN_NOTE.removesuffix("=\n"), VerifierKey.parse(FOREIGN_KEY)
    assert signed.endswith("M")
    assert opened(f"{signed}=\n", key)
    with pytest.raises(BadNote, match="base64"):
        opened(f"{signed[:-1]}N=\n", key)
