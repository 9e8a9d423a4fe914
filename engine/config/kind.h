/* Entries of a list that are of one kind each, told by the key of their address, and the keys that mean something for some
 * kinds only. */
#ifndef WW_CONFIG_KIND_H
#define WW_CONFIG_KIND_H

#include <stdbool.h>
#include <stddef.h>

struct ww_faults;
struct ww_yaml;

enum { WW_KINDS_MOST = 5 };

struct ww_kinds {
	const char *thing, *list; /* "an endpoint", "endpoints[]" */
	const char * or, *and;    /* the keys of addresses, as a sentence has them */
	size_t n;
	struct {
		const char *key, *noun; /* "mllp", "an MLLP endpoint" */
	} of[WW_KINDS_MOST];
	/* Keys that fit some kinds; NULL ends them. */
	const struct ww_kind_key {
		const char *key;
		bool fits[WW_KINDS_MOST];
	} * keys;
};

/* The kind of an entry; WW_KINDS_MOST when it has no address or several, which is then reported. What does not fit the kind
 * is reported too. */
size_t ww_kind_check(struct ww_faults *f, const struct ww_yaml *e, const struct ww_kinds *k);

#endif
