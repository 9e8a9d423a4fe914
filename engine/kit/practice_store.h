/* The resources a practice has, in memory: the last version of each, found by id and by identifier. */
#ifndef WW_KIT_PRACTICE_STORE_H
#define WW_KIT_PRACTICE_STORE_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_json;
struct ww_practice_store;
struct ww_practice_type;

struct ww_practice_identifier {
	ww_str system, value; /* either may be empty */
};

/* One version of one resource; never changed once made. */
struct ww_practice_kept {
	const struct ww_practice_type *type;
	ww_str id;
	uint64_t version;
	int64_t updated; /* UTC ms */
	ww_str status;   /* code of the element status; may be empty */
	ww_str text;     /* the resource as JSON, with id and meta */
	size_t slot;     /* place in the order of creation; the store's */
	size_t identifiers_n;
	struct ww_practice_identifier identifiers[];
};

WW_MUST ww_status ww_practice_store_new(struct ww_ctx *cx, struct ww_practice_store **out);
void ww_practice_store_free(struct ww_practice_store *st); /* NULL is allowed */

/* A version with copies of all texts, not in any store yet: the caller's, for put or drop. resource is what
 * text was written from. */
WW_MUST ww_status ww_practice_store_make(struct ww_ctx *cx, const struct ww_practice_kept *head,
    const struct ww_json *resource, struct ww_practice_kept **out);
void ww_practice_store_drop(struct ww_practice_kept *k); /* NULL is allowed */

/* Makes room so that each of these versions can be put without failing. */
WW_MUST ww_status ww_practice_store_reserve(struct ww_practice_store *st, struct ww_ctx *cx,
    struct ww_practice_kept *const *made, size_t n);
/* Takes over a version room was made for: a new resource, or the next version of one that is there. */
void ww_practice_store_put(struct ww_practice_store *st, struct ww_practice_kept *k);

/* Valid until the next put of the same resource. */
const struct ww_practice_kept *ww_practice_store_find(
    const struct ww_practice_store *st, const struct ww_practice_type *type, ww_str id);
/* All of them, in the order of creation: *n pointers. */
const struct ww_practice_kept *const *ww_practice_store_all(
    const struct ww_practice_store *st, size_t *n);
/* Slots of those that may have an identifier of that value, for *from = 0 and on until false: perhaps some
 * that no longer have it, in no order, each once. */
bool ww_practice_store_with_value(const struct ww_practice_store *st,
    const struct ww_practice_type *type, ww_str value, size_t *from,
    const struct ww_practice_kept **out);

#endif
