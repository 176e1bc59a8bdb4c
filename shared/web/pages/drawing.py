"""The templates of a service and those that all share, in each language."""

from collections.abc import Callable, Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from shared.web.pages.assets import address
from shared.web.pages.words import LANGUAGES, Words

HERE = Path(__file__).parent
SERVICES = HERE.parent.parent.parent / "services"


class Drawing:
    """Draws the pages of one service. Its templates lie in `services/<name>/templates`, its words in `services/<name>/locales`."""

    def __init__(self, service: str):
        room = SERVICES / service
        catalogue = room / "locales" / "id.po"
        catalogues = [catalogue] if catalogue.exists() else []
        self.words = {language: Words(language, catalogues) for language in LANGUAGES}
        places = ChoiceLoader([FileSystemLoader(room / "templates"), FileSystemLoader(HERE / "templates")])
        self._environments = {language: environment(places, words) for language, words in self.words.items()}

    def draw(self, language: str, template: str, context: Mapping[str, Any], block: str = "") -> str:
        """The page, or one block of it alone (for htmx). Such a block imports the macros that it uses itself."""
        found = self._environments[language].get_template(template)
        if not block:
            return found.render(context)
        inner = found.new_context(dict(context))
        return "".join(found.blocks[block](inner))


@cache
def drawing_of(service: str) -> Drawing:
    """Its templates are compiled once in a process."""
    return Drawing(service)


def environment(loader: ChoiceLoader, words: Words) -> Environment:
    made = Environment(
        loader=loader,
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do"],
        auto_reload=False,
    )
    made.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals |= {"lang": words.language, "asset": address, **_sayings(words)}
    for name in ("say", "sentence", "day", "date_said", "moment", "instant", "clock", "within", "number", "score", "size"):
        made.filters[name] = getattr(words, name)
    return made


def _sayings(words: Words) -> dict[str, Callable[..., Markup]]:
    """`_` and `ngettext`, which say the same as Jinja2's own, whose way to each sentence leads three times through the context: a
    long page says six hundred."""

    @lru_cache(4_096)
    def pattern(sentence: str) -> Markup:
        return Markup(words.gettext(sentence))

    @lru_cache(4_096)
    def whole(sentence: str) -> Markup:
        return pattern(sentence) % {}

    def said(sentence: str, **names: Any) -> Markup:
        return pattern(sentence) % names if names else whole(sentence)

    def counted(singular: str, plural: str, number: int, **names: Any) -> Markup:
        return Markup(words.ngettext(singular, plural, number)) % {"num": number, **names}

    return {"_": said, "gettext": said, "ngettext": counted}
