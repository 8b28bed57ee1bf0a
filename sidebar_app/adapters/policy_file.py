"""The policy file, as text."""

from collections.abc import Iterator
from pathlib import Path

from sidebar_app.permissions import Fault, PolicyFaults


def read(path: Path) -> str:
    """Raises PolicyFaults also for a file that cannot be read: it is as little a policy as a broken one."""
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise PolicyFaults([Fault(1, f"The file cannot be read: {error.strerror or error}.")]) from None
    except UnicodeDecodeError as error:
        raise PolicyFaults([Fault(1, f"This is not UTF-8 text (byte {error.start}).")]) from None


def told(path: Path, faults: PolicyFaults) -> Iterator[str]:
    """Every fault as editors and people find it: file, line, sentence."""
    return (f"{path}:{fault.line}: {fault.sentence}" for fault in faults.faults)
