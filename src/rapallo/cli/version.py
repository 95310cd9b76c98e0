"""``rapallo version``."""

from __future__ import annotations

from rapallo.cli.outcome import told


@told
def version() -> None:
    """Print versions."""
    import platform
    from importlib.metadata import version as version_of

    import rapallo

    print(f"rapallo {rapallo.__version__}")
    print(f"python {platform.python_version()} on {platform.platform()}")
    for name in ("numpy", "numba", "pandas", "pyarrow"):
        print(f"{name} {version_of(name)}")
