"""Pictures, videos and documents of one's own, for a post that is there already."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest, sha256
from pathlib import Path

from campaignbot.domain.clock import Clock
from campaignbot.domain.content import MediaItem, MediaKind
from campaignbot.domain.errors import user_error
from campaignbot.domain.people import Actor
from campaignbot.domain.policy import ONE_APPROVER, Act, Policy
from campaignbot.files import require_regular
from campaignbot.gateways.documents import read_document
from campaignbot.gateways.media import MediaStore
from campaignbot.gateways.videos import read_video
from campaignbot.platforms.protocol import Platform
from campaignbot.rendering.pictures import make_slides, read_picture
from campaignbot.storage import media
from campaignbot.storage.database import Database

_MOST_SLIDES = 100
_NO_NAME = "slides.pdf"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody says of what they bring.

    `people` names who can be recognised: "none" for nobody, empty where nothing was said.
    `consent_until` is the last day to which those people agreed.
    """

    alt_text: str = ""
    title: str = ""
    people: str = ""
    consent_until: date | None = None


@dataclass(frozen=True, slots=True)
class Brought:
    """A medium as it would stand in a post, with its bytes: in a file or, of a picture, at hand."""

    item: MediaItem
    size_bytes: int
    name: str
    data: bytes | None = None


class OwnMedia:
    """Takes files into the media store.

    Taking one in twice finds it there. A file that no post uses in the end does no harm.
    """

    def __init__(
        self, database: Database, clock: Clock, store: MediaStore, policy: Policy = ONE_APPROVER
    ) -> None:
        self._database, self._clock, self._store = database, clock, store
        self._policy = policy

    def look(self, path: Path, said: Said, platform: Platform) -> Brought:
        """Return what a file would be on a platform; stores nothing. UserError as in `take`."""
        try:
            return _read(path, said, platform)
        except OSError as error:
            raise _no_file(path, error) from error

    def take(self, path: Path, said: Said, platform: Platform, person: Actor) -> MediaItem:
        """Take a file in, as it will be sent.

        A picture is stored without what a camera noted in it, as a JPEG where the platform takes
        nothing else; a video or document as it is. UserError, and nothing stored, when the file
        is of another kind, is damaged, or is not there.
        """
        self._policy.may(person, Act.EDIT).require()
        brought = self.look(path, said, platform)
        self._keep(brought, path, _told(path.name, said, person))
        return brought.item

    def slides(
        self, paths: Sequence[Path], said: Said, person: Actor, *, keep: bool = True
    ) -> Brought:
        """Make one document of pictures, a page each; UserError as in `take`.

        With `keep` False it is only told what it would be.
        """
        told = _told(", ".join(path.name for path in paths), said, person)
        return self._slides(paths, said, person, told if keep else None)

    def slides_of(
        self, items: Sequence[MediaItem], said: Said, person: Actor, *, keep: bool = True
    ) -> Brought:
        """Make one document of pictures in the store; what was said of them is true of it too."""
        if not all(item.kind is MediaKind.IMAGE for item in items):
            raise user_error("media.only_pictures", remedy="media.only_pictures.remedy")
        with self._database.read() as tx:
            known = [media.media_provenance(tx, item.sha256) for item in items]
        names = ", ".join(sorted({name for told in known if (name := told.get("photo"))}))
        told = _told(names or _NO_NAME, said, person) | _together(known)
        paths = [self._store.path(item) for item in items]
        return self._slides(paths, said, person, told if keep else None)

    def _slides(
        self, paths: Sequence[Path], said: Said, person: Actor, told: Mapping[str, str] | None
    ) -> Brought:
        self._policy.may(person, Act.EDIT).require()
        if not 1 <= len(paths) <= _MOST_SLIDES:
            raise user_error(
                "media.slides_number", remedy="media.slides_number.remedy", most=_MOST_SLIDES
            )
        with tempfile.TemporaryDirectory() as folder:
            made = Path(folder) / "slides.pdf"
            make_slides(paths, made, said.title)
            brought = _document(made, said)
            if told is not None:
                self._keep(brought, made, told)
        return brought

    def _keep(self, brought: Brought, path: Path, told: Mapping[str, str]) -> None:
        item = brought.item
        if brought.data is not None:
            self._store.put(brought.data, item.mime)
        else:
            stored = self._store.put_file(path, item.mime)
            if stored != item.sha256:
                raise user_error("media.unsteady", remedy="media.unsteady.remedy", file=path.name)
        with self._database.write() as tx:
            media.save_media(
                tx,
                item.sha256,
                item.mime,
                brought.size_bytes,
                (item.width_px, item.height_px),
                told,
                now=self._clock.now(),
            )


def _read(path: Path, said: Said, platform: Platform) -> Brought:
    require_regular(path)
    with path.open("rb") as file:
        head = file.read(12)
    if head.startswith(b"%PDF-"):
        return _document(path, said)
    if head[4:8] == b"ftyp":
        facts = read_video(path)
        item = MediaItem(
            _digest(path),
            "video/mp4",
            facts.width_px,
            facts.height_px,
            said.alt_text,
            said.title,
            duration_ms=facts.duration_ms,
        )
        return Brought(item, path.stat().st_size, path.name)
    picture = read_picture(path, platform.limits.image_mimes)
    item = MediaItem(
        sha256(picture.data).hexdigest(),
        picture.mime,
        picture.width_px,
        picture.height_px,
        said.alt_text,
        said.title,
    )
    return Brought(item, len(picture.data), path.name, picture.data)


def _document(path: Path, said: Said) -> Brought:
    facts = read_document(path)
    item = MediaItem(
        _digest(path),
        "application/pdf",
        facts.width_pt,
        facts.height_pt,
        said.alt_text,
        said.title or facts.title,
        pages=facts.pages,
    )
    return Brought(item, path.stat().st_size, path.name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _told(name: str, said: Said, person: Actor) -> dict[str, str]:
    until = said.consent_until.isoformat() if said.consent_until else ""
    return {
        "photo": name,
        "people": said.people.strip(),
        "consent_until": until,
        media.GIVEN_BY: person.name,
    }


def _together(known: Sequence[Mapping[str, str]]) -> dict[str, str]:
    """Return who is in any of several pictures, and until when all of them agreed."""
    named = [told.get("people", "none") for told in known]
    people = ", ".join(sorted({name for name in named if name not in {"", "none"}}))
    untils = [until for told in known if (until := told.get("consent_until"))]
    if not people:
        people = "" if "" in named else "none"
    return {"people": people, "consent_until": min(untils, default="")}


def _no_file(path: Path, error: OSError) -> Exception:
    said = error.strerror or ""
    return user_error("media.no_file", remedy="media.no_file.remedy", file=str(path), said=said)
