"""An alert as the requests that send it: made once for each language, then only put to another address."""

from typing import Final

from bot.catalogue import Catalogue
from bot.channels import Channel, Request
from bot.conversation import alert_reply, language_of, last_heard
from bot.delivery.broadcasts.checking import is_barred
from bot.delivery.broadcasts.judging import is_closed
from bot.delivery.broadcasts.showing import shown
from bot.delivery.broadcasts.views import View
from bot.delivery.clock import Clock
from bot.store.broadcast_protocol import DueDelivery
from bot.text import SOURCE

#: An address of the form that every channel takes.
_NOBODY: Final = "0"


class Rendered:
    """For one channel. ``catalogue`` is the one that served when it was made."""

    def __init__(self, view: View, channel: Channel, catalogue: Catalogue, clock: Clock) -> None:
        self.view = view
        self.catalogue = catalogue
        self._channel = channel
        self._clock = clock
        self._shown = shown(view, catalogue, clock.now())
        self.is_barred = is_barred(view.alert, catalogue)
        self._made: dict[tuple[str, bool], tuple[Request, ...]] = {}

    def requests(self, to: DueDelivery, *, closed: bool) -> list[Request]:
        """``closed``: only as a template; empty where there is none."""
        made = self._of(language_of(to.profile) or SOURCE, to.address, closed)
        return [self._channel.readdressed(one, to.address) for one in made]

    def has_template(self, language: str) -> bool:
        return bool(self._of(language or SOURCE, _NOBODY, True))

    def is_closed(self, to: DueDelivery) -> bool:
        """Nothing but a template may be sent to this person now."""
        window = self._channel.window_seconds
        if window is None:
            return False
        return is_closed(last_heard(to.session), window, self._clock.now())

    def _of(self, language: str, address: str, closed: bool) -> tuple[Request, ...]:
        made = self._made.get((language, closed))
        if made is None:
            reply = alert_reply(self._shown, language, self.catalogue)
            made = tuple(self._channel.render(reply, address, {}, closed=closed))
            self._made[language, closed] = made
        return made
