"""An explanation as a picture: where the window lies in the image, and what each of its taps adds."""

from __future__ import annotations

from collections import defaultdict

from pytflite.tools.explain import Explained

CELL, GAP, MARGIN, LINE = 44, 4, 16, 20
UP, DOWN, PADDING = (200, 60, 40), (40, 90, 190), "#e8e8e8"


def as_svg(explained: Explained) -> str:
    """A grid of the window's taps, coloured by what they add over all channels, and the steps of every profile.

    Operators without a window show their elements in rows of 16, at most 64 of them.
    """
    first = explained.explanations[0]
    grid = _grid(explained)
    largest = max((abs(value) for row in grid for _, value in row if value is not None), default=0) or 1
    body = [_text(MARGIN, MARGIN + 4, f"{explained.op} {explained.operator}, {explained.name}{list(explained.at)}", 13)]
    top = MARGIN + LINE
    for y, row in enumerate(grid):
        for x, (label, value) in enumerate(row):
            left, upper = MARGIN + x * (CELL + GAP), top + y * (CELL + GAP)
            body.append(
                f'<rect x="{left}" y="{upper}" width="{CELL}" height="{CELL}" fill="{_colour(value, largest)}">'
                f"<title>{label}</title></rect>"
            )
            shown = "pad" if value is None else f"{value:g}"
            body.append(_text(left + CELL // 2, upper + CELL // 2 + 4, shown, 10, "middle"))
    top += len(grid) * (CELL + GAP) + LINE
    for explanation in explained.explanations:
        lines = [f"{s.name}: {s.value}   {s.formula}" for s in explanation.steps]
        body.append(_text(MARGIN, top, explanation.profile, 12))
        body += [_text(MARGIN + 12, top + LINE * (k + 1), line, 11) for k, line in enumerate(lines)]
        top += LINE * (len(lines) + 2)
    if explained.parting:
        body.append(_text(MARGIN, top, explained.parting, 12))
    width = max(2 * MARGIN + max(map(len, grid), default=0) * (CELL + GAP), 760)
    described = f"element {list(explained.at)} is {first.value}"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top + MARGIN}" role="img" '
        f'font-family="monospace"><desc>{described}</desc><rect width="100%" height="100%" fill="white"/>'
        + "".join(body)
        + "</svg>\n"
    )


def _grid(explained: Explained) -> list[list[tuple[str, float | None]]]:
    parts = explained.explanations[0].anatomy
    rows, columns = parts.window
    if not rows:
        cells = [(f"{term.role}{list(term.at)} code {term.code}", term.product) for term in parts.terms[:64]]
        return [list(cells[k : k + 16]) for k in range(0, len(cells), 16)]
    sums: dict[tuple[int, int], float] = defaultdict(int)
    for term in parts.terms:
        sums[term.at[1], term.at[2]] += term.product
    return [[(f"row {row}, column {column}", sums.get((row, column))) for column in columns] for row in rows]


def _colour(value: float | None, largest: float) -> str:
    if value is None:
        return PADDING
    strength = abs(value) / largest
    red, green, blue = (round(255 + (end - 255) * strength) for end in (UP if value > 0 else DOWN))
    return f"#{red:02x}{green:02x}{blue:02x}"


def _text(x: int, y: int, text: str, size: int, anchor: str = "start") -> str:
    safe = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="{anchor}" xml:space="preserve">{safe}</text>'
