"""
The topics on Kafka: shown, made as they should be, and who may use them.

A command a module. What they say is data (`coordinator.topics`); the cluster is the
one that the environment names.
"""

from typer import Typer

from coordinator.cli.topics.acl import acl
from coordinator.cli.topics.apply import apply
from coordinator.cli.topics.show import show
from coordinator.cli.topics.users import users

__all__ = ["topics"]

topics = Typer(add_completion=False)
topics.command("show")(show)
topics.command("apply")(apply)
topics.command("acl")(acl)
topics.command("users")(users)
