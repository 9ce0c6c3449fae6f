"""
One machine, one file: the runtime for trials, evaluation and small deployments.

    store    the database            bus    what waits goes into one transaction
    lock     the right to decide     door   other processes' way to the bus
    clock    what time it is here    alarm  wait until then, or be woken
"""
