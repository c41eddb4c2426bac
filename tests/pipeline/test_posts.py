"""A post is one message; its publications are where it goes."""

from __future__ import annotations

from collections import defaultdict
from uuid import UUID

from tests.pipeline.desk import Desk

from campaignbot.domain.publication import Publication
from campaignbot.storage.used_texts import used_texts


def by_post(desk: Desk) -> dict[UUID, list[Publication]]:
    found: dict[UUID, list[Publication]] = defaultdict(list)
    for publication in desk.posts():
        found[publication.post.id].append(publication)
    return found


def test_what_several_channels_tell_is_one_post(desk: Desk) -> None:
    posts = by_post(desk)
    assert len(posts) < len(desk.posts()) and max(map(len, posts.values())) > 2
    messages = [(p.post.angle, p.post.wording, p.post.phase, p.post.persona)
                for one in posts.values() for p in one[:1]]  # fmt: skip
    assert len(messages) == len(set(messages))
    for one in posts.values():
        assert len({p.account_id for p in one}) == len(one), "once on an account"


def test_a_post_keeps_what_it_was_made_of(desk: Desk) -> None:
    for publication in desk.posts():
        post = publication.post
        assert post.wording and post.layout and post.photo and post.story is not None
        assert publication.variant in {"long", "medium", "short"}
        assert post.facts, "nothing is told that no fact stands for"
    variants = {p.variant for one in by_post(desk).values() if len(one) > 1 for p in one}
    assert variants == {"long", "medium", "short"}


def test_the_same_photo_carries_a_message_everywhere(desk: Desk) -> None:
    for one in by_post(desk).values():
        scenes = {p.content.media[0].alt_text.split(". In het beeld")[0] for p in one}
        assert len(scenes) == 1


def test_what_was_used_is_read_from_the_posts_and_freed_by_rejecting(desk: Desk) -> None:
    app = desk.application
    first = desk.posts()[0]
    with app.database.read() as tx:
        before = used_texts(tx)
    app.reviews.reject(first, app.actor(), "past niet")
    with app.database.read() as tx:
        after = used_texts(tx)
    gone = [text for text in before if text not in after]
    assert [(text.angle, text.wording) for text in gone] == [(first.post.angle, first.post.wording)]
