# Visits of the shop, minute by minute: the series that lies beside its records.
#
#     zplane run shop.R               in this folder; `zplane serve --demo` begins with it too

start  <- |.2026-03-02 09:00:00 UTC.|
minute <- as.duration("00:01:00")
i      <- 0:479
visits <<- zts(start + minute * i,
               matrix(c(40 + (i * 7919) %% 61, (i * 104729) %% 7), ncol = 2,
                      dimnames = list(NULL, c("pages", "orders"))))

# What an analyst asks: pages and orders of each hour.
hours <- start + 60 * minute * 1:8
align(visits, hours, -60 * minute, as.duration(0), method = "mean")
