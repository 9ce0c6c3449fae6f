"""The topics and all that may stand in them, as a document of AsyncAPI 3.0."""

from coordinator.topics.asyncapi.document import asyncapi

__all__ = ["asyncapi"]
