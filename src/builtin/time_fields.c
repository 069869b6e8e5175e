/* Calendar fields of instants: day of the week, month, hour, ...
 *
 * A field is the same for all instants of one local day (hour, minute), so it is computed once and written as long as
 * the instants stay inside.  Long columns are cut among threads. */
#include "builtin/tables.h"

#include "kernel/kernel.h"
#include "time/time.h"

/* A function of the local day (days since 1970). */
typedef double (*day_field)(int64_t day);

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

static int64_t day_mod7(int64_t day) /* 0: Thursday */
{
    return day - floor_div(day, 7) * 7;
}

static zp_civil civil(int64_t day)
{
    zp_civil c = { 0 };

    zp_civil_from_days(day, &c);
    return c;
}

static double day_week(int64_t day) /* 0: Sunday */
{
    return (double)((day_mod7(day) + 4) % 7);
}

static double weekday(int64_t day) /* 1: Monday */
{
    return (double)((day_mod7(day) + 3) % 7 + 1);
}

static double day_month(int64_t day)
{
    return civil(day).day;
}

static double month(int64_t day)
{
    return civil(day).month;
}

static double year(int64_t day)
{
    return (double)civil(day).year;
}

static double quarter(int64_t day)
{
    return (civil(day).month - 1) / 3 + 1;
}

static double yearday(int64_t day)
{
    return (double)(day - zp_days_from_civil(civil(day).year, 1, 1) + 1);
}

/* ISO 8601: a week belongs to the year of its Thursday. */
static double week(int64_t day)
{
    int64_t thursday = day - (day_mod7(day) + 3) % 7 + 3;

    return (double)((thursday - zp_days_from_civil(civil(thursday).year, 1, 1)) / 7 + 1);
}

typedef struct job {
    const int64_t *in;
    double *out;
    const zp_zone *zone;
    day_field field;  /* of the day, or NULL: of the clock */
    int64_t unit, of; /* ns of a unit of the clock, and how many of them count */
} job;

static void day_loop(const job *j, int64_t from, int64_t to)
{
    zp_stretch day = { 0 };
    int64_t cursor = 0;
    double value = 0;

    for (int64_t i = from; i < to; i++) {
        if (!zp_stretch_holds(&day, j->in[i])) {
            zp_zone_stretch(j->zone, j->in[i], 86400, &cursor, &day);
            value = j->field(floor_div(day.local, 86400));
        }
        j->out[i] = value;
    }
}

/* Hours and minutes. */
static void clock_loop(const job *j, int64_t from, int64_t to)
{
    zp_stretch unit = { 0 };
    int64_t cursor = 0;
    double value = 0;

    for (int64_t i = from; i < to; i++) {
        if (!zp_stretch_holds(&unit, j->in[i])) {
            zp_zone_stretch(j->zone, j->in[i], j->unit, &cursor, &unit);
            value = (double)((unit.local - floor_div(unit.local, 86400) * 86400) / j->unit % j->of);
        }
        j->out[i] = value;
    }
}

static void second_loop(const job *j, int64_t from, int64_t to)
{
    zp_stretch minute = { 0 };
    int64_t cursor = 0;
    uint64_t begin = 0; /* ns, modulo 2^64 */

    for (int64_t i = from; i < to; i++) {
        uint64_t into;

        if (!zp_stretch_holds(&minute, j->in[i])) {
            zp_zone_stretch(j->zone, j->in[i], 60, &cursor, &minute);
            begin = (uint64_t)(minute.local - zp_zone_offset(j->zone, j->in[i], &cursor, NULL)) *
                    (uint64_t)ZP_NS_SEC;
        }
        into = (uint64_t)j->in[i] - begin;
        j->out[i] =
            (double)(into / (uint64_t)ZP_NS_SEC) + (double)(into % (uint64_t)ZP_NS_SEC) / (double)ZP_NS_SEC;
    }
}

static void run_job(void *arg, int64_t from, int64_t to)
{
    const job *j = arg;

    (j->field ? day_loop : j->unit == 1 ? second_loop : clock_loop)(j, from, to);
}

static zp_status extract(zp_call *c, day_field field, int64_t unit, int64_t of)
{
    job j = { .in = zp_i64s(&c->argv[0]), .field = field, .unit = unit, .of = of };
    zp_str *name;

    if (!zp_arg_str(c, 1, &name) || !(j.zone = zp_zone_find(name->text, c->err)))
        return ZP_FAILED;
    c->out = zp_arr_like(ZP_DBL, c->argv[0], true, c->err);
    j.out = zp_bad(c->out) ? NULL : zp_value_mut(&c->out, c->err);
    if (!j.out)
        return ZP_FAILED;
    zp_parallel(zp_len(c->argv[0]), 1 << 16, run_job, &j);
    return ZP_OK;
}

#define ZP_FIELD(fn, field, unit, of)       \
    static zp_status fn(zp_call *c)         \
    {                                       \
        return extract(c, field, unit, of); \
    }
ZP_FIELD(bi_dayweek, day_week, 0, 0)
ZP_FIELD(bi_weekday, weekday, 0, 0)
ZP_FIELD(bi_daymonth, day_month, 0, 0)
ZP_FIELD(bi_month, month, 0, 0)
ZP_FIELD(bi_year, year, 0, 0)
ZP_FIELD(bi_quarter, quarter, 0, 0)
ZP_FIELD(bi_yearday, yearday, 0, 0)
ZP_FIELD(bi_week, week, 0, 0)
ZP_FIELD(bi_hour, NULL, 3600, 24)
ZP_FIELD(bi_minute, NULL, 60, 60)
ZP_FIELD(bi_second, NULL, 1, 60)

#define ROW(name, fn, help)                                                                                  \
    {                                                                                                        \
        name, "x, tz", "x=T tz=S", 0, fn, help, name "(|.2021-07-01 21:30:15.5 UTC.|, \"Asia/Tokyo\")", NULL \
    }

const zp_builtin zp_builtins_time_fields[] = {
    ROW("dayweek", bi_dayweek, "Day of the week in zone 'tz': 0 is Sunday, 6 is Saturday."),
    ROW("weekday", bi_weekday, "Day of the week in zone 'tz' as ISO 8601 counts: 1 is Monday, 7 is Sunday."),
    ROW("daymonth", bi_daymonth, "Day of the month in zone 'tz', from 1."),
    ROW("month", bi_month, "Month in zone 'tz', 1 to 12."),
    ROW("year", bi_year, "Year in zone 'tz'."),
    ROW("quarter", bi_quarter, "Quarter of the year in zone 'tz', 1 to 4."),
    ROW("yearday", bi_yearday, "Day of the year in zone 'tz', from 1."),
    ROW("week", bi_week,
        "Week of the year in zone 'tz', 1 to 53, as ISO 8601 counts: weeks begin on Monday, the first "
        "has the year's first Thursday."),
    ROW("hour", bi_hour, "Hour of the local clock in zone 'tz', 0 to 23."),
    ROW("minute", bi_minute, "Minute of the local clock in zone 'tz', 0 to 59."),
    ROW("second", bi_second,
        "Second of the local clock in zone 'tz' with its fraction, at least 0 and below 60."),
    { 0 },
};
