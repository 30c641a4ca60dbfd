"""Start a program in a home: enter it, drop privileges, die with the starter, then become the program.

A script of its own (``python -I -S launch.py ...``), because a chroot, a change of user and a death signal
have to be set between fork and exec, and a threaded parent must not run Python there.
"""

import argparse
import ctypes
import os
import signal
import sys
from pathlib import Path

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000
CANNOT_ENTER = "cannot enter"


def main() -> None:
    """Read the command line, change what it asks for, exec."""
    args = _arguments()
    libc = ctypes.CDLL(None, use_errno=True)
    if args.root is not None:
        try:
            _enter(args.root, args.uid, libc)
        except OSError as err:
            sys.exit(f"{CANNOT_ENTER} {args.root}: {err.strerror}")
    if args.parent:
        # After the change of user: the kernel forgets the death signal when credentials change.
        die_with_parent(args.parent, args.death, libc)
    os.umask(0o077)
    os.execvp(args.command[0], args.command)  # noqa: S606 - becoming the program is the purpose


def _enter(root: str, uid: int | None, libc: ctypes.CDLL) -> None:
    if os.geteuid() != 0:
        _own_namespace(libc)
    os.chroot(root)
    os.chdir("/")
    if uid is not None:
        os.setgroups([])
        os.setgid(uid)
        os.setuid(uid)


def die_with_parent(parent: int, death: str, libc: ctypes.CDLL | None = None) -> None:
    """Have the kernel send this process a signal when its parent ends; exit when it has ended already."""
    (libc or ctypes.CDLL(None)).prctl(PR_SET_PDEATHSIG, int(signal.Signals[death]), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit("the starter is gone")


def _own_namespace(libc: ctypes.CDLL) -> None:
    uid, gid = os.geteuid(), os.getegid()
    if libc.unshare(CLONE_NEWUSER) != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{os.strerror(code)} (no user namespace)")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--root", help="home to enter")
    parser.add_argument("--uid", type=int, help="user and group to become")
    parser.add_argument("--parent", type=int, default=0, help="end when this process ends")
    parser.add_argument("--death", default="SIGTERM", help="signal sent then")
    parser.add_argument("command", nargs="+")
    return parser.parse_args()


if __name__ == "__main__":
    main()
