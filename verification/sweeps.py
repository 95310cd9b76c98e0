"""A sweep ends with the same bytes wherever it is run, whatever is killed, and wherever it goes on.

Run as ``python verification/sweeps.py``. The same grid of the interwar order is run in one process; in two; on a
cluster of three worker processes of which one is killed (``kill -9``) in the middle; by the command, interrupted with
Ctrl-C (sent to the whole group of processes, as a terminal does) and resumed on a cluster; on a cluster, interrupted
and resumed here; and killed outright and resumed. Every folder's tables are hashed. Any difference ends it with 1.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import rapallo as rp

VALUES = {"recognise.claims": [-1.0, -0.5, 0.0]}
WORLD = "no-labour-1924"


def digest(folder: Path) -> str:
    whole = hashlib.sha256()
    for path in sorted(folder.glob("*.parquet")):
        whole.update(path.name.encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def in_python(folder: Path, runs: int, **how) -> str:
    rp.sweep("interwar", VALUES, [WORLD], runs, seed=11, end="1926-12-31", acts=True, folder=folder, **how)
    return digest(folder)


def killing(share: float):
    """Kill one worker process of a cluster of this process once a share of the runs is done."""
    import psutil

    killed: list[int] = []

    def watch(progress) -> None:
        if progress.stage == "simulating" and progress.done >= share * progress.total and not killed:
            workers = [
                each for each in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(each.cmdline())
            ]
            killed.append(workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    return watch, killed


def by_command(folder: Path, runs: int, *how: str) -> subprocess.Popen[bytes]:
    words = [f"{name}={','.join(map(str, each))}" for name, each in VALUES.items()]
    arguments = ["sweep", "interwar", "--set", *words, "--if", WORLD, "--runs", str(runs), "--seed", "11", "--acts"]
    arguments += ["--to", "1926-12-31", "--out", str(folder), *how]
    return subprocess.Popen(
        [sys.executable, "-m", "rapallo.cli.main", *arguments],
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )


def stopped(folder: Path, runs: int, how: signal.Signals, *first: str) -> str:
    """Begin a sweep by the command, and stop it once some chunks are there; gives its last words."""
    running = by_command(folder, runs, *first)
    while len(list((folder / "parts").glob("measures-0*.parquet"))) < 4:
        if running.poll() is not None:
            raise SystemExit(f"the command ended by itself: {running.stderr.read().decode()}")
        time.sleep(0.05)
    if how == signal.SIGKILL:
        running.kill()
    else:
        os.killpg(running.pid, how)
    _, words = running.communicate(timeout=120)
    said = words.decode().strip().splitlines()
    assert how == signal.SIGKILL or running.returncode == 130, (running.returncode, words.decode())
    assert not (folder / "measures.parquet").exists()
    return said[-2].split(" and kept")[0] if how == signal.SIGINT else "killed outright"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=60, help="of each of six settings")
    runs = parser.parse_args().runs
    home = Path(tempfile.mkdtemp(prefix="rapallo-verify-"))
    wanted = in_python(home / "one", runs, jobs=1)
    failed = 0

    def tell(what: str, found: str) -> None:
        nonlocal failed
        failed += found != wanted
        print(f"{'same' if found == wanted else 'OTHER'}  {found}  {what}", flush=True)

    tell(f"one process, 6 settings × {runs} runs", wanted)
    tell("two processes", in_python(home / "two", runs, jobs=2))
    tell("a cluster of three workers", in_python(home / "three", runs, jobs=3, dask=True))
    watch, killed = killing(0.3)
    found = in_python(home / "killed", runs, jobs=3, dask=True, progress=watch)
    assert killed, "no worker was killed"
    tell("a cluster of three workers, one killed at a third", found)
    for name, first, then, how in (
        ("here", ("--jobs", "2"), ("--dask", "--jobs", "2"), signal.SIGINT),
        ("there", ("--dask", "--jobs", "2"), ("--jobs", "2"), signal.SIGINT),
        ("dead", ("--dask", "--jobs", "2"), ("--jobs", "1"), signal.SIGKILL),
    ):
        said = stopped(home / name, runs, how, *first)
        going_on = by_command(home / name, runs, *then, "--resume")
        _, words = going_on.communicate(timeout=600)
        assert going_on.returncode == 0, words.decode()
        tell(f"{' '.join(first)}, {how.name}, {' '.join(then)} --resume ({said})", digest(home / name))
    print(f"{'all the same' if not failed else f'{failed} differ'}")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
