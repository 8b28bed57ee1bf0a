"""What nobody looks into of a chat: files that were sent in it, and a transcript that we may not read."""

from sidebar_app.domain.redaction_log import Place, Source
from sidebar_app.ports.transcripts import ChatMessage
from sidebar_app.workflow.file_words import masked_name
from sidebar_app.workflow.findings import Spot, place_in_chat
from sidebar_app.workflow.ledger import Ledger
from sidebar_app.workflow.written import Written

_FILE = "A file that was sent in a chat is not looked into. Please look, and remove it there if it holds a card number."
_TRANSCRIPT = "The transcript of its chat could not be read: {why}"


def unread_chats(ledger: Ledger, written: Written, *, source: Source) -> None:
    """Each is logged once; a transcript until it can be read, a file until it is gone."""
    if written.chat is None and not written.chat_problem:
        return
    transcript = Spot(written.text.id, Place.CHAT, channel=written.channel)
    if written.chat is None:
        ledger.unread(transcript, why=_TRANSCRIPT.format(why=written.chat_problem), source=source)
        return
    ledger.read(transcript)
    files = [_file(message, written) for message in written.chat if message.file_name]
    for spot in files:
        ledger.unread(spot, why=_FILE, source=source)
    ledger.files_gone(written.text.id, still={spot.place_id for spot in files}, in_chat=True)


def _file(message: ChatMessage, written: Written) -> Spot:
    """A file of no comment."""
    return Spot(
        message.ticket_id,
        Place.ATTACHMENT,
        place_id=place_in_chat(message),
        place_name=masked_name(message.file_name),
        channel=written.channel,
        written_at=message.written_at,
    )
