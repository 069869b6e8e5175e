/* sqlite_introspect: SQLite's catalogue.  Types are what the table was declared with: SQLite itself hardly has any. */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "backend/introspect.h"
#include "backend/sqlite_priv.h"

static const zp_type_row types[] = {
    { "boolean", ZP_ZQL_BOOLEAN },   { "bool", ZP_ZQL_BOOLEAN },       { "tinyint(1)", ZP_ZQL_BOOLEAN },
    { "smallint", ZP_ZQL_SMALLINT }, { "tinyint", ZP_ZQL_SMALLINT },   { "integer", ZP_ZQL_BIGINT },
    { "int", ZP_ZQL_BIGINT },        { "bigint", ZP_ZQL_BIGINT },      { "decimal", ZP_ZQL_DECIMAL },
    { "numeric", ZP_ZQL_DECIMAL },   { "real", ZP_ZQL_DOUBLE },        { "double", ZP_ZQL_DOUBLE },
    { "float", ZP_ZQL_DOUBLE },      { "varchar", ZP_ZQL_VARCHAR },    { "char", ZP_ZQL_VARCHAR },
    { "character", ZP_ZQL_VARCHAR }, { "nvarchar", ZP_ZQL_VARCHAR },   { "text", ZP_ZQL_TEXT },
    { "datetime", ZP_ZQL_DATETIME }, { "timestamp", ZP_ZQL_DATETIME }, { "date", ZP_ZQL_DATE },
    { "json", ZP_ZQL_JSON },         { "blob", ZP_ZQL_BINARY },
};

static const char columns_sql[] =
    "SELECT m.name, p.name, p.type, p.\"notnull\", p.dflt_value, p.pk, EXISTS (SELECT 1 FROM pragma_index_list(m.name) i WHERE"
    " i.\"unique\" AND NOT i.partial AND (SELECT count(*) FROM pragma_index_info(i.name)) = 1 AND"
    " (SELECT x.name FROM pragma_index_info(i.name) x) = p.name) "
    "FROM sqlite_master m, pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
    "ORDER BY m.name, p.cid";

static const char references_sql[] =
    "SELECT m.name, f.\"from\", f.\"table\", coalesce(f.\"to\", (SELECT p.name FROM pragma_table_info(f.\"table\") p WHERE p.pk = 1)),"
    " f.on_delete FROM sqlite_master m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table' AND"
    " (SELECT count(*) FROM pragma_foreign_key_list(m.name) o WHERE o.id = f.id) = 1";

static const char *text(sqlite3_stmt *stmt, int i)
{
    return (const char *)sqlite3_column_text(stmt, i);
}

/* varchar(20), decimal(12,2) */
static void sizes(const char *type, zp_seen_column *c)
{
    const char *open = strchr(type, '('), *comma = open ? strchr(open, ',') : NULL;

    if (!open) {
        /* A number without sizes is a double here, which holds fifteen digits. */
        c->precision = c->type == ZP_ZQL_DECIMAL ? 15 : 0;
        c->scale = c->type == ZP_ZQL_DECIMAL ? 6 : 0;
    } else if (c->type == ZP_ZQL_VARCHAR) {
        c->length = atoi(open + 1);
    } else if (c->type == ZP_ZQL_DECIMAL) {
        c->precision = atoi(open + 1);
        c->scale = comma ? atoi(comma + 1) : 0;
    }
}

static bool take_column(sqlite3_stmt *stmt, zp_seen *seen, zp_error *err)
{
    const char *type = text(stmt, 2), *otherwise = text(stmt, 4);
    char json[200];
    zp_seen_column c = { .table = text(stmt, 0), .name = text(stmt, 1) };

    c.type = zp__type_by_name(types, ZP_COUNTOF(types), type ? type : "");
    c.primary = sqlite3_column_int(stmt, 5) > 0;
    c.nullable = !sqlite3_column_int(stmt, 3) && !c.primary;
    c.unique = sqlite3_column_int(stmt, 6);
    c.increment = sqlite3_column_int(stmt, 5) == 1 && type && strcasecmp(type, "integer") == 0;
    if (type)
        sizes(type, &c);
    if (c.type == ZP_ZQL_VARCHAR && !c.length)
        c.type = ZP_ZQL_TEXT;
    if (zp__default_is_now(otherwise)) {
        c.type = ZP_ZQL_DATETIME; /* texts whose default is the time are times */
        c.now_add = true;
    }
    if (zp__default_json(otherwise, c.type, json, sizeof json))
        c.otherwise = json;
    return zp__seen_add_column(seen, &c, err);
}

static bool take_reference(sqlite3_stmt *stmt, zp_seen *seen, zp_error *err)
{
    static const char *const rules[][2] = { { "CASCADE", "cascade" },
                                            { "SET NULL", "set null" },
                                            { "RESTRICT", "restrict" } };
    zp_seen_reference ref = {
        .table = text(stmt, 0), .column = text(stmt, 1), .to_table = text(stmt, 2), .to_column = text(stmt, 3)
    };

    for (size_t i = 0; i < ZP_COUNTOF(rules); i++)
        if (strcmp(rules[i][0], text(stmt, 4)) == 0)
            ref.on_delete = rules[i][1];
    return !ref.to_column || zp__seen_add_reference(seen, &ref, err);
}

static bool ask(sqlite3 *db, const char *sql, zp_seen *seen,
                bool (*take)(sqlite3_stmt *, zp_seen *, zp_error *), zp_error *err)
{
    sqlite3_stmt *stmt;
    bool ok = sqlite3_prepare_v2(db, sql, -1, &stmt, NULL) == SQLITE_OK ||
              zp_fail(err, "cannot read the catalogue of the database: %s", sqlite3_errmsg(db));

    while (ok && sqlite3_step(stmt) == SQLITE_ROW)
        ok = take(stmt, seen, err);
    sqlite3_finalize(stmt);
    return ok;
}

bool zp__sqlite_introspect(const char *url, const char *database, const char *table, zp_buf *json,
                           zp_error *err)
{
    sqlite3 *db = zp__sqlite_open(url, err);
    zp_seen *seen;
    bool ok;

    if (!db)
        return false;
    seen = zp__seen_new(err);
    ok = seen && ask(db, columns_sql, seen, take_column, err) &&
         ask(db, references_sql, seen, take_reference, err) &&
         zp__seen_write(seen, database, table, json, err);
    zp__seen_free(seen);
    sqlite3_close_v2(db);
    return ok;
}
