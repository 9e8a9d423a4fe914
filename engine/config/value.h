/* The forms a text of the configuration can have. */
#ifndef WW_CONFIG_VALUE_H
#define WW_CONFIG_VALUE_H

#include <wardwire/str.h>

struct ww_span;

enum ww_format {
#define WW_FORMAT(name, check, noun, rule) WW_FORMAT_##name,
#include "config/value.def"
#undef WW_FORMAT
	WW_FORMAT_COUNT
};

bool ww_value_fits(enum ww_format f, ww_str text);
const char *ww_value_noun(enum ww_format f); /* "address" */
const char *ww_value_rule(enum ww_format f); /* "host:port, such as ..." */

/* Takes "host:port" apart; an IPv6 address comes without its brackets. */
bool ww_value_address(ww_str text, ww_str *host, uint32_t *port);
/* Takes "host:port/path" apart; path begins with a slash and does not end with one, or is empty. */
bool ww_value_base(ww_str text, ww_str *address, ww_str *path);
/* Only this machine can reach the host: 127.0.0.0/8, ::1 or localhost. */
bool ww_value_loopback(ww_str host);

/* The host of a URL that begins with http://; false when it is none. An IPv6 address comes without its brackets. */
bool ww_value_http_host(ww_str url, ww_str *host);

/* "24h", "2bd" */
bool ww_value_span(ww_str text, struct ww_span *out);
/* "07:30": minutes of the day. */
bool ww_value_clock(ww_str text, uint32_t *minutes);
/* "18-64", "65+": years, both inclusive. */
bool ww_value_ages(ww_str text, uint32_t *from, uint32_t *to);

/* A path's last part without its ending: "a/b.x.csv" gives "b.x". */
ww_str ww_value_stem(ww_str path);

#endif
