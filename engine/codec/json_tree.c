/* JSON trees: looking into them and building them. */
#include <wardwire/json.h>

#include <wardwire/ctx.h>

#include "codec/json_node.h"
#include "codec/json_strict.h"
#include "codec/utf8.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* -- looking ---------------------------------------------------------------------------------------- */

enum ww_json_kind
ww_json_kind(const struct ww_json *v)
{
	if (v == NULL)
		return WW_JSON_NONE;
	switch (ww_json_cnode(v)->type & WW_JSON_KIND_MASK) {
	case cJSON_NULL:
		return WW_JSON_NULL;
	case cJSON_False:
	case cJSON_True:
		return WW_JSON_BOOL;
	case cJSON_Raw:
		return WW_JSON_NUMBER;
	case cJSON_String:
		return WW_JSON_STRING;
	case cJSON_Array:
		return WW_JSON_ARRAY;
	case cJSON_Object:
		return WW_JSON_OBJECT;
	default:
		return WW_JSON_NONE;
	}
}

/* The member whose key is that slice. */
static struct ww_json *
member(const struct ww_json *object, ww_str key)
{
	struct ww_json *c;

	if (ww_json_kind(object) != WW_JSON_OBJECT)
		return NULL;
	for (c = ww_json_first(object); c != NULL; c = ww_json_next(c))
		if (ww_str_eq(ww_json_key(c), key))
			return c;
	return NULL;
}

struct ww_json *
ww_json_get(const struct ww_json *object, const char *key)
{
	return member(object, ww_str_from(key));
}

struct ww_json *
ww_json_at(const struct ww_json *array, size_t i)
{
	struct ww_json *c;

	if (ww_json_kind(array) != WW_JSON_ARRAY)
		return NULL;
	for (c = ww_json_first(array); c != NULL && i > 0; i--)
		c = ww_json_next(c);
	return c;
}

size_t
ww_json_len(const struct ww_json *v)
{
	const struct ww_json *c;
	size_t n = 0;

	for (c = ww_json_first(v); c != NULL; c = ww_json_next(c))
		n++;
	return n;
}

struct ww_json *
ww_json_first(const struct ww_json *v)
{
	return v != NULL ? ww_json_of(ww_json_cnode(v)->child) : NULL;
}

struct ww_json *
ww_json_next(const struct ww_json *v)
{
	return v != NULL ? ww_json_of(ww_json_cnode(v)->next) : NULL;
}

ww_str
ww_json_key(const struct ww_json *m)
{
	return ww_str_from(m != NULL ? ww_json_cnode(m)->string : NULL);
}

ww_str
ww_json_str(const struct ww_json *v)
{
	return ww_str_from(
	    ww_json_kind(v) == WW_JSON_STRING ? ww_json_cnode(v)->valuestring : NULL);
}

ww_str
ww_json_number(const struct ww_json *v)
{
	return ww_str_from(
	    ww_json_kind(v) == WW_JSON_NUMBER ? ww_json_cnode(v)->valuestring : NULL);
}

int64_t
ww_json_int(const struct ww_json *v)
{
	ww_str s = ww_json_number(v);
	bool minus = s.n > 0 && s.p[0] == '-';
	uint64_t n;

	if (!ww_str_u64(ww_str_sub(s, minus, s.n), (uint64_t)INT64_MAX + minus, &n))
		return 0;
	return minus ? -(int64_t)(n - 1) - 1 : (int64_t)n;
}

bool
ww_json_true(const struct ww_json *v)
{
	return v != NULL && (ww_json_cnode(v)->type & WW_JSON_KIND_MASK) == cJSON_True;
}

/* "name[0][1]" of a path: the member, then its elements. */
static struct ww_json *
step(const struct ww_json *v, ww_str part)
{
	ww_str index, key = ww_str_cut(part, '[', &index);
	struct ww_json *at = member(v, key);
	uint64_t i;

	while (index.n > 0) {
		ww_str digits = ww_str_cut(index, ']', &index);

		if (!ww_str_u64(digits, SIZE_MAX / 2, &i))
			return NULL;
		at = ww_json_at(at, (size_t)i);
		if (index.n > 0)
			index = ww_str_sub(index, 1, index.n); /* past the next '[' */
	}
	return at;
}

struct ww_json *
ww_json_find(const struct ww_json *v, const char *path)
{
	ww_str part, rest = ww_str_from(path);
	struct ww_json *at = NULL;

	do {
		part = ww_str_cut(rest, '.', &rest);
		at = step(v, part);
		v = at;
	} while (rest.n > 0);
	return at;
}

/* -- building --------------------------------------------------------------------------------------- */

static struct ww_json *
new_node(struct ww_ctx *cx, int type, char *text)
{
	cJSON *n;

	ww_json_hooks(); /* before the library could free one of our nodes */
	n = ww_arena_alloc(cx->arena, sizeof(*n));
	if (n == NULL)
		return NULL;
	n->type = type;
	n->valuestring = text;
	return ww_json_of(n);
}

/* Bytes of the character at the start of s when ww_json_parse would take it inside a string, else 0. */
static size_t
good_character(ww_str s)
{
	unsigned char c = (unsigned char)s.p[0];

	if (c < 0x20 && c != '\t' && c != '\n' && c != '\r')
		return 0;
	return ww_utf8_first(s);
}

static size_t
count_bad(ww_str s)
{
	size_t i, n, bad = 0;

	for (i = 0; i<s.n; i += n> 0 ? n : 1) {
		n = good_character(ww_str_sub(s, i, s.n));
		bad += n == 0;
	}
	return bad;
}

/* Printable ASCII throughout, as nearly every text is: nothing to look at character by character. */
static bool
is_plain(ww_str s)
{
	size_t i = 0;
	uint64_t bad = 0;

	for (; s.n - i >= sizeof(uint64_t); i += sizeof(uint64_t)) {
		uint64_t w;

		memcpy(&w, s.p + i, sizeof(w));
		/* The high bit of each byte that has it, or that is below a blank. */
		bad |= (w | (w - UINT64_C(0x2020202020202020))) & UINT64_C(0x8080808080808080);
	}
	for (; i < s.n; i++)
		bad |= (uint64_t)((unsigned char)s.p[i] < 0x20 || (unsigned char)s.p[i] > 0x7f);
	return bad == 0;
}

/* A copy in which every byte that no JSON string may hold is U+FFFD: what is written can be read back. */
static char *
text_of(struct ww_ctx *cx, ww_str s)
{
	static const char replacement[3] = "\xef\xbf\xbd";
	bool plain = is_plain(s);
	size_t i, n, at = 0;
	char *p = ww_arena_alloc(cx->arena, s.n + (plain ? 0 : 2 * count_bad(s)) + 1);

	if (p != NULL && plain) {
		memcpy(p, s.p, s.n);
		return p;
	}

	for (i = 0; p != NULL && i<s.n; i += n> 0 ? n : 1) {
		n = good_character(ww_str_sub(s, i, s.n));
		memcpy(p + at, n > 0 ? s.p + i : replacement, n > 0 ? n : sizeof(replacement));
		at += n > 0 ? n : sizeof(replacement);
	}
	return p;
}

struct ww_json *
ww_json_object(struct ww_ctx *cx)
{
	return new_node(cx, cJSON_Object, NULL);
}

struct ww_json *
ww_json_array(struct ww_ctx *cx)
{
	return new_node(cx, cJSON_Array, NULL);
}

struct ww_json *
ww_json_null(struct ww_ctx *cx)
{
	return new_node(cx, cJSON_NULL, NULL);
}

struct ww_json *
ww_json_string(struct ww_ctx *cx, ww_str s)
{
	char *p = text_of(cx, s);

	return p != NULL ? new_node(cx, cJSON_String, p) : NULL;
}

struct ww_json *
ww_json_bool(struct ww_ctx *cx, bool b)
{
	return new_node(cx, b ? cJSON_True : cJSON_False, NULL);
}

/* Digits at both ends, but for a sign, are no literal, no string and no blank. */
static bool
is_number(ww_str s)
{
	struct ww_json_fault unused;

	return s.n > 0 && (s.p[0] == '-' || (s.p[0] >= '0' && s.p[0] <= '9')) &&
	       s.p[s.n - 1] >= '0' && s.p[s.n - 1] <= '9' && ww_json_strict(s, &unused);
}

struct ww_json *
ww_json_digits(struct ww_ctx *cx, ww_str digits)
{
	char *p;

	if (!is_number(digits))
		return ww_json_string(cx, digits);
	p = text_of(cx, digits);
	return p != NULL ? new_node(cx, cJSON_Raw, p) : NULL;
}

/* A node has its place in one tree only. */
static bool
is_free(const struct ww_json *v)
{
	return ww_json_cnode(v)->next == NULL && ww_json_cnode(v)->prev == NULL;
}

struct ww_json *
ww_json_set(struct ww_ctx *cx, struct ww_json *object, const char *key, struct ww_json *v)
{
	struct ww_json *old;

	if (object == NULL || v == NULL)
		return v;
	assert(ww_json_kind(object) == WW_JSON_OBJECT && is_free(v));
	ww_json_node(v)->string = text_of(cx, ww_str_from(key));
	if (ww_json_node(v)->string == NULL)
		return NULL;
	old = ww_json_get(object, ww_json_node(v)->string);
	if (old != NULL)
		cJSON_ReplaceItemViaPointer(
		    ww_json_node(object), ww_json_node(old), ww_json_node(v));
	else
		cJSON_AddItemToArray(
		    ww_json_node(object), ww_json_node(v)); /* the key is already there */
	return v;
}

struct ww_json *
ww_json_set_first(struct ww_ctx *cx, struct ww_json *object, const char *key, struct ww_json *v)
{
	if (object == NULL || v == NULL)
		return v;
	assert(ww_json_kind(object) == WW_JSON_OBJECT && is_free(v));
	ww_json_node(v)->string = text_of(cx, ww_str_from(key));
	if (ww_json_node(v)->string == NULL)
		return NULL;
	ww_json_remove(object, key);
	cJSON_InsertItemInArray(ww_json_node(object), 0, ww_json_node(v));
	return v;
}

struct ww_json *
ww_json_add(struct ww_ctx *cx, struct ww_json *array, struct ww_json *v)
{
	(void)cx;
	if (array == NULL || v == NULL)
		return v;
	assert(ww_json_kind(array) == WW_JSON_ARRAY && is_free(v));
	cJSON_AddItemToArray(ww_json_node(array), ww_json_node(v));
	return v;
}

void
ww_json_set_str(struct ww_ctx *cx, struct ww_json *object, const char *key, ww_str s)
{
	if (s.n > 0)
		(void)ww_json_set(cx, object, key, ww_json_string(cx, s));
}

void
ww_json_set_cstr(struct ww_ctx *cx, struct ww_json *object, const char *key, const char *s)
{
	ww_json_set_str(cx, object, key, ww_str_from(s));
}

void
ww_json_set_int(struct ww_ctx *cx, struct ww_json *object, const char *key, int64_t n)
{
	char digits[24];
	char *p;

	snprintf(digits, sizeof(digits), "%" PRId64, n);
	p = text_of(cx, ww_str_from(digits));
	if (p != NULL)
		(void)ww_json_set(cx, object, key, new_node(cx, cJSON_Raw, p));
}

void
ww_json_set_bool(struct ww_ctx *cx, struct ww_json *object, const char *key, bool b)
{
	(void)ww_json_set(cx, object, key, ww_json_bool(cx, b));
}

void
ww_json_remove(struct ww_json *object, const char *key)
{
	struct ww_json *old = ww_json_get(object, key);

	if (old != NULL)
		(void)cJSON_DetachItemViaPointer(ww_json_node(object), ww_json_node(old));
}
