"""Tests work on dozens of catalogues in many processes: what one has loaded and learnt, the others take over."""

import os
import sys

from tests import real

real.CACHE_DIR.parent.mkdir(exist_ok=True)
os.environ["SAFAR_CACHE_DIR"] = str(real.CACHE_DIR)
sys.modules["bot.answers.answers"].__dict__["learn"] = real.learn
