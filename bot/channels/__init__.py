"""Messengers: a raw update becomes an event, a reply becomes requests. They know nothing of flows and the store."""

from bot.channels.protocol import Channel, ChannelUnusable, DeliveryFailed, Incoming, Pace, Report, Request, Sent

__all__ = ["Channel", "ChannelUnusable", "DeliveryFailed", "Incoming", "Pace", "Report", "Request", "Sent"]
