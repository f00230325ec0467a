"""A soak as a picture (SVG): one panel for each kind of figure, faults as upright lines."""

from __future__ import annotations

from html import escape

from samples import Sample

WIDTH, HEIGHT, LEFT, TOP = 460, 150, 60, 26
COLOURS = ("#2a6f97", "#c1121f", "#588157", "#e09f3e", "#6d597a")
PANELS = {
    "memory, MB": "memory of ",
    "handles": "handles of ",
    "connections to the database": "connections",
    "hours kept in memory": "kept hours",
    "answers, p95 in ms": "p95, ms",
    "processor time of a request in ms": "processor",
}


def picture(samples: list[Sample], title: str) -> str:
    """The whole picture: two panels in a row."""
    panels = [
        _panel(samples, name, prefix, at % 2 * (WIDTH + LEFT), TOP + at // 2 * (HEIGHT + 60))
        for at, (name, prefix) in enumerate(PANELS.items())
    ]
    faults = "; ".join(f"{sample.hours:.0f} h {sample.fault}" for sample in samples if sample.fault)
    width, height = 2 * (WIDTH + LEFT) + 20, TOP + 3 * (HEIGHT + 60)
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}"'
            ' font-family="sans-serif" font-size="11">',
            '<rect width="100%" height="100%" fill="#fff"/>',
            f'<text x="{LEFT}" y="16" font-size="13">{escape(title)}</text>',
            *panels,
            f'<text x="{LEFT}" y="{height - 8}">Grey lines: {escape(faults)}</text>',
            "</svg>\n",
        ]
    )


def _panel(samples: list[Sample], title: str, prefix: str, x: int, y: int) -> str:
    names = [name for name in samples[-1].figures() if name.startswith(prefix)]
    most = max((sample.figures().get(name, 0.0) for sample in samples for name in names), default=0) or 1
    hours = samples[-1].hours or 1
    left, low = x + LEFT, y + HEIGHT

    def across(at: float) -> float:
        return round(left + at / hours * (WIDTH - 10), 1)

    parts = [f'<text x="{left}" y="{y + 16}">{escape(title)}</text>']
    parts += [f'<path d="M{left} {y + 22}V{low}H{left + WIDTH - 10}" fill="none" stroke="#666"/>']
    for share in (0.5, 1.0):
        at = low - share * (HEIGHT - 30) + 4
        parts += [f'<text x="{left - 6}" y="{at:.0f}" text-anchor="end">{share * most:.0f}</text>']
    parts += [f'<text x="{left + WIDTH - 10}" y="{low + 14}" text-anchor="end">{hours:.0f} h</text>']
    for sample in samples:
        if sample.fault:
            parts += [f'<path d="M{across(sample.hours)} {y + 22}V{low}" stroke="#bbb"/>']
    for number, name in enumerate(names):
        points = " ".join(
            f"{across(sample.hours)},{low - sample.figures().get(name, 0.0) / most * (HEIGHT - 30):.1f}"
            for sample in samples
        )
        colour = COLOURS[number % len(COLOURS)]
        parts += [f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="1.3"/>']
        if len(names) > 1:
            whose, at = escape(name.removeprefix(prefix)), left + 80 + 90 * number
            parts += [f'<text x="{at}" y="{y + 16}" fill="{colour}">{whose}</text>']
    return "\n".join(parts)
