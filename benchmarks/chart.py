"""The ratios of `speed.py` as a picture: how many times as fast as XNNPACK each network is, on a logarithmic axis."""

from __future__ import annotations

from math import ceil, floor, log2
from typing import Any
from xml.sax.saxutils import escape

LEFT, WIDTH, RIGHT, TOP, ROW, BAR = 250, 460, 150, 84, 34, 12
FASTER, SLOWER = ("#1a7f5a", "#7cc4a4"), ("#c2622d", "#e6aa84")
"""With one thread, and with more."""
INK, PALE, GRID = "#1f2933", "#6b7785", "#e3e7eb"


def svg(record: dict[str, Any]) -> str:
    """A picture of a record of `speed.py`."""
    results = record["results"]
    speeds = [1 / part[key] for result in results for part in result["of_xnnpack"].values() for key in ("low", "high")]
    first, last = min(floor(log2(min(speeds))), -1), max(ceil(log2(max(speeds))), 1)
    unit = WIDTH / (last - first)

    def at(speed: float) -> float:
        return LEFT + (log2(speed) - first) * unit

    bottom = TOP + ROW * len(results)
    width, height = LEFT + WIDTH + RIGHT, bottom + 42
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, -apple-system, Segoe UI, Helvetica, Arial, sans-serif" font-size="13">',
        f'<rect width="{width}" height="{height}" rx="10" fill="#ffffff"/>',
        text(24, 34, "How fast pytflite is beside tf.lite with XNNPACK", size=19, weight=600),
        text(24, 55, subtitle(record), color=PALE, size=12),
        *legend(width - 24, 34, record),
    ]
    for power in range(first, last + 1):
        x, bold = at(2.0**power), power == 0
        color, thick = (INK, 1.5) if bold else (GRID, 1)
        lines.append(f'<path d="M{x:.1f} {TOP - 6}V{bottom}" stroke="{color}" stroke-width="{thick}"/>')
        label = "XNNPACK" if bold else f"{2**power}×" if power > 0 else f"1/{2**-power}"
        lines.append(text(x, bottom + 18, label, color=INK if bold else PALE, size=11, anchor="middle"))
    for index, result in enumerate(results):
        y = TOP + ROW * index
        if index % 2 == 0:
            lines.append(f'<rect x="12" y="{y}" width="{width - 24}" height="{ROW}" rx="4" opacity=".025"/>')
        lines.append(text(LEFT - 12, y + 21, result["title"], anchor="end"))
        for bar, part in enumerate(result["of_xnnpack"].values()):
            lines += bars(at, part, y + 4 + (BAR + 2) * bar, bar)
        (count, part), *_ = result["of_xnnpack"].items()
        ours, theirs = (result["median_ms"][f"{who} {count}"] for who in ("pytflite", "xnnpack"))
        lines.append(text(width - 24, y + 15, factor(part["median"]), weight=600, anchor="end"))
        lines.append(text(width - 24, y + 28, f"{time(ours)} / {time(theirs)}", color=PALE, size=10, anchor="end"))
    return "\n".join([*lines, "</svg>"]) + "\n"


def bars(at: Any, part: dict[str, float], y: float, shade: int) -> list[str]:
    """A bar from 1 to how fast it is, and between which the middle half of the turns lies."""
    start, end = sorted((at(1), at(1 / part["median"])))
    color = (FASTER if part["median"] <= 1 else SLOWER)[min(shade, 1)]
    middle = y + BAR / 2
    return [
        f'<rect x="{start:.1f}" y="{y}" width="{max(end - start, 1):.1f}" height="{BAR}" rx="2" fill="{color}"/>',
        f'<path d="M{at(1 / part["high"]):.1f} {middle}H{at(1 / part["low"]):.1f}" stroke="{INK}" opacity=".55"/>',
    ]


def legend(x: float, y: float, record: dict[str, Any]) -> list[str]:
    """What the shades stand for."""
    lines: list[str] = []
    for shade, count in reversed(list(enumerate(record["threads"]))):
        name = f"{count} thread{'s' * (count != 1)}"
        lines.append(text(x, y, name, color=PALE, size=12, anchor="end"))
        lines += [
            f'<rect x="{x - 88 + 14 * k}" y="{y - 10}" width="12" height="{BAR}" rx="2" fill="{both[min(shade, 1)]}"/>'
            for k, both in enumerate((FASTER, SLOWER))
        ]
        x -= 112
    return lines


def subtitle(record: dict[str, Any]) -> str:
    """Where it was measured."""
    share = "every operator bit-exact" if not any(result["differing"] for result in record["results"]) else ""
    where = f"{record['cpu']}, kernels for {record['kernels']}"
    return ", ".join(filter(None, [where, share, "median of turns in one process; lines: the middle half of them"]))


def factor(ratio: float) -> str:
    """A ratio of times in words."""
    return f"{1 / ratio:.1f}× as fast" if ratio < 1 else f"{1 / ratio:.2f}× as fast"


def time(milliseconds: float) -> str:
    """A time in the unit that suits it."""
    return f"{milliseconds:.1f} ms" if milliseconds >= 1 else f"{1000 * milliseconds:.0f} µs"


def text(
    x: float, y: float, content: str, *, color: str = INK, size: int = 13, weight: int = 400, anchor: str = "start"
) -> str:
    """A line of text."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" fill="{color}" font-size="{size}" font-weight="{weight}" '
        f'text-anchor="{anchor}">{escape(content)}</text>'
    )
