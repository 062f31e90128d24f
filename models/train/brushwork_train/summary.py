"""What the tables of `evaluate` come to: one row a style, the median, and which aims are met."""

import json
import statistics
from collections.abc import Callable
from pathlib import Path

COLUMNS: dict[str, tuple[str, Callable[[dict, str], float | None]]] = {
    "content": (".2f", lambda t, s: t["losses"][s]["content"]),
    "style": (".3f", lambda t, s: t["losses"][s]["style"]),
    "total": (".2f", lambda t, s: t["losses"][s]["total"]),
    "Gatys' iterations": (".0f", lambda t, s: iterations(t["gatys"][s])),
    "style at strength 0": (".1f", lambda t, s: t["strength"]["styles"][s]["style"][0]),
    "at 0.5": (".2f", lambda t, s: t["strength"]["styles"][s]["style"][2]),
    "at 1": (".2f", lambda t, s: t["strength"]["styles"][s]["style"][4]),
    "8 bits: loss, %": ("+.2f", lambda t, s: t["quantisation"][s]["loss percent"]),
    "colour, of 255": (".2f", lambda t, s: t["quantisation"][s]["mean of 255"]),
    "sky": (".2f", lambda t, s: t["patterns"][s]["gradient sky"]["peak"]),
    "Gatys' sky": (".2f", lambda t, s: t["gatys_patterns"][s]["peak"]),
    "wall": (".2f", lambda t, s: t["patterns"][s]["white wall"]["peak"]),
    "grey": (".2f", lambda t, s: t["patterns"][s]["flat grey"]["peak"]),
    "period 2": (".1f", lambda t, s: worst(t["patterns"][s], "period 2")),
    "period 4": (".1f", lambda t, s: worst(t["patterns"][s], "period 4")),
    "border": (".2f", lambda t, s: t["frames"][s]),
    "content, best size": (".2f", lambda t, s: t["style_sizes"][s]["content"]),
    "style, best size": (".3f", lambda t, s: t["style_sizes"][s]["style"]),
}
"""Heading of each column, the format of its numbers, and where they lie in the tables."""

AIMS: dict[str, tuple[str, Callable[[float], bool]]] = {
    "Gatys' iterations": ("at least 50", lambda value: value >= 50),
    "8 bits: loss, %": ("within 1", lambda value: abs(value) < 1),
    "colour, of 255": ("below 0.5", lambda value: value < 0.5),
    "sky": ("below 0.2", lambda value: value < 0.2),
    "wall": ("below 0.2", lambda value: value < 0.2),
    "grey": ("below 0.2", lambda value: value < 0.2),
    "period 2": ("at most 1.5", lambda value: value <= 1.5),
    "period 4": ("at most 1.5", lambda value: value <= 1.5),
    "border": ("at most 1", lambda value: value <= 1),
}
"""What the numbers of a column should be."""


def iterations(found: dict) -> float | None:
    """The mean over the photos; none if one was not reached."""
    counts = [photo["iterations"] for photo in found.values()]
    return None if None in counts else statistics.mean(counts)


def worst(pictures: dict, key: str) -> float:
    """The largest value of any test picture."""
    return max(picture[key] for picture in pictures.values())


def rows(tables: dict, styles: list[str]) -> dict[str, list[float | None]]:
    """Each column that the tables have numbers for: one per style, none where it is missing."""
    columns = {}
    for heading, (_, value) in COLUMNS.items():
        numbers = []
        for style in styles:
            try:
                numbers.append(value(tables, style))
            except KeyError:
                numbers.append(None)
        if any(number is not None for number in numbers):
            columns[heading] = numbers
    return columns


def summary(folder: Path, size: int) -> str:
    """All tables of one size in a folder as one Markdown table, and the aims below it."""
    paths = sorted(Path(folder).glob(f"{size}-*.json"))
    tables = {path.stem.split("-", 1)[1]: json.loads(path.read_text()) for path in paths}
    per_style = [table.get("styles", table) for name, table in tables.items() if name != "blends"]
    styles = list(dict.fromkeys(style for table in per_style for style in table))
    columns = rows(tables, styles)

    def cells(values) -> str:
        texts = (
            "–" if value is None else format(value, COLUMNS[heading][0])
            for heading, value in zip(columns, values, strict=True)
        )
        return " | ".join(texts)

    lines = [f"| style | {' | '.join(columns)} |", "|---" * (len(columns) + 1) + "|"]
    for index, style in enumerate(styles):
        lines.append(f"| `{style}` | {cells(numbers[index] for numbers in columns.values())} |")
    known = {h: [n for n in numbers if n is not None] for h, numbers in columns.items()}
    lines.append(f"| **median** | {cells(statistics.median(n) for n in known.values())} |")
    lines.append("")
    for heading, (text, met) in AIMS.items():
        if heading in columns:
            count = sum(map(met, known[heading]))
            lines.append(f"- {heading}, {text}: {count} of {len(styles)}")
    if strength := tables.get("strength"):
        steady = sum(style["falls steadily"] for style in strength["styles"].values())
        lines.append(f"- style loss falls steadily with strength: {steady} of {len(styles)}")
        least = min(strength["photo PSNR"].values())
        lines.append(f"- strength 0 gives the photo back: {least:.1f} dB PSNR at least")
    if blends := tables.get("blends"):
        between = sum(blend["between"] for blend in blends.values())
        lines.append(f"- blends half and half lie between both: {between} of {len(blends)}")
    return "\n".join(lines) + "\n"
