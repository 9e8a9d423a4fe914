/* wardwire refused: what was not taken in, and why. */
#include "base/options.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"

#include <stdio.h>

static ww_str
when(struct ww_ctx *cx, int64_t ms)
{
	struct ww_buf b = { 0 };
	ww_str s;

	ww_time_write_fhir(ww_time_at(ms, NULL), &b);
	s = ww_arena_str(cx->arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return s;
}

static int
print_entries(struct ww_site *s, bool raw)
{
	struct ww_refused_entry *v;
	size_t n;

	if (ww_refused_list(&s->cx, s->fs, s->refused, &v, &n) != WW_OK)
		return ww_site_complain("", &s->cx);
	for (size_t i = 0; i < n; i++) {
		(void)printf("%llu  %.*s  %.*s  %.*s  %.*s%s%.*s  %zu bytes\n",
		    (unsigned long long)v[i].number, WW_STR_FMT(when(&s->cx, v[i].time)),
		    WW_STR_FMT(v[i].feed), WW_STR_FMT(v[i].code), WW_STR_FMT(v[i].place),
		    v[i].place.n > 0 ? ": " : "", WW_STR_FMT(v[i].reason), v[i].raw.n);
		for (size_t k = 0; raw && k < v[i].raw.n; k++)
			(void)putchar(v[i].raw.p[k] == '\r' ? '\n' : v[i].raw.p[k]);
		if (raw)
			(void)putchar('\n');
	}
	return n == 0 ? WW_EXIT_NO : WW_EXIT_OK;
}

int
ww_cmd_refused(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	bool raw = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "raw", .flag = &raw, .help = "also what was sent" },
	};
	const struct ww_usage usage = {
		.command = "wardwire refused",
		.summary =
		    "Lists input that was refused: number, time, feed, code, place and rule.",
		.notes =
		    "The ring keeps the newest; see docs/interfaces.md. Exit: 1 when there is none."
	};
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, 2, &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = print_entries(&site, raw);
	ww_site_close(&site);
	return code;
}
