"""Every table of people's rows as declarative hash partitions on `user_id`.

With PARTITIONED=8 in the environment the tests' databases are made so: what holds there holds for
tables that are distributed by user, as far as keys and queries go.
"""

import os

from sqlalchemy import Connection, text

from app.migrations import owner_engine

# Tables without a user in their keys, each with what a distributed database does with it.
GLOBAL = {
    "alembic_version": "reference",
    "deleted_accounts": "reference",
    "guess_limits": "local",
    "passkey_challenges": "local",
    "users": "reference",
}
TABLES = """
    SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
    WHERE c.relkind = 'r' AND NOT c.relispartition AND c.relnamespace = 'public'::regnamespace
    AND a.attname = 'user_id' AND NOT a.attisdropped ORDER BY 1
"""
_REFERENCES = """
    SELECT conrelid::regclass::text AS owner, conname, pg_get_constraintdef(oid) AS definition
    FROM pg_constraint WHERE contype = 'f' AND connamespace = 'public'::regnamespace
"""
_TRIGGERS = """
    SELECT pg_get_triggerdef(oid) FROM pg_trigger
    WHERE tgrelid = :name ::regclass AND NOT tgisinternal
"""
_INDEXES = """
    SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition
    FROM pg_index WHERE indrelid = :name ::regclass AND NOT indisprimary
"""
_GRANTS = """
    SELECT pg_get_userbyid(grantee) AS role, string_agg(privilege_type, ', ') AS rights
    FROM pg_class, aclexplode(relacl) WHERE oid = :name ::regclass AND grantee <> relowner
    GROUP BY 1
"""


def partition_if_asked(owner_url: str) -> None:
    parts = int(os.environ.get("PARTITIONED", "0"))
    if parts:
        partition(owner_url, parts)


def partition(owner_url: str, parts: int) -> None:
    """Make each table anew, empty as it is, in so many parts."""
    engine = owner_engine(owner_url)
    with engine.begin() as connection:
        references = connection.execute(text(_REFERENCES)).all()
        for row in references:
            connection.exec_driver_sql(f'ALTER TABLE {row.owner} DROP CONSTRAINT "{row.conname}"')
        for name in connection.scalars(text(TABLES)).all():
            _remake(connection, name, parts)
        for row in references:
            connection.exec_driver_sql(
                f'ALTER TABLE {row.owner} ADD CONSTRAINT "{row.conname}" {row.definition}'
            )
    engine.dispose()


def _remake(connection: Connection, name: str, parts: int) -> None:
    asked = {"name": name}
    triggers = connection.scalars(text(_TRIGGERS), asked).all()
    indexes = connection.execute(text(_INDEXES), asked).all()
    grants = connection.execute(text(_GRANTS), asked).all()
    run = connection.exec_driver_sql
    run(f"ALTER TABLE {name} RENAME TO {name}_before")
    run(
        f"CREATE TABLE {name} (LIKE {name}_before INCLUDING ALL EXCLUDING INDEXES)"
        " PARTITION BY HASH (user_id)"
    )
    key = connection.scalar(
        text(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = :name ::regclass AND contype = 'p'"
        ),
        {"name": f"{name}_before"},
    )
    run(f"DROP TABLE {name}_before")
    run(f"ALTER TABLE {name} ADD CONSTRAINT pk_{name} {key}")
    for index in indexes:
        run(index.definition)
    for number in range(parts):
        run(
            f"CREATE TABLE {name}_{number} PARTITION OF {name}"
            f" FOR VALUES WITH (MODULUS {parts}, REMAINDER {number})"
        )
    for trigger in triggers:
        run(trigger)
    run(f"ALTER TABLE {name} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    mine = "user_id = (SELECT app.uid())"
    run(f"CREATE POLICY own ON {name} USING ({mine}) WITH CHECK ({mine})")
    for grant in grants:
        run(f"GRANT {grant.rights} ON {name} TO {grant.role}")
