"""Flat, colourful pictures of toys, drawn by code: a soft background, one simple thing, its colours."""

import colorsys
import math
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw

from demo.things import THINGS

SIZE, FINE = 600, 1200  # drawn twice as large, then reduced: smooth edges
INK, CREAM, SKIN = "#2b2d42", "#fff8ec", "#f3c9a5"
Draw = ImageDraw.ImageDraw


@dataclass(frozen=True)
class Picture:
    """A file below the media folder, what it shows, its two colours, and a number that varies details."""

    path: str
    drawing: str
    first: str
    second: str
    seed: int = 0


def draw_all(pictures: Iterable[Picture], root: Path) -> int:
    """Draw those that are missing; returns how many."""
    missing = [(picture, root / picture.path) for picture in pictures if not (root / picture.path).exists()]
    for folder in {path.parent for _, path in missing}:
        folder.mkdir(parents=True, exist_ok=True)
    if missing:
        with ProcessPoolExecutor() as pool:
            list(pool.map(_save, missing, chunksize=16))
    return len(missing)


def _save(job: tuple[Picture, Path]) -> None:
    picture, path = job
    unfinished = path.with_suffix(".tmp")
    render(picture).save(unfinished, "WEBP", quality=82, method=0)
    unfinished.replace(path)


def render(picture: Picture) -> Image.Image:
    """The picture, 600 × 600."""
    image = _background(picture)
    draw = ImageDraw.Draw(image)
    draw.ellipse((250, 985, 950, 1075), fill=_mix(picture.second, "#c9cbd6", 0.72))  # a shadow to stand on
    DRAWINGS.get(picture.drawing, _gift)(draw, picture.first, picture.second, picture.seed)
    return image.reduce(FINE // SIZE)


def _background(picture: Picture) -> Image.Image:
    top, bottom = _mix(picture.second, "#ffffff", 0.86), _mix(picture.first, "#ffffff", 0.70)
    mask = Image.linear_gradient("L").resize((FINE, FINE))
    image = Image.composite(Image.new("RGB", (FINE, FINE), bottom), Image.new("RGB", (FINE, FINE), top), mask)
    draw = ImageDraw.Draw(image)
    for number in range(7):
        angle = picture.seed + number * 2.4
        x, y, r = 600 + 520 * math.cos(angle), 560 + 500 * math.sin(angle), 30 + (picture.seed * 7 + number * 37) % 80
        draw.ellipse(
            (x - r, y - r, x + r, y + r), fill=_mix(picture.first if number % 2 else picture.second, "#ffffff", 0.74)
        )
    return image


def _mix(colour: str, other: str, share: float) -> str:
    one, two = _rgb(colour), _rgb(other)
    return "#" + "".join(f"{round(a * (1 - share) + b * share):02x}" for a, b in zip(one, two, strict=True))


def _rgb(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _dark(colour: str, share: float = 0.25) -> str:
    return _mix(colour, "#1c1d2b", share)


def _turn(colour: str, by: float) -> str:
    hue, light, strong = colorsys.rgb_to_hls(*(part / 255 for part in _rgb(colour)))
    return "#" + "".join(f"{round(part * 255):02x}" for part in colorsys.hls_to_rgb((hue + by) % 1, light, strong))


def _round(draw: Draw, box: tuple[float, float, float, float], colour: str, radius: int = 40) -> None:
    draw.rounded_rectangle(box, radius, fill=colour)


def _circle(draw: Draw, x: float, y: float, r: float, colour: str) -> None:
    draw.ellipse((x - r, y - r, x + r, y + r), fill=colour)


def _star(draw: Draw, x: float, y: float, r: float, colour: str) -> None:
    points = []
    for corner in range(10):
        reach = r if corner % 2 == 0 else r * 0.45
        angle = math.pi * corner / 5 - math.pi / 2
        points.append((x + reach * math.cos(angle), y + reach * math.sin(angle)))
    draw.polygon(points, fill=colour)


def _hero(draw: Draw, first: str, second: str, seed: int, x: float = 600, scale: float = 1) -> None:
    def at(px: float, py: float) -> tuple[float, float]:
        return x + (px - 600) * scale, 1030 + (py - 1030) * scale

    def box(*corners: float) -> tuple[float, float, float, float]:
        return (*at(corners[0], corners[1]), *at(corners[2], corners[3]))

    draw.polygon([at(430, 480), at(770, 480), at(900, 980), at(300, 980)], fill=_dark(second, 0.1))  # the cape
    for left in (500, 620):
        _round(draw, box(left, 800, left + 80, 1030), second, 30)
        _round(draw, box(left - 10, 960, left + 90, 1030), first, 30)
    for left, right in ((370, 470), (730, 830)):
        _round(draw, box(left, 500, right, 760), first, 45)
        _round(draw, box(left, 700, right, 800), second, 40)
    draw.polygon([at(430, 470), at(770, 470), at(715, 840), at(485, 840)], fill=first)
    _round(draw, box(480, 790, 720, 850), second, 20)
    _circle(draw, *at(600, 600), 78 * scale, CREAM)
    (_star if seed % 2 else _circle)(draw, *at(600, 600), 56 * scale, second)
    _circle(draw, *at(600, 330), 150 * scale, first)
    draw.pieslice((*at(450, 180), *at(750, 480)), 20, 160, fill=SKIN if seed % 3 == 0 else _mix(first, "#ffffff", 0.2))
    for side in (-1, 1):
        eye = [at(600 + side * 20, 330), at(600 + side * 110, 275), at(600 + side * 95, 360)]
        draw.polygon(eye, fill="#ffffff")


def _team(draw: Draw, first: str, second: str, seed: int) -> None:
    _hero(draw, "#4f9d3a", "#5b3a8c", 1, 280, 0.72)
    _hero(draw, "#1f4e9b", "#d3333d", 3, 920, 0.72)
    _hero(draw, first, second, 2, 600, 0.92)


def _bricks(draw: Draw, first: str, second: str, seed: int) -> None:
    def brick(x: int, y: int, studs: int, colour: str) -> None:
        width = studs * 120
        for stud in range(studs):
            _round(draw, (x + stud * 120 + 24, y - 34, x + stud * 120 + 96, y + 20), _mix(colour, "#ffffff", 0.15), 14)
        _round(draw, (x, y, x + width, y + 132), colour, 16)
        draw.rectangle((x, y + 100, x + width, y + 118), fill=_dark(colour, 0.15))

    colours = [first, second, _turn(first, 0.33), CREAM, _turn(second, 0.5)]
    for level, (x, studs) in enumerate([(240, 6), (300, 5), (360, 3), (360, 2 + seed % 2), (420, 1)]):
        brick(x + (seed % 3) * 20, 900 - level * 140, studs, colours[(level + seed) % 5])
    brick(780, 620, 2, colours[(seed + 2) % 5])


def _game(draw: Draw, first: str, second: str, seed: int) -> None:
    _round(draw, (200, 380, 1000, 1030), _dark(first, 0.2), 40)
    for row in range(5):
        for column in range(6):
            tone = (first, CREAM, second)[(row + column * 2 + seed) % 3]
            _round(draw, (240 + column * 121, 420 + row * 115, 350 + column * 121, 525 + row * 115), tone, 18)
    for x, colour in ((380, second), (620, INK), (830, first)):
        draw.polygon([(x - 70, 560), (x + 70, 560), (x + 25, 330), (x - 25, 330)], fill=_dark(colour, 0.1))
        _circle(draw, x, 300, 62, colour)
    _round(draw, (760, 800, 960, 1000), "#ffffff", 36)
    for x, y in ((810, 850), (910, 850), (860, 900), (810, 950), (910, 950)):
        _circle(draw, x, y, 20, INK)


def _doll(draw: Draw, first: str, second: str, seed: int) -> None:
    hair = ("#6b4226", "#d9a441", "#2f2a2a", "#b5532b")[seed % 4]
    _circle(draw, 600, 370, 225, hair)
    for x in (390, 810):
        _circle(draw, x, 480, 90, hair)
    draw.polygon([(470, 560), (730, 560), (930, 1000), (270, 1000)], fill=first)
    for x in range(330, 930, 120):
        _circle(draw, x, 1000, 60, _mix(first, "#ffffff", 0.3))
    for x, y in ((520, 700), (680, 740), (580, 850), (760, 900), (430, 920)):
        _circle(draw, x, y, 22, second)
    for left, right in ((330, 420), (780, 870)):
        _round(draw, (left, 600, right, 830), SKIN, 45)
    _circle(draw, 600, 400, 170, SKIN)
    draw.pieslice((430, 230, 770, 520), 180, 360, fill=hair)
    for x in (535, 665):
        _circle(draw, x, 410, 22, INK)
        _circle(draw, x + (-30 if x < 600 else 30), 470, 28, "#f0a08c")
    draw.arc((550, 420, 650, 500), 20, 160, fill="#b0413e", width=12)
    _star(draw, 600, 250, 60, second)


def _animal(ears: str) -> Callable[[Draw, str, str, int], None]:
    def draw_it(draw: Draw, first: str, second: str, seed: int) -> None:
        light = _mix(first, "#ffffff", 0.55)
        _round(draw, (380, 640, 820, 1030), first, 200)
        _circle(draw, 600, 850, 140, light)
        for x in (370, 830):
            _circle(draw, x, 760, 90, first)
            _circle(draw, x + (60 if x < 600 else -60), 1000, 90, _dark(first, 0.08))
        _ears(draw, ears, first, light)
        _circle(draw, 600, 430, 270, first)
        draw.ellipse((470, 450, 730, 640), fill=light)
        for x in (490, 710):
            _circle(draw, x, 400, 36, INK)
            _circle(draw, x + 12, 388, 12, "#ffffff")
        if ears == "elephant":
            _round(draw, (555, 470, 645, 760), _dark(first, 0.08), 45)
        else:
            draw.ellipse((555, 470, 645, 540), fill=INK)
            draw.arc((540, 510, 600, 590), 10, 170, fill=INK, width=10)
            draw.arc((600, 510, 660, 590), 10, 170, fill=INK, width=10)
        draw.polygon([(600, 690), (470, 640), (470, 750)], fill=second)
        draw.polygon([(600, 690), (730, 640), (730, 750)], fill=second)
        _circle(draw, 600, 695, 36, _dark(second, 0.15))

    return draw_it


def _ears(draw: Draw, ears: str, first: str, light: str) -> None:
    for side in (-1, 1):
        x = 600 + side * 200
        if ears == "rabbit":
            draw.ellipse((x - 75, 40, x + 75, 380), fill=first)
            draw.ellipse((x - 38, 90, x + 38, 340), fill=light)
        elif ears == "cat":
            draw.polygon([(x - 110, 330), (x + 110, 330), (x + side * 70, 90)], fill=first)
            draw.polygon([(x - 55, 310), (x + 55, 310), (x + side * 45, 170)], fill=light)
        elif ears == "dog":
            draw.ellipse((x + side * 60 - 85, 250, x + side * 60 + 85, 590), fill=_dark(first, 0.2))
        else:
            reach = {"mouse": 150, "elephant": 190}.get(ears, 105)
            _circle(draw, x + side * (reach - 100), 290 + (90 if ears == "elephant" else 0), reach, first)
            _circle(draw, x + side * (reach - 100), 290 + (90 if ears == "elephant" else 0), reach * 0.6, light)


def _wheel(draw: Draw, x: float, y: float, r: float) -> None:
    _circle(draw, x, y, r, INK)
    _circle(draw, x, y, r * 0.55, "#d7dae4")
    _circle(draw, x, y, r * 0.2, INK)


def _car(draw: Draw, first: str, second: str, seed: int) -> None:
    if seed % 2:
        _round(draw, (160, 420, 720, 900), second, 40)
        _round(draw, (700, 560, 1040, 900), first, 70)
        _round(draw, (820, 620, 990, 750), "#cfe9f7", 30)
        draw.rectangle((160, 780, 720, 830), fill=CREAM)
    else:
        draw.polygon([(360, 640), (470, 430), (790, 430), (930, 640)], fill=_dark(first, 0.12))
        draw.polygon([(430, 630), (505, 480), (620, 480), (620, 630)], fill="#cfe9f7")
        draw.polygon([(660, 630), (660, 480), (765, 480), (850, 630)], fill="#cfe9f7")
        _round(draw, (150, 620, 1050, 900), first, 110)
        draw.rectangle((200, 740, 1000, 790), fill=second)
        _circle(draw, 1000, 720, 40, "#fff3b0")
    for x in (360, 850):
        _wheel(draw, x, 910, 125)
    _circle(draw, 600, 765, 62, CREAM)
    _star(draw, 600, 765, 48, _dark(second, 0.1))


def _train(draw: Draw, first: str, second: str, seed: int) -> None:
    _round(draw, (180, 400, 520, 900), first, 40)
    _round(draw, (240, 460, 460, 640), "#cfe9f7", 30)
    _round(draw, (150, 360, 550, 440), _dark(first, 0.2), 30)
    _round(draw, (500, 600, 1000, 900), second, 90)
    draw.polygon([(760, 610), (900, 610), (930, 430), (730, 430)], fill=_dark(second, 0.2))
    for x, y, r in ((850, 350, 60), (930, 250, 80), (1030, 160, 60)):
        _circle(draw, x, y, r, "#ffffff")
    for x in (300, 600, 860):
        _wheel(draw, x, 920, 105)
    draw.rectangle((60, 1020, 1140, 1050), fill="#9a6b43")


def _ball(draw: Draw, first: str, second: str, seed: int) -> None:
    _circle(draw, 600, 640, 390, CREAM)
    for number in range(0, 8, 2):
        start = number * 45 + seed * 17
        draw.pieslice((210, 250, 990, 1030), start, start + 45, fill=first)
        draw.pieslice((210, 250, 990, 1030), start + 45, start + 68, fill=second)
    _circle(draw, 600, 640, 110, CREAM)
    _star(draw, 600, 640, 80, second)
    draw.arc((250, 290, 950, 990), 190, 250, fill="#ffffff", width=26)


def _kite(draw: Draw, first: str, second: str, seed: int) -> None:
    draw.line([(600, 780), (520, 900), (660, 980), (560, 1090)], fill=INK, width=10)
    halves = (((600, 110), (600, 780), (270, 400)), ((600, 110), (930, 400), (600, 780)))
    for points, colour in zip(halves, (first, second), strict=True):
        draw.polygon(points, fill=colour)
    draw.polygon([(270, 400), (600, 400), (600, 780)], fill=_mix(second, "#ffffff", 0.3))
    draw.polygon([(930, 400), (600, 400), (600, 780)], fill=_mix(first, "#ffffff", 0.3))
    for x, y, colour in ((520, 900, first), (660, 980, second), (570, 1070, first)):
        draw.polygon([(x, y), (x - 70, y - 40), (x - 70, y + 40)], fill=colour)
        draw.polygon([(x, y), (x + 70, y - 40), (x + 70, y + 40)], fill=colour)


def _scooter(draw: Draw, first: str, second: str, seed: int) -> None:
    draw.line([(800, 900), (690, 260)], fill=first, width=54)
    draw.line([(560, 280), (820, 230)], fill=INK, width=46)
    for x, y in ((555, 282), (825, 230)):
        _circle(draw, x, y, 36, second)
    _round(draw, (280, 830, 840, 890), second, 30)
    draw.polygon([(700, 840), (840, 640), (850, 860)], fill=_dark(first, 0.1))
    for x in (320, 830):
        _wheel(draw, x, 930, 100)


def _puzzle(draw: Draw, first: str, second: str, seed: int) -> None:
    tones = [first, second, _turn(first, 0.12), _mix(second, "#ffffff", 0.4), _turn(second, -0.1)]
    for row in range(4):
        for column in range(4):
            x, y = 230 + column * 190, 250 + row * 190
            if (row, column) == (0, 3):
                x, y = x + 60, y - 90
            tone = tones[(row * 2 + column * 3 + seed) % 5]
            _round(draw, (x, y, x + 182, y + 182), tone, 22)
            if column < 3 and (row, column + 1) != (0, 3):
                _circle(draw, x + 186, y + 92, 36, tone)
            if row < 3:
                _circle(draw, x + 92, y + 186, 36, _mix(tone, "#ffffff", 0.12))


def _craft(draw: Draw, first: str, second: str, seed: int) -> None:
    draw.ellipse((170, 480, 1030, 1020), fill="#f3e3c7")
    _circle(draw, 830, 860, 80, _mix(second, "#ffffff", 0.8))
    for number, colour in enumerate([first, second, _turn(first, 0.33), _turn(first, 0.66), _turn(second, 0.5)]):
        _circle(draw, 300 + number * 130, 700 - (110 if number in (1, 2, 3) else 0), 62, colour)
    for x, colour in ((420, first), (560, second), (700, _turn(first, 0.4))):
        _round(draw, (x, 150, x + 90, 620), colour, 10)
        draw.polygon([(x, 615), (x + 90, 615), (x + 45, 740)], fill="#f1d3a4")
        draw.polygon([(x + 28, 690), (x + 62, 690), (x + 45, 740)], fill=_dark(colour, 0.2))
        _round(draw, (x, 120, x + 90, 190), _mix(colour, "#ffffff", 0.5), 24)


def _rings(draw: Draw, first: str, second: str, seed: int) -> None:
    _round(draw, (570, 220, 630, 980), "#d9a870", 30)
    tones = [first, second, _turn(first, 0.2), _turn(second, 0.3), _turn(first, 0.55)]
    for level in range(5):
        half = 370 - level * 60
        top = 880 - level * 135
        _round(draw, (600 - half, top, 600 + half, top + 128), tones[(level + seed) % 5], 64)
        _round(draw, (660 - half, top + 26, 560, top + 50), _mix(tones[(level + seed) % 5], "#ffffff", 0.45), 12)
    _circle(draw, 600, 230, 90, tones[(seed + 1) % 5])


def _mask(draw: Draw, first: str, second: str, seed: int) -> None:
    draw.polygon([(250, 420), (950, 420), (1060, 1030), (600, 930), (140, 1030)], fill=_dark(second, 0.05))
    draw.polygon([(420, 420), (780, 420), (720, 960), (600, 930), (480, 960)], fill=second)
    draw.pieslice((240, 170, 960, 810), 180, 360, fill=first)
    draw.polygon([(240, 485), (960, 485), (860, 640), (600, 560), (340, 640)], fill=first)
    for x in (450, 750):
        draw.ellipse((x - 100, 410, x + 100, 540), fill=CREAM)
        _circle(draw, x, 475, 34, INK)
    _star(draw, 600, 310, 90, CREAM)


def _book(draw: Draw, first: str, second: str, seed: int) -> None:
    _round(draw, (290, 190, 960, 1030), _dark(first, 0.35), 30)
    _round(draw, (310, 210, 950, 1000), "#fdf6e3", 20)
    _round(draw, (240, 170, 900, 990), first, 30)
    _round(draw, (240, 170, 330, 990), _dark(first, 0.18), 30)
    _round(draw, (400, 260, 840, 350), CREAM, 20)
    _round(draw, (400, 380, 720, 420), _mix(first, "#ffffff", 0.5), 16)
    _circle(draw, 620, 700, 180, second)
    (_star if seed % 2 else _circle)(draw, 620, 700, 110, CREAM)


def _gift(draw: Draw, first: str, second: str, seed: int) -> None:
    _round(draw, (260, 520, 940, 1030), first, 30)
    _round(draw, (210, 420, 990, 570), _dark(first, 0.12), 30)
    draw.rectangle((540, 420, 660, 1030), fill=second)
    for side in (-1, 1):
        draw.polygon([(600, 430), (600 + side * 270, 200), (600 + side * 300, 400)], fill=second)
    _circle(draw, 600, 420, 62, _dark(second, 0.15))


DRAWINGS: dict[str, Callable[[Draw, str, str, int], None]] = {
    "hero": _hero,
    "team": _team,
    "bricks": _bricks,
    "game": _game,
    "doll": _doll,
    "car": _car,
    "train": _train,
    "ball": _ball,
    "kite": _kite,
    "scooter": _scooter,
    "puzzle": _puzzle,
    "craft": _craft,
    "rings": _rings,
    "mask": _mask,
    "book": _book,
    "gift": _gift,
    "plush": _animal("bear"),
    **THINGS,
    **{ears: _animal(ears) for ears in ("bear", "rabbit", "cat", "dog", "mouse", "elephant")},
}
