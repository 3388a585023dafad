"""Targets: the IR and a bundle in, a tree of files in memory out. They read `ir.views`, never the blueprint."""
