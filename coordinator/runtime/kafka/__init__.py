"""
Agencies apart, on machines of their own, and one Kafka cluster between them.

A process's part in a cluster
    connection  how to reach it         cluster    what every process has of it
    versions    the protocol there      outgoing   the one way to write
    consuming   the one kind of reader  tail, span reading apart from any group
    group       a share of the work
    hosting     as a Faust app          health, progress, metrics

What stands in topics
    intake, logged, inbox, rejecting    records, written and read
    sorting, gate, seen                 what ingress makes of an outbox
    caselog, cache                      the log, as a case worker has it
    mirror, part, share, desk           the log, as timers and notifier have it
    undelivered                         what the router holds for want of an inbox

For agencies and the operator
    line, reading, posting, present     an agency's two topics
    admin, acls, users, asking, errors  topics, rights and passwords
    activating, importing               a version in force; a home moved here

Source: docs/adr/0015-the-log-wins.md.
"""
