"""The language of ``when:``: parsed by us to a small tree, evaluated by walking it, never by ``eval`` (THREATS T58).

    expression  = and-part { "or" and-part }            and-part = not-part { "and" not-part }
    not-part    = "not" not-part | comparison           comparison = sum [ operator sum ]
    operator    = "==" "!=" "<" "<=" ">" ">=" "in" "not in"
    sum         = unit { ("+" | "-") unit }             unit = "-" unit | "(" expression ")" | list | value
    value       = name | "text" | number | duration | true | false | none | today | channel
                | count(list) | days_between(a, b)
    name        = profile.x | answers.x | fact.key | fact.key[at] | fact.key[profile.x]
    duration    = 90 days | 2 weeks | 2 months | 1 year

A missing value compares false, whatever the operator; ``x == none`` is how to ask for it. Values of kinds that do not
fit each other compare false too. Nothing that a person typed can make an evaluation raise.
"""

from bot.catalogue.expressions.evaluation import evaluate, holds, plus
from bot.catalogue.expressions.parsing import MAX_CHARACTERS, MAX_DEPTH, MAX_NODES, parse
from bot.catalogue.expressions.tree import Duration, Expression, ExpressionError, Kind, Name, Scope, Value

__all__ = [
    "MAX_CHARACTERS",
    "MAX_DEPTH",
    "MAX_NODES",
    "Duration",
    "Expression",
    "ExpressionError",
    "Kind",
    "Name",
    "Scope",
    "Value",
    "evaluate",
    "holds",
    "parse",
    "plus",
]
