"""
The database of a home: its tables, and how an older one is brought up to date.

On this runtime the named streams of docs/rules.md are one transaction, and
so one table: a row of `log` is what an agency's outbox held, what ingress let in,
and what was decided, side by side, and they cannot disagree. What ingress turned
away is in `rejection`. Each stream can still be read in SQL by its own name:

    outbox     view    everything sent, as sent, with what became of it
    intake     view    what was let in, in order, as stamped by ingress
    log        table   the same rows, each with its decision
    inbox      table   deliveries: an agency, a row of the log, an index in it
    notice     table   notices to an office, in the same way
    page       table   pages, in the same way, and what became of each
    profile    table   protocol versions, written before anything rests on them

`timer` and `setting` are no streams: the rungs still to come, and single values.
Everything but `log`, `rejection`, `profile`, `setting` and a page's state follows
from the log's decisions and could be made again from them.

Instants are whole milliseconds since 1970 in UTC; the views add them in words.
Source: docs/adr/0003-one-transaction.md.
"""

from typing import Final

__all__ = ["APPLICATION_ID", "MIGRATIONS"]

APPLICATION_ID: Final = 0x4E5A3233
"""Written in the file's header, so that no other program's database is taken."""

_CREATED: Final = (
    """
    CREATE TABLE log (
        position      INTEGER PRIMARY KEY,
        key           TEXT    NOT NULL,
        seq           INTEGER NOT NULL,
        origin        INTEGER NOT NULL,
        event_id      TEXT    NOT NULL,
        received_at   INTEGER NOT NULL,
        profile       TEXT    NOT NULL,
        sender        TEXT,
        contact_known INTEGER,
        event         BLOB    NOT NULL,
        decision      BLOB    NOT NULL
    )
    """,
    # `origin` is the position of the key's first row. Keys are hashes, origins grow:
    # indexed by origin, what belongs to cases of the same days lies side by side, and
    # a batch changes a few pages of the file instead of one for each of its events.
    # Both are unique, so that two that decide cannot both keep a key's next decision.
    "CREATE UNIQUE INDEX log_origin ON log (key) WHERE seq = 1",
    "CREATE UNIQUE INDEX log_by_origin ON log (origin, seq)",
    # Not unique: an event sent again is decided again, as a duplicate.
    "CREATE INDEX log_by_event ON log (event_id)",
    """
    CREATE TABLE rejection (
        position    INTEGER PRIMARY KEY,
        received_at INTEGER NOT NULL,
        sender      TEXT,
        event       BLOB    NOT NULL,
        problem     BLOB    NOT NULL
    )
    """,
    # A row is an obligation's rungs still to come: a JSON list of [at, turn, rung] in
    # that order, `at` and `turn` the first one's. `turn` grows with each setting. The
    # origin comes first: a decision takes rungs of its own key only.
    """
    CREATE TABLE timer (
        origin     INTEGER NOT NULL,
        obligation TEXT    NOT NULL,
        at         INTEGER NOT NULL,
        turn       INTEGER NOT NULL,
        rungs      BLOB    NOT NULL,
        PRIMARY KEY (origin, obligation)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX timer_by_instant ON timer (at, turn)",
    # What points into the log is kept in the log's order, so that it is written at one
    # place; who reads one receiver's passes over the others', which are small.
    """
    CREATE TABLE inbox (
        position INTEGER NOT NULL,
        idx      INTEGER NOT NULL,
        agency   TEXT    NOT NULL,
        PRIMARY KEY (position, idx)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE notice (
        position INTEGER NOT NULL,
        idx      INTEGER NOT NULL,
        office   TEXT    NOT NULL,
        PRIMARY KEY (position, idx)
    ) WITHOUT ROWID
    """,
    """
    CREATE TABLE page (
        position INTEGER NOT NULL,
        idx      INTEGER NOT NULL,
        id       TEXT    NOT NULL UNIQUE,
        state    TEXT    NOT NULL,
        PRIMARY KEY (position, idx)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX page_queued ON page (position, idx) WHERE state = 'queued'",
    """
    CREATE TABLE profile (
        position  INTEGER PRIMARY KEY,
        reference TEXT    NOT NULL UNIQUE,
        digest    TEXT    NOT NULL,
        value     BLOB    NOT NULL
    )
    """,
    """
    CREATE TABLE setting (
        name  TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID
    """,
    """
    CREATE VIEW intake AS
    SELECT position, key, seq, event_id,
           strftime('%Y-%m-%dT%H:%M:%fZ', received_at / 1000.0, 'unixepoch')
               AS received,
           profile, sender, contact_known, CAST(event AS TEXT) AS event
      FROM log
    """,
    # `sender` is the agency whose outbox it was; null: the operator's own file, or
    # the coordinator itself.
    """
    CREATE VIEW outbox AS
    SELECT sender,
           strftime('%Y-%m-%dT%H:%M:%fZ', received_at / 1000.0, 'unixepoch')
               AS received,
           event, position AS log_position, NULL AS rejection_position
      FROM log
     UNION ALL
    SELECT sender,
           strftime('%Y-%m-%dT%H:%M:%fZ', received_at / 1000.0, 'unixepoch'),
           event, NULL, position
      FROM rejection
    """,
)

# Rows of before have none, and are read as they stand.
_SUMMED: Final = (
    "ALTER TABLE log ADD COLUMN event_sum INTEGER",
    "ALTER TABLE log ADD COLUMN row_sum INTEGER",
)

MIGRATIONS: Final = (_CREATED, _SUMMED)
"""
Statements for each version of the schema, run in order, a transaction for each.

What has been released is never changed; a new version is a new entry.
"""
