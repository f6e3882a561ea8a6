"""Measurements, apart from the tests: ratios taken in one run, printed as a table or with ``--json``."""
