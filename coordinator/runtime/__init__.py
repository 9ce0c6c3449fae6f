"""
Order, durability and time: from a sender's bytes to a decision that is kept.

    port      what a store promises         step      the one way through a store
    sqlite    a store in a file             memory    a store in memory
    embedded  one machine, one file         kafka     agencies apart, one cluster
    clock     what time it is in a home     alarm     wait until then, or be woken
"""
