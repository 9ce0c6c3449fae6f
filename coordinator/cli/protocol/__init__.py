"""
The protocol itself: checked, shown, compared, put in force.

A command a module; P is a profile's name (`nz-2009`) or a profile's file.
"""

from typer import Typer

__all__ = ["protocol"]

protocol = Typer(add_completion=False)
