"""From what a person types to what answers it."""

from bot.answers.answers import Answer, Answers, Kind
from bot.answers.evaluation import Case, Report, evaluate, read_cases
from bot.answers.index import Corridor
from bot.answers.learnt import Learnt, lessons

__all__ = ["Answer", "Answers", "Case", "Corridor", "Kind", "Learnt", "Report", "evaluate", "lessons", "read_cases"]
