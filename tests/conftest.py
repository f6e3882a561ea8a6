"""Tests work on dozens of catalogues in many processes: what one has loaded and learnt, the others take over."""

import gc
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from bot.channels.telegram import _models_left_alone
from tests import real

_MEMORY: Final = Path("/dev/shm")
#: Bytes; a whole run by two was seen to take 6 GB.
_ENOUGH: Final = 8 << 30

real.CACHE_DIR.parent.mkdir(exist_ok=True)
# The bot spares itself the same after its start: a million objects that stay, looked through again and again, took a
# tenth of all time, a second at once, and a test that measures its loop found it late.
gc.set_threshold(2_000, 20, 1_000)
os.environ["SAFAR_CACHE_DIR"] = str(real.CACHE_DIR)
sys.modules["bot.answers.answers"].__dict__["learn"] = real.learn
with _models_left_alone():  # as the bot imports it
    import aiogram  # noqa: F401

# Databases of tests commit durably, thousands of times; to a process that is killed memory is as good as a disk.
if "TMPDIR" not in os.environ and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH:
    os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)
