"""Names, scales and meanings of FIT messages and fields, from fitparse's profile (which follows Garmin's own)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

from ...errors import RunlabError
from .walk import BASE_TYPES


@dataclass(frozen=True, eq=False)
class Component:
    """Some bits of a field that are a field of their own."""

    target: int
    bits: int
    scale: float
    offset: float
    accumulate: bool


@dataclass(frozen=True, eq=False)
class Spec:
    """What the profile says of one field (or of one sub-field: what a field is when another field has some value)."""

    number: int
    name: str
    units: str
    scale: float = 1
    offset: float = 0
    words: Mapping[int, str] | None = None
    is_instant: bool = False
    is_scaled: bool = False
    components: tuple[Component, ...] = ()
    element_bits: int = 8
    invalid: int | None = None  # the raw value that means "not measured"
    subfields: tuple[Spec, ...] = ()
    when: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, eq=False)
class Message:
    """A message type and its fields."""

    number: int
    name: str
    fields: Mapping[int, Spec]

    def field(self, number: int) -> Spec:
        """The field's profile, or a plain one called ``unknown_<number>``."""
        return self.fields.get(number) or _unknown(number)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Field name -> number."""
        return {spec.name: number for number, spec in self.fields.items()}


@cache
def _unknown(number: int) -> Spec:
    return Spec(number, f"unknown_{number}", "")


def _spec(field: Any) -> Spec:
    kind = field.type
    is_base = field.is_base_type
    base = kind if is_base else kind.base_type
    components = tuple(
        Component(c.def_num, c.bits, c.scale or 1, c.offset or 0, bool(c.accumulate)) for c in (field.components or ())
    )
    is_scaled = base.name != "string" and ((field.scale or 1) != 1 or bool(field.offset))
    return Spec(
        number=field.def_num,
        name=field.name,
        units=field.units or "",
        scale=field.scale or 1,
        offset=field.offset or 0,
        words=None if is_base or is_scaled or kind.name == "date_time" else (kind.values or None),
        is_instant=not is_base and kind.name == "date_time",
        is_scaled=is_scaled,
        components=components,
        element_bits=8 * base.size,
        invalid=BASE_TYPES[base.identifier & 0x1F][1],
        subfields=tuple(_spec(s) for s in (getattr(field, "subfields", None) or ())),
        when=tuple((r.name, r.raw_value) for r in (getattr(field, "ref_fields", None) or ())),
    )


@cache
def _fitparse() -> Any:
    try:
        from fitparse import profile
        from fitparse.records import FieldType  # noqa: F401
    except ImportError as error:
        raise RunlabError(
            f"fitparse cannot be imported ({error}); install it with: pip install python-fitparse"
        ) from error
    if 192 not in profile.MESSAGE_TYPES[18].fields:
        raise RunlabError(
            "an old fitparse (2020) hides the newer one: it knows neither RPE nor feel. "
            "Run: pip uninstall fitparse; pip install --force-reinstall python-fitparse"
        )
    return profile


@cache
def message_profile(number: int) -> Message:
    """The profile of one message type; an empty one called ``unknown_<number>`` if nobody knows it.

    >>> message_profile(20).field(3).name, message_profile(20).field(3).units
    ('heart_rate', 'bpm')
    >>> message_profile(9999).name
    'unknown_9999'
    """
    known = _fitparse().MESSAGE_TYPES.get(number)
    if known is None:
        return Message(number, f"unknown_{number}", {})
    timestamp = _fitparse().MESSAGE_TYPES[20].fields[253]
    fields = {n: _spec(f) for n, f in known.fields.items()}
    return Message(number, known.name, {253: _spec(timestamp), **fields} if 253 in fields else fields)


@cache
def words(type_name: str) -> Mapping[int, str]:
    """The words of an enumerated type.

    >>> words("sport")[1]
    'running'
    """
    return _fitparse().FIELD_TYPES[type_name].values
