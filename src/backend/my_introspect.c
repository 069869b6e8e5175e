/* my_introspect: MariaDB's catalogue. */
#include <stdlib.h>
#include <string.h>

#include "backend/introspect.h"
#include "backend/my_priv.h"

static const zp_type_row types[] = {
    { "tinyint(1)", ZP_ZQL_BOOLEAN },
    { "bit(1)", ZP_ZQL_BOOLEAN },
    { "tinyint", ZP_ZQL_SMALLINT },
    { "smallint", ZP_ZQL_SMALLINT },
    { "mediumint", ZP_ZQL_INT },
    { "year", ZP_ZQL_SMALLINT },
    { "int", ZP_ZQL_INT },
    { "bigint", ZP_ZQL_BIGINT },
    { "decimal", ZP_ZQL_DECIMAL },
    { "float", ZP_ZQL_DOUBLE },
    { "double", ZP_ZQL_DOUBLE },
    { "varchar", ZP_ZQL_VARCHAR },
    { "char", ZP_ZQL_VARCHAR },
    { "uuid", ZP_ZQL_VARCHAR },
    { "datetime", ZP_ZQL_DATETIME },
    { "timestamp", ZP_ZQL_DATETIME },
    { "date", ZP_ZQL_DATE },
    { "json", ZP_ZQL_JSON },
    { "tinyblob", ZP_ZQL_BINARY },
    { "blob", ZP_ZQL_BINARY },
    { "mediumblob", ZP_ZQL_BINARY },
    { "longblob", ZP_ZQL_BINARY },
    { "binary", ZP_ZQL_BINARY },
    { "varbinary", ZP_ZQL_BINARY },
};

static const char columns_sql[] =
    "SELECT c.TABLE_NAME, c.COLUMN_NAME, c.COLUMN_TYPE, c.CHARACTER_MAXIMUM_LENGTH, c.NUMERIC_PRECISION, c.NUMERIC_SCALE, c.IS_NULLABLE,"
    " c.COLUMN_DEFAULT, c.COLUMN_KEY, c.EXTRA,"
    " (SELECT COUNT(*) FROM information_schema.CHECK_CONSTRAINTS k WHERE k.CONSTRAINT_SCHEMA = DATABASE() AND"
    " k.TABLE_NAME = c.TABLE_NAME AND k.CHECK_CLAUSE = CONCAT('json_valid(`', c.COLUMN_NAME, '`)')) "
    "FROM information_schema.COLUMNS c JOIN information_schema.TABLES t ON t.TABLE_SCHEMA = c.TABLE_SCHEMA AND"
    " t.TABLE_NAME = c.TABLE_NAME AND t.TABLE_TYPE = 'BASE TABLE' "
    "WHERE c.TABLE_SCHEMA = DATABASE() ORDER BY c.TABLE_NAME, c.ORDINAL_POSITION";

static const char references_sql[] =
    "SELECT u.TABLE_NAME, u.COLUMN_NAME, u.REFERENCED_TABLE_NAME, u.REFERENCED_COLUMN_NAME, r.DELETE_RULE "
    "FROM information_schema.KEY_COLUMN_USAGE u JOIN information_schema.REFERENTIAL_CONSTRAINTS r"
    " ON r.CONSTRAINT_SCHEMA = u.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = u.CONSTRAINT_NAME AND r.TABLE_NAME = u.TABLE_NAME "
    "WHERE u.TABLE_SCHEMA = DATABASE() AND u.REFERENCED_TABLE_SCHEMA = DATABASE() AND NOT EXISTS"
    " (SELECT 1 FROM information_schema.KEY_COLUMN_USAGE o WHERE o.TABLE_SCHEMA = u.TABLE_SCHEMA AND o.TABLE_NAME = u.TABLE_NAME AND"
    " o.CONSTRAINT_NAME = u.CONSTRAINT_NAME AND o.ORDINAL_POSITION > 1)";

static zp_zql_type wider(zp_zql_type type, const char *name)
{
    if (!strstr(name, "unsigned"))
        return type;
    return type == ZP_ZQL_SMALLINT ? ZP_ZQL_INT : type == ZP_ZQL_INT ? ZP_ZQL_BIGINT : type;
}

static bool take_column(MYSQL_ROW row, zp_seen *seen, zp_error *err)
{
    const char *otherwise = row[7] && strcasecmp(row[7], "NULL") == 0 ? NULL : row[7];
    char json[200];
    zp_seen_column c = { .table = row[0], .name = row[1] };

    c.type = atoi(row[10]) ? ZP_ZQL_JSON : wider(zp__type_by_name(types, ZP_COUNTOF(types), row[2]), row[2]);
    c.nullable = strcmp(row[6], "YES") == 0;
    c.primary = strcmp(row[8], "PRI") == 0;
    c.unique = strcmp(row[8], "UNI") == 0;
    c.increment = strstr(row[9], "auto_increment") != NULL;
    c.now = strstr(row[9], "on update") != NULL;
    c.now_add = c.type == ZP_ZQL_DATETIME && zp__default_is_now(otherwise);
    if (c.type == ZP_ZQL_VARCHAR)
        c.length = row[3] ? atoi(row[3]) : 36;
    if (c.type == ZP_ZQL_DECIMAL && row[4]) {
        c.precision = atoi(row[4]);
        c.scale = row[5] ? atoi(row[5]) : 0;
    }
    if (zp__default_json(otherwise, c.type, json, sizeof json))
        c.otherwise = json;
    return zp__seen_add_column(seen, &c, err);
}

static bool take_reference(MYSQL_ROW row, zp_seen *seen, zp_error *err)
{
    static const char *const rules[][2] = { { "CASCADE", "cascade" },
                                            { "SET NULL", "set null" },
                                            { "RESTRICT", "restrict" } };
    zp_seen_reference ref = { .table = row[0], .column = row[1], .to_table = row[2], .to_column = row[3] };

    for (size_t i = 0; i < ZP_COUNTOF(rules); i++)
        if (strcmp(rules[i][0], row[4]) == 0)
            ref.on_delete = rules[i][1];
    return zp__seen_add_reference(seen, &ref, err);
}

static bool ask(const zp_my_lib *lib, MYSQL *my, const char *sql, zp_seen *seen,
                bool (*take)(MYSQL_ROW, zp_seen *, zp_error *), zp_error *err)
{
    MYSQL_RES *r;
    MYSQL_ROW row;
    bool ok = true;

    if (lib->mysql_real_query(my, sql, (unsigned long)strlen(sql)) != 0)
        return zp_fail(err, "cannot read the catalogue of the database: %s", lib->mysql_error(my));
    r = lib->mysql_store_result(my);
    if (!r)
        return zp_fail(err, "cannot read the catalogue of the database: %s", lib->mysql_error(my));
    while (ok && (row = lib->mysql_fetch_row(r)) != NULL)
        ok = take(row, seen, err);
    lib->mysql_free_result(r);
    return ok;
}

bool zp__my_introspect(const char *url, const char *database, const char *table, zp_buf *json, zp_error *err)
{
    zp_my_lib lib;
    zp_failure why;
    MYSQL *my;
    zp_seen *seen;
    bool ok;

    if (!zp__my_url_check(url, err) || !zp__my_lib_open(&lib, err))
        return false;
    my = zp__my_connect(&lib, url, 5000, 60000, true, &why);
    if (!my)
        return zp__failure_pass(&why, err);
    seen = zp__seen_new(err);
    ok = seen && ask(&lib, my, columns_sql, seen, take_column, err) &&
         ask(&lib, my, references_sql, seen, take_reference, err) &&
         zp__seen_write(seen, database, table, json, err);
    zp__seen_free(seen);
    lib.mysql_close(my);
    return ok;
}
