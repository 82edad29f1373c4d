"""The installation's secret: one key that signs sessions and survey links, the same in every process, and what is derived from it."""

from __future__ import annotations

import os
import secrets
from base64 import urlsafe_b64encode
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF


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


class SealBroken(Exception):
    """What was sealed cannot be opened: the installation's key is another than then, or the text was altered."""

    permanent = True


def derived_key(secret: str, purpose: str) -> bytes:
    """32 bytes for one purpose (HKDF-SHA256, RFC 5869): who learns them learns neither the secret nor another purpose's key."""
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=f"suda:{purpose}".encode()).derive(secret.encode())


class Vault:
    """Seals short texts for the database and opens them again, with a key derived for one purpose."""

    def __init__(self, secret: str, purpose: str) -> None:
        self._fernet = Fernet(urlsafe_b64encode(derived_key(secret, purpose)))

    def seal(self, text: str) -> str:
        """The text encrypted and signed; the same text is sealed differently each time."""
        return self._fernet.encrypt(text.encode()).decode("ascii")

    def open(self, sealed: str) -> str:
        """The text again; SealBroken for anything this installation did not seal for this purpose."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SealBroken("存下的密文打不开：安装密钥换过，或内容被改过 (the installation's key has changed, or the text was altered)") from None
