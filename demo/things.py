"""Drawings of things that are no toys: clothes, devices, groceries, medicines."""

from PIL import ImageDraw

INK, CREAM = "#2b2d42", "#fff8ec"
Draw = ImageDraw.ImageDraw


def shirt(draw: Draw, first: str, second: str, seed: int) -> None:
    draw.polygon([(380, 260), (170, 420), (260, 590), (370, 520), (370, 1000), (830, 1000), (830, 520), (940, 590),
                  (1030, 420), (820, 260), (700, 260), (600, 350), (500, 260)], fill=first)  # fmt: skip
    draw.polygon([(500, 260), (600, 350), (700, 260), (660, 240), (600, 290), (540, 240)], fill=CREAM)
    for number in range(3):
        draw.rectangle((370, 620 + number * 110, 830, 660 + number * 110), fill=second)


def shoe(draw: Draw, first: str, second: str, seed: int) -> None:
    draw.polygon([(230, 420), (430, 420), (560, 620), (940, 720), (1010, 860), (220, 860)], fill=first)
    draw.rounded_rectangle((200, 850, 1040, 950), 50, fill=CREAM)
    draw.polygon([(230, 420), (430, 420), (470, 480), (230, 520)], fill=second)
    for x in (540, 620, 700):
        draw.line([(x, 560), (x - 50, 680)], fill=CREAM, width=22)
    draw.ellipse((300, 640, 440, 780), fill=second)


def bag(draw: Draw, first: str, second: str, seed: int) -> None:
    draw.arc((420, 180, 780, 640), 180, 360, fill=INK, width=46)
    draw.rounded_rectangle((250, 420, 950, 1010), 80, fill=first)
    draw.rounded_rectangle((250, 420, 950, 660), 80, fill=second)
    draw.rounded_rectangle((540, 600, 660, 720), 24, fill=CREAM)


def device(draw: Draw, first: str, second: str, seed: int) -> None:
    draw.rounded_rectangle((180, 280, 1020, 840), 50, fill=INK)
    draw.rounded_rectangle((220, 320, 980, 800), 24, fill=first)
    draw.polygon([(220, 800), (480, 520), (640, 680), (780, 560), (980, 800)], fill=second)
    draw.ellipse((760, 390, 860, 490), fill=CREAM)
    draw.rectangle((540, 840, 660, 960), fill=INK)
    draw.rounded_rectangle((400, 950, 800, 1010), 30, fill=INK)


def pill(draw: Draw, first: str, second: str, seed: int) -> None:
    draw.rounded_rectangle((220, 330, 980, 940), 40, fill=CREAM)
    draw.rectangle((220, 700, 980, 800), fill=first)
    draw.rectangle((560, 400, 640, 640), fill=second)
    draw.rectangle((480, 480, 720, 560), fill=second)
    for x in (330, 530, 730):
        draw.rounded_rectangle((x, 880, x + 160, 1020), 70, fill=first)
        draw.pieslice((x, 880, x + 160, 1020), 90, 270, fill=second)


def jar(draw: Draw, first: str, second: str, seed: int) -> None:
    draw.rounded_rectangle((350, 300, 850, 1010), 100, fill=first)
    draw.rounded_rectangle((380, 200, 820, 330), 30, fill=second)
    draw.rounded_rectangle((350, 520, 850, 820), 10, fill=CREAM)
    draw.ellipse((500, 560, 700, 780), fill=second)
    draw.polygon([(600, 560), (720, 470), (640, 600)], fill="#4fa66a")


def pot(draw: Draw, first: str, second: str, seed: int) -> None:
    draw.arc((740, 420, 1060, 800), 270, 90, fill=second, width=60)
    draw.polygon([(330, 340), (830, 340), (900, 1010), (260, 1010)], fill=first)
    draw.rounded_rectangle((310, 270, 850, 370), 40, fill=second)
    draw.ellipse((540, 190, 620, 280), fill=INK)
    draw.rounded_rectangle((330, 880, 830, 1010), 20, fill=INK)
    draw.ellipse((500, 560, 660, 720), fill=CREAM)


THINGS = {"shirt": shirt, "shoe": shoe, "bag": bag, "device": device, "pill": pill, "jar": jar, "pot": pot}
