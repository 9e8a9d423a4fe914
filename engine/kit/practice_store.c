/* A growing array of resources and one hash table over their ids and identifier values. */
#include "kit/practice_store.h"

#include "kit/practice_check.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A way to a resource. Ways are never removed: one to an identifier that a later version dropped is seen to
 * lead nowhere when it is followed. */
struct way {
	uint64_t hash;
	size_t slot;
	size_t next; /* way of the same bucket, + 1; 0: none */
};

struct ww_practice_store {
	struct ww_practice_kept **kept;
	size_t n, cap;
	struct way *ways;
	size_t ways_n, ways_cap;
	size_t *buckets; /* first way + 1; ways_cap of them, a power of two */
};

/* What a way is for; part of its hash. */
enum way_kind { BY_ID = 'i', BY_VALUE = 'v' };

/* FNV-1a: all input comes over the loopback, nobody builds collisions. */
static uint64_t
hash_bytes(uint64_t h, const char *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		h = (h ^ (unsigned char)p[i]) * UINT64_C(0x100000001b3);
	return h;
}

static uint64_t
hash_key(enum way_kind kind, const struct ww_practice_type *type, ww_str key)
{
	const char k = (char)kind;
	uint64_t h = hash_bytes(UINT64_C(0xcbf29ce484222325), &k, 1);

	h = hash_bytes(h, type->name, strlen(type->name) + 1);
	h = hash_bytes(h, key.p, key.n);
	return h ^ h >> 32; /* buckets are chosen by the low bits */
}

ww_status
ww_practice_store_new(struct ww_ctx *cx, struct ww_practice_store **out)
{
	struct ww_practice_store *st = calloc(1, sizeof(*st));

	if (st == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a store");
	*out = st;
	return WW_OK;
}

void
ww_practice_store_free(struct ww_practice_store *st)
{
	size_t i;

	if (st == NULL)
		return;
	for (i = 0; i < st->n; i++)
		free(st->kept[i]);
	free(st->kept);
	free(st->ways);
	free(st->buckets);
	free(st);
}

/* -- making --------------------------------------------------------------------------------------- */

static ww_str
copy(char **to, ww_str s)
{
	ww_str made = { *to, s.n };

	memcpy(*to, s.p, s.n);
	*to += s.n;
	return made;
}

/* The identifiers of a resource: how many, and the bytes of their texts. */
static size_t
count_identifiers(const struct ww_json *list, size_t *bytes)
{
	const struct ww_json *id;
	size_t n = 0;

	for (id = ww_json_first(list); id != NULL; id = ww_json_next(id), n++)
		*bytes += ww_json_str(ww_json_get(id, "system")).n +
		          ww_json_str(ww_json_get(id, "value")).n;
	return n;
}

ww_status
ww_practice_store_make(struct ww_ctx *cx, const struct ww_practice_kept *head,
    const struct ww_json *resource, struct ww_practice_kept **out)
{
	const struct ww_json *list = ww_json_get(resource, "identifier"), *id;
	ww_str status = ww_json_str(ww_json_get(resource, "status"));
	size_t bytes = head->id.n + head->text.n + status.n;
	size_t n = count_identifiers(list, &bytes);
	struct ww_practice_kept *k;
	char *at;

	k = malloc(sizeof(*k) + n * sizeof(k->identifiers[0]) + bytes);
	if (k == NULL)
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for a resource");
	*k = *head;
	k->identifiers_n = 0;
	at = (char *)(k->identifiers + n);
	k->id = copy(&at, head->id);
	k->text = copy(&at, head->text);
	k->status = copy(&at, status);
	for (id = ww_json_first(list); id != NULL; id = ww_json_next(id)) {
		struct ww_practice_identifier *to = &k->identifiers[k->identifiers_n++];

		to->system = copy(&at, ww_json_str(ww_json_get(id, "system")));
		to->value = copy(&at, ww_json_str(ww_json_get(id, "value")));
	}
	*out = k;
	return WW_OK;
}

void
ww_practice_store_drop(struct ww_practice_kept *k)
{
	free(k);
}

/* -- putting -------------------------------------------------------------------------------------- */

static void
link_way(struct ww_practice_store *st, size_t i)
{
	size_t *bucket = &st->buckets[st->ways[i].hash & (st->ways_cap - 1)];

	st->ways[i].next = *bucket;
	*bucket = i + 1;
}

static ww_status
reserve_ways(struct ww_practice_store *st, struct ww_ctx *cx, size_t more)
{
	size_t cap = st->ways_cap == 0 ? 64 : st->ways_cap, *buckets, i;
	struct way *ways;

	while (cap - st->ways_n < more)
		cap *= 2;
	if (cap == st->ways_cap)
		return WW_OK;
	buckets = calloc(cap, sizeof(*buckets));
	ways = buckets != NULL ? realloc(st->ways, cap * sizeof(*ways)) : NULL;
	if (ways == NULL) {
		free(buckets);
		return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for the index");
	}
	free(st->buckets);
	st->buckets = buckets;
	st->ways = ways;
	st->ways_cap = cap;
	for (i = 0; i < st->ways_n; i++)
		link_way(st, i);
	return WW_OK;
}

ww_status
ww_practice_store_reserve(
    struct ww_practice_store *st, struct ww_ctx *cx, struct ww_practice_kept *const *made, size_t n)
{
	size_t cap = st->cap == 0 ? 64 : st->cap, ways = 0, i;
	struct ww_practice_kept **kept;

	for (i = 0; i < n; i++)
		ways += 1 + made[i]->identifiers_n;
	while (cap - st->n < n)
		cap *= 2;
	if (cap != st->cap) {
		kept = realloc(st->kept, cap * sizeof(*kept));
		if (kept == NULL)
			return ww_fail(cx, WW_E_MEMORY, NULL, "no memory for the store");
		st->kept = kept;
		st->cap = cap;
	}
	return reserve_ways(st, cx, ways);
}

/* Adds a way to slot, unless there is one of that hash already: then following it is enough. */
static void
add_way(struct ww_practice_store *st, uint64_t hash, size_t slot)
{
	size_t i = st->buckets[hash & (st->ways_cap - 1)];

	for (; i != 0; i = st->ways[i - 1].next)
		if (st->ways[i - 1].hash == hash && st->ways[i - 1].slot == slot)
			return;
	assert(st->ways_n < st->ways_cap); /* reserved */
	st->ways[st->ways_n] = (struct way){ .hash = hash, .slot = slot };
	link_way(st, st->ways_n++);
}

void
ww_practice_store_put(struct ww_practice_store *st, struct ww_practice_kept *k)
{
	const struct ww_practice_kept *there = ww_practice_store_find(st, k->type, k->id);
	size_t i;

	if (there != NULL) {
		k->slot = there->slot;
		free(st->kept[k->slot]);
	} else {
		assert(st->n < st->cap); /* reserved */
		k->slot = st->n++;
	}
	st->kept[k->slot] = k;
	add_way(st, hash_key(BY_ID, k->type, k->id), k->slot);
	for (i = 0; i < k->identifiers_n; i++)
		add_way(st, hash_key(BY_VALUE, k->type, k->identifiers[i].value), k->slot);
}

/* -- finding -------------------------------------------------------------------------------------- */

/* The next resource of the ways with that hash; *from is 0 at first, then the way + 1 to go on after. */
static const struct ww_practice_kept *
follow(const struct ww_practice_store *st, uint64_t hash, size_t *from)
{
	size_t i;

	if (st->ways_n == 0)
		return NULL;
	i = *from == 0 ? st->buckets[hash & (st->ways_cap - 1)] : st->ways[*from - 1].next;
	while (i != 0 && st->ways[i - 1].hash != hash)
		i = st->ways[i - 1].next;
	if (i == 0)
		return NULL;
	*from = i;
	return st->kept[st->ways[i - 1].slot];
}

const struct ww_practice_kept *
ww_practice_store_find(
    const struct ww_practice_store *st, const struct ww_practice_type *type, ww_str id)
{
	uint64_t hash = hash_key(BY_ID, type, id);
	const struct ww_practice_kept *k;
	size_t from = 0;

	while ((k = follow(st, hash, &from)) != NULL)
		if (k->type == type && ww_str_eq(k->id, id))
			break;
	return k;
}

const struct ww_practice_kept *const *
ww_practice_store_all(const struct ww_practice_store *st, size_t *n)
{
	*n = st->n;
	return (const struct ww_practice_kept *const *)st->kept;
}

bool
ww_practice_store_with_value(const struct ww_practice_store *st,
    const struct ww_practice_type *type, ww_str value, size_t *from,
    const struct ww_practice_kept **out)
{
	*out = follow(st, hash_key(BY_VALUE, type, value), from);
	return *out != NULL;
}
