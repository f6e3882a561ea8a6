"""Tests work on dozens of catalogues in many processes: what one has loaded and learnt, the others take over."""

import os
import sys

from bot.channels.telegram import _models_left_alone
from tests import real

real.CACHE_DIR.parent.mkdir(exist_ok=True)
os.environ["SAFAR_CACHE_DIR"] = str(real.CACHE_DIR)
sys.modules["bot.answers.answers"].__dict__["learn"] = real.learn
with _models_left_alone():  # as the bot imports it
    import aiogram  # noqa: F401
