"""
The course of a case as a picture: events from left to right by what comes before.

    course  which events, in which column, and what each of them needs and starts
    layout  where everything stands
    svg     the drawing

Nothing but text goes in and out, and the same profile always gives the same picture.
"""

from coordinator.protocol.picture.svg import picture

__all__ = ["picture"]
