import json
import tomllib
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.registration.toml_lines import Path, lines_of

DOCUMENT = '''\
# a comment = "not a key"
id = "batam"
name = { id = "Lomba # 1", en = "Contest, [1]" }

text = """
key = "inside a text"
[not.a.table]
""""
raw = \'\'\'
[[nor this]]
\'\'\'
a.b.c = 1
list = [
  "one", # comment, with ] and "quotes
  [2, 3],
  { deep = "x" },
]
when = 2023-02-01T08:00:00+07:00

[[rubric]]
id = "first"
  [[rubric.criterion]]
  id = "novelty"
  [[rubric.criterion]]
  "id" = "benefit \\" quoted"
  \'odd key\'.weight = 30
[[rubric]]
[[rubric.criterion]]
[rubric.criterion.name]
en = "x"
'''


def test_every_key_and_element_is_found_on_its_line() -> None:
    lines = lines_of(DOCUMENT)
    source = DOCUMENT.splitlines()

    def text_at(*path: str | int) -> str:
        return source[lines.at(path) - 1].strip()

    assert text_at("id") == 'id = "batam"'
    assert text_at("name", "en").startswith("name = {")
    assert text_at("raw") == "raw = '''"
    assert text_at("a", "b", "c") == "a.b.c = 1"
    assert text_at("list", 0).startswith('"one"')
    assert text_at("list", 1, 1) == "[2, 3],"
    assert text_at("list", 2, "deep") == '{ deep = "x" },'
    assert text_at("when").startswith("when")
    assert text_at("rubric", 0, "id") == 'id = "first"'
    assert text_at("rubric", 0, "criterion", 0, "id") == 'id = "novelty"'
    assert text_at("rubric", 0, "criterion", 1, "odd key", "weight") == "'odd key'.weight = 30"
    assert lines.at(("rubric", 1)) == source.index("[[rubric]]", source.index("[[rubric]]") + 1) + 1
    assert text_at("rubric", 1, "criterion", 0, "name", "en") == 'en = "x"'


def test_a_missing_key_is_sought_where_its_table_begins() -> None:
    lines = lines_of("[a]\nx = 1\n\n[b]\ny = 2\n")
    assert lines.at(("b", "missing")) == 4
    assert lines.at(("nowhere",)) == 1


def test_lines_are_the_same_under_windows_line_ends() -> None:
    assert lines_of("a = 1\r\n[b]\r\nc = 2\r\n").at(("b", "c")) == 3


keys = st.text(st.sampled_from("ab_-\"'.[]#= é"), min_size=1, max_size=4)
scalars = st.one_of(st.integers(-9, 9), st.booleans(), st.text(st.sampled_from("ab\"'\\[]{}#,=\n é"), max_size=8))
values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(keys, inner, max_size=3), max_leaves=8
)
documents = st.dictionaries(keys, values, max_size=4)


@given(documents, st.booleans())
def test_any_document_has_a_line_for_every_path_and_none_besides(content: dict[str, Any], spread: bool) -> None:
    document = "".join(f"{quoted(key)} = {inline(value, spread)}\n\n" for key, value in content.items())
    assert tomllib.loads(document) == content
    assert lines_of(document).paths() == set(paths_in(content))


def quoted(text: str) -> str:
    return json.dumps(text)


def inline(value: Any, spread: bool) -> str:
    """TOML source; `spread` puts comments and line ends into lists."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{quoted(k)} = {inline(v, False)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        between = " # ] , [\n" if spread else ""
        return "[" + between + "".join(inline(v, spread) + "," + between for v in value) + "]"
    return json.dumps(value)


def paths_in(value: Any, path: Path = ()) -> list[Path]:
    if isinstance(value, dict):
        parts = list(value.items())
    elif isinstance(value, list):
        parts = list(enumerate(value))
    else:
        return []
    return [p for key, inner in parts for p in [(*path, key), *paths_in(inner, (*path, key))]]
