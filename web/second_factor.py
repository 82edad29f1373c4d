"""One-time codes (TOTP, RFC 6238): made, drawn as a QR code, checked and taken once; recovery codes for a lost phone."""

from __future__ import annotations

import hmac
import io
import secrets
import unicodedata
from datetime import datetime
from hashlib import sha256

import pyotp
import qrcode
from qrcode.image.svg import SvgPathImage

from tickets.store import second_factor as store
from web.hall import Hall
from wiring.secret import SealBroken, Vault, derived_key, secret_key

STEP = 30  # seconds a code stands
SLACK = 1  # steps a phone's clock may be off, each way
DIGITS = 6
RECOVERY_CODES = 8
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that look alike
_HALF = 5  # letters before and after the dash: together 49 bits


def _installation_key(hall: Hall) -> str:
    return secret_key(hall.settings.secret_key, hall.settings.home)


def _vault(hall: Hall) -> Vault:
    return Vault(_installation_key(hall), "second-factor")


def fresh_secret(hall: Hall) -> str:
    """A new secret, sealed for the database."""
    return _vault(hall).seal(pyotp.random_base32())


def opened(hall: Hall, factor: store.Factor) -> str:
    """The secret as an authenticator app takes it (base32); SealBroken when the installation's key has changed."""
    return _vault(hall).open(factor.sealed)


def address(hall: Hall, secret: str, username: str) -> str:
    """The otpauth:// address inside the QR code."""
    return pyotp.TOTP(secret, digits=DIGITS, interval=STEP).provisioning_uri(name=username, issuer_name=f"诉达 {hall.settings.district}")


def picture(text: str) -> bytes:
    """The text as a QR code, an SVG without script or style."""
    out = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, border=2).save(out)
    return out.getvalue()


def plain(code: str) -> str:
    """What was typed, full width, spaces, dashes and case forgiven."""
    return "".join(char for char in unicodedata.normalize("NFKC", code).casefold() if not char.isspace() and char != "-")[:40]


def step_of(secret: str, code: str, at: datetime) -> int | None:
    """The 30-second step whose code this is, the step before and after `at` allowed; None for a wrong code."""
    now = int(at.timestamp()) // STEP
    totp = pyotp.TOTP(secret, digits=DIGITS, interval=STEP)
    found = None
    for step in range(now - SLACK, now + SLACK + 1):
        if hmac.compare_digest(totp.generate_otp(step), code):
            found = step
    return found


def recovery_codes() -> tuple[str, ...]:
    """Eight fresh codes such as k7m2p-x9qwr, to be shown once."""
    return tuple("-".join("".join(secrets.choice(_LETTERS) for _ in range(_HALF)) for _ in range(2)) for _ in range(RECOVERY_CODES))


def hashed(hall: Hall, account_id: int, code: str) -> str:
    """What is stored of a recovery code: useless without the installation's key."""
    return hmac.new(derived_key(_installation_key(hall), "recovery-codes"), f"{account_id}:{plain(code)}".encode(), sha256).hexdigest()


def take(hall: Hall, account_id: int, typed: str) -> bool:
    """True when what was typed is the code of now or an unused recovery code; it is used up by this, whoever asks next."""
    factor = store.of(account_id)
    if factor is None or not factor.confirmed:
        return False
    code, now = plain(typed), hall.now()
    if len(code) == DIGITS and code.isascii() and code.isdigit():
        try:
            step = step_of(opened(hall, factor), code, now)
        except SealBroken:
            return False  # the recovery codes of a changed key are worth nothing either: an administrator turns it off
        return step is not None and store.take_step(account_id, step)
    return len(code) == 2 * _HALF and store.take_recovery(account_id, hashed(hall, account_id, code), now)
