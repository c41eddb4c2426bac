"""What LinkedIn takes as the attachment of a post: media, several images, or an article.

https://learn.microsoft.com/en-us/linkedin/marketing/community-management/shares/posts-api (read
2026-11-24).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, cast
from urllib.parse import urlsplit

from aiohttp import web

from campaignbot.sandbox.accounts import SandboxAccount
from campaignbot.sandbox.linkedin import invalid, missing, problem, too_long, unpermitted
from campaignbot.sandbox.linkedin_media import asset
from campaignbot.sandbox.linkedin_text import length
from campaignbot.sandbox.posts import LinkPreview, Medium
from campaignbot.sandbox.world import World

MAX_ALT, MAX_TITLE, IMAGES = 4086, 400, (2, 20)
_MEDIA = {"id", "altText", "title"}
_ARTICLE = {"source", "title", "description", "thumbnail"}


class Refused(Exception):
    """LinkedIn refuses the post; `answer` says why."""

    def __init__(self, answer: web.Response) -> None:
        super().__init__(answer.text)
        self.answer = answer


@dataclass
class Attached:
    """What hangs below the text of a post."""

    media: list[Medium] = field(default_factory=list)
    link: str | None = None
    preview: LinkPreview | None = None


def attached(world: World, account: SandboxAccount, body: dict[str, Any]) -> Attached:
    """Return the attachment of a post that is to be created; Refused where LinkedIn refuses it."""
    if "content" not in body:
        return Attached()
    content = body["content"]
    if not isinstance(content, dict):
        raise Refused(unpermitted("/content"))
    if len(content) != 1:
        raise Refused(invalid("/content", "must have exactly one member"))
    (name, inner), reader = next(iter(content.items())), _Reader(world, account)
    if name not in {"media", "multiImage", "article"} or not isinstance(inner, dict):
        raise Refused(unpermitted(f"/content/{name}"))
    if name == "media":
        return Attached([reader.medium(inner, "/content/media", _MEDIA)])
    return reader.several(inner) if name == "multiImage" else reader.article(inner)


class _Reader:
    def __init__(self, world: World, account: SandboxAccount) -> None:
        self._world, self._account = world, account

    def several(self, inner: dict[str, Any]) -> Attached:
        images, (least, most) = inner.get("images"), IMAGES
        if not isinstance(images, list):
            raise Refused(missing("/content/multiImage/images"))
        if not least <= len(images) <= most:
            raise Refused(
                invalid("/content/multiImage/images", f"must have {least} to {most} images")
            )
        path, allowed = "/content/multiImage/images", {"id", "altText"}
        return Attached([self.medium(image, path, allowed) for image in images])

    def article(self, inner: dict[str, Any]) -> Attached:
        path = "/content/article"
        _require_known(inner, path, _ARTICLE)
        for name in ("source", "title"):
            if not inner.get(name):
                raise Refused(missing(f"{path}/{name}"))
        parts = urlsplit(str(inner["source"]))
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise Refused(problem(400, "INVALID_URL", f"{path}/source :: is not a valid URL"))
        for name, most in (("title", MAX_TITLE), ("description", MAX_ALT)):
            if length(inner.get(name, "")) > most:
                raise Refused(too_long(f"{path}/{name}", most))
        picture = None
        if "thumbnail" in inner:
            picture = self._file(str(inner["thumbnail"]), f"{path}/thumbnail", {"image"})[1]
        preview = LinkPreview(inner["title"], inner.get("description", ""), picture)
        return Attached([], inner["source"], preview)

    def medium(self, inner: dict[str, Any], path: str, allowed: set[str]) -> Medium:
        _require_known(inner, path, allowed)
        if "id" not in inner:
            raise Refused(missing(f"{path}/id"))
        sorts = {"image", "video", "document"} if "title" in allowed else {"image"}
        sort, sha = self._file(str(inner["id"]), f"{path}/id", sorts)
        alt, title = inner.get("altText", ""), inner.get("title", "")
        if length(alt) > MAX_ALT:
            raise Refused(too_long(f"{path}/altText", MAX_ALT))
        if length(title) > MAX_TITLE:
            raise Refused(too_long(f"{path}/title", MAX_TITLE))
        if alt and sort != "image":
            raise Refused(invalid(f"{path}/altText", "is supported for images only"))
        if sort == "document" and not title:
            raise Refused(missing(f"{path}/title"))
        return Medium(sha, alt, cast(Any, sort), title)

    def _file(self, urn: str, path: str, sorts: set[str]) -> tuple[str, str]:
        """Return the sort and the hash of a file that is there, whole, and the author's own."""
        parts = urn.split(":")
        if parts[:2] != ["urn", "li"] or len(parts) != 4 or parts[2] not in sorts:
            raise Refused(problem(400, "INVALID_URN_TYPE", f"{path} :: URN is of another type"))
        found = asset(self._world, urn)
        if found is None:
            raise Refused(problem(400, "INVALID_URN_ID", f"{path} :: URN does not exist"))
        if found["owner"] != self._account.external_id:
            raise Refused(
                problem(400, "INVALID_URN_ID", f"{path} :: asset is not owned by the author")
            )
        if found["status"] == "PROCESSING_FAILED":
            raise Refused(
                problem(400, "MEDIA_ASSET_PROCESSING_FAILED", "Media asset failed processing")
            )
        if found["status"] != "AVAILABLE":
            raise Refused(
                problem(400, "MEDIA_ASSET_WAITING_UPLOAD", "Media asset is waiting for upload")
            )
        return parts[2], str(found["sha"])


def _require_known(inner: Any, path: str, allowed: set[str]) -> None:
    if not isinstance(inner, dict):
        raise Refused(invalid(path))
    for name in inner:
        if name not in allowed:
            raise Refused(unpermitted(f"{path}/{name}"))
