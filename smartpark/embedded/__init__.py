"""Private TimescaleDB and Mosquitto for a machine that has neither.

Each server lives in a **home**, for example ``.smartpark/database``::

    tree/    an unpacked Debian package tree, built once, replaced as a whole
    data/    one folder per instance (``main``, ``test-4711``), never touched by a new tree
    usr -> tree/usr, bin, lib, lib64, etc    so that a chroot into the home finds both

The host is not changed: nothing is installed, no service registered, every port is on loopback.
"""
