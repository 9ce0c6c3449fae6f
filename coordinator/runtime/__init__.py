"""
Order, durability and time: from a sender's bytes to a decision that is kept.

`port.py` says what a store promises, `step.py` is the one way through it; `memory`
and `embedded` are stores, and the embedded runtime's processes.
"""
