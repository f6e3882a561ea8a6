"""Whether what is named exists: flows, articles, help points, profile fields, answers."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from bot.catalogue.build_points import why_hidden
from bot.catalogue.draft import Draft, File, Owner
from bot.catalogue.findings import Finding, did_you_mean
from bot.catalogue.model import Place
from bot.catalogue.placeholders import PROFILE
from bot.catalogue.shapes import flow as shapes

#: Answers that the engine itself puts into a flow.
GIVEN: Final[Mapping[str, frozenset[str]]] = {"emergency": frozenset({"branch"})}

#: What a field of the profile may hold; city and region are free.
PROFILE_VALUES: Final[Mapping[str, frozenset[str]]] = {
    "language": frozenset({"ru", "uz", "uz_Cyrl", "tg", "ky"}),
    "citizenship": frozenset({"UZ", "TJ", "KG"}),
    "country": frozenset({"RU", "KZ", "UZ", "TJ", "KG"}),
    "stage": frozenset({"before", "there", "back"}),
    "share": frozenset({"yes", "no"}),
}


def names(draft: Draft) -> Iterator[Finding]:
    for file in draft.flows.values():
        yield from _targets(draft, file)
        yield from _saved(file)
    for article in draft.articles.values():
        for index, id in enumerate(article.shape.related):
            yield from _target(draft, f"article:{id}", article.at("related", index))
    for need in draft.needs.values():
        for index, target in enumerate(need.shape.by):
            yield from _target(draft, target, need.at("by", index))
    yield from _looked_up(draft)


def _targets(draft: Draft, file: File[shapes.Flow]) -> Iterator[Finding]:
    for name, node in file.shape.nodes.items():
        way = ("nodes", name)
        match node:
            case shapes.Show() if node.show != "deadlines":
                yield from _target(draft, node.show, file.at(*way, "show"))
            case shapes.Call():
                yield from _target(draft, f"flow:{node.call}", file.at(*way, "call"))
            case shapes.Do() if node.do.remind:
                yield from _target(draft, f"flow:{node.do.remind.flow}", file.at(*way, "do", "remind", "flow"))
            case shapes.Menu():
                yield from _lines(draft, file, name, node)


def _lines(draft: Draft, file: File[shapes.Flow], name: str, node: shapes.Menu) -> Iterator[Finding]:
    seen: set[str] = set()
    for index, line in enumerate(node.menu):
        go = line if isinstance(line, str) else line.go
        at = (
            file.at("nodes", name, "menu", index)
            if isinstance(line, str)
            else file.at("nodes", name, "menu", index, "go")
        )
        if ":" in go:
            yield from _target(draft, go, at)
        elif isinstance(line, shapes.Line) and not line.label:
            what = f'the line to the node "{go}" has no label'
            yield Finding(at=at, rule="missing-text", what=what, remedy="add label: TEXT")
        if go in seen:
            what = f'"{go}" is in this menu twice'
            yield Finding(
                at=at, rule="duplicate-choice", what=what, remedy="keep one line, and join their when with or"
            )
        seen.add(go)


def _target(draft: Draft, target: str, at: Place) -> Iterator[Finding]:
    kind, _, id = target.partition(":")
    known: Collection[str] = draft.flows if kind == "flow" else draft.articles
    folder = "flows/" if kind == "flow" else "content/articles/"
    if id in known or any(name.startswith(folder) and name.endswith(f"/{id}.yaml") for name in draft.broken):
        return
    yield Finding(at=at, rule=f"unknown-{kind}", what=f'there is no {kind} "{id}"', remedy=did_you_mean(id, known))


def _saved(file: File[shapes.Flow]) -> Iterator[Finding]:
    """Names and values that are put into the profile."""
    for name, node in file.shape.nodes.items():
        way = ("nodes", name)
        if isinstance(node, shapes.Ask) and node.save:
            yield from _field(node.save, file.at(*way, "save"))
            for choice in node.choices or ():
                yield from _value(node.save, choice, file.document.key_at(*way, "choices", choice))
        if isinstance(node, shapes.Do):
            for field, value in (node.do.set or {}).items():
                yield from _field(field, file.document.key_at(*way, "do", "set", field))
                if value != "none":
                    yield from _value(field, value, file.at(*way, "do", "set", field))


def _field(name: str, at: Place) -> Iterator[Finding]:
    owner, _, field = name.partition(".")
    if owner == "profile" and field not in PROFILE:
        what = f'the profile has no field "{field}"'
        yield Finding(at=at, rule="unknown-profile", what=what, remedy=did_you_mean(field, PROFILE))


def _value(name: str, value: str, at: Place) -> Iterator[Finding]:
    allowed = PROFILE_VALUES.get(name.removeprefix("profile."), frozenset()) if name.startswith("profile.") else None
    if allowed and value not in allowed:
        yield Finding(at=at, rule="bad-value", what=f'{name} cannot be "{value}"', remedy=did_you_mean(value, allowed))


def _looked_up(draft: Draft) -> Iterator[Finding]:
    """What conditions, texts and legal terms ask of the profile, of answers, and of help points."""
    answers = {id: _answers(file) for id, file in draft.flows.items()}
    for id, file in draft.flows.items():
        for node_name, node in file.shape.nodes.items():
            for event, answer in (node.counted_from or {}).items() if isinstance(node, shapes.Show) else ():
                at = file.at("nodes", node_name, "counted_from", event)
                yield from _answer(answers, ("flow", id), answer.partition(".")[2], at)
    for condition in draft.conditions:
        for name in condition.expression.names:
            at = condition.at(name.column)
            if name.kind == "answers":
                yield from _answer(answers, condition.owner, name.name, at)
            elif name.kind == "profile":
                yield from _field(f"profile.{name.name}", at)
            elif name.of:
                yield from _bracket(answers, condition.owner, name.of, at)
    for said in draft.texts:
        for slot in said.slots():
            match slot.kind:
                case "answers":
                    yield from _answer(answers, said.owner, slot.name, said.text.at)
                case "fact":
                    yield from _bracket(answers, said.owner, slot.of, said.text.at)
                case "point":
                    yield from _point(draft, slot.name, said.text.at)
                case "value" if said.owner[0] != "phrase":
                    what = f"{slot} is not a placeholder here"
                    remedy = "write {fact:KEY}, {point:KEY}, {answers.NAME}, {profile.NAME} or {today}"
                    yield Finding(at=said.text.at, rule="unknown-placeholder", what=what, remedy=remedy)


def _answers(file: File[shapes.Flow]) -> set[str]:
    """What is put into the answers of a flow by its questions, by ``set``, and by the engine."""
    saved = [node.save or "" for node in file.shape.nodes.values() if isinstance(node, shapes.Ask)]
    saved += [name for node in file.shape.nodes.values() if isinstance(node, shapes.Do) for name in node.do.set or ()]
    return {name.removeprefix("answers.") for name in saved if name.startswith("answers.")} | GIVEN.get(file.id, set())


def _answer(answers: Mapping[str, set[str]], owner: Owner, name: str, at: Place) -> Iterator[Finding]:
    kind, id = owner
    if kind != "flow":
        what, remedy = "answers are known inside a flow only", "move the text into the flow, or write it without"
        yield Finding(at=at, rule="unknown-answer", what=what, remedy=remedy)
    elif name not in answers[id]:
        what = f"nothing in this flow saves answers.{name}"
        yield Finding(at=at, rule="unknown-answer", what=what, remedy=did_you_mean(name, answers[id]))


def _bracket(answers: Mapping[str, set[str]], owner: Owner, of: str, at: Place) -> Iterator[Finding]:
    source, dot, name = of.partition(".")
    if dot and source == "answers":
        yield from _answer(answers, owner, name, at)
    elif dot:
        yield from _field(of, at)


def _point(draft: Draft, key: str, at: Place) -> Iterator[Finding]:
    if key in draft.catalogue.points or any(name.startswith("content/help_points/") for name in draft.broken):
        return
    if key in draft.points:
        what = f'the help point "{key}" is never shown: {why_hidden(draft.points[key].shape)}'
        yield Finding(at=at, rule="hidden-point", what=what, remedy="name another point, or bring this one up to date")
    else:
        what = f'there is no help point "{key}"'
        yield Finding(at=at, rule="unknown-point", what=what, remedy=did_you_mean(key, draft.catalogue.points))
