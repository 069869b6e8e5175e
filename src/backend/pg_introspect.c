/* pg_introspect: PostgreSQL's catalogue. */
#include <stdlib.h>
#include <string.h>

#include "backend/introspect.h"
#include "backend/pg_priv.h"

static const zp_type_row types[] = {
    { "int2", ZP_ZQL_SMALLINT },   { "int4", ZP_ZQL_INT },           { "int8", ZP_ZQL_BIGINT },
    { "numeric", ZP_ZQL_DECIMAL }, { "float4", ZP_ZQL_DOUBLE },      { "float8", ZP_ZQL_DOUBLE },
    { "bool", ZP_ZQL_BOOLEAN },    { "varchar", ZP_ZQL_VARCHAR },    { "bpchar", ZP_ZQL_VARCHAR },
    { "uuid", ZP_ZQL_VARCHAR },    { "text", ZP_ZQL_TEXT },          { "timestamptz", ZP_ZQL_DATETIME },
    { "date", ZP_ZQL_DATE },       { "timestamp", ZP_ZQL_DATETIME }, { "json", ZP_ZQL_JSON },
    { "jsonb", ZP_ZQL_JSON },      { "bytea", ZP_ZQL_BINARY },
};

static const char columns_sql[] =
    "SELECT c.relname, a.attname, t.typname, a.atttypmod, a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity <> '',"
    " EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisprimary AND a.attnum = ANY (i.indkey)),"
    " EXISTS (SELECT FROM pg_index i WHERE i.indrelid = c.oid AND i.indisunique AND i.indnkeyatts = 1 AND i.indpred IS NULL"
    " AND i.indkey[0] = a.attnum) "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace JOIN pg_attribute a ON a.attrelid = c.oid "
    "JOIN pg_type t ON t.oid = a.atttypid LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum "
    "WHERE n.nspname = ANY (current_schemas(false)) AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped "
    "ORDER BY c.relname, a.attnum";

static const char references_sql[] =
    "SELECT c.relname, a.attname, f.relname, b.attname, k.confdeltype FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
    "JOIN pg_class f ON f.oid = k.confrelid JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.conkey[1] "
    "JOIN pg_attribute b ON b.attrelid = f.oid AND b.attnum = k.confkey[1] JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE k.contype = 'f' AND cardinality(k.conkey) = 1 AND n.nspname = ANY (current_schemas(false))";

static const char *text(const zp_pg_lib *lib, const PGresult *r, int row, int column)
{
    return lib->PQgetisnull(r, row, column) ? NULL : lib->PQgetvalue(r, row, column);
}

static bool take_column(const zp_pg_lib *lib, const PGresult *r, int row, zp_seen *seen, zp_error *err)
{
    const char *type = text(lib, r, row, 2), *otherwise = text(lib, r, row, 5);
    int mod = atoi(text(lib, r, row, 3));
    char json[200];
    zp_seen_column c = { .table = text(lib, r, row, 0), .name = text(lib, r, row, 1) };

    c.type = zp__type_by_name(types, ZP_COUNTOF(types), type);
    c.nullable = *text(lib, r, row, 4) != 't';
    c.primary = *text(lib, r, row, 7) == 't';
    c.unique = *text(lib, r, row, 8) == 't';
    c.increment = *text(lib, r, row, 6) == 't' || (otherwise && strncmp(otherwise, "nextval(", 8) == 0);
    if (c.type == ZP_ZQL_VARCHAR)
        c.length = strcmp(type, "uuid") == 0 ? 36 : mod > 4 ? mod - 4 : 0;
    if (c.type == ZP_ZQL_VARCHAR && !c.length)
        c.type = ZP_ZQL_TEXT;
    if (c.type == ZP_ZQL_DECIMAL && mod > 4) {
        c.precision = (mod - 4) >> 16 & 0xffff;
        c.scale = (mod - 4) & 0x7ff;
    }
    c.now_add = c.type == ZP_ZQL_DATETIME && zp__default_is_now(otherwise);
    if (zp__default_json(otherwise, c.type, json, sizeof json))
        c.otherwise = json;
    return zp__seen_add_column(seen, &c, err);
}

static bool take_reference(const zp_pg_lib *lib, const PGresult *r, int row, zp_seen *seen, zp_error *err)
{
    char action = *text(lib, r, row, 4);
    const zp_seen_reference ref = { .table = text(lib, r, row, 0),
                                    .column = text(lib, r, row, 1),
                                    .to_table = text(lib, r, row, 2),
                                    .to_column = text(lib, r, row, 3),
                                    .on_delete = action == 'c'   ? "cascade"
                                                 : action == 'n' ? "set null"
                                                 : action == 'r' ? "restrict"
                                                                 : NULL };

    return zp__seen_add_reference(seen, &ref, err);
}

static bool ask(const zp_pg_lib *lib, PGconn *conn, const char *sql, zp_seen *seen,
                bool (*take)(const zp_pg_lib *, const PGresult *, int, zp_seen *, zp_error *), zp_error *err)
{
    PGresult *r = lib->PQexec(conn, sql);
    bool ok = lib->PQresultStatus(r) == PGRES_TUPLES_OK ||
              zp_fail(err, "cannot read the catalogue of the database: %s", lib->PQerrorMessage(conn));

    for (int row = 0, n = ok ? lib->PQntuples(r) : 0; ok && row < n; row++)
        ok = take(lib, r, row, seen, err);
    lib->PQclear(r);
    return ok;
}

bool zp__pg_introspect(const char *url, const char *database, const char *table, zp_buf *json, zp_error *err)
{
    zp_pg_lib lib;
    zp_failure why;
    PGconn *conn;
    zp_seen *seen;
    bool ok;

    if (!zp__pg_lib_open(&lib, err))
        return false;
    conn = zp__pg_connect(&lib, url, 5000, 60000, &why);
    if (!conn)
        return zp__failure_pass(&why, err);
    seen = zp__seen_new(err);
    ok = seen && ask(&lib, conn, columns_sql, seen, take_column, err) &&
         ask(&lib, conn, references_sql, seen, take_reference, err) &&
         zp__seen_write(seen, database, table, json, err);
    zp__seen_free(seen);
    lib.PQfinish(conn);
    return ok;
}
