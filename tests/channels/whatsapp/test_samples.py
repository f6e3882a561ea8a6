"""The webhooks of the specification: what each of them is for Safar, alike whenever it comes again."""

import json
from pathlib import Path

import pytest

from bot.channels import Incoming
from bot.channels.whatsapp import WhatsApp
from tests.channels.whatsapp.recorder import Recorder
from tests.fakes.botspec import SHARED
from tests.fakes.graphspec import problem, validator

FOLDER = SHARED / "samples" / "whatsapp"
pytestmark = pytest.mark.skipif(
    not FOLDER.is_dir(), reason="needs ../shared/specs, which is not part of the repository"
)

ACCOUNTS = ("106540352000001", "106540352000002")

#: Sample -> what comes of it: kinds of events, "moved" for a new address, codes of what staff read.
MEANING = {
    "batch_entries_changes_messages": ["text", "text", "text", "location"],
    "contact_request_shared": ["contact"],
    "contacts_three": ["contact"],
    "document_forwarded": ["file"],
    "edit_image_caption": [],
    "errors_at_value_level": ["rate-limited"],
    "image_with_url": ["file"],
    "interactive_broken": ["unsupported"],
    "interactive_button_reply": ["choice"],
    "interactive_list_reply": ["choice"],
    "location_current": ["unsupported"],  # passed on from somebody else
    "location_named": ["unsupported"],
    "reaction": [],
    "reaction_removed": [],
    "request_welcome": ["start"],
    "revoke": [],
    "status_delivered_bsuid_only": [],
    "status_failed_131026_undeliverable": [],
    "status_failed_131047_window": [],
    "status_failed_131049_ecosystem": [],
    "status_read": [],
    "status_sent": [],
    "system_number_change": ["moved"],
    "system_user_id_change": ["moved"],
    "template_button": ["choice"],
    "template_button_without_context": ["choice"],
    "template_status_rejected": ["template-missing"],
    "text_frequently_forwarded": ["forwarded"],
    "unsupported_poll": ["unsupported"],
    "user_preferences_stop": [],
    "voice": ["voice"],
}


def meaning(incoming: Incoming) -> str:
    if incoming.event is not None:
        return incoming.event.kind
    return incoming.report.code if incoming.report else "moved"


def test_there_are_all_forty() -> None:
    assert len(list(FOLDER.glob("*.json"))) == 40


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.json")), ids=lambda path: str(path.stem))
def test_a_sample_is_what_it_means(path: Path) -> None:
    name, raw = path.stem, path.read_bytes()
    channel = WhatsApp(Recorder(*ACCOUNTS), {})
    found = channel.parse(raw)
    assert [meaning(incoming) for incoming in found] == MEANING.get(name, ["text"])
    assert channel.unread == 0
    assert channel.parse(raw) == found
    assert all(problem(call.params) is None for incoming in found for call in incoming.calls)
    validator("WebhookPayload").validate(json.loads(raw))
