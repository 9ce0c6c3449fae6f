"""
What runs: the bus's own agents, each small enough to read in one go.

    timers     sees to it that no deadline passes unnoticed
    notifier   hands pages to a channel
"""
