"""What every type of event's data has in common."""

from __future__ import annotations

from typing import ClassVar

from pydantic import BaseModel, ConfigDict


class Payload(BaseModel):
    """
    An event's data, read and checked; frozen, and without coercion.

    A field that is not the type's is an error, as is a null: what is not known is
    left out. An attribute is named as its field on the wire, but `from_` for `from`.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        extra="forbid",
        strict=True,
        frozen=True,
        # The text of an error must not hold what was sent.
        hide_input_in_errors=True,
    )
