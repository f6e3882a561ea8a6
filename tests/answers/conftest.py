"""The small catalogue of the conversation tests."""

from tests.conversation.conftest import catalogue, root

__all__ = ["catalogue", "root"]
