"""The files of an old ticket that nobody ever looked into: an order form as PDF, a list of payments as CSV.

The numbers are public test numbers of the card schemes.
"""

from sidebar_app.sandbox.zendesk.desk import Attachment

_FORM = (
    "Order form",
    "Company: Maple Tools",
    "Plan: Business, yearly",
    "Card 5105 1051 0510 5100, valid until 11/27",
)
_PAYMENTS = "Date,Payer,Card number,Amount\n2025-01-31,Maple Tools,378282246310005,240.00\n"
_HARMLESS = "Date,Invoice number,Amount\n2025-01-31,4000001234567899,240.00\n"


def files() -> list[Attachment]:
    return [
        Attachment("order-form.pdf", "application/pdf", one_page_pdf(_FORM)),
        Attachment("payments.csv", "text/csv", _PAYMENTS.encode()),
        Attachment("invoices.csv", "text/csv", _HARMLESS.encode()),
    ]


def one_page_pdf(lines: tuple[str, ...]) -> bytes:
    """The lines as text on one page."""
    shown = "".join(f"({line}) Tj 0 -22 Td " for line in lines)
    stream = f"BT /F1 13 Tf 72 720 Td {shown}ET"
    objects = (
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        f"<</Length {len(stream)}>>stream\n{stream}\nendstream",
    )
    text, places = "%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(text))
        text += f"{number} 0 obj\n{content}\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}trailer<</Size {len(objects) + 1}/Root 1 0 R>>"
    return f"{text}{end}\nstartxref\n{len(text)}\n%%EOF\n".encode("ascii")
