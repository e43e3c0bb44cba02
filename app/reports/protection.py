"""A password on a workbook (ECMA-376 agile encryption), which the portal itself never keeps.

The password is used up where it is typed or made: it gives a :class:`Lock`, which holds a random
file key and that key encrypted under the password. The lock goes with the work that makes the file
and is forgotten with it; nobody can get the password back from it.
"""

import secrets
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

from flask_babel import gettext as _
from msoffcrypto.method.ecma376_agile import ECMA376Agile, ECMA376AgileEncryptionInfo

from app.reports.encryption import encrypted, write_container

SHORTEST, LONGEST = 12, 64
_PLACES, _GROUP = range(4), 5
# Nothing that is misread from a screen or over the telephone.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
_PARTS = ("salt", "verifier", "verifier_hash", "wrapped", "key")


@dataclass(frozen=True, slots=True)
class Lock:
    """What encrypts a file so that one password opens it; plain text values for JSON."""

    parts: tuple[str, ...]

    def packed(self) -> dict[str, str]:
        """As JSON values."""
        return dict(zip(_PARTS, self.parts, strict=True))

    @classmethod
    def restored(cls, values: Mapping[str, str]) -> "Lock":
        """From JSON values."""
        return cls(tuple(values[name] for name in _PARTS))


def new_password() -> str:
    """A password nobody chose: 20 characters, about 99 bits, in groups to be read out."""
    while True:
        groups = ("".join(secrets.choice(_ALPHABET) for _one in range(_GROUP)) for _at in _PLACES)
        password = "-".join(groups)
        # One of four hundred has no digit.
        if any(map(str.isdigit, password)) and any(map(str.isalpha, password)):
            return password


def problems_of(password: str) -> Sequence[str]:
    """Why a password may not be used, in sentences; empty when it may."""
    if not SHORTEST <= len(password) <= LONGEST:
        words = _("Use %(least)s to %(most)s characters.", least=SHORTEST, most=LONGEST)
        return [words]
    if not all(33 <= ord(one) <= 126 for one in password):
        return [_("Use half-width letters, digits and signs, without spaces.")]
    kinds = (str.isdigit, str.isalpha)
    if not all(any(kind(one) for one in password) for kind in kinds) or len(set(password)) < 6:
        return [_("Use letters and digits, and not the same ones again and again.")]
    return []


def lock_of(password: str) -> Lock:
    """A lock the password opens; a tenth of a second of work, on purpose."""
    info, key = ECMA376Agile.generate_encryption_parameters(password)
    kept = (
        info.encryptedKey.saltValue,
        info.encryptedVerifierHashInput,
        info.encryptedVerifierHashValue,
        info.encryptedKeyValue,
        key,
    )
    return Lock(tuple(b64encode(bytes(one)).decode() for one in kept))


def protect(path: Path, lock: Lock) -> None:
    """Encrypt the workbook at ``path`` in its place; however large, it is never held whole."""
    salt, verifier, verifier_hash, wrapped, key = map(b64decode, lock.parts)
    info = ECMA376AgileEncryptionInfo()
    info.encryptedKey.saltValue = salt
    info.encryptedVerifierHashInput = verifier
    info.encryptedVerifierHashValue = verifier_hash
    info.encryptedKeyValue = wrapped
    # Another file under the same lock shares its key, never its starting values.
    info.keyData.saltValue = secrets.token_bytes(info.keyData.saltSize)
    # What is encrypted stands beside the file until its container can be written.
    with TemporaryFile(dir=path.parent) as sealed:
        with path.open("rb") as plain:
            size = encrypted(plain, sealed, key, info)
        write_container(sealed, size, info, path)
