"""A process for the starter's tests: obeys, crashes, ignores SIGTERM or starts a child of its own."""

import signal
import subprocess
import sys

what = sys.argv[1]
if what == "crash":
    sys.exit("it fell over")
if what == "deaf":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if what == "parent":
    child = subprocess.Popen([sys.executable, "-m", "tests.smartpark.obedient", "deaf"])
    print(f"child {child.pid}", flush=True)
print("ready", flush=True)
while True:
    signal.pause()
