"""Shapes that several rooms' routes have in common, for the API's description."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, WithJsonSchema

AnyText = Annotated[Any, WithJsonSchema({"type": "string"})]
"""A text that a use case checks itself, so that the refusal is in its own words."""

AnyOptionalText = Annotated[Any, WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "null"}]})]
"""As `AnyText`, where null is the same as absent."""

AnyTexts = Annotated[Any, WithJsonSchema({"type": "array", "items": {"type": "string"}})]
"""A list of texts that a use case checks itself."""


class Success(BaseModel):
    """It is done."""

    success: Literal[True]


class Told(BaseModel):
    """It is done, in a sentence."""

    message: str
