"""
A fictional case, played at speed through the real bus and left to be explored.

    story.ndjson, story.toml, contacts/   what is told, and its people
    story   reads them
    play    moves the clock from one thing that happens to the next
    invitation  what can be tried afterwards

Source: `docs/adr/0008-the-demo-has-its-own-clock.md`.
"""
