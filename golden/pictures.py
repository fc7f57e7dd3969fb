"""Pictures of digits drawn by us, made as the handwritten ones were: 32x32 dots, black or white, counted in 4x4 blocks.

The handwritten digits that the networks learn from belong to their authors, so none of them is stored here. These
strokes are our own; a drawing is 8x8 grey, from 0 (paper) to 16 (ink), which the networks take divided by 16.
"""

from itertools import pairwise

import numpy as np

Stroke = list[tuple[float, float]]


def arc(x: float, y: float, width: float, height: float, start: float, end: float) -> Stroke:
    """Points on an ellipse centred at (x, y), from angle `start` to `end` in turns, clockwise from the right."""
    angles = 2 * np.pi * np.linspace(start, end, 24)
    return list(zip(x + width * np.cos(angles), y + height * np.sin(angles), strict=True))


STROKES: list[list[Stroke]] = [
    [arc(0.5, 0.5, 0.24, 0.42, 0, 1)],
    [[(0.32, 0.28), (0.55, 0.06), (0.55, 0.94)]],
    [[*arc(0.48, 0.28, 0.22, 0.2, 0.5, 1.08), (0.26, 0.92), (0.78, 0.92)]],
    [arc(0.45, 0.28, 0.23, 0.2, 0.55, 1.25), arc(0.45, 0.7, 0.27, 0.23, 0.75, 1.42)],
    [[(0.5, 0.06), (0.22, 0.6), (0.8, 0.6)], [(0.62, 0.38), (0.56, 0.95)]],
    [[(0.74, 0.08), (0.34, 0.08), (0.3, 0.45), *arc(0.46, 0.66, 0.26, 0.26, 0.7, 1.4)]],
    [[(0.56, 0.05), (0.36, 0.35), (0.28, 0.65)], arc(0.5, 0.7, 0.22, 0.22, 0.5, 1.5)],
    [[(0.24, 0.08), (0.76, 0.08), (0.46, 0.94)], [(0.34, 0.52), (0.74, 0.5)]],
    [arc(0.5, 0.28, 0.19, 0.2, 0, 1), arc(0.5, 0.71, 0.23, 0.22, 0, 1)],
    [arc(0.48, 0.3, 0.22, 0.22, 0, 1), [(0.7, 0.3), (0.7, 0.6), (0.62, 0.8), (0.4, 0.93)]],
]


def draw(digit: int, generator: np.random.Generator, *, pen: float = 0.075) -> np.ndarray:
    """One drawing of `digit`, uint8 [8, 8] in 0..16, slanted, stretched and shifted a little by `generator`."""
    slant, shift = generator.normal(0, 0.06), generator.normal(0, 0.02, 2)
    stretch = generator.normal(1, 0.03, 2)
    centres = (np.arange(32) + 0.5) / 32
    dots = np.stack(np.meshgrid(centres, centres), axis=-1)
    ink = np.zeros((32, 32), bool)
    for stroke in STROKES[digit]:
        points = (np.array(stroke) - 0.5) * stretch
        points[:, 0] -= slant * points[:, 1]
        points += 0.5 + shift
        for start, end in pairwise(points):
            along = np.clip(((dots - start) @ (end - start)) / max((end - start) @ (end - start), 1e-9), 0, 1)
            ink |= np.linalg.norm(dots - start - along[..., np.newaxis] * (end - start), axis=-1) < pen
    counts: np.ndarray = ink.reshape(8, 4, 8, 4).sum(axis=(1, 3)).astype(np.uint8)
    return counts


def drawn_digits(*, seed: int = 3) -> np.ndarray:
    """One drawing of each digit from 0 to 9, uint8 [10, 8, 8] in 0..16."""
    generator = np.random.default_rng(seed)
    return np.stack([draw(digit, generator) for digit in range(10)])
