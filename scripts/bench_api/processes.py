"""CPU time and memory of other processes of this machine (Linux)."""

from __future__ import annotations

import os
from pathlib import Path


def cpu_seconds(pids: list[int]) -> float:
    """Time that the processes have been computing, with all threads, ended ones included."""
    ticks = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def precise_cpu_seconds(pids: list[int]) -> float:
    """The same in nanoseconds instead of ticks, without threads that have ended."""
    spent = 0
    for pid in pids:
        for thread in Path(f"/proc/{pid}/task").iterdir():
            spent += int((thread / "schedstat").read_text().split()[0])
    return spent / 1e9


def children(pid: int) -> list[int]:
    """Ids of the processes that a process has started."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def memory(pid: int) -> tuple[float, float, float]:
    """MB: resident now, of that not shared with other processes, and resident at most so far."""
    found = {}
    for file in ("status", "smaps_rollup"):
        for line in Path(f"/proc/{pid}/{file}").read_text().splitlines():
            name, _, value = line.partition(":")
            if value.endswith(" kB"):
                found[name] = int(value.split()[0]) / 1024
    private = found.get("Private_Dirty", 0.0) + found.get("Private_Clean", 0.0)
    return found["VmRSS"], private, found["VmHWM"]


def listener(port: int) -> int | None:
    """Id of the process that listens on a port of this machine, if it can be seen."""
    sockets = set()
    for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
        fields = line.split()
        if fields[3] == "0A" and int(fields[1].split(":")[1], 16) == port:
            sockets.add(f"socket:[{fields[9]}]")
    for folder in Path("/proc").iterdir():
        try:
            handles = list((folder / "fd").iterdir()) if folder.name.isdigit() else []
            if any(os.readlink(handle) in sockets for handle in handles):
                return int(folder.name)
        except OSError:
            continue
    return None


def machine() -> str:
    """Processor, cores, memory, system and how busy the machine is."""
    model = "unknown processor"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    total = int(Path("/proc/meminfo").read_text().split()[1]) / 1024**2
    load = ", ".join(f"{part:.2f}" for part in os.getloadavg())
    return (
        f"{model}, {os.cpu_count()} cores, {total:.0f} GB, {os.uname().sysname} {os.uname().release}; "
        f"load {load}"
    )
