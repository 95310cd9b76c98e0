"""Time the start: the import, a cold start with nothing compiled, and a warm one, each to the first finished run.

Run as ``python benchmarks/start.py``. Every row is a fresh process; cold ones get an empty folder as
``RAPALLO_CACHE``. Python's own start is part of each. The last row is a second call in one process.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time

IMPORT = "import rapallo"
RUN = """
import time, rapallo as rp
scenario = rp.load({name!r})
rp.simulate(scenario, 1)
start = time.perf_counter()
rp.simulate(scenario, 2)
print(time.perf_counter() - start)
"""


def seconds(code: str, cache: str) -> tuple[float, str]:
    """Run code in a fresh process; gives seconds on the wall and what it printed."""
    environment = {**os.environ, "RAPALLO_CACHE": cache}
    begins = time.perf_counter()
    done = subprocess.run([sys.executable, "-c", code], env=environment, check=True, capture_output=True, text=True)
    return time.perf_counter() - begins, done.stdout.strip()


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--scenario", default="interwar")
    options.add_argument("--repeat", type=int, default=3)
    asked = options.parse_args()
    print(f"load before {os.getloadavg()[0]:.1f}; the fastest of {asked.repeat}, but for the cold start")
    code = RUN.format(name=asked.scenario)
    with tempfile.TemporaryDirectory() as cache:

        def row(name: str, code: str, times: int = asked.repeat) -> str:
            took, said = min(seconds(code, cache) for _ in range(times))
            print(f"{name:<46} {took:>7.2f} s", flush=True)
            return said

        row("python, nothing imported", "pass")
        row("import rapallo", IMPORT)
        row(f"cold: import, load, compile, run {asked.scenario}", code, 1)
        said = row(f"warm: import, load, run {asked.scenario}", code)
        print(f"{'one more run in the same process':<46} {float(said):>7.2f} s")


if __name__ == "__main__":
    main()
