"""Reading what other tools, and we, write into pictures about how they were made.

`read.py` is the way in. A tool that is read is one file in `tools/`, and one row in its table.
"""
