/* Answers questions about zones, one per line of standard input, for test_zones.py:
 *
 *     o <zone> <seconds>   ->  <offset> <abbreviation>
 *     l <zone> <year> <month> <day> <hour> <minute> <second>  ->  <seconds> | gap | twice | error */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "time/time.h"

static void local(const zp_zone *zone, const char *args)
{
    zp_civil c = { 0 };
    zp_error err = ZP_ERROR_INIT;
    int64_t ns;

    if (sscanf(args, "%" SCNd64 " %d %d %d %d %d", &c.year, &c.month, &c.day, &c.hour, &c.min, &c.sec) != 6)
        printf("error\n");
    else if (zp_civil_to_instant(zone, &c, &ns, &err))
        printf("%" PRId64 "\n", ns / ZP_NS_SEC);
    else
        printf("%s\n", strstr(zp_error_text(&err), "ambiguous")       ? "twice"
                       : strstr(zp_error_text(&err), "representable") ? "gap"
                                                                      : "error");
    zp_error_clear(&err);
}

int main(void)
{
    char line[256], name[128], kind;
    const zp_zone *zone;
    int64_t cursor = 0;
    int used;

    while (fgets(line, sizeof line, stdin)) {
        zp_error err = ZP_ERROR_INIT;

        if (sscanf(line, "%c %127s %n", &kind, name, &used) != 2 || !(zone = zp_zone_find(name, &err))) {
            printf("error %s\n", zp_error_text(&err));
        } else if (kind == 'o') {
            const char *abbr;
            int64_t secs = 0;

            sscanf(line + used, "%" SCNd64, &secs);
            int32_t offset = zp_zone_offset(zone, secs * ZP_NS_SEC, &cursor, &abbr);
            printf("%d %s\n", offset, abbr);
        } else {
            local(zone, line + used);
        }
        zp_error_clear(&err);
    }
    return 0;
}
