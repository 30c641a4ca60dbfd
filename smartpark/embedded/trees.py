"""Package trees: an unpacked Debian suite beside the host, built once, under a lock, renamed into place."""

import fcntl
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from smartpark.embedded import archive

SERVER_UID = 64321  # an unprivileged user of the trees alone; PostgreSQL refuses to run as root
LINKS = ("usr", "bin", "lib", "lib64", "etc")
LEFT_OUT = (
    "./dev/*",
    "./usr/share/doc/*",
    "./usr/share/man/*",
    "./usr/share/locale/*",
    "./usr/lib/*/libLLVM*",  # only the just-in-time compiler needs it, and it stays off
)

Say = Callable[[str], None]


class TreeError(RuntimeError):
    """The private servers cannot be set up here; the message says what to do instead."""


@dataclass(frozen=True, slots=True)
class Tree:
    """What is unpacked: a Debian suite and the packages wanted from it."""

    home: str
    title: str
    suite: str
    packages: tuple[str, ...]
    program: str
    apt_options: tuple[str, ...] = ()

    @property
    def recipe(self) -> str:
        """One line that changes when the tree has to be built anew."""
        return f"2 {self.suite} {' '.join(self.packages)}"


DATABASE = Tree(
    home="database",
    title="TimescaleDB",
    suite="trixie",
    packages=("postgresql-17-timescaledb", "bash", "coreutils"),
    program="usr/lib/postgresql/17/bin/postgres",
)
BROKER = Tree(
    home="broker",
    title="Mosquitto",
    suite="forky",
    packages=("mosquitto", "bash", "coreutils"),
    program="usr/sbin/mosquitto",
    apt_options=('Acquire::Check-Valid-Until "false"',),
)


def server_uid() -> int:
    """Return the user the private servers run as: one of their own for root, else the caller."""
    return SERVER_UID if os.geteuid() == 0 else os.geteuid()


def is_built(tree: Tree, data_dir: Path) -> bool:
    """Tell whether the tree is there and of the present recipe."""
    stamp = data_dir / tree.home / "tree" / "recipe"
    return stamp.exists() and stamp.read_text() == tree.recipe


def ensure(tree: Tree, data_dir: Path, say: Say) -> Path:
    """Build the tree unless it is there, and return its home.

    Raises:
        TreeError: it cannot be built on this machine.

    """
    home = data_dir.resolve() / tree.home
    home.mkdir(parents=True, exist_ok=True)
    with _locked(home / "lock"):
        if not is_built(tree, data_dir):
            say(
                f"unpacking a private {tree.title} (once, about half a minute) · 正在解包 {tree.title}（仅一次）"
            )
            _build(tree, home, say)
        _lay_out(home)
    return home


def _build(tree: Tree, home: Path, say: Say) -> None:
    archive.need_tools(say)
    new = home / f"tree.new.{os.getpid()}"
    for left in home.glob("tree.new.*"):
        shutil.rmtree(left, ignore_errors=True)
    new.mkdir()
    packed = new / "tree.tar"
    command = [*archive.unpacker(), "--variant=extract", "--format=tar", "--quiet"]
    command += [f"--aptopt={option}" for option in (*archive.host_options(), *tree.apt_options)]
    command += [f"--include={','.join(tree.packages)}", tree.suite, str(packed), *archive.mirror()]
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        shutil.rmtree(new, ignore_errors=True)
        reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise TreeError(f"{tree.title} could not be unpacked ({reason}). {archive.INSTEAD}")
    leave = [f"--exclude={pattern}" for pattern in LEFT_OUT]
    subprocess.run(
        ["tar", "-x", "-p", "--no-same-owner", "-C", str(new), *leave, "-f", str(packed)], check=True
    )
    packed.unlink()
    if not (new / tree.program).exists():
        raise TreeError(f"the package tree of {tree.title} holds no {tree.program}. {archive.INSTEAD}")
    _add_what_packages_leave_to_scripts(new)
    (new / "recipe").write_text(tree.recipe)
    new.chmod(0o755)
    old = home / f"tree.old.{os.getpid()}"
    if (home / "tree").exists():
        (home / "tree").rename(old)
    new.rename(home / "tree")
    shutil.rmtree(old, ignore_errors=True)


def _add_what_packages_leave_to_scripts(root: Path) -> None:
    """Add the shell, the user and the library cache that maintainer scripts would have made."""
    shell = root / "usr/bin/sh"
    if not shell.exists():
        shell.symlink_to("bash")
    uid = server_uid()
    (root / "etc/passwd").write_text(f"root:x:0:0::/:/bin/sh\nsmartpark:x:{uid}:{uid}::/:/bin/sh\n")
    (root / "etc/group").write_text(f"root:x:0:\nsmartpark:x:{uid}:\n")
    # Run through PATH: ldconfig lives in /usr/sbin, which a plain user's PATH may lack.
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    cache = ["ldconfig", "-r", str(root)]
    if os.geteuid() != 0:
        cache = ["unshare", "-r", *cache]
    subprocess.run(cache, env=os.environ | {"PATH": path}, check=True, capture_output=True)


def _lay_out(home: Path) -> None:
    home.chmod(0o755)
    for name in LINKS:
        link = home / name
        if not link.is_symlink():
            link.symlink_to(f"tree/{name}")
    for name in ("dev", "dev/shm", "tmp", "data", "run"):
        (home / name).mkdir(exist_ok=True)
    for name in ("dev/shm", "tmp"):
        (home / name).chmod(0o1777)
    for name in ("dev", "data", "run"):
        (home / name).chmod(0o755)
    null = home / "dev/null"
    if not null.exists():
        try:
            os.mknod(null, 0o666 | 0o020000, os.makedev(1, 3))
        except OSError:
            null.touch()  # a container or a plain user may make no devices; an empty file serves
        null.chmod(0o666)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
