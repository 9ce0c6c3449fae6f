"""
The store on SQLite: the embedded runtime's truth, and the Kafka runtime's mirror.

    store     read and written            following what a decision makes of the tables
    reading   what others may read of it  opening   is it ours, current, durable
    schema    its tables                  failures  what SQLite's errors mean
    sums      is a row what was written
"""
