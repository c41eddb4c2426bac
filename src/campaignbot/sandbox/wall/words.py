"""The words of the wall, and which language a visitor reads."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = {"nl": "Nederlands", "en": "English"}
WORDS: Mapping[str, Mapping[str, str]] = {
    "nl": {
        "title": "Oefenmuur",
        "banner": "Oefenplatform: niets hiervan is echt.",
        "banner_more": "Dit is een simulatie. Niets staat op internet, en alle cijfers zijn "
        "bedacht door de computer.",
        "simulated": "Gesimuleerd",
        "clock": "Hier is het",
        "all": "Alles",
        "platforms": "Platforms",
        "accounts": "Accounts",
        "language": "Taal",
        "empty": "Er is hier nog niets geplaatst.",
        "missing": "Dit bericht is er niet of niet meer.",
        "followers": "{count} volgers",
        "followers_one": "1 volger",
        "posts": "{count} berichten",
        "posts_one": "1 bericht",
        "newest": "Nieuwste berichten",
        "more_of": "Alle berichten op {platform}",
        "post_of": "Bericht van {name}",
        "newer": "Nieuwer",
        "older": "Ouder",
        "page_of": "Pagina {page} van {pages}",
        "paging": "Bladeren",
        "edited": "Bewerkt",
        "just_now": "zojuist",
        "see_more": "meer weergeven",
        "see_more_instagram": "meer",
        "reactions": "{count} reacties",
        "reactions_one": "1 reactie",
        "comments": "{count} opmerkingen",
        "comments_one": "1 opmerking",
        "shares": "{count} keer gedeeld",
        "views": "{count} weergaven",
        "views_one": "1 weergave",
        "saves": "{count} keer bewaard",
        "video_views": "{count} keer bekeken",
        "likes": "{count} vind-ik-leuks",
        "likes_one": "1 vind-ik-leuk",
        "act_like": "Interessant",
        "act_comment": "Commentaar",
        "act_repost": "Reposten",
        "act_send": "Verzenden",
        "act_like_facebook": "Vind ik leuk",
        "act_comment_facebook": "Opmerking plaatsen",
        "act_share_facebook": "Delen",
        "alt": "Tekst bij dit beeld",
        "alt_missing": "Dit beeld heeft geen alt-tekst. Wie het niet ziet, mist wat erop staat.",
        "no_alt": "geen ALT",
        "picture_of": "Beeld {number} van {count}",
        "pictures": "Beelden",
        "more_pictures": "Nog {count} beelden",
        "video": "Video",
        "video_no_captions": "Deze video heeft geen ondertiteling.",
        "document": "Document",
        "page_count": "{count} pagina's",
        "page_count_one": "1 pagina",
        "open_document": "Document openen",
        "link_card": "Link naar {host}",
        "replies": "Opmerkingen bij dit bericht",
        "written_by": "Beheerder",
        "view_comments": "Alle {count} opmerkingen bekijken",
        "show_post": "Alleen dit bericht",
    },
    "en": {
        "title": "Practice wall",
        "banner": "Practice platform: nothing here is real.",
        "banner_more": "This is a simulation. None of it is on the internet, and the computer made "
        "up all numbers.",
        "simulated": "Simulated",
        "clock": "The time here is",
        "all": "All",
        "platforms": "Platforms",
        "accounts": "Accounts",
        "language": "Language",
        "empty": "Nothing has been posted here yet.",
        "missing": "This post is not there, or not any more.",
        "followers": "{count} followers",
        "followers_one": "1 follower",
        "posts": "{count} posts",
        "posts_one": "1 post",
        "newest": "Newest posts",
        "more_of": "All posts on {platform}",
        "post_of": "Post by {name}",
        "newer": "Newer",
        "older": "Older",
        "page_of": "Page {page} of {pages}",
        "paging": "Pages",
        "edited": "Edited",
        "just_now": "just now",
        "see_more": "see more",
        "see_more_instagram": "more",
        "reactions": "{count} reactions",
        "reactions_one": "1 reaction",
        "comments": "{count} comments",
        "comments_one": "1 comment",
        "shares": "{count} shares",
        "shares_one": "1 share",
        "views": "{count} views",
        "views_one": "1 view",
        "saves": "{count} saves",
        "video_views": "{count} plays",
        "video_views_one": "1 play",
        "likes": "{count} likes",
        "likes_one": "1 like",
        "act_like": "Like",
        "act_comment": "Comment",
        "act_repost": "Repost",
        "act_send": "Send",
        "act_like_facebook": "Like",
        "act_comment_facebook": "Comment",
        "act_share_facebook": "Share",
        "alt": "Text alternative of this picture",
        "alt_missing": "This picture has no text alternative. Who cannot see it misses what it "
        "shows.",
        "no_alt": "no ALT",
        "picture_of": "Picture {number} of {count}",
        "pictures": "Pictures",
        "more_pictures": "{count} more pictures",
        "video": "Video",
        "video_no_captions": "This video has no captions.",
        "document": "Document",
        "page_count": "{count} pages",
        "page_count_one": "1 page",
        "open_document": "Open the document",
        "link_card": "Link to {host}",
        "replies": "Comments on this post",
        "written_by": "Author",
        "view_comments": "View all {count} comments",
        "show_post": "This post alone",
    },
}


def language_of(asked: str | None, accept: str) -> str:
    """Return the language that was asked for, else the best of an Accept-Language header."""
    if asked in LANGUAGES:
        return asked
    ranked = []
    for order, part in enumerate(accept.split(",")):
        tag, _, rest = part.strip().partition(";")
        language = tag.strip().lower().partition("-")[0]
        if language in LANGUAGES:
            ranked.append((-_quality(rest), order, language))
    return min(ranked)[2] if ranked else "nl"


def _quality(parameter: str) -> float:
    try:
        return float(parameter.partition("=")[2]) if parameter.strip() else 1.0
    except ValueError:
        return 0.0
