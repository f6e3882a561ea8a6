"""Safar: guidance for labour migrants, on Telegram, WhatsApp, a web page and a terminal."""

__version__ = "0.1.0"
