"""Keeps generated files honest: verifies that generators reproduce what is committed, and writes it anew.

Refuses an index that could touch anything but its declared outputs, before anything runs.
"""
