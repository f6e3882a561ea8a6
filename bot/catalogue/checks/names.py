"""Whether what is named exists: flows, articles, help points, profile fields, answers."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final, get_args

from bot.catalogue.build_points import why_hidden
from bot.catalogue.draft import Draft, File, Owner
from bot.catalogue.findings import Finding, did_you_mean
from bot.catalogue.model import Place
from bot.catalogue.placeholders import PROFILE
from bot.catalogue.shapes import flow as shapes
from bot.catalogue.values import AlertChoice, Topic

#: Answers that the engine itself puts into a flow.
GIVEN: Final[Mapping[str, frozenset[str]]] = {
    "emergency": frozenset({"branch"}),
    "help": frozenset({"need"}),
    "check": frozenset({"code"}),
}

#: Effect -> what it saves.
SAVED_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "route": ("answers.person", "answers.organisation"),
    "check": ("answers.alert",),
}

#: What a field of the profile may hold; city and region are free.
PROFILE_VALUES: Final[Mapping[str, frozenset[str]]] = {
    "language": frozenset({"ru", "uz", "uz_Cyrl", "tg", "ky"}),
    "citizenship": frozenset({"UZ", "TJ", "KG"}),
    "country": frozenset({"RU", "KZ", "UZ", "TJ", "KG"}),
    "stage": frozenset({"before", "there", "back"}),
    "share": frozenset({"yes", "no"}),
    "alerts": frozenset(get_args(AlertChoice)),
    "follows": frozenset(get_args(Topic)),
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
    yield from _needs(draft)
    yield from _looked_up(draft)


def _targets(draft: Draft, file: File[shapes.Flow]) -> Iterator[Finding]:
    for name, node in file.shape.nodes.items():
        way = ("nodes", name)
        match node:
            case shapes.Show() if node.show == "help":
                yield from _need(draft, node.need or "", file.at(*way, "need"))
            case shapes.Show() if node.show != "deadlines":
                yield from _target(draft, node.show, file.at(*way, "show"))
            case shapes.Call():
                yield from _target(draft, f"flow:{node.call}", file.at(*way, "call"))
            case shapes.Do() if node.do.remind:
                yield from _target(draft, f"flow:{node.do.remind.flow}", file.at(*way, "do", "remind", "flow"))
            case shapes.Menu():
                yield from _lines(draft, file, name, node)


def _need(draft: Draft, need: str, at: Place) -> Iterator[Finding]:
    known = {one for having in (draft.points, draft.articles) for entry in having.values() for one in entry.shape.needs}
    if "." not in need and need not in known:
        what = f'no help point helps with "{need}"'
        yield Finding(at=at, rule="unknown-need", what=what, remedy=did_you_mean(need, known))


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
                if value != "none" or file.document.is_quoted(*way, "do", "set", field):
                    yield from _value(field, value, file.at(*way, "do", "set", field))


def _needs(draft: Draft) -> Iterator[Finding]:
    """A need that no help point, article or flow knows is never asked for."""
    known = {need for point in draft.points.values() for need in point.shape.needs}
    known |= {need for article in draft.articles.values() for need in article.shape.needs}
    for file in draft.flows.values():
        known |= {node.do.route for node in file.shape.nodes.values() if isinstance(node, shapes.Do) and node.do.route}
    for organisation in draft.organisations.values():
        for index, need in enumerate(organisation.shape.needs):
            if need not in known and not draft.broken:
                at, what = organisation.at("needs", index), f'nobody asks for "{need}"'
                yield Finding(at=at, rule="unknown-need", what=what, remedy=did_you_mean(need, known))


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
            for way, answer in _effect_answers(node):
                yield from _answer(answers, ("flow", id), answer, file.at("nodes", node_name, "do", *way))
            for event, answer in (node.counted_from or {}).items() if isinstance(node, shapes.Show) else ():
                at = file.at("nodes", node_name, "counted_from", event)
                yield from _answer(answers, ("flow", id), answer.partition(".")[2], at)
            for key in ("need", "place") if isinstance(node, shapes.Show) else ():
                owner, _, answer = (getattr(node, key) or "").partition(".")
                if owner == "answers":
                    yield from _answer(answers, ("flow", id), answer, file.at("nodes", node_name, key))
                elif answer:
                    yield from _field(f"profile.{answer}", file.at("nodes", node_name, key))
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
                    yield from _point(draft, slot.name, slot.of, said.text.at)
                case "value" if said.owner[0] not in {"phrase", "template"}:
                    what = f"{slot} is not a placeholder here"
                    remedy = "write {fact:KEY}, {point:KEY}, {answers.NAME}, {profile.NAME} or {today}"
                    yield Finding(at=said.text.at, rule="unknown-placeholder", what=what, remedy=remedy)


def _effect_answers(node: shapes.Node) -> Iterator[tuple[tuple[str, ...], str]]:
    """The answers that effects name: where, and which."""
    if not isinstance(node, shapes.Do):
        return
    given: list[tuple[tuple[str, ...], str | None]] = [(("route",), node.do.route), (("check",), node.do.check)]
    if node.do.hand_over is not None:
        over = node.do.hand_over
        fields = {"need": over.need, "message": over.message, "hours": over.hours}
        given += [(("hand_over", field), name) for field, name in fields.items()]
    yield from ((way, name.removeprefix("answers.")) for way, name in given if name and name.startswith("answers."))


def _answers(file: File[shapes.Flow]) -> set[str]:
    """What is put into the answers of a flow by its questions, by ``set``, and by the engine."""
    saved = [node.save or "" for node in file.shape.nodes.values() if isinstance(node, shapes.Ask)]
    saved += [name for node in file.shape.nodes.values() if isinstance(node, shapes.Do) for name in node.do.set or ()]
    for node in file.shape.nodes.values():
        if isinstance(node, shapes.Do):
            saved += [name for effect, names in SAVED_BY.items() if getattr(node.do, effect) for name in names]
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


def _point(draft: Draft, key: str, of: str, at: Place) -> Iterator[Finding]:
    shown = draft.catalogue.points.get(key)
    if shown is not None and not shown.phones and of != "name":
        what = f'the help point "{key}" has no phone'
        yield Finding(
            at=at, rule="hidden-point", what=what, remedy=f"write {{point:{key}.name}}, or name another point"
        )
    elif shown is not None or any(name.startswith("content/help_points/") for name in draft.broken):
        return
    elif key in draft.points:
        what = f'the help point "{key}" is never shown: {why_hidden(draft.points[key].shape)}'
        yield Finding(at=at, rule="hidden-point", what=what, remedy="name another point, or bring this one up to date")
    else:
        what = f'there is no help point "{key}"'
        yield Finding(at=at, rule="unknown-point", what=what, remedy=did_you_mean(key, draft.catalogue.points))
