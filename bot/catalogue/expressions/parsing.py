"""From the words of an editor to a tree, bounded in size."""

import re
from collections.abc import Callable
from typing import Final, Literal, TypeVar

import msgspec

from bot.catalogue.expressions.tree import (
    COMPARISONS,
    Call,
    Compare,
    Constant,
    Duration,
    Expression,
    ExpressionError,
    List,
    Logic,
    Name,
    Negative,
    Not,
    Sum,
    Tree,
    Value,
)

MAX_CHARACTERS: Final = 500
MAX_NODES: Final = 60
MAX_DEPTH: Final = 12

_E = TypeVar("_E")
_TOKEN: Final = re.compile(
    r"""\s*(?:
      (?P<fact>fact\.[a-z0-9_]+(?:\[\s*[A-Za-z0-9_.-]*\s*\])?)
    | (?P<word>[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z0-9_-]*)?)
    | (?P<number>[0-9]+(?:\.[0-9]+)?)
    | (?P<text>"[^"\n]*")
    | (?P<mark>==|!=|<=|>=|[<>+\-()\[\],])
    )""",
    re.VERBOSE,
)
_UNITS: Final = {"day": (0, 1), "week": (0, 7), "month": (1, 0), "year": (12, 0)}
_CONSTANTS: Final[dict[str, Value]] = {"true": True, "false": False, "none": None}
_FUNCTIONS: Final[dict[str, int]] = {"count": 1, "days_between": 2}
_KNOWN: Final = "profile.x, answers.x, fact.key, today, channel, count(...) or days_between(a, b)"


class _Token(msgspec.Struct, frozen=True):
    kind: str
    text: str
    column: int


def _tokens(source: str) -> list[_Token]:
    found: list[_Token] = []
    position, end = 0, len(source.rstrip())
    while position < end:
        match = _TOKEN.match(source, position)
        if match is None or match.lastgroup is None:
            position += len(source[position:]) - len(source[position:].lstrip())
            odd = source[position]
            hint = {"'": 'put text in double quotes: "RU"', '"': "the closing quote is missing", "=": "write =="}
            raise ExpressionError(f"{odd!r} does not belong here; {hint.get(odd, 'take it out')}", position + 1)
        found.append(_Token(match.lastgroup, match[match.lastgroup], match.start(match.lastgroup) + 1))
        position = match.end()
    found.append(_Token("end", "", end + 1))
    return found


class _Parser:
    def __init__(self, source: str) -> None:
        self.tokens = _tokens(source)
        self.at = 0
        self.depth = 0
        self.nodes = 0
        self.names: list[Name] = []

    @property
    def token(self) -> _Token:
        return self.tokens[self.at]

    def take(self, *texts: str) -> str | None:
        token = self.token
        if token.kind in {"mark", "word"} and token.text in texts:
            self.at += 1
            return token.text
        return None

    def expect(self, text: str) -> None:
        if self.take(text) is None:
            raise ExpressionError(f'"{text}" is missing here', self.token.column)

    def made(self, tree: _E) -> _E:
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise ExpressionError(f"more than {MAX_NODES} parts; split it over several lines", self.token.column)
        return tree

    def deeper(self, rule: Callable[[], Tree]) -> Tree:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise ExpressionError(f"nested deeper than {MAX_DEPTH}; split it over several lines", self.token.column)
        tree = rule()
        self.depth -= 1
        return tree

    def either(self) -> Tree:
        return self.chain("or", lambda: self.chain("and", self.negation))

    def chain(self, word: str, rule: Callable[[], Tree]) -> Tree:
        parts = [rule()]
        while self.take(word):
            parts.append(rule())
        return parts[0] if len(parts) == 1 else self.made(Logic(word == "and", tuple(parts)))

    def negation(self) -> Tree:
        if self.take("not"):
            return self.made(Not(self.deeper(self.negation)))
        return self.comparison()

    def comparison(self) -> Tree:
        left = self.sum()
        column = self.token.column
        operator = self.comparison_operator()
        if operator is None:
            return left
        right = self.sum()
        if any(
            isinstance(side, Constant) and isinstance(side.value, Duration) and side.value.months
            for side in (left, right)
        ):
            raise ExpressionError("a month has no fixed length; write answers.x + 2 months < today", column)
        tree = self.made(Compare(operator, left, right))
        column = self.token.column
        if self.comparison_operator():
            raise ExpressionError('compare two values at a time and join them with "and"', column)
        return tree

    def comparison_operator(self) -> str | None:
        if self.take("not"):
            self.expect("in")
            return "not in"
        return self.take(*COMPARISONS, "in")

    def sum(self) -> Tree:
        tree = self.unit()
        while sign := self.take("+", "-"):
            tree = self.made(Sum(sign == "-", tree, self.unit()))
        return tree

    def unit(self) -> Tree:
        if self.take("-"):
            return self.made(Negative(self.deeper(self.unit)))
        if self.take("("):
            tree = self.deeper(self.either)
            self.expect(")")
            return tree
        if self.take("["):
            return self.made(List(self.items("]")))
        return self.value()

    def items(self, closing: str) -> tuple[Tree, ...]:
        items: list[Tree] = []
        if self.take(closing):
            return ()
        while True:
            items.append(self.deeper(self.either))
            if not self.take(","):
                self.expect(closing)
                return tuple(items)

    def value(self) -> Tree:
        token = self.token
        self.at += 1
        match token.kind:
            case "text":
                return self.made(Constant(token.text[1:-1]))
            case "number":
                return self.number(token)
            case "fact":
                key, _, of = token.text.removeprefix("fact.").partition("[")
                return self.name(Name("fact", key, of.rstrip("] \t\n").lstrip(), token.column))
            case "word":
                return self.word(token)
            case "end":
                raise ExpressionError("something is missing at the end", token.column)
        raise ExpressionError(f'"{token.text}" does not belong here; a value is missing before it', token.column)

    def number(self, token: _Token) -> Tree:
        if len(token.text) > 15:
            raise ExpressionError("this number is too long", token.column)
        unit = self.token.text.removesuffix("s")
        if self.token.kind != "word" or unit not in _UNITS:
            return self.made(Constant(float(token.text) if "." in token.text else int(token.text)))
        if not token.text.isdecimal() or len(token.text) > 6:
            raise ExpressionError("a duration is a whole number, at most 999999", token.column)
        self.at += 1
        months, days = _UNITS[unit]
        return self.made(Constant(Duration(int(token.text) * months, int(token.text) * days)))

    def word(self, token: _Token) -> Tree:
        root, dot, field = token.text.partition(".")
        if not dot and root in _CONSTANTS:
            return self.made(Constant(_CONSTANTS[root]))
        if not dot and root in {"today", "channel"}:
            return self.name(Name("today" if root == "today" else "channel", column=token.column))
        if field and root in {"profile", "answers"}:
            return self.name(Name("profile" if root == "profile" else "answers", field, column=token.column))
        if not dot and root in _FUNCTIONS:
            return self.call("count" if root == "count" else "days_between", token)
        raise ExpressionError(f'"{token.text}" is not known; use {_KNOWN}', token.column)

    def call(self, function: Literal["count", "days_between"], token: _Token) -> Tree:
        self.expect("(")
        arguments = self.items(")")
        wanted = _FUNCTIONS[function]
        if len(arguments) != wanted:
            raise ExpressionError(f"{function} takes {wanted} value{'s' * (wanted > 1)}", token.column)
        return self.made(Call(function, arguments))

    def name(self, name: Name) -> Name:
        self.names.append(name)
        return self.made(name)


def parse(text: str) -> Expression:
    """Raises ExpressionError with the column where it went wrong."""
    if len(text) > MAX_CHARACTERS:
        raise ExpressionError(f"longer than {MAX_CHARACTERS} characters; split it over several lines", MAX_CHARACTERS)
    parser = _Parser(text)
    tree = parser.either()
    if parser.token.kind != "end":
        raise ExpressionError(f'"{parser.token.text}" does not belong here', parser.token.column)
    return Expression(text, tuple(parser.names), tree)
