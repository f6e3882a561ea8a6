"""Writes docs/openapi.json, the copy of what the API serves at /api/v1/openapi.json."""

import json
from pathlib import Path

from bot.web.api import DOORS, document

COPY = Path(__file__).resolve().parents[1] / "docs" / "openapi.json"


def main() -> None:
    COPY.write_text(json.dumps(document(DOORS), indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
