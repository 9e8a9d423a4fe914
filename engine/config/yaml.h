/* YAML text as a tree that knows the line and column of everything: what the checks go over. The only door
 * to libyaml. */
#ifndef WW_CONFIG_YAML_H
#define WW_CONFIG_YAML_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_faults;

enum ww_yaml_kind {
	WW_YAML_BAD, /* an alias, already reported */
	WW_YAML_SCALAR,
	WW_YAML_MAP,
	WW_YAML_LIST,
};

struct ww_yaml {
	enum ww_yaml_kind kind;
	unsigned line, column;         /* of its first character, from 1 */
	ww_str text;                   /* of a scalar, quotes and escapes taken away */
	bool quoted;                   /* of a scalar */
	ww_str key;                    /* of a member of a map */
	unsigned key_line, key_column; /* where the key stands */
	struct ww_yaml *first, *next;  /* first child, next sibling */
};

/* Reads one document. Faults of form are added to f: text that is no YAML (then *root is NULL), aliases,
 * anchors, tags, keys that are no plain words, a second document, more than 16 levels. */
WW_MUST ww_status ww_yaml_read(struct ww_faults *f, ww_str text, struct ww_yaml **root);

/* The member of a map; NULL when m is no map or has none of that key. Of a key given twice, the first. */
const struct ww_yaml *ww_yaml_get(const struct ww_yaml *m, const char *key);
/* A scalar without quotes that YAML reads as nothing: empty, ~ or null. */
bool ww_yaml_is_null(const struct ww_yaml *v);
/* The scalar of that key; NULL when there is none, or it says nothing. */
const struct ww_yaml *ww_yaml_scalar(const struct ww_yaml *m, const char *key);
/* The first entry of the list of that key; NULL when there is none. */
const struct ww_yaml *ww_yaml_entries(const struct ww_yaml *m, const char *key);

#endif
