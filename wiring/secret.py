"""The installation's secret: one key that signs sessions and survey links, the same in every process."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def secret_key(given: str, home: Path) -> str:
    """The key configured, else one made once and kept in `home`, readable by its owner alone.

    Web and worker may ask for it first at the same moment: it appears in its place whole, and both read the same one.
    """
    if given:
        return given
    file = home / "secret_key"
    if not file.exists():
        home.mkdir(parents=True, exist_ok=True)
        fresh = home / f".secret_key-{secrets.token_hex(8)}"
        fresh.touch(mode=0o600)
        fresh.write_text(secrets.token_hex(32), encoding="ascii")
        try:
            os.link(fresh, file)
        except FileExistsError:
            pass  # the other process was first: its key holds
        finally:
            fresh.unlink()
    return file.read_text(encoding="ascii")
