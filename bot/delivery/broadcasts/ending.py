"""What a failure means for one recipient of an alert: the failure table, read for broadcasts (T75). Pure."""

from typing import Final

from bot.channels import DeliveryFailed
from bot.delivery.failures import failure
from bot.delivery.sending import pause_of
from bot.store.broadcast_protocol import DeliveryEnd

#: Tries where the platform has a fault of its own.
FEW_TRIES: Final = 3


def end_of(id: int, failed: DeliveryFailed, tries: int, *, has_template: bool) -> DeliveryEnd | None:
    """None: try again now, as a template where the window is closed. ``tries`` so far, this one included."""
    row = failure(failed.code)
    if failed.unclear:
        return DeliveryEnd(id=id, state="uncertain", code=failed.code)
    if pause_of(failed) is not None or row.way == "again":
        return DeliveryEnd(id=id, state="due")
    if (row.way == "few" and tries < FEW_TRIES) or (row.way == "template" and has_template):
        return None
    return DeliveryEnd(id=id, state="failed", code=failed.code, mark="blocked" if row.blocks else "")
