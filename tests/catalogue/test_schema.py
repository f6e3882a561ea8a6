"""The JSON Schemas for editors: up to date, and of one mind with the loader."""

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.catalogue.schema import schemas

MINI = Path(__file__).parent / "mini"
DOCS = Path(__file__).resolve().parents[2] / "docs" / "schema"
KINDS = {
    "flow": "flows/*.yaml",
    "transcript": "flows/transcripts/*.yaml",
    "article": "content/articles/*/*.yaml",
    "facts": "content/facts/*.yaml",
    "help_points": "content/help_points/*.yaml",
    "places": "content/places/*.yaml",
    "glossary": "content/glossary/*.yaml",
    "phrases": "content/phrases.yaml",
    "words": "content/words.yaml",
}


class _AsEditorsDo(yaml.SafeLoader):
    """YAML 1.2, as the YAML language server reads it: true is a truth, yes and dates are texts."""


_AsEditorsDo.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":timestamp", ":bool"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_AsEditorsDo.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def schema(kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(schemas()[f"{kind}.schema.json"])
    return found


def seen_by_an_editor(text: str) -> Any:
    return yaml.load(text, Loader=_AsEditorsDo)


def test_the_published_schemas_are_those_of_the_shapes() -> None:
    """After a change of the shapes: safar check --write-schema docs/schema."""
    assert {path.name: path.read_text(encoding="utf-8") for path in DOCS.iterdir()} == schemas()


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_that_loads_has_no_red_line_in_the_editor(kind: str) -> None:
    paths = list(MINI.glob(KINDS[kind]))

    assert paths
    for path in paths:
        jsonschema.validate(seen_by_an_editor(path.read_text(encoding="utf-8")), schema(kind))


@pytest.mark.parametrize(
    "text",
    [
        "{title: x, start: a, nodes: {a: {say: x, next: end}}, odd: 1}",
        "{title: x, start: a, nodes: {a: {tell: x, next: end}}}",
        "{title: x, start: a, nodes: {a: {ask: x, answer: dat, next: end}}}",
        "{title: x, start: a, nodes: {a: {say: x}}}",
        "{title: x, start: a b, nodes: {a: {say: x, next: end}}}",
        "{title: x, start: a, sensitive: yes, nodes: {a: {say: x, next: end}}}",
    ],
)
def test_a_mistake_has_a_red_line_in_the_editor(text: str) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(seen_by_an_editor(text), schema("flow"))
