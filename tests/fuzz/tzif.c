/* Zone files from anywhere: what is accepted must answer every question within its table. */
#include "time/time_priv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const int64_t instants[] = { INT64_MIN, -INT64_C(4000000000000000000), 0,
                                        INT64_C(1600000000000000000), INT64_MAX };
    zp_zone *zone = zp__tzif_parse("fuzz", data, size, NULL);

    for (size_t i = 0; zone && i < ZP_COUNTOF(instants); i++) {
        zp_civil c;
        int64_t cursor = 0, out;

        zp_civil_at(zone, instants[i], &cursor, &c);
        (void)!zp_civil_to_instant(zone, &c, &out, NULL);
        for (int unit = ZP_UNIT_YEAR; unit <= ZP_UNIT_NS; unit++)
            (void)!zp_instant_ceiling(instants[i], (zp_unit)unit, zone, &cursor, &out, NULL);
        (void)!zp_instant_add_period(instants[i], 13, -3, ZP_NS_SEC, zone, &cursor, &out, NULL);
    }
    zp__zone_free(zone);
    return 0;
}
