"""
One machine, one file: the runtime for trials, evaluation and small deployments.

    lock      the right to decide         store     the database, read and written
    bus       what waits is one           reading   what others may read of it
              transaction                 schema    its tables
    poison    what our code fails on      following what a decision makes of them
    door      other processes come in     opening   is it ours, current, durable
    knock     the other process's side    failures  what SQLite's errors mean
    wire      what goes through           clock     what time it is in a home
                                          alarm     wait until then, or be woken
"""
