"""
One machine, one file: the runtime for trials, evaluation and small deployments.

    lock      the right to decide         door   other processes come in
    bus       what waits is one           knock  the other process's side
              transaction                 wire   what goes through
    poison    what our code fails on

What it is kept in is `runtime.sqlite`.
"""
