"""The value of a tree. Never raises, whatever a person typed."""

from collections.abc import Callable
from datetime import date, timedelta
from operator import eq
from typing import Any, Final

from bot.catalogue.expressions.tree import (
    COMPARISONS,
    Call,
    Compare,
    Constant,
    Duration,
    Expression,
    List,
    Logic,
    Name,
    Negative,
    Not,
    Scope,
    Sum,
    Tree,
    Value,
)


def evaluate(expression: Expression, scope: Scope) -> Value:
    """Its value. Never raises; None is a missing value."""
    value: Value = _value(expression.tree, scope)
    return value


def holds(expression: Expression | None, scope: Scope) -> bool:
    """Whether a ``when`` lets its line pass; one without ``when`` always does."""
    return expression is None or bool(_value(expression.tree, scope))


def plus(day: date, duration: Duration, sign: int = 1) -> date | None:
    """The date so much later; 31 January + 1 month is 28 or 29 February. None beyond the calendar."""
    months = day.year * 12 + day.month - 1 + sign * duration.months
    year, month = divmod(months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            moved = day.replace(year=year, month=month + 1, day=min(day.day, last))
            return moved + timedelta(days=sign * duration.days)
        except OverflowError:
            return None
        except ValueError:
            continue
    return None


def _value(tree: Tree, scope: Scope) -> Any:
    return _VALUES[type(tree)](tree, scope)


def _constant(tree: Constant, scope: Scope) -> Value:
    return tree.value


def _logic(tree: Logic, scope: Scope) -> bool:
    for part in tree.parts:
        if bool(_value(part, scope)) is not tree.is_and:
            return not tree.is_and
    return tree.is_and


def _negated(tree: Not, scope: Scope) -> bool:
    return not _value(tree.inner, scope)


def _listed(tree: List, scope: Scope) -> list[Any]:
    return [_value(item, scope) for item in tree.items]


def _sum(tree: Sum, scope: Scope) -> Any:
    return _summed(_value(tree.left, scope), _value(tree.right, scope), -1 if tree.minus else 1)


def _negative(tree: Negative, scope: Scope) -> Any:
    return _summed(0, _value(tree.inner, scope), -1)


def _looked_up(name: Name, scope: Scope) -> Any:
    if name.kind == "today":
        return scope.today
    at = name.of
    if not at:
        return scope.lookup(name.kind, name.name, "")
    root, dot, field = at.partition(".")
    if dot and (root == "profile" or root == "answers"):
        value = scope.lookup("profile" if root == "profile" else "answers", field, "")
        if not isinstance(value, str):
            return None
        at = value
    return scope.lookup(name.kind, name.name, at)


def _compared(tree: Compare, scope: Scope) -> bool:
    left, right = _value(tree.left, scope), _value(tree.right, scope)
    if left is None or right is None:
        if not (_is_none(tree.left) or _is_none(tree.right)):
            return False
        missing = left is right
        return missing if tree.operator == "==" else tree.operator == "!=" and not missing
    if type(left) is str and type(right) is str and tree.operator in COMPARISONS:
        return COMPARISONS[tree.operator](left, right)
    if tree.operator in {"in", "not in"}:
        return isinstance(right, list) and any(_comparable(left, item, eq) for item in right) == (tree.operator == "in")
    if tree.operator == "!=":
        return not _comparable(left, right, eq)
    return _comparable(left, right, COMPARISONS[tree.operator])


def _is_none(tree: Tree) -> bool:
    return isinstance(tree, Constant) and tree.value is None


def _comparable(left: Any, right: Any, compare: Callable[[Any, Any], bool]) -> bool:
    """False for what cannot be compared: text with numbers, true with 1, months with days."""
    if isinstance(left, date) or isinstance(right, date):
        left, right = _date(left), _date(right)
        return left is not None and right is not None and compare(left, right)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return not left.months and not right.months and compare(left.days, right.days)
    if isinstance(left, bool) or isinstance(right, bool):
        return compare is eq and left is right
    if (isinstance(left, str) and isinstance(right, str)) or (
        isinstance(left, int | float) and isinstance(right, int | float)
    ):
        return compare(left, right)
    return compare is eq and isinstance(left, list) and isinstance(right, list) and left == right


def _date(value: Any) -> date | None:
    """Answers keep dates as ISO text."""
    if isinstance(value, str) and len(value) == 10:
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return value if isinstance(value, date) else None


def _summed(left: Any, right: Any, sign: int) -> Any:
    if isinstance(left, bool) or isinstance(right, bool):
        return None
    if isinstance(left, int | float) and isinstance(right, int | float):
        try:
            return left + sign * right
        except OverflowError:
            return None
    if isinstance(right, Duration) and (isinstance(left, Duration) or left == 0):
        months, days = (left.months, left.days) if isinstance(left, Duration) else (0, 0)
        return Duration(months + sign * right.months, days + sign * right.days)
    day = _date(left)
    if day is None:
        return None
    if isinstance(right, Duration):
        return plus(day, right, sign)
    if isinstance(right, int | float):
        return plus(day, Duration(0, int(right)), sign) if abs(right) < 4_000_000 else None
    other = _date(right)
    return Duration(0, (day - other).days) if other is not None and sign < 0 else None


def _called(tree: Call, scope: Scope) -> Any:
    values = [_value(argument, scope) for argument in tree.arguments]
    if tree.function == "count":
        return len(values[0]) if isinstance(values[0], list) else None
    start, end = _date(values[0]), _date(values[1])
    return (end - start).days if start is not None and end is not None else None


_VALUES: Final[dict[type, Callable[[Any, Scope], Any]]] = {
    Name: _looked_up,
    Constant: _constant,
    Compare: _compared,
    Logic: _logic,
    Not: _negated,
    List: _listed,
    Sum: _sum,
    Negative: _negative,
    Call: _called,
}
