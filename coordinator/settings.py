"""
What is set from outside: environment variables, and the options that override them.

Source: docs/adr/0003-one-transaction.md.
"""

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

__all__ = ["Settings"]


class Settings(BaseSettings):
    """
    The bus's settings; each is read from `COORDINATOR_<NAME>`.

    Attributes:
        home: Where the embedded runtime keeps everything.
        profile: The protocol that a new home activates: a packaged profile's name
            (nz-2009) or a file.
        contacts: The directory's folder.
        require_signatures: Reject events that no known key signed.
    """

    model_config = SettingsConfigDict(env_prefix="COORDINATOR_", frozen=True)

    home: Path = Field(default=Path("var"))
    profile: str = Field(default="nz-2009")
    contacts: Path = Field(default=Path("contacts"))
    require_signatures: bool = Field(default=False)
