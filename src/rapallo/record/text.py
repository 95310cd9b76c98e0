"""A file's text, or what is wrong with its encoding."""

from __future__ import annotations

import codecs
import re

from rapallo.errors import Problem
from rapallo.record.folder import LARGEST_FILE, Folder

_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffd\u200b]")
_TWICE = re.compile("[ÃÐÑ][\u0080-\u00bf]|â€[\u0080-\u00ff™œ“”]")
_SAVE = "save the file as UTF-8"


def read_text(folder: Folder, file: str, problems: list[Problem], largest: int = LARGEST_FILE) -> str | None:
    """Read a UTF-8 file; every line end becomes a line feed.

    A byte order mark, another encoding, bytes of value zero, control characters and text that was
    decoded wrongly before are problems. Where there is no telling what was meant, the text is ``None``.
    """
    data = folder.read(file, problems, largest)
    if data is None:
        return None
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        problems.append(Problem(file, 1, None, "the file is UTF-16", f"{_SAVE} without a byte order mark"))
        return None
    if data.startswith(codecs.BOM_UTF8):
        what = "the file begins with a byte order mark (EF BB BF)"
        problems.append(Problem(file, 1, None, what, f"{_SAVE} without a byte order mark"))
        data = data[len(codecs.BOM_UTF8) :]
    if (zero := data.find(b"\0")) >= 0:
        what = "the file holds a byte of value zero: it is no text, or it was cut off in writing"
        problems.append(Problem(file, _line(data, zero), None, what, f"{_SAVE} from its editor again"))
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        problems.append(_not_utf8(file, data, error.start))
        return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        _damage(file, text, _TWICE, "the text was saved as UTF-8 and read as something else before", problems)
    _damage(file, text, _CONTROL, "there is an invisible or a replacement character", problems)
    return text


def _damage(file: str, text: str, pattern: re.Pattern[str], what: str, problems: list[Problem]) -> None:
    last = 0
    for found in pattern.finditer(text):
        line = text.count("\n", 0, found.start()) + 1
        if line != last:
            shown = " ".join(f"U+{ord(letter):04X}" for letter in found[0])
            around = text[max(0, found.start() - 12) : found.end() + 12].replace("\n", " ")
            problems.append(Problem(file, line, None, f"{what}: {shown} in {around!r}", "type the word anew"))
            last = line


def _not_utf8(file: str, data: bytes, start: int) -> Problem:
    line = _line(data, start)
    begins = max(data.rfind(b"\n", 0, start), data.rfind(b"\r", 0, start)) + 1
    ends = data.find(b"\n", start)
    piece = data[begins : ends if ends >= 0 else len(data)]
    offset = start - begins
    encoding = _guess(data)
    around = piece.decode(encoding, "replace")[max(0, offset - 20) : offset + 20].strip()
    name = {"cp1251": "Windows-1251", "cp1252": "Windows-1252"}[encoding]
    what = f"the file is not UTF-8; it seems to be {name}, in which this line has {around!r}"
    return Problem(file, line, None, what, f"{_SAVE} (in a spreadsheet: 'CSV UTF-8')")


def _guess(data: bytes) -> str:
    """Tell Cyrillic from Western code pages: Russian words are runs of high bytes, Western ones hold single ones."""
    high = re.findall(rb"[\x80-\xff]+", data[:1_000_000])
    letters = sum(map(len, high))
    return "cp1251" if letters and sum(len(run) for run in high if len(run) >= 3) * 2 > letters else "cp1252"


def _line(data: bytes, position: int) -> int:
    head = data[:position].replace(b"\r\n", b"\n")
    return head.count(b"\n") + head.count(b"\r") + 1
