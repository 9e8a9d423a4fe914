/* Counts files. */
#include "main/dir_status.h"

#include "link/dir_box.h"
#include "main/site.h"

#include <stdio.h>

static const char *const counts[] = { "waiting", "claimed", "done", "failed" };

enum { COUNTS = sizeof(counts) / sizeof(counts[0]) };

static ww_str
text_of(const struct ww_json *o, const char *key)
{
	return ww_json_str(ww_json_get(o, key));
}

/* What the running engine says of that listener. */
static ww_str
trouble_of(const struct ww_json *o, ww_str name)
{
	const struct ww_json *l = ww_json_first(ww_json_get(o, "listeners"));

	while (l != NULL && !ww_str_eq(text_of(l, "name"), name))
		l = ww_json_next(l);
	return text_of(l, "trouble");
}

static void
add_folder(struct ww_site *site, const struct ww_json *o, const struct ww_listener *l,
    struct ww_json *list)
{
	const char *dir = ww_site_path(site, l->dir),
	           *pattern = ww_arena_cstr(site->cx.arena, l->pattern);
	struct ww_json *f = ww_json_add(&site->cx, list, ww_json_object(&site->cx));
	ww_str trouble = trouble_of(o, l->name);
	struct ww_dir_counts c;

	if (dir == NULL || pattern == NULL)
		return; /* what is made in that arena fails later */
	ww_json_set_str(&site->cx, f, "name", l->name);
	if (ww_dir_box_count(&site->cx, site->fs, dir, pattern, &c) == WW_OK) {
		const size_t v[COUNTS] = { c.waiting, c.claimed, c.done, c.failed };

		for (size_t i = 0; i < COUNTS; i++)
			ww_json_set_int(&site->cx, f, counts[i], (int64_t)v[i]);
	} else {
		if (trouble.n == 0)
			trouble = ww_arena_printf(
			    site->cx.arena, "%s: %s", site->cx.fail.place, site->cx.fail.reason);
		site->cx.fail = (struct ww_failure){ .status = WW_OK };
	}
	if (trouble.n > 0)
		ww_json_set_str(&site->cx, f, "trouble", trouble);
}

void
ww_dir_status_add(struct ww_site *site, struct ww_json *o)
{
	const struct ww_config *c = site->config;
	struct ww_json *list = NULL;

	for (size_t i = 0; i < c->listeners_n; i++) {
		if (c->listeners[i].dir.n == 0)
			continue;
		if (list == NULL)
			list = ww_json_set(&site->cx, o, "folders", ww_json_array(&site->cx));
		add_folder(site, o, &c->listeners[i], list);
	}
}

void
ww_dir_status_print(const struct ww_json *o)
{
	const struct ww_json *f = ww_json_first(ww_json_get(o, "folders"));

	for (; f != NULL; f = ww_json_next(f)) {
		ww_str trouble = text_of(f, "trouble");

		(void)printf("%-10s %.*s:", "folder", WW_STR_FMT(text_of(f, "name")));
		for (size_t i = 0; i < COUNTS && ww_json_get(f, counts[i]) != NULL; i++)
			(void)printf("%s %lld %s", i > 0 ? "," : "",
			    (long long)ww_json_int(ww_json_get(f, counts[i])), counts[i]);
		if (trouble.n > 0)
			(void)printf("%s trouble: %.*s",
			    ww_json_get(f, counts[0]) != NULL ? "," : "", WW_STR_FMT(trouble));
		(void)printf("\n");
	}
}
