"""Secrets that are kept: readable with the server's key alone."""

from __future__ import annotations

import base64
from hashlib import sha256

from cryptography.fernet import Fernet, InvalidToken


class SealedOtherwiseError(Exception):
    """It was sealed with another key, or it is not what was sealed."""


class Seal:
    """`purpose` keeps apart what one key seals for several things."""

    def __init__(self, key: bytes, purpose: str) -> None:
        own = sha256(b"seal\0" + purpose.encode() + b"\0" + key).digest()
        self._fernet = Fernet(base64.urlsafe_b64encode(own))

    def close(self, secret: str) -> str:
        return self._fernet.encrypt(secret.encode()).decode()

    def open(self, sealed: str) -> str:
        """Raises SealedOtherwiseError."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode()
        except InvalidToken:
            raise SealedOtherwiseError from None
