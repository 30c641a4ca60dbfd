"""Where Debian packages come from: the machine's own apt sources, proxy and certificates, and the tool that unpacks."""

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

INSTEAD = (
    "Start the servers with `docker compose up -d database broker`, or name your own "
    "with SMARTPARK_DB__DSN and SMARTPARK_MQTT__URL, and run again."
)
_HANDED_ON = re.compile(r"^(Acquire::https?::\S*|Acquire::Retries) \"(.+)\";$")


class ToolError(RuntimeError):
    """A program that unpacks packages is missing and cannot be installed by us."""


def need_tools(say: Callable[[str], None]) -> None:
    """Install mmdebstrap when it is missing and we may; say what to do when we may not.

    Raises:
        ToolError: it is missing and we are not root, or apt could not install it.

    """
    if shutil.which("mmdebstrap"):
        return
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        raise ToolError(f"mmdebstrap is missing: `sudo apt-get install mmdebstrap`. {INSTEAD}")
    say("installing mmdebstrap · 安装 mmdebstrap")
    quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
    for command in (
        ["apt-get", "update", "-q"],
        ["apt-get", "install", "-y", "-q", "--no-install-recommends", "mmdebstrap"],
    ):
        done = subprocess.run(
            command, env=quiet, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False
        )
        if done.returncode != 0 and command[1] == "install":
            reason = (done.stderr.strip().splitlines() or ["no reason given"])[-1]
            raise ToolError(f"apt-get could not install mmdebstrap ({reason}). {INSTEAD}")


def unpacker() -> list[str]:
    """Return the start of the command that unpacks a suite.

    A plain user is root of a user namespace of its own, where nothing can be mounted, no device made and no
    file given away; unpacking needs none of it.
    """
    if os.geteuid() == 0:
        return ["mmdebstrap"]
    rest = ["--skip=chroot/mount,output/mknod,output/dev", '--aptopt=APT::Sandbox::User "root"']
    return ["env", "TAR_OPTIONS=--no-same-owner", "unshare", "-r", "-m", "mmdebstrap", "--mode=root", *rest]


def mirror(etc: Path = Path("/etc")) -> list[str]:
    """Return the Debian mirror of this machine's apt sources, or nothing: then the tool's default is used."""
    release = _release(etc / "os-release")
    if release.get("ID") != "debian":
        return []
    codename = release.get("VERSION_CODENAME", "")
    listed = [etc / "apt/sources.list", *sorted((etc / "apt/sources.list.d").glob("*"))]
    for path in listed:
        if not path.is_file():
            continue
        text = path.read_text(errors="replace")
        for uri, suites, components in _deb822(text) if path.suffix == ".sources" else _one_line(text):
            if codename in suites and "main" in components:
                return [uri]
    return []


def host_options() -> list[str]:
    """Return proxy, certificate and retry options of the host's apt, as ``name "value"``."""
    if not shutil.which("apt-config"):
        return []
    dump = subprocess.run(["apt-config", "dump"], capture_output=True, text=True, check=False)
    found = (_HANDED_ON.match(line) for line in dump.stdout.splitlines())
    return [f'{match[1]} "{match[2]}"' for match in found if match]


def _release(path: Path) -> dict[str, str]:
    lines = path.read_text().splitlines() if path.exists() else []
    pairs = (line.split("=", 1) for line in lines if "=" in line)
    return {key: value.strip('"') for key, value in pairs}


def _one_line(text: str) -> list[tuple[str, list[str], list[str]]]:
    found = []
    for line in text.splitlines():
        match = re.match(r"\s*deb\s+(?:\[[^\]]*\]\s+)?(\S+)\s+(\S+)\s+(.*)", line)
        if match:
            found.append((match[1], [match[2]], match[3].split()))
    return found


def _deb822(text: str) -> list[tuple[str, list[str], list[str]]]:
    found = []
    for stanza in re.split(r"\n\s*\n", text):
        lines = [line for line in stanza.splitlines() if not line.startswith("#")]
        fields = {k.strip().lower(): v.split() for k, _, v in (line.partition(":") for line in lines)}
        if (
            "deb" in fields.get("types", [])
            and fields.get("enabled", ["yes"]) != ["no"]
            and fields.get("uris")
        ):
            found.append((fields["uris"][0], fields.get("suites", []), fields.get("components", [])))
    return found
