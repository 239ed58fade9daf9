"""Checks that read the reply as SQL.

The parser is sqlglot, which knows the common dialects. It reads more than a database accepts: what
it reads is SQL to the eye, not yet a query that runs.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.checks.finding import CannotCheck, Finding, name_subject, quote
from harness.checks.reading.pattern import search
from harness.checks.subject import Subject
from harness.spec.model.spec import Assertion

if TYPE_CHECKING:
    from sqlglot import exp
    from sqlglot.tokenizer_core import Token

DIALECTS: Mapping[str, str] = {
    "athena": "athena",
    "bigquery": "bigquery",
    "hive": "hive",
    "mariadb": "mysql",
    "mysql": "mysql",
    "postgresql": "postgres",
    "postgres": "postgres",
    "redshift": "redshift",
    "snowflake": "snowflake",
    "sqlite": "sqlite",
    "transactsql": "tsql",
    "tsql": "tsql",
    "oracle": "oracle",
    "databricks": "databricks",
    "duckdb": "duckdb",
    "spark": "spark",
    "trino": "trino",
    "clickhouse": "clickhouse",
}
"""promptfoo's names of databases, and a few more, by sqlglot's; case does not matter."""

LONGEST = 50_000
"""Characters of a statement; parsing this many takes a second or two."""

DELETES_WITHOUT_FROM = frozenset({"tsql", "oracle"})


@dataclass(frozen=True, slots=True)
class Demand:
    """The SQL that is wanted: its dialect, and the tables and columns that it may touch.

    ``tables`` hold patterns of ``type::database::table``, ``columns`` of ``type::table::column``,
    where type is select, insert, update, delete, create, drop or alter; None allows all.
    """

    database: str
    dialect: str
    tables: tuple[str, ...] | None = None
    columns: tuple[str, ...] | None = None


class NotSql(Exception):  # noqa: N818 - a finding about a reply, not an error of ours
    """The text is not SQL; the message says why in half a sentence."""


def is_sql(assertion: Assertion, subject: Subject) -> Finding:
    """Check that the whole reply is SQL that touches only what it may."""
    demand = _read_demand(assertion)
    return _check_text(subject.text, demand, name_subject(subject), "is")


_FENCE = re.compile(r"```[ \t]*(\w*)[^\n`]*\n(.*?)```", re.DOTALL)
_SHORT_FENCE = re.compile(r"```(?:sql)?([^`\n]+)```")


def contains_sql(assertion: Assertion, subject: Subject) -> Finding:
    """Check that a Markdown fence of the reply holds such SQL, or that the whole reply is it."""
    demand = _read_demand(assertion)
    blocks = [(name.lower(), block) for name, block in _FENCE.findall(subject.text)]
    named = [block for name, block in blocks if name and name not in ("text", "plaintext")]
    plain = [block for name, block in blocks if not name]
    fenced = named + plain + _SHORT_FENCE.findall(subject.text)
    found = [_check_text(text, demand, name_subject(subject), "contains") for text in fenced[:20]]
    found = found or [_check_text(subject.text, demand, name_subject(subject), "contains")]
    return next((finding for finding in found if finding.holds), found[0])


def _check_text(text: str, demand: Demand, whose: str, relation: str) -> Finding:
    try:
        statements = _parse_statements(text, demand)
    except NotSql as why:
        relation = "is not" if relation == "is" else "contains no"
        return Finding(False, f"{whose} {relation} SQL of {demand.database}: {why}: {quote(text)}")
    touched = [found for statement in statements for found in _list_tables(statement)]
    named = [found for statement in statements for found in _list_columns(statement)]
    for what, allowed, found in (
        ("table", demand.tables, [(one,) for one in touched]),
        ("column", demand.columns, named),
    ):
        if allowed is not None and (strange := _find_disallowed(found, allowed)):
            listed = ", ".join(quote(one, 60)[1:-1] for one in strange[:5])
            return Finding(False, f"{whose} uses a {what} that is not allowed: {listed}")
    return Finding(True, f"{whose} {relation} SQL of {demand.database}")


def _find_disallowed(found: Sequence[tuple[str, ...]], allowed: Sequence[str]) -> list[str]:
    """List what is touched and no pattern allows, by any of its names."""
    patterns = [f"(?is)^(?:{pattern})$" for pattern in allowed]
    return [
        names[0]
        for names in dict.fromkeys(found)
        if not any(search(pattern, name) is not None for pattern in patterns for name in names)
    ]


def _read_demand(assertion: Assertion) -> Demand:
    value = assertion.value if assertion.value is not None else {}
    if isinstance(value, str):
        value = {"databaseType": value}
    known = ("databaseType", "allowedTables", "allowedColumns")
    if not isinstance(value, Mapping) or any(key not in known for key in value):
        raise CannotCheck(f"{assertion.type} takes {{{', '.join(known)}}}, not {quote(value)}")
    database = value.get("databaseType", "MySQL")
    dialect = DIALECTS.get(database.lower()) if isinstance(database, str) else None
    if dialect is None:
        raise CannotCheck(f"{assertion.type} does not know the SQL of {quote(database)}")
    tables, columns = (_read_patterns(assertion, value.get(key)) for key in known[1:])
    return Demand(database, dialect, tables, columns)


def _read_patterns(assertion: Assertion, value: Any) -> tuple[str, ...] | None:
    if value is None:
        return None
    patterns = [value] if isinstance(value, str) else value
    if not isinstance(patterns, list | tuple) or not all(isinstance(p, str) for p in patterns):
        raise CannotCheck(f"{assertion.type} takes lists of what is allowed, not {quote(value)}")
    return tuple(patterns)


_REPLACE = re.compile(r"^\s*replace\s+into\b", re.IGNORECASE)
_EXPLAIN = re.compile(r"^\s*explain\s+(?:analyze\s+|verbose\s+)*(?=\S)", re.IGNORECASE)


def _parse_statements(text: str, demand: Demand) -> list[exp.Expr]:
    """Parse the statements of a text.

    Raises:
        NotSql: it is none.
        CannotCheck: it is too long, or begins like SQL that the parser does not read further.
    """
    import sqlglot
    from sqlglot import errors, exp

    if len(text) > LONGEST:
        raise CannotCheck(f"SQL is read up to {LONGEST:,} characters")
    text = _EXPLAIN.sub("", _REPLACE.sub("INSERT INTO", text))
    logging.getLogger("sqlglot").setLevel(logging.ERROR)  # it tells what it does not read further
    try:
        parsed = sqlglot.parse(text, read=demand.dialect)
        tokens = sqlglot.tokenize(text, read=demand.dialect)
    except errors.ParseError as error:
        first = error.errors[0] if error.errors else {}
        why = f"{first.get('description', 'unexpected text').rstrip('.')}"
        raise NotSql(f"{quote(why)[1:-1]} at line {first.get('line')}") from None
    except errors.SqlglotError:
        raise NotSql("a quote or a comment has no end") from None
    except RecursionError:
        raise CannotCheck("The SQL is nested too deeply to be read") from None
    statements = [statement for statement in parsed if statement is not None]
    if not statements:
        raise NotSql("it is empty")
    for statement in statements:
        _refuse_what_is_no_statement(statement, exp)
    if column := _find_missing_comma(tokens):
        raise NotSql(f"a comma seems to be missing before {quote(column, 60)}")
    if _deletes_without_from(tokens, demand.dialect):
        raise NotSql("DELETE wants FROM")
    return statements


def _refuse_what_is_no_statement(statement: exp.Expr, exp: Any) -> None:
    """Refuse an expression, such as two words of prose, which is SQL to the parser alone."""
    if isinstance(statement, exp.Command):
        raise CannotCheck(f"The SQL of {quote(str(statement.this), 40)} is not read here")
    kinds = (
        exp.Query, exp.DML, exp.DDL, exp.Create, exp.Drop, exp.Alter, exp.Merge, exp.Describe,
        exp.Transaction, exp.Commit, exp.Rollback, exp.TruncateTable, exp.Use, exp.Set, exp.Show,
        exp.Pragma, exp.Grant, exp.Revoke, exp.Analyze, exp.Copy, exp.Kill, exp.Comment,
    )  # fmt: skip
    if not isinstance(statement, kinds):
        raise NotSql("it is no statement")
    if isinstance(statement, exp.Select) and not statement.expressions:
        raise NotSql("nothing is selected")


def _find_missing_comma(tokens: Sequence[Token]) -> str | None:
    """Find the second of two bare names in a list of columns: ``SELECT a b FROM t``.

    That is an alias to the grammar and a slip to a reader. Source: promptfoo, is-sql.
    """
    from sqlglot.tokenizer_core import TokenType

    selecting = [False]
    for index, token in enumerate(tokens):
        kind = token.token_type
        if kind is TokenType.L_PAREN:
            selecting.append(False)
        elif kind is TokenType.R_PAREN and len(selecting) > 1:
            selecting.pop()
        elif kind is TokenType.SELECT:
            selecting[-1] = True
        elif kind is TokenType.FROM:
            selecting[-1] = False
        around = [one.token_type for one in tokens[max(index - 1, 0) : index + 3]]
        if (
            selecting[-1]
            and len(around) == 4
            and around[0] in (TokenType.SELECT, TokenType.DISTINCT, TokenType.COMMA, TokenType.VAR)
            and around[1] is TokenType.VAR is around[2]
            and around[3] in (TokenType.FROM, TokenType.COMMA)
            and not (around[0] is TokenType.VAR and tokens[index - 1].text.upper() not in MODIFIERS)
            and token.text.upper() not in MODIFIERS
        ):
            return str(tokens[index + 1].text)
    return None


MODIFIERS = frozenset({"SQL_NO_CACHE", "SQL_CALC_FOUND_ROWS", "HIGH_PRIORITY", "STRAIGHT_JOIN"})
"""The words that MySQL takes between SELECT and the first column."""


def _deletes_without_from(tokens: Sequence[Token], dialect: str) -> bool:
    from sqlglot.tokenizer_core import TokenType

    kinds = [token.token_type for token in tokens]
    begins = bool(kinds) and kinds[0] is TokenType.DELETE
    return begins and TokenType.FROM not in kinds and dialect not in DELETES_WITHOUT_FROM


def _list_tables(statement: exp.Expr) -> Iterator[str]:
    """Yield the tables that a statement touches, as ``type::database::table``; null for none."""
    from sqlglot import exp

    inner = {cte.alias for cte in statement.find_all(exp.CTE)}
    written = _find_written(statement)
    for table in statement.find_all(exp.Table):
        if table.name and (table.name not in inner or table.db):
            yield f"{written.get(id(table), 'select')}::{table.db or 'null'}::{table.name}"


def _list_columns(statement: exp.Expr) -> Iterator[tuple[str, ...]]:
    """Yield the columns that it touches, each by the names it may be known by.

    ``type::table::column`` with the table that its alias stands for, and with null where none is
    named; ``.*`` stands for columns that are not named one by one.
    """
    from sqlglot import exp

    tables = {table.alias_or_name: table.name for table in statement.find_all(exp.Table)}
    only = next(iter(tables.values())) if len(tables) == 1 else None
    kind = statement.key
    target = next((table.name for table in _find_targets(statement)), None)
    schema = statement.this if isinstance(statement, exp.Insert) else None
    if isinstance(schema, exp.Schema):
        yield from (_name_column(kind, target, None, column.name) for column in schema.expressions)
    elif isinstance(statement, exp.Insert | exp.Delete):
        yield _name_column(kind, target, None, "(.*)")
    aliases = {alias.alias for alias in statement.find_all(exp.Alias)}
    set_here = {
        id(change.this) for change in statement.args.get("expressions") or ()
        if isinstance(statement, exp.Update) and isinstance(change, exp.EQ)
    }  # fmt: skip
    for column in statement.find_all(exp.Column):
        table = tables.get(column.table, column.table) if column.table else None
        if table is None and column.name in aliases:
            continue
        name = "(.*)" if isinstance(column.this, exp.Star) else column.name
        yield _name_column(kind if id(column) in set_here else "select", table, only, name)
    for star in statement.find_all(exp.Star):
        if isinstance(star.parent, exp.Select):
            yield _name_column("select", None, only, "(.*)")


def _name_column(kind: str, table: str | None, only: str | None, column: str) -> tuple[str, ...]:
    known = table or only
    plain = f"{kind}::null::{column}"
    return (f"{kind}::{known}::{column}", plain) if known else (plain,)


def _find_written(statement: exp.Expr) -> dict[int, str]:
    """Map the tables that a statement or one inside it writes to, by identity, to what it does.

    A DELETE may stand in the WITH of a SELECT.
    """
    from sqlglot import exp

    found: dict[int, str] = {}
    for node in statement.find_all(exp.DML, exp.DDL, exp.Drop, exp.Alter, exp.TruncateTable):
        if not isinstance(node, exp.Query):
            found.update((id(table), node.key) for table in _find_targets(node))
    return found


def _find_targets(statement: exp.Expr) -> list[exp.Table]:
    """List the tables that a statement writes to; none when it only reads."""
    from sqlglot import exp

    if isinstance(statement, exp.Query | exp.Describe):
        return []
    if isinstance(statement, exp.Drop | exp.TruncateTable):
        return list(statement.find_all(exp.Table))
    written = statement.this
    if isinstance(written, exp.Schema):
        written = written.this
    return [written] if isinstance(written, exp.Table) else []
