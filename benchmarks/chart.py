"""The times of `speed.py` as a picture: one bar per network and number of threads, as a share of XNNPACK's time."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape

ROW, LEFT, WIDTH, MOST = 34, 330, 420, 3.0
COLORS = {"1": "#2f6fad", "2": "#e08a1e"}


def svg(record: dict[str, Any]) -> str:
    """A picture of a record of `speed.py`."""
    results = record["results"]
    height = 60 + ROW * len(results)
    scale = WIDTH / MOST
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{LEFT + WIDTH + 90}" height="{height}" '
        'font-family="sans-serif" font-size="12">',
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="8" y="20">Time of pytflite / time of XNNPACK, on {escape(record["cpu"])} '
        f"({escape(record['kernels'])}); shorter is faster</text>",
    ]
    for index, result in enumerate(results):
        y = 38 + ROW * index
        lines.append(f'<text x="{LEFT - 8}" y="{y + 18}" text-anchor="end">{escape(result["model"])}</text>')
        for bar, (threads, ratio) in enumerate(result["of_xnnpack"].items()):
            length, top = min(ratio["median"], MOST) * scale, y + 3 + 12 * bar
            lines.append(f'<rect x="{LEFT}" y="{top}" width="{length:.1f}" height="11" fill="{COLORS[threads]}"/>')
            lines.append(
                f'<text x="{LEFT + length + 5:.1f}" y="{top + 10}" font-size="10">{ratio["median"]:.2f} '
                f"({threads} thread{'s' * (threads != '1')})</text>"
            )
    x = LEFT + scale
    lines.append(f'<line x1="{x}" y1="32" x2="{x}" y2="{height - 20}" stroke="#888" stroke-dasharray="4 3"/>')
    lines.append(f'<text x="{x}" y="{height - 6}" text-anchor="middle" fill="#555">XNNPACK</text></svg>')
    return "\n".join(lines) + "\n"
