"""A process whose wall clock can be set while it runs, by a few lines of C that stand before the system's own.

The clock that counts since the machine was started stays as it is: nobody can set that one either.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

SOURCE = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static volatile long *ahead;

__attribute__((constructor)) static void open_offset(void) {
    int file = open(getenv("CLOCK_OFFSET"), O_RDONLY);
    void *mapped = file < 0 ? MAP_FAILED : mmap(0, sizeof(long), PROT_READ, MAP_SHARED, file, 0);
    ahead = mapped == MAP_FAILED ? 0 : mapped;
}

int clock_gettime(clockid_t id, struct timespec *found) {
    static int (*real)(clockid_t, struct timespec *);
    if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
    int failed = real(id, found);
    if (!failed && ahead && (id == CLOCK_REALTIME || id == CLOCK_REALTIME_COARSE)) found->tv_sec += *ahead;
    return failed;
}

time_t time(time_t *told) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    if (told) *told = now.tv_sec;
    return now.tv_sec;
}

int gettimeofday(struct timeval *found, void *zone) {
    struct timespec now;
    clock_gettime(CLOCK_REALTIME, &now);
    found->tv_sec = now.tv_sec;
    found->tv_usec = now.tv_nsec / 1000;
    return 0;
}
"""
LONG_BYTES = 8


class WallClock:
    """The wall clock of processes that are started with `environment`. Raises RuntimeError without a C compiler."""

    def __init__(self, folder: Path) -> None:
        compiler = shutil.which("cc")
        if compiler is None:
            raise RuntimeError("There is no C compiler (cc), so no process can be given a clock of its own.")
        folder.mkdir()
        (folder / "clock.c").write_text(SOURCE, encoding="utf-8")
        self._offset = folder / "ahead"
        self._offset.write_bytes(bytes(LONG_BYTES))
        library = folder / "clock.so"
        command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(folder / "clock.c"), "-ldl"]
        subprocess.run(command, check=True)
        self.environment = {"LD_PRELOAD": str(library), "CLOCK_OFFSET": str(self._offset)}

    def set(self, seconds: int) -> None:
        """So many seconds ahead of the machine's; negative ones are behind."""
        with self._offset.open("r+b") as file:
            file.write(seconds.to_bytes(LONG_BYTES, "little", signed=True))
