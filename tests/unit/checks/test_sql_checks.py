"""SQL, with the examples of promptfoo's documentation and tests."""

from __future__ import annotations

from typing import Any

import pytest

from harness.checks.deterministic.sql import DIALECTS
from harness.checks.registry import check
from harness.checks.subject import Subject
from harness.checks.verdict import Verdict
from harness.spec.model.spec import Assertion
from harness.spec.values.kinds import DATABASES


def verdict(name: str, value: Any, text: str) -> Verdict:
    base = name.removeprefix("not-")
    assertion = Assertion(type=base, negated=base != name, value=value)
    return check(assertion, Subject(text=text))


POSTGRES = {"databaseType": "PostgreSQL"}


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("SELECT id, name FROM users", None, "passed"),
        ("select distinct id from users;", None, "passed"),
        ("SELECT SQL_NO_CACHE name FROM users", None, "passed"),
        ("SELECT DISTINCT SQL_NO_CACHE name FROM users", None, "passed"),
        ('SELECT DISTINCT "display name" FROM users', POSTGRES, "passed"),
        ("SELECT 'select distinct a b from t' AS sample", None, "passed"),
        ("SELECT 1 /* select distinct a b from t */", None, "passed"),
        ("SELECT 1 -- select distinct a b from t\n", None, "passed"),
        ("SELECT * FROM `employees` WHERE `id` = 1", None, "passed"),
        ("SELECT a FROM t WHERE a ILIKE 'x%'", POSTGRES, "passed"),
        ("SELECT TOP 5 a FROM t", {"databaseType": "TransactSQL"}, "passed"),
        ("SELECT TOP 5 a FROM t", "TransactSQL", "passed"),
        ("INSERT INTO t (a) VALUES (1)", None, "passed"),
        ("REPLACE INTO t VALUES (1)", None, "passed"),
        ("EXPLAIN ANALYZE SELECT 1", POSTGRES, "passed"),
        ("WITH a AS (SELECT 1 AS b) SELECT b FROM a", None, "passed"),
        ("CREATE TABLE t (a INT); DROP TABLE t", None, "passed"),
        ("SELECT COUNT(*) total FROM t", None, "passed"),
        ("SELECT u.a x, p.b FROM users u, posts p WHERE u.id = p.id", None, "passed"),
        ("SELECT a b FROM t", None, "failed"),
        ("SELECT DISTINCT first_name last_name FROM employees", None, "failed"),
        ("SELECT SQL_NO_CACHE first_name last_name FROM employees", None, "failed"),
        ("SELECT DISTINCTIVE name FROM users", None, "failed"),
        ("SELECT col1 col2 col3 FROM table1", None, "failed"),
        ("SELECT * FROM orders ORDERY BY order_date", None, "failed"),
        ("DELETE employees WHERE id = 1", None, "failed"),
        ("DELETE employees WHERE id = 1", {"databaseType": "TransactSQL"}, "passed"),
        ("SELECT * FROM `employees", None, "failed"),
        ("SELECT", None, "failed"),
        ("", None, "failed"),
        ("   ", None, "failed"),
        ("hello world", None, "failed"),
        ("Sure, here is the query: SELECT 1", None, "failed"),
        ("```sql\nSELECT 1\n```", None, "failed"),
        ("SELECT 1", {"databaseType": "DB2"}, "errored"),
        ("SELECT 1", {"database": "MySQL"}, "errored"),
        ("SELECT 1", ["MySQL"], "errored"),
        ("SELECT 1", {"allowedTables": 7}, "errored"),
        ("SHOW ME the money", None, "errored"),
    ],
)
def test_sql_is_read_in_the_dialect_that_is_wanted(text: str, value: Any, expected: str) -> None:
    found = verdict("is-sql", value, text)
    assert found.outcome == expected, found.reason
    around = {"passed": "failed", "failed": "passed", "errored": "errored"}
    assert verdict("not-is-sql", value, text).outcome == around[expected]


@pytest.mark.parametrize(
    ("text", "allowed", "expected"),
    [
        ("SELECT * FROM employees", "(select|update|insert|delete)::null::departments", "failed"),
        ("SELECT * FROM departments", "(select|update|insert|delete)::null::departments", "passed"),
        ("SELECT * FROM data WHERE id = 1", "select::null::data_table", "failed"),
        ("SELECT * FROM `data_table` WHERE id = 1", "select::null::data_table", "passed"),
        ("SELECT u.a FROM users u, posts p", "select::null::users", "failed"),
        ("SELECT a FROM shop.users", "select::shop::users", "passed"),
        ("SELECT a FROM Users", "select::null::users", "passed"),
        ("WITH x AS (SELECT a FROM t) SELECT a FROM x", "select::null::t", "passed"),
        ("INSERT INTO a SELECT * FROM b", "insert::null::a", "failed"),
        ("UPDATE a SET b = 1", "select::null::a", "failed"),
        ("DROP TABLE a", "select::null::a", "failed"),
        ("TRUNCATE TABLE a", "select::null::a", "failed"),
        ("SELECT 1; DELETE FROM a", "select::null::a", "failed"),
        ("SELECT a FROM t WHERE b IN (SELECT c FROM secrets)", "select::null::t", "failed"),
    ],
)
def test_sql_touches_only_the_tables_it_may(text: str, allowed: str, expected: str) -> None:
    found = verdict("is-sql", {"databaseType": "MySQL", "allowedTables": [allowed]}, text)
    assert found.outcome == expected, found.reason


def test_a_deletion_inside_a_selection_is_no_selection() -> None:
    text = "WITH gone AS (DELETE FROM t RETURNING a) SELECT a FROM gone"
    found = verdict("is-sql", {**POSTGRES, "allowedTables": ["select::null::t"]}, text)
    assert found.reason == "The reply uses a table that is not allowed: delete::null::t."


@pytest.mark.parametrize(
    ("text", "allowed", "expected"),
    [
        ("SELECT id FROM t", ["select::null::name", "update::null::id"], "failed"),
        ("SELECT name FROM employees", ["select::employees::name"], "passed"),
        ("SELECT e.name FROM employees e", ["select::employees::name"], "passed"),
        ("INSERT INTO d (a, b) VALUES (1, 2)", ["insert::d::a", "insert::d::b"], "passed"),
        ("INSERT INTO d VALUES (1, 2)", ["insert::d::a"], "failed"),
        ("INSERT INTO d VALUES (1, 2)", ["insert::d::.*"], "passed"),
        ("UPDATE a SET id = 1", ["update::a::id"], "passed"),
        ("UPDATE e SET s = 5 WHERE id = 1", ["update::e::s", "select::e::id"], "passed"),
        ("UPDATE e SET s = 5 WHERE id = 1", ["update::e::s"], "failed"),
        ("SELECT * FROM t", ["select::null::a"], "failed"),
        ("SELECT * FROM t", ["select::null::.*"], "passed"),
        ("SELECT SUM(a) AS s FROM t ORDER BY s", ["select::t::a"], "passed"),
    ],
)
def test_sql_touches_only_the_columns_it_may(text: str, allowed: list[str], expected: str) -> None:
    found = verdict("is-sql", {"allowedColumns": allowed}, text)
    assert found.outcome == expected, found.reason


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Result:\n```sql\nSELECT DISTINCT name FROM users\n```", "passed"),
        ("```sql\nSELECT `id` FROM `users`;\n```\nDone.", "passed"),
        ("```\nSELECT 1\n```", "passed"),
        ("```SELECT 1```", "passed"),
        ("SELECT 1", "passed"),
        ("```python\nprint(1)\n```\nand\n```sql\nSELECT 1\n```", "passed"),
        ("```sql\nSELEKT 1\n```", "failed"),
        ("There is no query in here.", "failed"),
    ],
)
def test_sql_is_found_in_a_fence(text: str, expected: str) -> None:
    assert verdict("contains-sql", None, text).outcome == expected


@pytest.mark.parametrize(
    "text",
    [
        "SELECT " + "(" * 5000 + "1" + ")" * 5000,
        "SELECT " + "a, " * 15_000 + "b",
        "SELECT 1" + " + 1" * 10_000,
        "SELECT 1 UNION " * 3000 + "SELECT 1",
        "'" * 50_000,
        "SELECT 1 -- " + "x" * 60_000,
    ],
)
def test_hostile_sql_gets_a_verdict_with_a_reason(text: str) -> None:
    assert verdict("is-sql", None, text).reason


def test_every_database_that_a_spec_may_name_is_known() -> None:
    assert {*map(str.lower, DATABASES), "postgres", "tsql"} == set(DIALECTS)
