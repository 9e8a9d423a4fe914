/* Whether two JSON trees say the same: the order of members is nothing, digits of numbers are everything. */
#ifndef WW_TESTS_JSON_SAME_H
#define WW_TESTS_JSON_SAME_H

#include <wardwire/json.h>

static inline bool json_same(const struct ww_json *a, const struct ww_json *b);

static inline bool
json_same_elements(const struct ww_json *a, const struct ww_json *b)
{
	a = ww_json_first(a);
	b = ww_json_first(b);
	for (; a != NULL && b != NULL; a = ww_json_next(a), b = ww_json_next(b))
		if (!json_same(a, b))
			return false;
	return a == NULL && b == NULL;
}

static inline bool
json_same_members(const struct ww_json *a, const struct ww_json *b)
{
	const struct ww_json *m;

	if (ww_json_len(a) != ww_json_len(b))
		return false;
	for (m = ww_json_first(a); m != NULL; m = ww_json_next(m))
		if (!json_same(m, ww_json_get(b, ww_json_key(m).p)))
			return false;
	return true;
}

static inline bool
json_same(const struct ww_json *a, const struct ww_json *b)
{
	if (ww_json_kind(a) != ww_json_kind(b))
		return false;
	switch (ww_json_kind(a)) {
	case WW_JSON_BOOL:
		return ww_json_true(a) == ww_json_true(b);
	case WW_JSON_NUMBER:
		return ww_str_eq(ww_json_number(a), ww_json_number(b));
	case WW_JSON_STRING:
		return ww_str_eq(ww_json_str(a), ww_json_str(b));
	case WW_JSON_ARRAY:
		return json_same_elements(a, b);
	case WW_JSON_OBJECT:
		return json_same_members(a, b);
	case WW_JSON_NONE:
	case WW_JSON_NULL:
		return true;
	}
	return false;
}

#endif
