/* Search parameters as a table, and their values in a tree as lines that sort. */
#include "model/resource_keys.h"

#include <wardwire/arena.h>
#include <wardwire/buf.h>
#include <wardwire/json.h>
#include <wardwire/time.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* -- the table -------------------------------------------------------------------------------------- */

#define WW_TYPE(t) static const struct ww_param params_##t[] = {
#define WW_SEARCH(t, n, k, p, w) { n, WW_PARAM_##k, p, n, w },
#define WW_ALIAS(t, n, k, o, w) { n, WW_PARAM_##k, NULL, o, w },
#define WW_TYPE_END(t)                                                                             \
	{                                                                                          \
		NULL, WW_PARAM_TOKEN, NULL, NULL, NULL                                             \
	}                                                                                          \
	}                                                                                          \
	;
#include "model/resource_keys.def"
#undef WW_TYPE
#undef WW_SEARCH
#undef WW_ALIAS
#undef WW_TYPE_END

#define WW_SEARCH(t, n, k, p, w)
#define WW_ALIAS(t, n, k, o, w)
#define WW_TYPE_END(t)
#define WW_TYPE(t) params_##t,
static const struct ww_param *const params[] = {
#include "model/resource_keys.def"
};
#undef WW_TYPE
#define WW_TYPE(t) #t,
const char *const ww_resource_types[] = {
#include "model/resource_keys.def"
	NULL
};
#undef WW_TYPE
#undef WW_SEARCH
#undef WW_ALIAS
#undef WW_TYPE_END

static const struct ww_param last_updated = { "_lastUpdated", WW_PARAM_DATE, NULL, "_lastUpdated",
	NULL };

const struct ww_param *
ww_params_of(ww_str type)
{
	for (size_t i = 0; ww_resource_types[i] != NULL; i++) {
		if (ww_str_is(type, ww_resource_types[i]))
			return params[i];
	}
	return NULL;
}

bool
ww_resource_type_is(ww_str type)
{
	return ww_params_of(type) != NULL;
}

const struct ww_param *
ww_search_param_find(ww_str type, ww_str name)
{
	const struct ww_param *p = ww_params_of(type);

	if (ww_str_is(name, last_updated.name))
		return &last_updated;
	for (; p != NULL && p->name != NULL; p++) {
		if (ww_str_is(name, p->name))
			return p;
	}
	return NULL;
}

/* -- values ----------------------------------------------------------------------------------------- */

void
ww_key_plain(struct ww_buf *out, ww_str text)
{
	text = ww_str_sub(text, 0, WW_KEY_VALUE_MAX);
	for (size_t i = 0; i < text.n; i++)
		ww_buf_byte(out, (unsigned char)text.p[i] < ' ' ? ' ' : text.p[i]);
}

void
ww_key_token(struct ww_buf *out, ww_str value, ww_str system)
{
	value = ww_str_sub(value, 0, WW_KEY_VALUE_MAX);
	for (size_t i = 0; i < value.n; i++) {
		char c = value.p[i];

		if (c == '|' || c == '\\')
			ww_buf_byte(out, '\\');
		ww_buf_byte(out, (unsigned char)c < ' ' ? ' ' : c);
	}
	ww_buf_byte(out, '|');
	ww_key_plain(out, system);
}

static bool
is_blank(char c)
{
	return (unsigned char)c <= ' ';
}

void
ww_key_string(struct ww_buf *out, ww_str text)
{
	bool gap = false, begun = false;

	text = ww_str_sub(text, 0, WW_KEY_VALUE_MAX);
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];

		if (is_blank(c)) {
			gap = begun;
			continue;
		}
		if (gap)
			ww_buf_byte(out, ' ');
		ww_buf_byte(out, c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c);
		gap = false;
		begun = true;
	}
}

static bool
is_type_name(ww_str s)
{
	if (s.n == 0 || s.p[0] < 'A' || s.p[0] > 'Z')
		return false;
	for (size_t i = 1; i < s.n; i++) {
		if (!((s.p[i] >= 'A' && s.p[i] <= 'Z') || (s.p[i] >= 'a' && s.p[i] <= 'z')))
			return false;
	}
	return true;
}

/* Where the last '/' of s stands; s.n: nowhere. */
static size_t
last_slash(ww_str s)
{
	for (size_t i = s.n; i > 0; i--) {
		if (s.p[i - 1] == '/')
			return i - 1;
	}
	return s.n;
}

ww_str
ww_reference_end(ww_str reference)
{
	size_t id, type, version;
	ww_str before;

	for (version = 0; version + 10 <= reference.n; version++) {
		if (memcmp(reference.p + version, "/_history/", 10) == 0)
			reference = ww_str_sub(reference, 0, version);
	}
	id = last_slash(reference);
	if (id == reference.n || id + 1 == reference.n)
		return ww_str_empty();
	before = ww_str_sub(reference, 0, id);
	type = last_slash(before);
	type = type == before.n ? 0 : type + 1;
	if (!is_type_name(ww_str_sub(before, type, before.n)))
		return ww_str_empty();
	return ww_str_sub(reference, type, reference.n);
}

void
ww_key_reference(struct ww_buf *out, ww_str reference, ww_str type)
{
	ww_str end = ww_reference_end(reference);

	if (end.n != 0) {
		ww_key_plain(out, end);
		return;
	}
	if (type.n != 0 && ww_str_find(reference, ':') == reference.n &&
	    ww_str_find(reference, '/') == reference.n) {
		ww_buf_str_add(out, type);
		ww_buf_byte(out, '/');
	}
	ww_key_plain(out, reference);
}

/* -- dates ------------------------------------------------------------------------------------------ */

enum { DAY_MS = 86400000 };
#define YEAR_1_MS INT64_C(62135596800000)     /* before 1970 */
#define YEAR_9999_MS INT64_C(315537897599999) /* the last one, from year 1 on */

void
ww_key_ms(struct ww_buf *out, int64_t ms)
{
	char digits[16];
	int64_t v = ms < -YEAR_1_MS                 ? 0
	            : ms > YEAR_9999_MS - YEAR_1_MS ? YEAR_9999_MS
	                                            : ms + YEAR_1_MS;

	for (int i = 14; i >= 0; i--, v /= 10)
		digits[i] = (char)('0' + v % 10);
	ww_buf_add(out, digits, 15);
}

bool
ww_key_span(ww_str date, int64_t *low, int64_t *high)
{
	int year, month, day;
	ww_time t;

	if (!ww_time_fhir(date, ww_zone_utc(), &t))
		return false;
	*low = t.ms;
	switch ((enum ww_prec)t.prec) {
	case WW_PREC_YEAR:
	case WW_PREC_MONTH:
		ww_day_civil(t.ms >= 0 ? t.ms / DAY_MS : -((-t.ms + DAY_MS - 1) / DAY_MS), &year,
		    &month, &day);
		if (t.prec == WW_PREC_YEAR)
			year++;
		else if (++month > 12) {
			month = 1;
			year++;
		}
		*high = ww_day_of(year, month, 1) * DAY_MS - 1;
		return true;
	case WW_PREC_DAY:
		*high = t.ms + DAY_MS - 1;
		return true;
	case WW_PREC_HOUR:
		*high = t.ms + 3599999;
		return true;
	case WW_PREC_MIN:
		*high = t.ms + 59999;
		return true;
	case WW_PREC_SEC:
		*high = t.ms + 999;
		return true;
	case WW_PREC_MS:
		*high = t.ms;
		return true;
	case WW_PREC_NONE:
		break;
	}
	return false;
}

/* -- lines ------------------------------------------------------------------------------------------ */

/* Lines as they are found, each with a line feed at its end. */
struct lines {
	struct ww_buf text;
	size_t n;
};

static void
begin_line(struct lines *l, const char *param, const char *suffix)
{
	ww_buf_cstr(&l->text, param);
	ww_buf_cstr(&l->text, suffix);
	ww_buf_byte(&l->text, ' ');
}

static void
end_line(struct lines *l)
{
	ww_buf_byte(&l->text, '\n');
	l->n++;
}

static void
add_token(struct lines *l, const char *param, const char *suffix, ww_str value, ww_str system)
{
	if (value.n == 0)
		return;
	begin_line(l, param, suffix);
	ww_key_token(&l->text, value, system);
	end_line(l);
}

static ww_str
member(const struct ww_json *v, const char *name)
{
	return ww_json_str(ww_json_get(v, name));
}

/* A Coding has a code, an Identifier or ContactPoint a value. */
static void
add_system_and_value(
    struct lines *l, const char *param, const char *suffix, const struct ww_json *v)
{
	ww_str code = member(v, "code");

	add_token(l, param, suffix, code.n != 0 ? code : member(v, "value"), member(v, "system"));
}

static void
add_token_of(struct lines *l, const struct ww_param *p, const struct ww_json *v)
{
	const struct ww_json *codings = ww_json_get(v, "coding");

	switch (ww_json_kind(v)) {
	case WW_JSON_STRING:
		add_token(l, p->name, "", ww_json_str(v), ww_str_empty());
		return;
	case WW_JSON_BOOL:
		add_token(l, p->name, "", ww_json_true(v) ? WW_STR("true") : WW_STR("false"),
		    ww_str_empty());
		return;
	case WW_JSON_OBJECT:
		add_system_and_value(l, p->name, "", v);
		for (const struct ww_json *c = ww_json_first(codings); c != NULL;
		     c = ww_json_next(c))
			add_system_and_value(l, p->name, "", c);
		return;
	case WW_JSON_NONE:
	case WW_JSON_NULL:
	case WW_JSON_NUMBER:
	case WW_JSON_ARRAY:
		return;
	}
}

static void
add_reference_of(struct lines *l, const struct ww_param *p, const struct ww_json *v)
{
	ww_str reference = member(v, "reference");

	if (reference.n != 0 && reference.p[0] != '#') {
		begin_line(l, p->name, "");
		ww_key_reference(&l->text, reference, ww_str_empty());
		end_line(l);
	}
	if (ww_json_get(v, "identifier") != NULL)
		add_system_and_value(l, p->name, ":identifier", ww_json_get(v, "identifier"));
}

/* An end that is not given is open. */
static bool
read_span(const struct ww_json *v, int64_t *low, int64_t *high)
{
	ww_str start = member(v, "start"), end = member(v, "end");
	int64_t ignored;

	*low = INT64_MIN;
	*high = INT64_MAX;
	if (ww_json_kind(v) == WW_JSON_STRING)
		return ww_key_span(ww_json_str(v), low, high);
	if (start.n == 0 && end.n == 0)
		return false;
	return (start.n == 0 || ww_key_span(start, low, &ignored)) &&
	       (end.n == 0 || ww_key_span(end, &ignored, high));
}

static void
add_end(struct lines *l, int64_t ms)
{
	if (ms == INT64_MIN)
		ww_buf_cstr(&l->text, WW_KEY_OPEN_LOW);
	else if (ms == INT64_MAX)
		ww_buf_cstr(&l->text, WW_KEY_OPEN_HIGH);
	else
		ww_key_ms(&l->text, ms);
}

static void
add_span(struct lines *l, const char *param, const char *suffix, int64_t first, int64_t second)
{
	begin_line(l, param, suffix);
	add_end(l, first);
	ww_buf_byte(&l->text, ' ');
	add_end(l, second);
	end_line(l);
}

static void
add_date_of(struct lines *l, const struct ww_param *p, const struct ww_json *v)
{
	int64_t low, high;

	if (!read_span(v, &low, &high))
		return;
	add_span(l, p->name, "", low, high);
	add_span(l, p->name, "~", high, low);
}

static void
add_text_of(struct lines *l, const struct ww_param *p, const struct ww_json *v)
{
	ww_str s = ww_json_str(v);

	if (s.n == 0)
		return;
	begin_line(l, p->name, "");
	if (p->kind == WW_PARAM_STRING)
		ww_key_string(&l->text, s);
	else
		ww_key_plain(&l->text, s);
	end_line(l);
}

static void
add_value(struct lines *l, const struct ww_param *p, const struct ww_json *v)
{
	static void (*const adds[])(
	    struct lines *, const struct ww_param *, const struct ww_json *) = {
		[WW_PARAM_TOKEN] = add_token_of,
		[WW_PARAM_REFERENCE] = add_reference_of,
		[WW_PARAM_DATE] = add_date_of,
		[WW_PARAM_STRING] = add_text_of,
		[WW_PARAM_URI] = add_text_of,
	};

	adds[p->kind](l, p, v);
}

/* Every value at the path, through arrays on the way; as deep as the path is long. */
static void
walk(struct lines *l, const struct ww_param *p, const struct ww_json *v, ww_str path)
{
	char name[64];
	ww_str rest, step;

	if (ww_json_kind(v) == WW_JSON_ARRAY) {
		for (const struct ww_json *c = ww_json_first(v); c != NULL; c = ww_json_next(c))
			walk(l, p, c, path);
		return;
	}
	if (path.n == 0) {
		add_value(l, p, v);
		return;
	}
	step = ww_str_cut(path, '.', &rest);
	memcpy(name, step.p, step.n); /* names in the table are short */
	name[step.n] = '\0';
	v = ww_json_get(v, name);
	if (v != NULL)
		walk(l, p, v, rest);
}

static int
line_order(const void *a, const void *b)
{
	return ww_str_cmp(*(const ww_str *)a, *(const ww_str *)b);
}

/* Sorts the lines, leaves out what is there twice. */
static ww_status
settle(struct ww_ctx *cx, const struct lines *l, ww_str *out)
{
	ww_str *v = ww_arena_array(cx->arena, l->n + 1, sizeof(*v));
	char *text = ww_arena_alloc(cx->arena, ww_buf_view(&l->text).n + 1);
	ww_str rest = ww_buf_view(&l->text);
	size_t at = 0;

	if (l->text.error != WW_OK)
		return ww_fail(cx, (ww_status)l->text.error, NULL, "no memory for search keys");
	if (v == NULL || text == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < l->n; i++)
		v[i] = ww_str_cut(rest, '\n', &rest);
	qsort(v, l->n, sizeof(*v), line_order);
	for (size_t i = 0; i < l->n; i++) {
		if (i > 0 && ww_str_eq(v[i], v[i - 1]))
			continue;
		memcpy(text + at, v[i].p, v[i].n);
		at += v[i].n;
		text[at++] = '\n';
	}
	*out = ww_str_of(text, at);
	return WW_OK;
}

ww_status
ww_resource_keys(struct ww_ctx *cx, const struct ww_json *resource, int64_t updated_ms, ww_str *out)
{
	const struct ww_param *p = ww_params_of(member(resource, "resourceType"));
	struct lines l = { .n = 0 };
	ww_status s;

	add_span(&l, last_updated.name, "", updated_ms, updated_ms);
	for (; p != NULL && p->name != NULL; p++) {
		ww_str paths = ww_str_from(p->path);

		while (paths.n > 0)
			walk(&l, p, resource, ww_str_cut(paths, '|', &paths));
	}
	s = settle(cx, &l, out);
	ww_buf_free(&l.text);
	return s;
}

ww_str
ww_resource_key_text(struct ww_ctx *cx, ww_str feed, ww_str type, ww_str line)
{
	size_t n = feed.n + type.n + line.n + 2;
	char *p = ww_arena_alloc(cx->arena, n);

	if (p == NULL)
		return ww_str_empty();
	memcpy(p, feed.p, feed.n);
	p[feed.n] = ' ';
	memcpy(p + feed.n + 1, type.p, type.n);
	p[feed.n + 1 + type.n] = ' ';
	memcpy(p + feed.n + type.n + 2, line.p, line.n);
	return ww_str_of(p, n);
}
