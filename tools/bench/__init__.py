"""Compares what a step costs: the vendor's SDK, plain loops, the generated layer, this client.

`make bench` runs all of it and writes docs/performance.md; `make bench QUICK=1` tries it out.
"""
