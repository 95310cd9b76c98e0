"""The works behind the facts: sources.bib."""

from __future__ import annotations

import logging
import re
from dataclasses import dataclass

from rapallo.errors import Problem
from rapallo.record.folder import Folder
from rapallo.record.text import read_text

FILE = "sources.bib"
LARGEST = 16 * 1024 * 1024
"""Bytes."""

_BRACES = re.compile(r"(?<!\\)[{}]")


@dataclass(frozen=True, slots=True)
class Source:
    """One work.

    Parameters
    ----------
    key
        The key under which rows cite it.
    kind
        BibTeX's entry type.
    title, author, year, url, why
        Fields of those names, empty where absent; ``why`` says why it is cited.
    fields
        Every field as written, without the outer braces.
    line
        Line of ``sources.bib``.
    """

    key: str
    kind: str
    title: str
    author: str
    year: str
    url: str
    why: str
    fields: tuple[tuple[str, str], ...]
    line: int

    @property
    def citation(self) -> str:
        """Author, title and year in one line; the author once, where the title begins with the name."""
        named = self.title.casefold().startswith(self.author.casefold())
        head = "" if named else f"{self.author}, "
        return f"{head}{self.title or self.key}" + (f" ({self.year})" if self.year else "")


def read_sources(folder: Folder, problems: list[Problem], file: str = FILE) -> dict[str, Source] | None:
    """Read the works by key; give ``None`` where the file cannot be read.

    Entries that cannot be parsed, keys and fields that stand twice, and entries without a title or
    without ``why`` are problems.
    """
    text = read_text(folder, file, problems, LARGEST)
    if text is None:
        return None
    if not text.strip():
        return {}
    from bibtexparser.entrypoint import parse_string
    from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock

    logger = logging.getLogger("bibtexparser")
    level = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        library = parse_string(text)
    except Exception as error:
        problems.append(Problem(file, None, None, f"the file cannot be read as BibTeX: {error}", "check its braces"))
        return None
    finally:
        logger.setLevel(level)
    for block in library.failed_blocks:
        line = (block.start_line or 0) + 1
        if isinstance(block, DuplicateBlockKeyBlock):
            first = (block.previous_block.start_line or 0) + 1
            what = f"the key {block.key!r} stands twice, first on line {first}"
            problems.append(Problem(file, line, block.key, what, "take one entry away, or give it another key"))
        elif isinstance(block, DuplicateFieldKeyBlock):
            twice = ", ".join(sorted(block.duplicate_keys))
            problems.append(Problem(file, line, twice, f"the entry has the field {twice} twice", "take one away"))
        else:
            reason = getattr(block.error, "abort_reason", None) or str(block.error)
            what = f"the entry cannot be parsed: {' '.join(str(reason).split())}"
            problems.append(Problem(file, line, None, what, "close every brace and put commas between fields"))
    sources = {}
    for entry in library.entries:
        line = (entry.start_line or 0) + 1
        fields = {field.key.casefold(): _plain(str(field.value)) for field in entry.fields}
        source = Source(
            key=entry.key.strip(),
            kind=entry.entry_type,
            title=fields.get("title", ""),
            author=fields.get("author", ""),
            year=fields.get("year", "") or fields.get("date", ""),
            url=fields.get("url", ""),
            why=fields.get("why", ""),
            fields=tuple(fields.items()),
            line=line,
        )
        if not source.key:
            problems.append(Problem(file, line, None, "the entry has no key", "write @book{key, …"))
            continue
        if not source.why:
            what = f"the entry {source.key!r} does not say why it is cited"
            problems.append(Problem(file, line, "why", what, "add a field why = {…}"))
        if not source.title:
            problems.append(Problem(file, line, "title", f"the entry {source.key!r} has no title", "add title = {…}"))
        sources[source.key] = source
    return sources


def _plain(value: str) -> str:
    """Take away braces and line breaks; commands of TeX stay as they are."""
    return " ".join(_BRACES.sub("", value).split())
