/* What a reference in a resource of a request means. */
#include "apply/resource.h"

#include <wardwire/json.h>

/* The part behind the last '/'; *before is what stands before that. */
static ww_str
last_part(ww_str s, ww_str *before)
{
	size_t i = s.n;

	while (i > 0 && s.p[i - 1] != '/')
		i--;
	*before = ww_str_sub(s, 0, i > 0 ? i - 1 : 0);
	return ww_str_sub(s, i, s.n);
}

/* "Type/id", also behind a base and before a version. */
static void
split(ww_str reference, ww_str *type, ww_str *id)
{
	ww_str before, rest;

	*id = last_part(reference, &before);
	*type = last_part(before, &rest);
	if (ww_str_is(*type, "_history"))
		split(rest, type, id);
}

static const struct ww_brought *
find_brought(const struct ww_request_work *rw, ww_str reference, ww_str type, ww_str id)
{
	for (size_t i = 0; i < rw->n; i++) {
		if (rw->brought[i].full_url.n != 0 && ww_str_eq(rw->brought[i].full_url, reference))
			return &rw->brought[i];
	}
	for (size_t i = 0; i < rw->n; i++) {
		if (ww_str_eq(rw->brought[i].type, type) && ww_str_eq(rw->brought[i].id, id))
			return &rw->brought[i];
	}
	return NULL;
}

ww_status
ww_request_resolve(struct ww_request_work *rw, ww_str reference, const struct ww_json **out)
{
	const struct ww_brought *b;
	struct ww_json *tree = NULL;
	struct ww_resource row;
	ww_str type, id;
	bool found;
	ww_status s;

	*out = NULL;
	split(reference, &type, &id);
	b = find_brought(rw, reference, type, id);
	if (b != NULL) {
		*out = b->deleted ? NULL : b->tree;
		return WW_OK;
	}
	if (type.n == 0 || id.n == 0)
		return WW_OK;
	s = ww_resource_get(rw, type, id, &row, &found);
	if (s != WW_OK || !found || row.deleted != 0)
		return s;
	s = ww_json_parse(rw->cx, row.text, &tree);
	*out = tree;
	return s;
}
