"""
What runs: the bus's own agents, each small enough to read in one go.

    agency     what an agency's developer writes against; hands on what it is sent
    timers     sees to it that no deadline passes unnoticed
    notifier   hands pages to a channel
"""
