"""What templates say: in the page's language, with names put in and escaped, as Jinja2's own functions would."""

import pytest
from jinja2 import ChoiceLoader, DictLoader, Environment

from shared.web.pages.drawing import environment
from shared.web.pages.words import LANGUAGES, Words

SAID = {
    "a sentence": '{{ _("Sign in") }}',
    "the same again": '{{ _("Sign in") }} {{ _("Sign in") }}',
    "a name": '{{ _("Hello %(name)s", name=name) }}',
    "a percent sign": '{{ _("50%% of %(name)s", name=name) }} {{ _("100%%") }}',
    "what is marked up": '{{ _("Hello %(name)s", name=name|e) }}',
    "one": '{{ ngettext("%(num)s day", "%(num)s days", 1) }}',
    "many": '{{ ngettext("%(num)s day of %(name)s", "%(num)s days of %(name)s", 2, name=name) }}',
    "another number": '{{ ngettext("%(num)s day", "%(num)s days", 1000, num="1.000") }}',
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("template", SAID.values(), ids=SAID)
def test_sentences_are_said_as_jinja_says_them(language: str, template: str) -> None:
    words, loader = Words(language), ChoiceLoader([DictLoader({"page.html": template})])
    theirs = Environment(loader=loader, autoescape=True, extensions=["jinja2.ext.i18n"])
    theirs.install_gettext_callables(words.gettext, words.ngettext, newstyle=True)  # type: ignore[attr-defined]
    name = "<b>Sari & Tono</b>"
    said = environment(loader, words).get_template("page.html").render(name=name)
    assert said == theirs.get_template("page.html").render(name=name)
    assert "<b>" not in said
