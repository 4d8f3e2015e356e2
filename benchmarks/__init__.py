"""What deciding costs, beside what it replaces: `python -m benchmarks` prints it, `--json FILE` writes the figures.

Ratios within one run are what to quote; times belong to the machine. Nothing here passes or fails.
"""
