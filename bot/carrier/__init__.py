"""Posts by the thousand, made by a process beside this one, so that whoever asks something does not wait behind them.

The process imports little on purpose, and nothing is imported here: 40 MB and a third of a second. It knows no flow, no
store and no key.
"""
