"""Alerts to thousands: written by one person, let out by another, each to its recipients once (DESIGN section 6)."""
