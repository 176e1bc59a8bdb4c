"""Processes that end with the process that started them, also when that one is killed."""

import ctypes
import os
import signal
import sys

_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


def end_with(parent: int) -> None:
    """Ask the kernel for SIGTERM when the parent ends. Call it in the child, with the parent's process ID.

    Linux only; elsewhere a child outlives a killed parent. The kernel watches the *thread* that forked: fork from the main one.
    """
    if _prctl is None:
        return
    if _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != parent:  # it ended before we asked
        os.kill(os.getpid(), signal.SIGTERM)
