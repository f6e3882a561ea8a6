"""WhatsApp from the webhook to the phone: the fake Graph API, the real client, server, store and engine."""
