"""Everything behind one hour (证据包): gathered, packed, and checked by a program that lies in the pack.

``verify`` and the folder ``verifying`` are that program: they are put into every pack as they stand here, need the standard
library of Python 3.9 alone and import nothing of ours.
"""
