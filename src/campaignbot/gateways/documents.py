"""What a PDF file says of itself: how many pages, how large the first one is."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from pathlib import Path

from campaignbot.domain.errors import UserError, user_error


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """The pages of a document; the size is that of the first, in points (1/72 inch)."""

    pages: int
    width_pt: int
    height_pt: int
    title: str


def read_document(path: Path) -> DocumentFacts:
    """Return what a PDF file says of itself.

    UserError when it is no PDF, is damaged, or asks for a password.
    """
    # Loaded here: most commands never see a PDF.
    from pypdf import PdfReader

    # What it remarks about the inside of a file that it can read helps nobody.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        with path.open("rb") as file:
            reader = PdfReader(file)
            if reader.is_encrypted:
                raise user_error("media.locked", remedy="media.locked.remedy", file=path.name)
            first = reader.pages[0]
            size = (round(first.mediabox.width), round(first.mediabox.height))
            width, height = size[::-1] if first.rotation % 180 else size
            title = reader.metadata.title if reader.metadata else None
            return DocumentFacts(len(reader.pages), width, height, str(title or "").strip())
    except (UserError, OSError):
        raise
    except Exception as error:
        # A file that is no PDF, or half of one, breaks wherever it happens to be wrong.
        raise user_error("media.no_pdf", remedy="media.no_pdf.remedy", file=path.name) from error
