"""LinkedIn's versioned /rest API for organisations, as its documentation tells."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from campaignbot.sandbox.audience import followers, totals
from campaignbot.sandbox.http import about, bearer, called_by, expired, kind, world_of
from campaignbot.sandbox.world import Medium, SandboxAccount, SandboxPost, World

ACTIVE_VERSIONS = {f"2025{m:02}" for m in (11, 12)} | {f"2026{m:02}" for m in range(1, 12)}
MAX_COMMENTARY = 3000
_RESERVED = set("|{}@[]()<>#\\*_~")
_HASHTAG = re.compile(r"\{hashtag\|\\#\|([^}]*)\}")


def routes() -> list[web.RouteDef]:
    return [
        web.post("/linkedin/rest/posts", create),
        web.get("/linkedin/rest/posts", find_by_author),
        web.get("/linkedin/rest/posts/{urn}", read),
        web.delete("/linkedin/rest/posts/{urn}", delete),
        web.post("/linkedin/rest/images", initialize_upload),
        web.put("/linkedin/dms-uploads/{upload}", receive_upload),
        web.get("/linkedin/rest/images/{urn}", image_status),
        web.get("/linkedin/rest/organizationAcls", acls),
        web.get("/linkedin/rest/organizations/{id}", organization),
        web.get("/linkedin/rest/organizationalEntityShareStatistics", statistics),
        web.get("/linkedin/rest/networkSizes/{urn}", network_size),
    ]


def problem(status: int, code: str, message: str, **more: Any) -> web.Response:
    return web.json_response(
        {"status": status, "code": code, "message": message, **more}, status=status
    )


def _caller(request: web.Request) -> SandboxAccount | web.Response:
    token = bearer(request)
    if token is None:
        return web.json_response(
            {"message": "Empty oauth2_access_token", "serviceErrorCode": 401, "status": 401},
            status=401,
        )
    world = world_of(request)
    account = world.by_token("linkedin", token, about(request))
    if account is None:
        return problem(401, "INVALID_ACCESS_TOKEN", "Invalid access token", serviceErrorCode=65600)
    if expired(account, world.now()):
        return problem(
            401,
            "EXPIRED_ACCESS_TOKEN",
            "The token used in the request has expired",
            serviceErrorCode=65602,
        )
    version = request.headers.get("Linkedin-Version")
    if version is None:
        return problem(
            400,
            "VERSION_MISSING",
            "A version must be present. Please specify a version by adding the Linkedin-Version "
            "header.",
        )
    if version not in ACTIVE_VERSIONS:
        return problem(426, "NONEXISTENT_VERSION", f"Requested version {version}01 is not active")
    return account


signed = called_by(_caller)


def _caller_of_upload(request: web.Request) -> SandboxAccount | web.Response:
    token = bearer(request)
    account = world_of(request).by_token("linkedin", token) if token else None
    return account or problem(401, "INVALID_ACCESS_TOKEN", "Invalid access token")


def lacking(account: SandboxAccount, scope: str, resource: str) -> web.Response | None:
    if account.scopes and scope not in account.scopes:
        return problem(
            403,
            "ACCESS_DENIED",
            f"Not enough permissions to access: {resource}",
            serviceErrorCode=100,
        )
    return None


def shown(commentary: str) -> str:
    """Return what followers read of a text in "little text".

    It ends, without any error, at a reserved character that is neither escaped nor the start of
    a known element.
    """
    text: list[str] = []
    at = 0
    while at < len(commentary):
        char = commentary[at]
        if element := _HASHTAG.match(commentary, at):
            text.append("#" + re.sub(r"\\(.)", r"\1", element.group(1)))
            at = element.end()
        elif char == "\\" and at + 1 < len(commentary):
            text.append(commentary[at + 1])
            at += 2
        elif char == "#" and re.match(r"#\w", commentary[at:]):
            text.append(char)
            at += 1
        elif char in _RESERVED:
            break
        else:
            text.append(char)
            at += 1
    return "".join(text)


@kind("create")
@signed
async def create(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "w_organization_social", "posts.CREATE.NO_VERSION"):
        return refused
    world, body = world_of(request), await request.json()
    if refused := _malformed(account, body):
        return refused
    raw = body.get("commentary", "")
    text = shown(raw)
    if len(text.encode("utf-16-le")) // 2 > MAX_COMMENTARY:
        return problem(
            400, "FIELD_LENGTH_TOO_LONG", f"/commentary :: length is more than {MAX_COMMENTARY}"
        )
    if twin := world.same_text("linkedin", account.external_id, text):
        return _duplicate(twin.id)
    media = _uploaded(world, account, body.get("content", {}))
    if isinstance(media, web.Response):
        return media
    urn = f"urn:li:share:{world.next_id()}"
    article = body.get("content", {}).get("article", {})
    link = article.get("source") or first_url(text)
    world.add_post(
        SandboxPost(urn, "linkedin", account.external_id, text, world.now(), link, media, raw=raw)
    )
    return web.Response(status=201, headers={"x-restli-id": urn})


def _malformed(account: SandboxAccount, body: dict[str, Any]) -> web.Response | None:
    for name in ("author", "visibility", "distribution", "lifecycleState"):
        if name not in body:
            return problem(400, "MISSING_FIELD", f"/{name} :: field is required but not found")
    if body["author"] != account.external_id:
        return not_the_author(body["author"])
    if "content" in body and body["content"] is None:
        return problem(
            403,
            "ACCESS_DENIED",
            "Unpermitted fields present in REQUEST_BODY: Data Processing Exception while "
            "processing fields [/content]",
            serviceErrorCode=100,
        )
    return None


def _uploaded(
    world: World, account: SandboxAccount, content: dict[str, Any]
) -> list[Medium] | web.Response:
    media: list[Medium] = []
    for item in _images(content):
        upload = world.pending.get(item.get("id", ""))
        if upload is None or "sha" not in upload:
            return problem(400, "MEDIA_ASSET_WAITING_UPLOAD", "Media asset is waiting for upload")
        if upload["owner"] != account.external_id:
            return problem(400, "INVALID_URN_ID", "Media asset is not owned by the author")
        if len(item.get("altText", "")) > 4086:
            return problem(400, "FIELD_LENGTH_TOO_LONG", "/content/media/altText is too long")
        media.append(Medium(upload["sha"], item.get("altText", "")))
    return media


def not_the_author(author: str) -> web.Response:
    return problem(
        403,
        "ACCESS_DENIED",
        f"Organization permissions must be used when using organization as author: {author}",
        serviceErrorCode=100,
    )


def _duplicate(urn: str) -> web.Response:
    return web.json_response(
        {
            "errorDetailType": "com.linkedin.common.error.BadRequest",
            "message": "com.linkedin.content.common.exception.BadRequestResponseException: "
            f"Content is a duplicate of {urn}",
            "errorDetails": {
                "inputErrors": [
                    {
                        "description": "Duplicate post is detected",
                        "input": {},
                        "code": "DUPLICATE_POST",
                    }
                ]
            },
            "status": 422,
        },
        status=422,
    )


def _images(content: dict[str, Any]) -> list[dict[str, Any]]:
    if "media" in content:
        return [content["media"]]
    return list(content.get("multiImage", {}).get("images", []))


def first_url(text: str) -> str | None:
    found = re.search(r"https?://\S+", text)
    return found.group() if found else None


def _element(post: SandboxPost) -> dict[str, Any]:
    published = int(post.created_at.timestamp() * 1000)
    return {
        "id": post.id,
        "author": post.account,
        "commentary": _as_stored(post.raw),
        "visibility": "PUBLIC",
        "lifecycleState": "PUBLISHED",
        "publishedAt": published,
        "createdAt": published,
        "lastModifiedAt": published,
    }


def _as_stored(raw: str) -> str:
    """LinkedIn hands texts back in little text, with every hashtag spelled out as an element."""
    return re.sub(r"(?<![\\\w|{])#(\w+)", r"{hashtag|\\#|\1}", raw)


@signed
async def find_by_author(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(account, "r_organization_social", "posts.FINDER-author.NO_VERSION"):
        return refused
    if request.query.get("q") != "author":
        return problem(400, "INVALID_VALUE_FOR_FIELD", "The finder is not supported")
    author = unquote(request.query.get("author", ""))
    count, start = int(request.query.get("count", 10)), int(request.query.get("start", 0))
    posts = world_of(request).visible("linkedin", author)
    page = posts[start : start + count]
    return web.json_response(
        {
            "elements": [_element(post) for post in page],
            "paging": {"start": start, "count": count, "links": [], "total": len(posts)},
        }
    )


@signed
async def read(request: web.Request, account: SandboxAccount) -> web.Response:
    post = world_of(request).find("linkedin", unquote(request.match_info["urn"]))
    if post is None:
        return problem(404, "NOT_FOUND", "Entity not found")
    return web.json_response(_element(post))


@signed
async def delete(request: web.Request, account: SandboxAccount) -> web.Response:
    world = world_of(request)
    post = world.find("linkedin", unquote(request.match_info["urn"]))
    if post is not None:
        world.delete(post)
    return web.Response(status=204)


@kind("upload")
@signed
async def initialize_upload(request: web.Request, account: SandboxAccount) -> web.Response:
    if request.query.get("action") != "initializeUpload":
        return problem(400, "INVALID_VALUE_FOR_FIELD", "Unknown action")
    owner = (await request.json()).get("initializeUploadRequest", {}).get("owner")
    if owner != account.external_id:
        return not_the_author(str(owner))
    world = world_of(request)
    number = world.next_id()
    urn = f"urn:li:image:{number}"
    world.pending[urn] = {"owner": owner}
    return web.json_response(
        {
            "value": {
                "uploadUrlExpiresAt": int(world.now().timestamp() * 1000) + 86_400_000,
                "uploadUrl": f"{request.scheme}://{request.host}/linkedin/dms-uploads/{number}",
                "image": urn,
            }
        }
    )


@kind("upload")
@called_by(_caller_of_upload)
async def receive_upload(request: web.Request, account: SandboxAccount) -> web.Response:
    world = world_of(request)
    upload = world.pending.get(f"urn:li:image:{request.match_info['upload']}")
    if upload is None:
        return problem(400, "EXPIRED_UPLOAD_URL", "The upload URL has expired")
    upload["sha"] = world.store_blob(await request.read())
    return web.Response(status=201)


@signed
async def image_status(request: web.Request, account: SandboxAccount) -> web.Response:
    urn = unquote(request.match_info["urn"])
    upload = world_of(request).pending.get(urn)
    if upload is None:
        return problem(404, "NOT_FOUND", "Entity not found")
    status = "AVAILABLE" if "sha" in upload else "WAITING_UPLOAD"
    return web.json_response({"id": urn, "owner": upload["owner"], "status": status})


@signed
async def acls(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(
        account, "rw_organization_admin", "organizationAcls.FINDER-roleAssignee.NO_VERSION"
    ):
        return refused
    token = world_of(request).grants.tokens.get(bearer(request) or "")
    elements = [
        {
            "role": "ADMINISTRATOR",
            "state": "APPROVED",
            "organization": page,
            "roleAssignee": "urn:li:person:sandbox",
        }
        for page in (token.pages if token else (account.external_id,))
    ]
    return web.json_response({"elements": elements, "paging": {"start": 0, "count": 10}})


@signed
async def organization(request: web.Request, account: SandboxAccount) -> web.Response:
    return web.json_response({"id": int(request.match_info["id"]), "localizedName": account.name})


@kind("metrics")
@signed
async def statistics(request: web.Request, account: SandboxAccount) -> web.Response:
    if refused := lacking(
        account, "rw_organization_admin", "organizationalEntityShareStatistics.FINDER"
    ):
        return refused
    world = world_of(request)
    elements = []
    for parameter, field in (("shares", "share"), ("ugcPosts", "ugcPost")):
        listed = re.fullmatch(r"List\((.*)\)", unquote(request.query.get(parameter, "")))
        for urn in (unquote(u) for u in (listed.group(1).split(",") if listed else [])):
            post = world.find("linkedin", urn)
            numbers = totals(world, post) if post else {}
            # Posts that nobody has seen are left out of the answer.
            if not numbers.get("impressions"):
                continue
            elements.append(
                {
                    "organizationalEntity": account.external_id,
                    field: urn,
                    "totalShareStatistics": {
                        "impressionCount": numbers["impressions"],
                        "uniqueImpressionsCount": numbers["reach"],
                        "clickCount": numbers["clicks"],
                        "likeCount": numbers["reactions"],
                        "commentCount": numbers["comments"],
                        "shareCount": numbers["shares"],
                        "engagement": 0.0,
                    },
                }
            )
    return web.json_response(
        {"elements": elements, "paging": {"start": 0, "count": len(elements), "links": []}}
    )


@kind("metrics")
@signed
async def network_size(request: web.Request, account: SandboxAccount) -> web.Response:
    world = world_of(request)
    return web.json_response({"firstDegreeSize": followers(world, "linkedin", account.external_id)})
