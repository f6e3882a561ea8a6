"""How long others had the processor, so that a busy machine changes no measured time. Linux tells it."""

from pathlib import Path

OWN_THREAD = Path("/proc/thread-self")


def shut_out(task: Path) -> float:
    """Seconds in which a thread, by its folder under /proc, could have run and got no processor. Raises OSError when it
    has ended."""
    return int((task / "schedstat").read_text(encoding="ascii").split()[1]) / 1e9


def shut_out_threads(process: int) -> dict[Path, float]:
    """Of each thread of a process that runs."""
    found = {}
    for task in Path(f"/proc/{process}/task").iterdir():
        try:
            found[task] = shut_out(task)
        except OSError:
            continue
    return found
