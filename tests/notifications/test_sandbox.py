"""Hostile templates: each is refused, or answered harmlessly, within a second."""

from __future__ import annotations

import time

import pytest

from notifications.sandbox import MAX_OUTPUT, MAX_SOURCE, TemplateRefused, fill_in


class DatabaseRow:
    """Stands for a database object that slipped into a context."""

    saved = False

    def save(self) -> str:
        DatabaseRow.saved = True
        return "saved"


REFUSED = {
    "a power": "{{ 'a' * 10**9 }}",
    "a product": "{{ 'a' * 1000000000 }}",
    "a number power": "{{ 9**9**9 }}",
    "a shifted sum": "{{ number ~ number }}",
    "format width": "{{ '%1000000000s' % number }}",
    "format method": "{{ '{:>1000000000}'.format(1) }}",
    "nested ranges": "{% for a in range(99999) %}{% for b in range(99999) %}x{% endfor %}{% endfor %}",
    "one range": "{% for a in range(10**9) %}{% endfor %}",
    "loops in loops": "{% for a in names %}{% for b in names %}{{ b }}{% endfor %}{% endfor %}",
    "a recursive loop": "{% for a in names recursive %}{{ loop(names) }}{% endfor %}",
    "a literal list": "{% for a in [1, 2, 3] %}{{ a }}{% endfor %}",
    "a method": "{{ number.upper() }}",
    "an object's save": "{{ row.save() }}",
    "the class of a word": "{{ number.__class__ }}",
    "the subclasses of object": "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "the class by index": "{{ number['__class__']['__base__'] }}",
    "the class by attr filter": "{{ number|attr('__class__') }}",
    "the map filter": "{{ names|map(attribute='__class__')|join }}",
    "globals of a helper": "{{ cycler.__init__.__globals__ }}",
    "lipsum": "{{ lipsum(n=1000000) }}",
    "self": "{{ self._TemplateReference__context }}",
    "a macro": "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "an include": "{% include '/etc/passwd' %}",
    "an import": "{% import 'os' as os %}",
    "an extends": "{% extends 'base' %}",
    "a block": "{% block b %}{% endblock %}",
    "an assignment": "{% set x = number %}{{ x }}",
    "a call block": "{% call number() %}{% endcall %}",
    "a filter block": "{% filter upper %}x{% endfilter %}",
    "centre filter": "{{ number|center(1000000000) }}",
    "indent filter": "{{ number|indent(1000000000) }}",
    "replace filter": "{{ number|replace('1', number) }}",
    "format filter": "{{ '%1000000000d'|format(1) }}",
    "joining text with itself": "{{ long|join(long|join(long|join(long))) }}",
    "a deep nest": "{{ " + "(" * 3000 + "1" + ")" * 3000 + " }}",
    "many tags": "{% if number %}" * 600,
    "a long template": "x" * (MAX_SOURCE + 1),
    "too many parts": "{{ number }} " * 600,
    "an open brace": "{{ number",
    "an unknown tag": "{% python %}",
    "a missing word": "{{ nothing }}",
    "a missing part": "{{ who.nothing }}",
    "a dict method": "{{ who.items }}",
    "a wrong index": "{{ names[99] }}",
    "text against number": "{% if number > 3 %}x{% endif %}",
}


@pytest.mark.parametrize("source", REFUSED.values(), ids=REFUSED.keys())
def test_a_hostile_template_is_refused_in_one_sentence_within_a_second(source: str) -> None:
    context = {"number": "20261123-0001", "names": ["韩", "许"], "who": {"unit": "水务局"}, "long": "长" * 2000, "row": "x"}
    started = time.thread_time()
    with pytest.raises(TemplateRefused) as refused:
        fill_in(source, context)
    assert time.thread_time() - started < 1
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 400
    assert refused.value.permanent


def test_a_database_object_has_no_place_in_a_context() -> None:
    with pytest.raises(TemplateRefused, match="DatabaseRow"):
        fill_in("{{ row.save }}", {"row": DatabaseRow()})
    assert not DatabaseRow.saved


@pytest.mark.parametrize(
    "context",
    [
        {"a": [0] * 51},
        {"a": {str(number): 1 for number in range(51)}},
        {"a": [[[[[[1]]]]]]},
        {"a": [[0] * 50 for _ in range(50)]},
        {"a": lambda: 1},
        {"a": b"x"},
    ],
    ids=["long list", "long map", "deep", "many", "function", "bytes"],
)
def test_a_context_of_anything_but_a_few_plain_values_is_refused(context: dict[str, object]) -> None:
    with pytest.raises(TemplateRefused):
        fill_in("x", context)


def test_a_message_longer_than_twenty_kilobytes_is_refused() -> None:
    with pytest.raises(TemplateRefused, match=str(MAX_OUTPUT)):
        fill_in("{% for a in names %}{{ a }}{% endfor %}", {"names": ["长" * 2000] * 50})


def test_the_worst_allowed_template_ends_within_a_second() -> None:
    body = "{% if long in long %}{% endif %}" * 90
    started = time.thread_time()
    fill_in("{% for a in names %}" + body + "{% endfor %}", {"names": ["长" * 2000] * 50, "long": "长" * 2000})
    assert time.thread_time() - started < 1


def test_what_a_message_needs_is_allowed() -> None:
    source = "{% if due %}{{ due }} 前{% else %}尽快{% endif %}{{ who.unit|default('') }}：{% for a in names %}{{ a|upper }}；{% endfor %}{{ names|join('、') }}{{ names|length }}"
    assert fill_in(source, {"due": "14:05", "who": {"unit": "水务局"}, "names": ["a", "b"]}) == "14:05 前水务局：A；B；a、b2"


def test_a_word_with_line_breaks_and_escapes_stays_on_one_line() -> None:
    assert fill_in("{{ a }}", {"a": "一\r\n二\x1b[31m三"}) == "一 二 [31m三"


def test_template_code_inside_a_word_is_not_run() -> None:
    assert fill_in("{{ a }}", {"a": "{{ 'x' * 10 }}"}) == "{{ 'x' * 10 }}"
