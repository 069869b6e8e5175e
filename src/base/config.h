/* config: every option of the program in one table.
 *
 * An option has a key, a type, a default, bounds, and says whether it may change at run time.  Its value comes,
 * in this order, from the command line, the environment (ZPLANE_<KEY>, dots and dashes as _), the
 * configuration file, the default.  `options()`, `zplane help options` and the manual read the same rows. */
#ifndef ZP_BASE_CONFIG_H
#define ZP_BASE_CONFIG_H

#include "base/error.h"

/* X(field, key, kind, default, least, largest, run-time, help)     kind: INT, DBL, STR */
#define ZP_OPTIONS(X)                                                                                      \
    X(address, "address", STR, "", 0, 0, false, "address to listen on; empty: all, none: no TCP")          \
    X(commbuf_ttl, "commbuf.ttl.secs", INT, 60, 1, 86400, false,                                           \
      "seconds until a partial message is dropped")                                                        \
    X(config_path, "config.path", STR, "", 0, 0, false, "directory of the configuration file")             \
    X(data, "data", STR, "", 0, 0, false, "database directory that is opened at start")                    \
    X(data_mode, "data.mode", STR, "auto", 0, 0, false, "how it is opened: auto, write or read")           \
    X(data_q_size, "data.q.size", INT, 100000, 1, 1e9, false, "messages that wait for the engine")         \
    X(digits, "digits", INT, 7, 1, 22, true, "significant digits shown")                                   \
    X(eval_max_memory, "eval.max.memory", DBL, 0, 0, 1e18, false,                                          \
      "bytes of values that a peer may hold; 0: no limit")                                                 \
    X(eval_max_secs, "eval.max.secs", DBL, 0, 0, 1e9, false,                                               \
      "seconds that an evaluation of a peer may take; 0: no limit")                                        \
    X(expressions, "expressions", INT, 10000, 5, 1e8, true, "depth of nested calls")                       \
    X(frame_timeout, "frame.timeout", INT, 30, 1, 86400, false, "seconds for the rest of a started frame") \
    X(gateway_threads, "gateway.threads", INT, 0, 0, 256, false,                                           \
      "threads that serve drivers; 0: one for two processors")                                             \
    X(http_listen, "http.listen", STR, "", 0, 0, false,                                                    \
      "HTTP: PORT, ADDRESS:PORT or shared (the common port); empty: none")                                 \
    X(in_req_ttl, "in.req.ttl.secs", INT, 180, 1, 86400, true,                                             \
      "seconds until an incomplete request is dropped")                                                    \
    X(in_rsp_ttl, "in.rsp.ttl.secs", INT, 180, 1, 86400, true, "seconds to wait for an answer")            \
    X(init_code, "init.code", STR, "", 0, 0, false, "program run at start")                                \
    X(log_format, "log.format", STR, "text", 0, 0, false, "text or json")                                  \
    X(log_level, "log.level", STR, "INFO", 0, 0, true, "TRACE, DEBUG, INFO, WARN, ERROR or FATAL")         \
    X(log_to, "log.to", STR, "stderr", 0, 0, false, "stderr or file (logfile.path, logfile.name)")         \
    X(logfile_name, "logfile.name", STR, "zplane.log", 0, 0, false, "log file; empty: zplane-<pid>.log")   \
    X(logfile_path, "logfile.path", STR, "/tmp", 0, 0, false, "directory of the log file")                 \
    X(login_frame, "login.frame", INT, 16384, 512, 1e9, false, "bytes of a frame before login")            \
    X(login_timeout, "login.timeout", INT, 10, 1, 86400, false, "seconds from accept to a verified login") \
    X(max_client_sessions, "max.client.sessions", INT, 5000, 1, 1e9, false, "sessions of one client key")  \
    X(max_frame, "max.frame", INT, 8388608, 1024, 1e9, false, "bytes of a driver's frame after login")     \
    X(max_memory, "max.memory", DBL, 0, 0, 1e18, true, "bytes of vector memory; 0: no limit")              \
    X(max_print, "max.print", INT, 99999, 0, 1e15, true, "elements shown")                                 \
    X(max_sessions, "max.sessions", INT, 20000, 1, 1e9, false, "sessions of drivers altogether")           \
    X(max_strangers, "max.strangers", INT, 4096, 1, 1e9, false, "connections that have not logged in yet") \
    X(node_close_used, "node.close.used", INT, 1, 0, 1, false,                                             \
      "1: sessions of Node.js are closed when they idle after a query: that driver uses none twice")       \
    X(node_max_frame, "node.max.frame", INT, 65536, 0, 1e9, false,                                         \
      "bytes of the largest row that Node.js is sent; 0: any")                                             \
    X(node_max_frame_tls, "node.max.frame.tls", INT, 16384, 0, 1e9, false, "the same on TLS")              \
    X(port, "port", INT, 7777, 0, 65535, false, "port to listen on; 0: one that is free")                  \
    X(prompt, "prompt", STR, "> ", 0, 0, true, "console prompt")                                           \
    X(scipen, "scipen", INT, 0, -1000, 1000, true, "how much wider fixed notation may be")                 \
    X(send_timeout, "send.timeout", INT, 300, 1, 86400, false,                                             \
      "seconds until a peer that takes nothing is left")                                                   \
    X(sig_q_size, "sig.q.size", INT, 50, 1, 1e6, false, "signals that wait for the engine")                \
    X(state_dir, "state.dir", STR, "", 0, 0, false,                                                        \
      "directory of what outlives a restart; empty: <data>/.state")                                        \
    X(stop_timeout, "stop.timeout", INT, 10, 0, 3600, false,                                               \
      "seconds that a stop waits for what is running")                                                     \
    X(threads, "threads", INT, 0, 0, 1024, true, "threads of parallel kernels; 0: one per core")           \
    X(timezone, "timezone", STR, "UTC", 0, 0, true, "zone in which times are shown")                       \
    X(timezone_path, "timezone.path", STR, "", 0, 0, false,                                                \
      "directory of zone files; empty: ZONEINFO or the system's")                                          \
    X(tls, "tls", STR, "off", 0, 0, false, "off, optional (told apart by the first byte) or required")     \
    X(tls_ca, "tls.ca", STR, "", 0, 0, false,                                                              \
      "certificates that clients must be signed by; empty: none needed")                                   \
    X(tls_cert, "tls.cert", STR, "", 0, 0, false, "certificate of the server (PEM)")                       \
    X(tls_key, "tls.key", STR, "", 0, 0, false, "its key (PEM)")                                           \
    X(trust, "trust", INT, 0, 0, 1, false,                                                                 \
      "1: native peers of this machine need no login and may do everything")                               \
    X(unix_mode, "unix.mode", STR, "0660", 0, 0, false, "mode of the Unix socket")                         \
    X(unix_socket, "unix.socket", STR, "", 0, 0, false, "path of a Unix socket to listen on")              \
    X(used_idle, "used.idle", INT, 30, 1, 86400, false,                                                    \
      "seconds until a session that its driver will not use again is closed")                              \
    X(vault, "vault", STR, "", 0, 0, false, "file of clients and databases; empty: <state>/vault.db")      \
    X(vault_key, "vault.key", STR, "", 0, 0, false,                                                        \
      "file of its master key; empty: found as docs/vault.md says")                                        \
    X(width, "width", INT, 80, 10, 10000, true, "columns of a line")

typedef enum zp_option_kind { ZP_OPT_INT, ZP_OPT_DBL, ZP_OPT_STR } zp_option_kind;

/* A key of the configuration file that is no option of ours: kept, and shown by options(). */
typedef struct zp_config_extra {
    struct zp_config_extra *next;
    char *key, *value;
} zp_config_extra;

typedef struct zp_config {
    zp_config_extra *extra;
    const char *const *args; /* the command line, for commandArgs(); lives as long as the process */
    int nargs, first_arg;    /* args[first_arg ..] belong to the script */
#define ZP_OPT_FIELD_INT                                 int64_t
#define ZP_OPT_FIELD_DBL                                 double
#define ZP_OPT_FIELD_STR                                 char *
#define X(field, key, kind, def, least, most, run, help) ZP_OPT_FIELD_##kind field;
    ZP_OPTIONS(X)
#undef X
} zp_config;

typedef struct zp_option {
    const char *key, *help;
    zp_option_kind kind;
    size_t offset; /* of the field in zp_config */
    double num;    /* default, bounds (INT, DBL) */
    double least, most;
    const char *str; /* default (STR) */
    bool run_time;
} zp_option;

const zp_option *zp_option_rows(size_t *count); /* sorted by key */
const zp_option *zp_option_find(const char *key);

bool zp_config_init(zp_config *cfg, zp_error *err) ZP_MUST_CHECK; /* defaults */
bool zp_config_copy(zp_config *to, const zp_config *from, zp_error *err) ZP_MUST_CHECK;
void zp_config_fini(zp_config *cfg);
/* Set by number or by text; `key` must exist (`unknown config variable '<key>':`), types must agree
 * (`invalid type for config variable '<key>':`), values must be in bounds. */
bool zp_config_set_num(zp_config *cfg, const char *key, double value, zp_error *err) ZP_MUST_CHECK;
bool zp_config_set_str(zp_config *cfg, const char *key, const char *value, zp_error *err) ZP_MUST_CHECK;
/* Text as a command line or an environment variable gives it: converted to the kind of the option. */
bool zp_config_parse(zp_config *cfg, const char *key, const char *text, zp_error *err) ZP_MUST_CHECK;
/* Keeps (or replaces) a key that is no option. */
bool zp_config_add_extra(zp_config *cfg, const char *key, const char *value, zp_error *err) ZP_MUST_CHECK;
/* A file of `key = value` lines; and every ZPLANE_<KEY> of the environment. */
bool zp_config_file(zp_config *cfg, const char *path, zp_error *err) ZP_MUST_CHECK;
bool zp_config_environment(zp_config *cfg, zp_error *err) ZP_MUST_CHECK;

#endif
