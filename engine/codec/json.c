/* Reads JSON into trees: the strict reader first, then the library, then keys and digits.
 *
 * cJSON's allocation hooks are global to the process, so they are set once and look up the arena of the
 * running thread; its record of the last parse error is global, too, and never read here. */
#include <wardwire/json.h>

#include <wardwire/ctx.h>

#include "codec/json_node.h"
#include "codec/json_strict.h"

#include <assert.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* -- memory ----------------------------------------------------------------------------------------- */

static _Thread_local struct ww_arena *parse_arena; /* set while this thread is inside the library */

static void *
take(size_t n)
{
	assert(parse_arena != NULL);
	return ww_arena_alloc(parse_arena, n);
}

static void
give_back(void *p)
{
	(void)p; /* the arena goes as a whole */
}

static void
set_hooks(void)
{
	cJSON_Hooks hooks = { take, give_back };

	cJSON_InitHooks(&hooks);
}

void
ww_json_hooks(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, set_hooks);
}

/* -- reading ---------------------------------------------------------------------------------------- */

/* The tree and its text side by side: the tree has the structure, the text has the digits and the places. */
struct walk {
	struct ww_ctx *cx;
	ww_str text, rest;
};

/* A key and the place of its token. */
struct key {
	const char *name;
	const char *at;
};

enum { FEW_KEYS = 8 };

static ww_status
refuse(struct ww_ctx *cx, ww_str text, const struct ww_json_fault *f)
{
	size_t line, column;
	char place[64];

	ww_json_where(text, f->at, &line, &column);
	snprintf(place, sizeof(place), "line %zu column %zu", line, column);
	return ww_fail(cx, f->status, place, "%s (byte %zu)", f->rule, f->at);
}

static int
key_order(const void *a, const void *b)
{
	const struct key *x = a, *y = b;
	int d = strcmp(x->name, y->name);

	return d != 0 ? d : (x->at > y->at) - (x->at < y->at);
}

/* Sorted, because comparing all pairs would let a large object take its time squared. */
static ww_status
check_keys(struct walk *w, struct key *keys, size_t n)
{
	struct ww_json_fault fault = { WW_E_SYNTAX, 0, "a key that the object already has" };
	const char *first = NULL;
	size_t i;

	qsort(keys, n, sizeof(*keys), key_order);
	for (i = 1; i < n; i++)
		if (strcmp(keys[i].name, keys[i - 1].name) == 0 &&
		    (first == NULL || keys[i].at < first))
			first = keys[i].at;
	if (first == NULL)
		return WW_OK;
	fault.at = (size_t)(first - w->text.p);
	return refuse(w->cx, w->text, &fault);
}

static ww_status settle(struct walk *w, cJSON *v);

/* Depth is bounded by the strict reader, and so is this recursion. */
static ww_status
settle_object(struct walk *w, cJSON *v)
{
	struct key few[FEW_KEYS], *keys = few;
	size_t n = (size_t)cJSON_GetArraySize(v), i = 0;
	ww_status s;
	cJSON *c;

	if (n > FEW_KEYS) {
		keys = ww_arena_array(w->cx->arena, n, sizeof(*keys));
		if (keys == NULL)
			return ww_fail_memory(w->cx);
	}
	for (c = v->child; c != NULL; c = c->next) {
		keys[i++] = (struct key){ c->string, ww_json_token(&w->rest).p };
		s = settle(w, c);
		if (s != WW_OK)
			return s;
	}
	return check_keys(w, keys, n);
}

/* Gives numbers their digits and finds keys given twice. */
static ww_status
settle(struct walk *w, cJSON *v)
{
	ww_status s = WW_OK;
	ww_str token;
	cJSON *c;

	switch (v->type & WW_JSON_KIND_MASK) {
	case cJSON_Object:
		return settle_object(w, v);
	case cJSON_Array:
		for (c = v->child; c != NULL && s == WW_OK; c = c->next)
			s = settle(w, c);
		return s;
	default:
		token = ww_json_token(&w->rest);
		if ((v->type & WW_JSON_KIND_MASK) != cJSON_Number)
			return WW_OK;
		v->type = cJSON_Raw;
		v->valuestring = ww_arena_alloc(w->cx->arena, token.n + 1);
		if (v->valuestring == NULL)
			return ww_fail_memory(w->cx);
		memcpy(v->valuestring, token.p, token.n);
		return WW_OK;
	}
}

/* The library's reading of a text that passed the strict one; NULL when memory is short. */
static cJSON *
parse(struct ww_ctx *cx, ww_str text)
{
	/* The library notes where it failed in a global, at every parse: one thread at a time. */
	static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
	const char *end = NULL;
	cJSON *root;

	ww_json_hooks();
	(void)pthread_mutex_lock(&lock);
	parse_arena = cx->arena;
	root = cJSON_ParseWithLengthOpts(text.p, text.n, &end, 0);
	parse_arena = NULL;
	(void)pthread_mutex_unlock(&lock);
	return root;
}

ww_status
ww_json_parse(struct ww_ctx *cx, ww_str text, struct ww_json **out)
{
	struct ww_json_fault fault;
	struct walk w = { .cx = cx };
	cJSON *root;
	ww_status s;

	if (ww_str_starts(text, WW_STR("\xef\xbb\xbf")))
		text = ww_str_sub(
		    text, 3, text.n); /* RFC 8259 section 8.1 lets a reader pass over it */
	if (!ww_json_strict(text, &fault))
		return refuse(cx, text, &fault);
	root = parse(cx, text);
	if (root == NULL && ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx);
	if (root == NULL)
		return ww_fail(
		    cx, WW_E_BUG, NULL, "the library refuses what the strict reader took");
	w.text = w.rest = text;
	s = settle(&w, root);
	if (s == WW_OK)
		*out = ww_json_of(root);
	return s;
}
