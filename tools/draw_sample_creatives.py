"""Draws the sample photos and the sample logo: scenes of an invented Dutch municipality.

Real employers put their own photos there, with consent. Run: python tools/draw_sample_creatives.py
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont

CREATIVES = Path(__file__).resolve().parent.parent / "creatives"
SIZE = (1600, 1200)
SCALE = 2
Point = tuple[float, float]


class Scene:
    """A canvas in coordinates of 1600 by 1200, drawn at twice the size."""

    def __init__(self, top: str, bottom: str, horizon: float = 700) -> None:
        self.image = Image.new("RGB", (SIZE[0] * SCALE, SIZE[1] * SCALE))
        self.image.paste(bottom, (0, 0, SIZE[0] * SCALE, SIZE[1] * SCALE))
        self.gradient((0, 0, 1600, horizon), top, bottom)
        self.dice = random.Random(7)

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image)

    def gradient(self, box: tuple[float, float, float, float], top: str, bottom: str) -> None:
        left, up, right, down = (round(v * SCALE) for v in box)
        ramp = Image.linear_gradient("L").resize((right - left, down - up))
        upper = Image.new("RGB", ramp.size, top)
        upper.paste(Image.new("RGB", ramp.size, bottom), (0, 0), ramp)
        self.image.paste(upper, (left, up))

    def shape(self, points: list[Point], colour: str) -> None:
        self.pen.polygon([(x * SCALE, y * SCALE) for x, y in points], fill=colour)

    def box(self, x: float, y: float, w: float, h: float, colour: str, radius: float = 0) -> None:
        area = (x * SCALE, y * SCALE, (x + w) * SCALE, (y + h) * SCALE)
        self.pen.rounded_rectangle(area, radius * SCALE, fill=colour)

    def disc(self, x: float, y: float, r: float, colour: str) -> None:
        area = ((x - r) * SCALE, (y - r) * SCALE, (x + r) * SCALE, (y + r) * SCALE)
        self.pen.ellipse(area, fill=colour)

    def line(self, points: list[Point], colour: str, width: float) -> None:
        scaled = [(x * SCALE, y * SCALE) for x, y in points]
        self.pen.line(scaled, fill=colour, width=round(width * SCALE), joint="curve")

    def hills(self, y: float, swing: float, colour: str, phase: float = 0.0) -> None:
        edge = [
            (x, y + swing * math.sin(x / 260 + phase) + swing * 0.4 * math.sin(x / 97 + phase * 2))
            for x in range(0, 1601, 10)
        ]
        self.shape([*edge, (1600, 1200), (0, 1200)], colour)

    def cloud(self, x: float, y: float, size: float, colour: str = "#ffffff") -> None:
        for dx, dy, r in (
            (-1.1, 0.1, 0.55),
            (-0.4, -0.25, 0.75),
            (0.4, -0.1, 0.65),
            (1.1, 0.15, 0.5),
        ):
            self.disc(x + dx * size, y + dy * size, r * size, colour)
        self.box(x - 1.6 * size, y, 3.2 * size, 0.62 * size, colour, 0.3 * size)

    def tree(self, x: float, y: float, size: float, crown: str, trunk: str = "#5b4636") -> None:
        self.box(x - size * 0.07, y - size * 0.5, size * 0.14, size * 0.5, trunk)
        for dx, dy, r in (
            (0, -0.95, 0.36),
            (-0.25, -0.72, 0.3),
            (0.26, -0.7, 0.31),
            (0, -0.6, 0.3),
        ):
            self.disc(x + dx * size, y + dy * size, r * size, crown)

    def water(self, y: float, top: str, bottom: str, glint: str) -> None:
        self.gradient((0, y, 1600, 1200), top, bottom)
        for _ in range(90):
            at = y + 12 + (1200 - y) * self.dice.random() ** 1.4
            length = 20 + (at - y) * 0.35 * self.dice.random()
            x = self.dice.uniform(-50, 1600)
            self.line([(x, at), (x + length, at)], glint, 1.5 + (at - y) / 220)

    def gable(self, x: float, base: float, w: float, h: float, wall: str, kind: int) -> None:
        """Draw a canal house: stepped, bell or plain gable, with windows and a door."""
        top = base - h
        self.box(x, top, w, h, wall)
        if kind == 0:
            steps = [(x + w * f / 2, top - w * f * 0.5) for f in (0, 0.25, 0.5, 0.75)]
            for (sx, sy), f in zip(steps, (0, 0.25, 0.5, 0.75), strict=True):
                self.box(sx, sy - w * 0.12, w * (1 - f), w * 0.26, wall)
        elif kind == 1:
            self.shape([(x, top), (x + w * 0.2, top - w * 0.34), (x + w * 0.8, top - w * 0.34),
                        (x + w, top)], wall)  # fmt: skip
            self.disc(x + w / 2, top - w * 0.34, w * 0.3, wall)
        else:
            self.shape([(x - 6, top), (x + w / 2, top - w * 0.6), (x + w + 6, top)], "#6e4137")
        floors = max(2, round(h / 95))
        for floor in range(floors):
            wy = top + 22 + floor * (h - 30) / floors
            for column in range(3):
                wx = x + w * (0.12 + column * 0.29)
                if floor == floors - 1 and column == 1:
                    self.box(wx - 2, wy, w * 0.2, base - wy, "#22423f")
                    continue
                self.box(wx - 4, wy - 4, w * 0.18 + 8, (h / floors) * 0.5 + 8, "#f7f3ea")
                self.box(wx, wy, w * 0.18, (h / floors) * 0.5, "#31525b")

    def person(self, x: float, base: float, size: float, coat: str, skin: str, hair: str) -> None:
        """Draw somebody without a face: nobody can be recognised."""
        self.box(
            x - size * 0.15, base - size * 0.42, size * 0.13, size * 0.42, "#26323a", size * 0.05
        )
        self.box(
            x + size * 0.02, base - size * 0.42, size * 0.13, size * 0.42, "#26323a", size * 0.05
        )
        self.box(x - size * 0.22, base - size * 0.85, size * 0.44, size * 0.5, coat, size * 0.12)
        self.disc(x, base - size * 0.99, size * 0.135, hair)
        self.disc(x, base - size * 0.965, size * 0.115, skin)

    def seated(self, x: float, table: float, size: float, coat: str, skin: str, hair: str) -> None:
        self.box(x - size * 0.34, table - size * 0.62, size * 0.68, size * 0.75, coat, size * 0.22)
        self.disc(x, table - size * 0.88, size * 0.215, hair)
        self.disc(x, table - size * 0.84, size * 0.185, skin)

    def bicycle(self, x: float, base: float, size: float, rider: str) -> None:
        wheel = size * 0.24
        for dx in (-0.32, 0.32):
            cx, cy = (x + dx * size) * SCALE, (base - wheel) * SCALE
            r = wheel * SCALE
            self.pen.ellipse(
                (cx - r, cy - r, cx + r, cy + r), outline="#1d2b30", width=round(size * 0.05)
            )
        hub = (x, base - wheel)
        self.line([(x - 0.32 * size, base - wheel), (x - 0.1 * size, base - 0.55 * size), hub,
                   (x - 0.32 * size, base - wheel)], "#1d2b30", size * 0.025)  # fmt: skip
        self.line([hub, (x + 0.24 * size, base - 0.58 * size), (x + 0.32 * size, base - wheel)],
                  "#1d2b30", size * 0.025)  # fmt: skip
        self.shape([(x - 0.16 * size, base - 0.62 * size), (x + 0.02 * size, base - 1.05 * size),
                    (x + 0.16 * size, base - 1.02 * size), (x + 0.02 * size, base - 0.58 * size)], rider)  # fmt: skip  # noqa: E501 - a table of points
        self.line(
            [(x + 0.08 * size, base - 0.95 * size), (x + 0.25 * size, base - 0.7 * size)],
            rider,
            size * 0.07,
        )
        self.line([(x - 0.05 * size, base - 0.6 * size), (x + 0.1 * size, base - 0.4 * size),
                   (x + 0.02 * size, base - 0.2 * size)], "#26323a", size * 0.08)  # fmt: skip
        self.disc(x + 0.12 * size, base - 1.16 * size, size * 0.1, "#e2b48c")

    def finish(self, key: str) -> None:
        small = self.image.resize(SIZE, Image.Resampling.LANCZOS)
        # A little grain keeps gradients from banding in a JPEG.
        grain = Image.effect_noise(SIZE, 9).filter(ImageFilter.GaussianBlur(0.6)).convert("RGB")
        small = Image.blend(small, Image.composite(small, grain, Image.new("L", SIZE, 235)), 0.35)
        small.save(CREATIVES / "photos" / f"{key}.jpg", "JPEG", quality=84, optimize=True)


def polder() -> Scene:
    s = Scene("#8cc7de", "#fbe9c9", 720)
    s.disc(1220, 560, 78, "#fff4cf")
    s.cloud(340, 210, 95)
    s.cloud(1020, 150, 70, "#fdf8ee")
    s.hills(700, 10, "#7fa873", 1.0)
    for x in range(40, 1600, 130):
        s.tree(x + s.dice.uniform(-30, 30), 712, s.dice.uniform(60, 90), "#5f8d64")
    s.hills(735, 6, "#9cc27a", 2.0)
    s.shape([(480, 520), (560, 520), (600, 790), (440, 790)], "#f5efe2")
    s.shape([(472, 520), (568, 520), (552, 460), (488, 460)], "#5b3b30")
    s.box(425, 780, 190, 18, "#7a5a46")
    s.box(502, 710, 38, 72, "#2e5650", 6)
    for turn in (0.35, 1.92, 3.49, 5.06):
        end = (520 + 215 * math.cos(turn), 500 + 215 * math.sin(turn))
        s.line([(520, 500), end], "#4b3a30", 9)
        side = (-math.sin(turn) * 34, math.cos(turn) * 34)
        start = (520 + 60 * math.cos(turn), 500 + 60 * math.sin(turn))
        s.shape([start, end, (end[0] + side[0], end[1] + side[1]),
                 (start[0] + side[0], start[1] + side[1])], "#f0e6d2")  # fmt: skip
    s.disc(520, 500, 14, "#3d2f28")
    s.water(830, "#a9d3d6", "#2f7c8c", "#c9e6e4")
    s.hills(1090, 22, "#4f8a57", 0.4)
    for x in range(0, 1600, 22):
        h = s.dice.uniform(60, 150)
        s.line([(x, 1130), (x + s.dice.uniform(-10, 14), 1130 - h)], "#2f6b4a", 4)
    return s


def canal() -> Scene:
    s = Scene("#a7d3e6", "#f6ead2", 760)
    s.cloud(1200, 160, 80)
    s.cloud(300, 120, 60)
    walls = ["#b5533c", "#d98f4e", "#7b3f3a", "#e3c48d", "#a9694f", "#c9714a", "#8d5a4a", "#d6a15f"]
    x = -20.0
    for index, wall in enumerate(walls):
        w = (190, 215, 180, 225, 200, 185, 230, 240)[index]
        s.gable(x, 800, w, (360, 300, 400, 330, 280, 380, 310, 350)[index], wall, index % 3)
        x += w + 6
    s.box(0, 780, 1600, 60, "#8a7d6b")
    for tree in (120, 560, 980, 1400):
        s.tree(tree, 805, 210, "#6f9d52")
    s.box(0, 838, 1600, 14, "#5f5548")
    s.water(850, "#7fb3b5", "#1e5f6c", "#a7cfcd")
    for _ in range(60):
        at = s.dice.uniform(870, 1060)
        bx = s.dice.uniform(0, 1600)
        s.line([(bx, at), (bx + s.dice.uniform(40, 130), at)], "#4f919a", 5)
    s.shape([(980, 1010), (1360, 1010), (1310, 1080), (1030, 1080)], "#f4efe4")
    s.shape([(980, 1010), (1360, 1010), (1350, 1026), (990, 1026)], "#13717f")
    s.box(1080, 960, 150, 52, "#d9e6e4", 10)
    return s


def meeting() -> Scene:
    s = Scene("#e9dfcd", "#f3ece0", 1200)
    s.box(0, 0, 1600, 1200, "#efe6d6")
    s.box(180, 90, 560, 520, "#ffffff", 8)
    s.gradient((200, 110, 720, 590), "#9dd0e2", "#e9f2e4")
    s.shape([(200, 590), (200, 500), (380, 430), (560, 510), (720, 460), (720, 590)], "#86b77d")
    s.box(452, 110, 16, 480, "#ffffff")
    s.box(900, 120, 520, 400, "#0b3c49", 14)
    for row, width in enumerate((360, 280, 420, 220)):
        s.box(950, 180 + row * 70, width, 26, ("#ffb703", "#d8e8e6", "#d8e8e6", "#7fb6b5")[row], 12)
    people = [
        (300, "#13717f", "#e6b891", "#3a2a22"),
        (620, "#ffb703", "#8d5a3b", "#1e1714"),
        (960, "#b5533c", "#f0c9a6", "#b98a4a"),
        (1290, "#2f5d50", "#c98f66", "#2a2320"),
    ]
    for x, coat, skin, hair in people:
        s.seated(x, 860, 330, coat, skin, hair)
    s.shape([(60, 830), (1540, 830), (1680, 1230), (-80, 1230)], "#c89b6d")
    s.shape([(60, 830), (1540, 830), (1546, 850), (52, 850)], "#dcb487")
    for x, y in ((320, 930), (900, 950)):
        s.shape([(x, y), (x + 260, y), (x + 300, y + 110), (x - 20, y + 110)], "#fdfcf8")
        for row in range(4):
            s.line([(x + 30, y + 24 + row * 20), (x + 220, y + 24 + row * 20)], "#b9c4c2", 4)
    s.disc(700, 960, 42, "#ffffff")
    s.disc(700, 954, 32, "#6b4a36")
    s.disc(1330, 980, 46, "#ffffff")
    s.disc(1330, 973, 35, "#6b4a36")
    s.box(1190, 900, 30, 70, "#2f7c6b", 6)
    return s


def building() -> Scene:
    s = Scene("#93c9e8", "#fdf1da", 800)
    s.cloud(260, 180, 85)
    s.cloud(1300, 260, 65)
    s.hills(790, 8, "#a8c98b", 0.3)
    fronts = ["#c9714a", "#e3c48d", "#b5533c", "#d98f4e"]
    for index, wall in enumerate(fronts):
        x = 90 + index * 215
        s.box(x, 560, 205, 300, wall)
        s.shape([(x - 14, 566), (x + 102, 440), (x + 219, 566)], "#39474d")
        s.box(x + 58, 470, 90, 60, "#2f5f80", 4)
        for column in (24, 118):
            s.box(x + column, 610, 64, 84, "#f6f2ea")
            s.box(x + column + 6, 616, 52, 72, "#3b6470")
        s.box(x + 118, 740, 62, 120, "#13717f")
        s.box(x + 20, 740, 74, 80, "#f6f2ea")
        s.box(x + 26, 746, 62, 68, "#3b6470")
    s.box(1000, 640, 420, 220, "#d8cfbf")
    for x in range(1000, 1440, 70):
        s.line([(x, 860), (x, 500)], "#ffb703", 7)
    for y in (520, 630, 740):
        s.line([(985, y), (1440, y)], "#e39a00", 9)
    s.line([(1500, 900), (1500, 150)], "#e8a200", 18)
    s.line([(1560, 200), (860, 200)], "#e8a200", 14)
    s.line([(1500, 120), (1100, 196)], "#b37e00", 5)
    s.line([(1500, 120), (1560, 200)], "#b37e00", 5)
    s.line([(950, 204), (950, 430)], "#4a4a4a", 3)
    s.box(915, 430, 70, 46, "#b5533c", 4)
    s.hills(900, 7, "#c9b58a", 1.3)
    s.gradient((0, 985, 1600, 1200), "#b9ad98", "#948873")
    s.person(520, 1110, 280, "#ffb703", "#e6b891", "#ffb703")
    s.person(670, 1120, 270, "#13717f", "#8d5a3b", "#f4efe4")
    s.shape([(560, 930), (640, 915), (650, 965), (570, 980)], "#fdfcf8")
    return s


def dike() -> Scene:
    s = Scene("#f2b880", "#fbe6c5", 720)
    s.gradient((0, 0, 1600, 420), "#7fb4cf", "#f4d6a5")
    s.disc(800, 600, 95, "#fff1c4")
    s.cloud(380, 230, 70, "#fdeedd")
    s.cloud(1180, 200, 85, "#fbe7d0")
    s.water(690, "#f0cf9d", "#2d7f8f", "#fdeac4")
    for x in (180, 260, 1330, 1420, 1500):
        s.line([(x, 690), (x, 560)], "#f7f2e8", 7)
        for turn in (0.5, 2.6, 4.7):
            end = (x + 52 * math.cos(turn), 560 + 52 * math.sin(turn))
            s.line([(x, 560), end], "#f7f2e8", 5)
    s.shape([(0, 1200), (0, 960), (500, 850), (1000, 870), (1600, 800), (1600, 1200)], "#5f9a5a")
    s.shape([(0, 1010), (500, 895), (1000, 915), (1600, 845), (1600, 905), (1000, 985), (500, 965),
             (0, 1090)], "#d8c7a6")  # fmt: skip
    for _ in range(60):
        s.disc(s.dice.uniform(0, 1600), s.dice.uniform(1080, 1190), s.dice.uniform(4, 9), "#f6e27a")
    s.bicycle(600, 945, 210, "#b5533c")
    s.bicycle(900, 952, 205, "#0b3c49")
    s.bicycle(1160, 935, 185, "#ffb703")
    return s


def market() -> Scene:
    s = Scene("#9ad0ea", "#fdf3e0", 700)
    s.cloud(1240, 150, 75)
    walls = ["#e3c48d", "#b5533c", "#d6a15f", "#8d5a4a", "#c9714a"]
    for index, wall in enumerate(walls):
        s.gable(1010 + index * 130 - 40, 740, 125, 240 + 40 * (index % 2), wall, index % 3)
    s.box(220, 330, 560, 410, "#e9dcc3")
    s.shape([(200, 340), (500, 210), (800, 340)], "#4b6f78")
    s.box(462, 120, 76, 130, "#e9dcc3")
    s.shape([(452, 124), (500, 20), (548, 124)], "#3d5a62")
    s.disc(500, 180, 24, "#fdfcf8")
    s.line([(500, 180), (500, 164)], "#22333a", 3)
    s.line([(500, 180), (511, 184)], "#22333a", 3)
    for row in (400, 540):
        for x in range(256, 760, 84):
            s.box(x, row, 44, 84, "#fdf8ec", 20)
            s.box(x + 6, row + 6, 32, 72, "#3b6470", 16)
    s.box(468, 640, 66, 100, "#13717f", 30)
    s.gradient((0, 740, 1600, 1200), "#d8cbb4", "#b6a78d")
    for y in range(770, 1200, 46):
        s.line([(0, y), (1600, y)], "#c5b79d", 3)
    stalls = [(110, "#b5533c"), (480, "#13717f"), (1090, "#e39a00")]
    for x, colour in stalls:
        s.box(x + 20, 850, 300, 90, "#8a6a4c")
        for fruit in range(9):
            s.disc(x + 46 + fruit * 31, 848, 17, ("#d1495b", "#f2c14e", "#6a994e")[fruit % 3])
        for part in range(6):
            s.box(x + part * 57, 690, 57, 62, colour if part % 2 else "#fdfcf8")
        s.line([(x + 12, 700), (x + 12, 960)], "#5f5548", 8)
        s.line([(x + 330, 700), (x + 330, 960)], "#5f5548", 8)
    group = [(900, 1060, "#0b3c49", "#e6b891", "#2b211c"), (1010, 1080, "#ffb703", "#8d5a3b", "#15110f"),  # noqa: E501 - a table of people
             (390, 1100, "#5f8d64", "#f0c9a6", "#a8793c"), (1480, 1070, "#b5533c", "#c98f66", "#3a2c25")]  # fmt: skip  # noqa: E501 - a table of people
    for x, y, coat, skin, hair in group:
        s.person(x, y, 260, coat, skin, hair)
    return s


def bridge() -> Scene:
    s = Scene("#79b7cf", "#e8f1ea", 760)
    s.cloud(240, 170, 70)
    s.cloud(900, 110, 90)
    s.hills(740, 9, "#6f9f6d", 0.7)
    for x in range(1050, 1600, 85):
        s.tree(x, 760, s.dice.uniform(110, 160), "#4f8a57")
    s.water(770, "#a4cfd3", "#175a68", "#cbe6e4")
    s.shape([(0, 690), (760, 600), (1600, 690), (1600, 730), (760, 640), (0, 730)], "#f4efe4")
    for x in (300, 760, 1220):
        y = 645 + abs(x - 760) * 0.09
        s.box(x - 26, y, 52, 250, "#d9d2c2", 6)
    s.line([(760, 610), (760, 250)], "#f4efe4", 20)
    for reach in range(90, 720, 70):
        for side in (-1, 1):
            s.line(
                [(760, 270 + reach * 0.12), (760 + side * reach, 612 + reach * 0.1)], "#e9e2d2", 4
            )
    s.bicycle(520, 632, 90, "#b5533c")
    s.person(980, 632, 95, "#0b3c49", "#e6b891", "#2b211c")
    s.person(1030, 636, 92, "#ffb703", "#8d5a3b", "#15110f")
    s.hills(1120, 14, "#3f7a55", 2.2)
    return s


def desk() -> Scene:
    s = Scene("#dfe9e6", "#f3f0e6", 1200)
    s.box(0, 0, 1600, 1200, "#dde8e4")
    s.box(860, 80, 640, 560, "#fdfcf8", 6)
    s.gradient((884, 104, 1476, 616), "#a7d5e8", "#f4ead0")
    for index, wall in enumerate(("#b5533c", "#e3c48d", "#8d5a4a", "#d98f4e")):
        s.gable(894 + index * 146, 616, 140, 190 + 50 * (index % 2), wall, index % 3)
    s.box(1168, 104, 18, 512, "#fdfcf8")
    s.box(0, 860, 1600, 340, "#caa27a")
    s.box(0, 860, 1600, 22, "#dfbd98")
    s.seated(500, 890, 460, "#0b3c49", "#c98f66", "#2a1f1a")
    s.box(640, 620, 470, 300, "#2b3a40", 14)
    s.box(656, 636, 438, 262, "#f7f6f0", 6)
    s.shape(
        [(676, 880), (676, 760), (770, 700), (860, 780), (960, 690), (1074, 770), (1074, 880)],
        "#9cc27a",
    )
    s.shape([(740, 880), (800, 790), (900, 830), (980, 880)], "#7fb3b5")
    s.line([(690, 670), (880, 670)], "#13717f", 10)
    s.box(830, 918, 90, 26, "#2b3a40")
    s.box(1230, 770, 130, 120, "#ffffff", 16)
    s.tree(1295, 800, 260, "#5f8d64", "#7a5a46")
    s.shape([(160, 960), (470, 950), (500, 1080), (140, 1090)], "#fdfcf8")
    for row in range(4):
        s.line([(190, 984 + row * 22), (430, 978 + row * 22)], "#b9c4c2", 5)
    s.disc(1080, 1010, 50, "#ffffff")
    s.disc(1080, 1003, 38, "#6b4a36")
    return s


SCENES: dict[str, Callable[[], Scene]] = {
    "polder-met-molen": polder,
    "huizen-aan-de-gracht": canal,
    "overleg-aan-tafel": meeting,
    "woningen-in-aanbouw": building,
    "fietsers-op-de-dijk": dike,
    "markt-bij-het-raadhuis": market,
    "brug-over-de-rivier": bridge,
    "werkplek-met-uitzicht": desk,
}


def logo() -> None:
    """Draw the sample logo: three waves below a rising disc, and the name."""
    scale = 4
    image = Image.new("RGBA", (520 * scale, 150 * scale))
    pen = ImageDraw.Draw(image)
    pen.rounded_rectangle((0, 0, 150 * scale - 1, 150 * scale - 1), 34 * scale, fill="#ffffff")
    pen.ellipse((47 * scale, 26 * scale, 103 * scale, 82 * scale), fill="#ffb703")
    for row, colour in enumerate(("#13717f", "#0b3c49")):
        y = (72 + row * 26) * scale
        edge = [
            (x, y + 9 * scale * math.sin(x / (24 * scale) + row * 1.7))
            for x in range(18 * scale, 133 * scale, 4)
        ]
        pen.line(edge, fill=colour, width=13 * scale, joint="curve")
    face = ImageFont.truetype(str(CREATIVES / "fonts/manrope/Manrope-ExtraBold.ttf"), 52 * scale)
    small = ImageFont.truetype(str(CREATIVES / "fonts/manrope/Manrope-Bold.ttf"), 27 * scale)
    pen.text((176 * scale, 22 * scale), "Gemeente", font=small, fill="#ffffff")
    pen.text((174 * scale, 54 * scale), "Waterrijk", font=face, fill="#ffffff")
    image = image.crop(image.getbbox())
    image.resize((image.width // scale, image.height // scale), Image.Resampling.LANCZOS).save(
        CREATIVES / "brands/waterrijk/logo.png", optimize=True
    )


if __name__ == "__main__":
    logo()
    for key, draw in SCENES.items():
        draw().finish(key)
