"""ECMA-376 agile encryption of a file of any size, some kilobytes at a time.

msoffcrypto-tool holds the file about five times in memory. Its descriptions and its container are
used; what is done here is the walk over the content ([MS-OFFCRYPTO] 2.3.4.14 and 2.3.4.15).
"""

import hmac
import secrets
from hashlib import sha512
from struct import pack
from typing import IO, Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from msoffcrypto.method.container.ecma376_encrypted import (
    DSPos,
    ECMA376Encrypted,
    ECMA376EncryptedLayout,
    Header,
    SectorTypes,
)
from msoffcrypto.method.ecma376_agile import (
    ECMA376AgileEncryptionInfo,
    blkKey_dataIntegrity1,
    blkKey_dataIntegrity2,
)

SEGMENT, BLOCK = 4096, 16
_PIECE = 1 << 20
_SIZE = "<Q"


def encrypted(
    plain: IO[bytes], sealed: IO[bytes], key: bytes, info: ECMA376AgileEncryptionInfo
) -> int:
    """Write ``plain`` encrypted to ``sealed`` and note its integrity; how many bytes were written.

    Each segment has a starting value of its own, and the true size stands before all of them.
    """
    salt = _salt(info)
    size = plain.seek(0, 2)
    plain.seek(0)
    sealed.write(pack(_SIZE, size))
    number = 0
    while segment := plain.read(SEGMENT):
        start = sha512(salt + pack("<I", number)).digest()[:BLOCK]
        padded = segment + bytes(-len(segment) % BLOCK)
        sealed.write(_sealed(padded, key, start))
        number += 1
    written = sealed.tell()
    _note_integrity(sealed, key, info)
    return written


def write_container(
    sealed: IO[bytes], size: int, info: ECMA376AgileEncryptionInfo, path: Any
) -> None:
    """Put ``size`` encrypted bytes and their description into the container Excel opens."""
    described = info.getEncryptionDescriptorHeader() + info.toEncryptionDescriptor().encode()
    with path.open("wb") as stream:
        _Container(_Content(sealed, size), described).write_to(_Target(stream))


class _Content:
    """Encrypted bytes on the disk, of a known length, in place of as many in memory."""

    def __init__(self, sealed: IO[bytes], size: int) -> None:
        self._sealed, self._size = sealed, size

    def __len__(self) -> int:
        return self._size

    def copy_to(self, stream: IO[bytes]) -> None:
        self._sealed.seek(0)
        while piece := self._sealed.read(_PIECE):
            stream.write(piece)


class _Target:
    """The file the container is written to; content on the disk is copied piece by piece."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.seek, self.tell, self.truncate = stream.seek, stream.tell, stream.truncate

    def write(self, content: Any) -> None:
        if isinstance(content, _Content):
            content.copy_to(self._stream)
        else:
            self._stream.write(content)


class _Container(ECMA376Encrypted):
    """The library's container (its version is pinned), written without being held in memory.

    The library also ends the list of allocation sectors wrongly, which files over 7 MB need.
    """

    def write_to(self, obuf: Any) -> None:
        """Place the parts, then write them where they belong."""
        header, package = self._header, self._dirs[DSPos.iEncryptionPackage]
        layout = ECMA376EncryptedLayout(header.sectorSize)
        self._set_sector_locations_of_streams(layout)
        self._detect_sector_num(layout)
        header.firstDirectorySectorLocation = layout.directoryEntryPos
        header.firstMiniFatSectorLocation = layout.miniFatPos
        header.numMiniFatSectors = layout.numMiniFatSectors
        header.numFatSectors = layout.fatSectorNum
        header.numDifatSectors = layout.difatSectorNum
        header.difat = self._fat_sectors(layout)[: Header.FIRSTNUMDIFAT]
        if layout.difatSectorNum:
            header.firstDifatSectorLocation = layout.difatPos
        self._dirs[DSPos.iRoot].StartingSectorLocation = layout.miniFatDataPos
        self._dirs[DSPos.iRoot].Content = bytes(64 * layout.miniFatNum)
        package.StartingSectorLocation = layout.encryptionPackagePos
        # What no part fills is zero.
        obuf.truncate(layout.totalSize)
        header.write_to(obuf)
        self._write_DIFAT(obuf, layout)
        self._write_FAT_start(obuf, layout)
        self._write_MiniFAT(obuf, layout)
        self._write_directory_entries(obuf, layout)
        self._write_Content(obuf, layout)

    def _write_DIFAT(self, obuf: Any, layout: Any) -> None:  # noqa: N802
        room = layout.sectorSize // 4 - 1
        further = self._fat_sectors(layout)[Header.FIRSTNUMDIFAT :]
        for number in range(layout.difatSectorNum):
            part = further[number * room : (number + 1) * room]
            part += [SectorTypes.FREESECT] * (room - len(part))
            is_last = number + 1 == layout.difatSectorNum
            part.append(SectorTypes.ENDOFCHAIN if is_last else layout.difatPos + number + 1)
            obuf.seek(layout.offsetDifat(number))
            obuf.write(pack(f"<{room + 1}I", *part))

    @staticmethod
    def _fat_sectors(layout: Any) -> list[int]:
        return [layout.fatPos + number for number in range(layout.fatSectorNum)]


def _note_integrity(sealed: IO[bytes], key: bytes, info: ECMA376AgileEncryptionInfo) -> None:
    """A keyed sum over everything encrypted, itself encrypted under the same key."""
    salt, own_key = _salt(info), secrets.token_bytes(info.keyData.hashSize)
    total = hmac.new(own_key, digestmod=sha512)
    sealed.seek(0)
    while piece := sealed.read(_PIECE):
        total.update(piece)
    starts = [
        sha512(salt + bytes(block)).digest()[:BLOCK]
        for block in (blkKey_dataIntegrity1, blkKey_dataIntegrity2)
    ]
    info.encryptedHmacKey = _sealed(own_key, key, starts[0])
    info.encryptedHmacValue = _sealed(total.digest(), key, starts[1])


def _sealed(content: bytes, key: bytes, start: bytes) -> bytes:
    encryptor = Cipher(algorithms.AES(key), modes.CBC(start)).encryptor()
    return encryptor.update(content) + encryptor.finalize()


def _salt(info: ECMA376AgileEncryptionInfo) -> bytes:
    assert info.keyData.saltValue is not None
    return bytes(info.keyData.saltValue)
