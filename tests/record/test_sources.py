from rapallo.record.folder import Folder
from rapallo.record.sources import read_sources


def read(text):
    problems = []
    return read_sources(Folder("x", contents={"sources.bib": text.encode()}), problems), problems


def test_fields_are_read_without_braces():
    sources, problems = read(
        "@book{carr1951,\n  author = {Carr, E. H.},\n  title = {German--{Soviet} Relations},\n  year = 1951,\n"
        "  url = {https://example.org/a_b},\n  why = {the date\n  of the row}\n}\n"
    )
    assert problems == []
    carr = sources["carr1951"]
    assert (carr.kind, carr.author, carr.year, carr.line) == ("book", "Carr, E. H.", "1951", 1)
    assert carr.title == "German--Soviet Relations"
    assert carr.why == "the date of the row"
    assert carr.url == "https://example.org/a_b"
    assert carr.citation == "Carr, E. H., German--Soviet Relations (1951)"
    assert dict(carr.fields)["year"] == "1951"


def test_an_author_is_named_once():
    sources, _ = read("@misc{carley, author={Carley}, title={Carley (name only)}, year=1921, why={a lead}}")
    assert sources["carley"].citation == "Carley (name only) (1921)"


def test_russian_works_are_read():
    sources, problems = read("@book{gorlov2001, author={Горлов, С. А.}, title={Совершенно секретно}, why={МИЛ}}")
    assert problems == []
    assert sources["gorlov2001"].author == "Горлов, С. А."


def test_every_bad_entry_is_named_with_its_line():
    sources, problems = read(
        "@book{a, title={A}, why={x}}\n\n@book{a, title={B}, why={x}}\n@book{b, title={C}}\n"
        "@book{c, why={x}, why={y}, title={D}}\n"
        "@book{, title={E}, why={x}}\n@book{d, title={never closed}\n"
    )
    assert set(sources) == {"a", "b"}
    assert sorted(each.line for each in problems) == [3, 4, 5, 6, 7]
    words = " ".join(each.what for each in problems)
    for part in (
        "'a' stands twice, first on line 1",
        "does not say why",
        "field why twice",
        "no key",
        "cannot be parsed",
    ):
        assert part in words


def test_an_empty_file_has_no_works():
    assert read("") == ({}, [])
    assert read("% nothing yet\n") == ({}, [])
