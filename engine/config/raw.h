/* The configuration as libcyaml fills it in: one struct a part of keys.def. The only door to libcyaml. */
#ifndef WW_CONFIG_RAW_H
#define WW_CONFIG_RAW_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_faults;

/* Absent texts are NULL, absent numbers 0, absent flags false, absent lists have 0 entries. A choice is a text. */
#define WW_KEYS_OPEN(part, path) struct ww_raw_##part {
#define WW_KEY_TEXT(part, key, format, need, fallback, help) const char *key;
#define WW_KEY_NUMBER(part, key, fallback, least, most, help) uint32_t key;
#define WW_KEY_FLAG(part, key, help) bool key;
#define WW_KEY_CHOICE(part, key, choices, fallback, help) const char *key;
#define WW_KEY_TEXTS(part, field, key, format, help)                                               \
	const char **field;                                                                        \
	uint32_t field##_n;
#define WW_KEY_PART(part, key, inner, help) struct ww_raw_##inner key;
#define WW_KEY_LIST(part, key, inner, help)                                                        \
	struct ww_raw_##inner *key;                                                                \
	uint32_t key##_n;
#define WW_KEYS_CLOSE(part)                                                                        \
	}                                                                                          \
	;
#include "config/keys_rows.h"

/* Reads a text that passed the checks, puts in the defaults, all in the arena. What libcyaml finds fault
 * with nevertheless is added to f, and *out is then NULL. */
WW_MUST ww_status ww_raw_load(struct ww_faults *f, ww_str text, struct ww_raw_config **out);

#endif
