"""JSON Schemas of the YAML files, for completion and hints in editors."""

import json
from pathlib import Path

from bot.catalogue.shapes import SHAPES


def schemas() -> dict[str, str]:
    """File name -> its content."""
    return {
        f"{name}.schema.json": json.dumps(
            {"$schema": "https://json-schema.org/draft/2020-12/schema", **shape.model_json_schema()},
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
        for name, shape in SHAPES.items()
    }


def write_schemas(folder: Path) -> list[Path]:
    """Write them all; returns the files."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8")
        written.append(folder / name)
    return written
