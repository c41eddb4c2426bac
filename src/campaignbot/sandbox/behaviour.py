"""How each platform's audience behaves, in numbers, with where each number comes from.

None was measured on Dutch public employers. Where no source is named, it is an assumption. The
table for readers is docs/practice-platforms.md; pages were read on 2026-11-24.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import accumulate


@dataclass(frozen=True)
class FormatEffect:
    """How much farther a format reaches than one picture, and what it does per impression."""

    reach: float = 1.0
    engagement: float = 1.0
    clicks: float = 1.0


@dataclass(frozen=True)
class Behaviour:
    """How a platform's audience behaves.

    `reach_share` is impressions per follower, of one picture, for an account of `USUAL_SIZE`
    followers; the rates are per impression. `video_view_rate` is views per impression of a video.
    """

    half_life_h: float
    reach_share: float
    click_rate: float
    reaction_rate: float
    comment_rate: float
    share_rate: float
    save_rate: float
    video_view_rate: float
    workday: tuple[int, ...]
    weekend: tuple[int, ...]
    formats: dict[str, FormatEffect]

    def effect(self, format_: str) -> FormatEffect:
        return self.formats.get(format_, FormatEffect())


# Per mille of a day's attention in each hour, from midnight. That LinkedIn is read in office
# hours, Instagram around noon and in the evening, and X early: Sprout Social 2022, 30,000 accounts,
# as MarTech tells it ("The best times to engage on social media"). The shapes are assumptions, and
# that nights have 5 to 10 % of a peak.
_OFFICE = (5, 3, 3, 3, 4, 8, 22, 50, 75, 88, 88, 80, 68, 70, 72, 68, 60, 50, 38, 36, 38, 36, 24, 11)
_WEEKEND = (14, 9, 6, 6, 6, 8, 14, 24, 40, 54, 62, 62, 58, 56, 54, 54, 54, 58, 66, 78, 82, 70, 42,
            23)  # fmt: skip
_EVENING = (10, 6, 5, 5, 5, 9, 24, 40, 44, 42, 44, 52, 62, 54, 44, 42, 44, 52, 64, 86, 98, 86, 54,
            28)  # fmt: skip
_EARLY = (9, 5, 4, 4, 6, 16, 44, 76, 86, 78, 62, 52, 54, 50, 44, 42, 46, 52, 54, 58, 58, 50, 32, 18)
# Monday to Sunday. That the middle of the week is best and Sunday worst: the same study.
# By how much is an assumption.
_DAYS = {
    "linkedin": (1.05, 1.25, 1.25, 1.20, 0.95, 0.65, 0.65),
    "facebook": (0.98, 1.08, 1.08, 1.05, 1.00, 0.88, 0.93),
    "instagram": (1.02, 1.08, 1.08, 1.05, 1.00, 0.92, 0.85),
    "x": (1.05, 1.12, 1.12, 1.08, 1.00, 0.83, 0.80),
}

# Half-lives: S. Graffius, averages of mixed secondary sources. LinkedIn 24 h and Instagram 20 h
# (2018 and 2022), Facebook 30 min (2018) and 50 min (2022), X 21 and 24 min
# (https://www.scottgraffius.com/blog/files/social-2022.html). Later editions are longer for the
# last two (about 81 and 49 min, second hand), so a value between is taken.
#
# Reach by format, LinkedIn company pages: document 1.44, video 1.40, picture 1.19, article 0.77,
# text 0.46 of the median (https://hedaro.com/Other-Interests/Business/Linkedin---Notes, notes on
# the Algorithm Insights report). Engagement: documents 7.0 %, several pictures 6.8 %, video 5.9 %,
# text 4.3 % (Socialinsider, first quarter of 2026, 1.3 million posts of pages, told by
# https://linkedinsider.blog/linkedin-post-types-engagement); one picture is put in the middle,
# 5.1 %, a link with text (assumptions). Video views 20.58 % (Socialinsider 2023).
# Facebook: photo 0.11 %, video 0.08 %, text 0.07 %, link 0.03 % of fans
# (https://www.oberlo.com/statistics/average-facebook-engagement-rate), here halved between reach
# and engagement by their roots; that albums do better than photos: Socialinsider.
# Instagram, 10,000 posts of 2025: reels reach 2.25 times a picture, and 1.36 times a carousel;
# engagement 1.23, 0.72 and 1.38 % (https://www.creatorsjet.com/blog/instagram-reels-vs-carousels-vs-images).
# X: links do worst by far, of 18.8 million posts
# (https://marketingengagedmedia.com/links-are-hurting-your-content-performance-on-x-here-s-why);
# the sizes are assumptions.
_FORMATS = {
    "linkedin": {
        "text": FormatEffect(0.39, 0.84),
        "link": FormatEffect(0.65, 0.84, 1.5),
        "images": FormatEffect(1.05, 1.33),
        "document": FormatEffect(1.21, 1.37),
        "video": FormatEffect(1.18, 1.16, 0.8),
    },
    "facebook": {
        "text": FormatEffect(0.80, 0.80),
        "link": FormatEffect(0.52, 0.52, 1.8),
        "images": FormatEffect(1.05, 1.10),
        "video": FormatEffect(0.85, 0.85, 0.8),
    },
    "instagram": {
        "images": FormatEffect(1.65, 1.38 / 0.72),
        "video": FormatEffect(2.25, 1.23 / 0.72),
    },
    "x": {
        "text": FormatEffect(0.90, 0.90),
        "link": FormatEffect(0.45, 0.60, 1.8),
        "images": FormatEffect(1.05, 1.05),
        "video": FormatEffect(1.10, 1.05, 0.8),
    },
}
# Impressions per follower and rates: assumptions in the range of public benchmarks. LinkedIn, 55
# mostly Dutch pages of 2019: 3.8 % clicks, 5.6 % engagement, 2,970 views a post. Government pages
# at the end of 2024 (Hootsuite): engagement Facebook 1.5 %, Instagram 2.3 %.
BEHAVIOUR = {
    "linkedin": Behaviour(24.0, 0.62, 0.031, 0.024, 0.0016, 0.0020, 0.0, 0.2058,
                          _OFFICE, _WEEKEND, _FORMATS["linkedin"]),
    "facebook": Behaviour(1.1, 0.22, 0.015, 0.013, 0.0018, 0.0016, 0.0, 0.30,
                          _EVENING, _WEEKEND, _FORMATS["facebook"]),
    "instagram": Behaviour(20.0, 0.35, 0.0, 0.021, 0.0010, 0.0012, 0.0022, 0.60,
                           _EVENING, _WEEKEND, _FORMATS["instagram"]),
    "x": Behaviour(0.6, 0.30, 0.010, 0.006, 0.0008, 0.0012, 0.0006, 0.30,
                   _EARLY, _WEEKEND, _FORMATS["x"]),
}  # fmt: skip

SHAPE = 0.7
"""k of the growth curve: below 1 is a heavier tail than exponential (assumption)."""
SIGMA = 0.7
"""Spread of the totals between posts (log-normal; assumption)."""
RATE_SIGMA = 0.4
"""Spread of the rates between posts (log-normal; assumption)."""
USUAL_SIZE = 3000
SIZE_EXPONENT = -0.16
"""Larger accounts reach a smaller share: on Instagram 36 % below 10,000 followers and 15 % above
500,000 (https://www.bazaarvoice.com/blog/key-instagram-benchmarks-for-2021/), a power of about
-0.16, taken for all platforms (assumption)."""
TIMING_EXPONENT = 0.3
"""How much of a good or bad moment stays in the final total (assumption: little of it)."""
REPEAT_LOSS = 0.4
"""What a post loses that says the same as one of the week before (assumption)."""
UNIQUE_SHARE = 0.78
"""People per impression (assumption)."""
COMMENT_LAG = 1.5
"""How many half-lives of reactions a half-life of comments lasts (assumption: writing takes
longer than liking)."""
SECOND_WAVE_CHANCE, SECOND_WAVE_SIZE, SECOND_WAVE_AFTER_H = 0.05, 0.35, 24.0
"""Now and then somebody with many followers shares a post (assumption)."""
COMMENT_VIEWS = 0.3
"""Share of the readers of a post who see the comments below it (assumption)."""
FOLLOWERS_PER_REACTION = 0.05
"""Who reacts and follows from then on (assumption)."""
VIEW_TO_APPLICATION = 0.012
"""Applications per click. Appcast 2025 (US) gives 8.9 % of clicks, Dutch careers sites about 5 %
in 2020 (OnRecruit); for a role that is hard to fill, and with most visitors not looking for work,
a quarter of the lower figure is taken (assumption)."""
APPLICATION_DELAY_H = 18.0
"""From click to application, on average (assumption)."""


@cache
def attention_by_hour(platform: str) -> tuple[float, ...]:
    """Return how much attention has passed at each hour of a week from Monday, 0.0 to 168.0."""
    behaviour = BEHAVIOUR[platform]
    hours = [
        share / sum(day) * _DAYS[platform][number]
        for number, day in enumerate([behaviour.workday] * 5 + [behaviour.weekend] * 2)
        for share in day
    ]
    return tuple(168 * passed / sum(hours) for passed in accumulate(hours, initial=0.0))
