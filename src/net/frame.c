/* frame: u32 BE length | payload. */
#include "net/net.h"

zp_frame_state zp_frame_next(const char *bytes, size_t len, size_t limit, zp_slice *payload)
{
    const unsigned char *p = (const unsigned char *)bytes;
    size_t size;

    *payload = (zp_slice){ NULL, 0 };
    if (len < ZP_FRAME_PREFIX)
        return ZP_FRAME_PART;
    size = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];
    if (size == 0 || size > limit)
        return ZP_FRAME_BAD;
    *payload = (zp_slice){ bytes + ZP_FRAME_PREFIX, size };
    return len - ZP_FRAME_PREFIX >= size ? ZP_FRAME_WHOLE : ZP_FRAME_PART;
}

void zp_frame_prefix(void *to, uint32_t len)
{
    unsigned char *p = to;

    p[0] = (unsigned char)(len >> 24);
    p[1] = (unsigned char)(len >> 16);
    p[2] = (unsigned char)(len >> 8);
    p[3] = (unsigned char)len;
}
