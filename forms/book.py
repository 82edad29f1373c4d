"""The forms in force: read by every page, replaced as a whole when an office publishes."""

from __future__ import annotations

from collections.abc import Mapping

from forms.form import Form


class FormBook:
    """Forms by id. `replace` swaps all of them at once; whoever holds a Form keeps the version they began with."""

    def __init__(self, forms: Mapping[str, Form] | None = None) -> None:
        self._forms: Mapping[str, Form] = dict(forms or {})

    def find(self, name: str) -> Form | None:
        """The version in force, or None when there is no such form."""
        return self._forms.get(name)

    def all(self) -> tuple[Form, ...]:
        """Every form in force, by id."""
        return tuple(self._forms[name] for name in sorted(self._forms))

    def replace(self, forms: Mapping[str, Form]) -> None:
        """Puts other forms in force."""
        self._forms = dict(forms)
