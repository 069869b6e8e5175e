/* Texts of instants, durations, periods, intervals, formats and zone rules. */
#include "time/time_priv.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    zp_slice all = { text, size };
    int64_t a, b;
    int32_t months, days;
    bool so, eo;
    zp__tz_rule rule;
    char *format = malloc(size + 1);

    if (!format)
        return 0;
    memcpy(format, data, size);
    format[size] = 0;
    (void)!zp_instant_parse(all, NULL, NULL, &a, NULL);
    (void)!zp_instant_parse((zp_slice){ "2021-01-02 03:04:05.678 UTC", 27 }, format, zp_zone_utc(), &a, NULL);
    (void)!zp_duration_parse(all, &a, NULL);
    (void)!zp_period_parse(all, &months, &days, &a, NULL);
    (void)!zp_interval_parse(all, &a, &b, &so, &eo, NULL);
    if (zp__tz_rule_parse(text, size, &rule) && rule.has_dst)
        zp__tz_rule_year(&rule, 2021, &a, &b);
    free(format);
    return 0;
}
