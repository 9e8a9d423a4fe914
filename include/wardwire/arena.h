/* Memory that lives as long as one message: allocated piece by piece, freed as a whole. */
#ifndef WARDWIRE_ARENA_H
#define WARDWIRE_ARENA_H

#include <wardwire/str.h>

struct ww_arena;

/* An arena that may hold at most limit bytes (0: no limit). NULL when the machine is short of
 * memory; ww_arena_free(NULL) does nothing. */
struct ww_arena *ww_arena_new(size_t limit);
void ww_arena_free(struct ww_arena *a);
/* Another limit from now on; what is held already counts. */
void ww_arena_bound(struct ww_arena *a, size_t limit);
/* Gives all memory back but the first block, so that the next message can use it. */
void ww_arena_reset(struct ww_arena *a);

/* n zeroed bytes, aligned for any type; NULL when the limit is passed or the machine is short of
 * memory: ww_arena_status says which (WW_E_LIMIT or WW_E_MEMORY), and keeps saying it. */
void *ww_arena_alloc(struct ww_arena *a, size_t n);
/* count times size bytes, NULL also when the product overflows. */
void *ww_arena_array(struct ww_arena *a, size_t count, size_t size);
int ww_arena_status(const struct ww_arena *a);
size_t ww_arena_used(const struct ww_arena *a);

/* A copy of s in the arena, followed by a NUL that is not counted. On failure the empty slice, with
 * ww_arena_status set: check once after a group of copies. */
ww_str ww_arena_str(struct ww_arena *a, ww_str s);
/* The same in ASCII capitals. */
ww_str ww_arena_upper(struct ww_arena *a, ww_str s);
/* The same as a C string; "" on failure. */
const char *ww_arena_cstr(struct ww_arena *a, ww_str s);
/* Formatted text; the empty slice on failure. */
ww_str ww_arena_printf(struct ww_arena *a, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
