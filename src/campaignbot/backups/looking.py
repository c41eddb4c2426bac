"""Looking whether a working folder is whole: its database, and the pictures it refers to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from campaignbot.backups.archive import Progress
from campaignbot.backups.making import database_of, require_database
from campaignbot.domain.errors import Place, Problem, UserError
from campaignbot.gateways.media import MediaStore
from campaignbot.settings import load_settings
from campaignbot.storage import integrity, schema
from campaignbot.storage.database import UNREADABLE, Database


@dataclass(frozen=True, slots=True)
class Looked:
    """How much was looked at, and what is wrong; nothing was changed."""

    publications: int
    pictures: int
    problems: tuple[Problem, ...]


def look_through(workdir: Path, progress: Progress) -> Looked:
    """Look through the database and the pictures.

    UserError when the database cannot be opened, is not there, or is not of this version.
    """
    database = database_of(workdir, load_settings(workdir))
    try:
        progress("check_database", 0, 1)
        if damage := _damage(database):
            # What lies in damaged pages cannot be reasoned about.
            return Looked(0, 0, damage)
        schema.require_current(database)
        with database.read() as tx:
            count = integrity.publications_counted(tx)
            problems = [*integrity.lost_references(tx), *integrity.contradictions(tx)]
            used = integrity.pictures_used(tx)
    finally:
        database.close()
    store, pictures = MediaStore(workdir / "media"), {use.item.sha256: use for use in used}
    for number, use in enumerate(pictures.values()):
        progress("check_pictures", number, len(pictures))
        try:
            store.read(use.item)
        except UserError as error:
            place = Place(field=use.reference)
            problems += [Problem(p.what, p.remedy, place) for p in error.problems]
    return Looked(count, len(pictures), tuple(problems))


def _damage(database: Database) -> tuple[Problem, ...]:
    """Return what is wrong with the file, also where it cannot even be read as a database."""
    try:
        require_database(database)
        return integrity.damage(database)
    except UserError as error:
        if error.problems[0].what.key in UNREADABLE:
            return error.problems
        raise
