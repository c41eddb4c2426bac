"""The database: Core tables, named queries, migrations. Nothing of SQLAlchemy leaves this package.

A query is a function of a transaction (`Tx`), which `Database.read()` and `Database.write()`
open; it takes and returns the dataclasses of the domain.
"""
