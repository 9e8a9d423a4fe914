/* Reads the configuration file and knows where its data are. */
#include "main/site.h"

#include "base/fs.h"
#include "base/options.h"
#include "config/load.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { CONFIG_MAX = 1 << 20 };

int
ww_site_complain(const char *what, const struct ww_ctx *cx)
{
	const struct ww_failure *f = &cx->fail;
	const char *place = strcmp(f->place, what) != 0 ? f->place : ""; /* a file is named once */

	(void)fprintf(stderr, "wardwire: %s%s%s%s%s (WW-%03d)\n", what, what[0] != '\0' ? ": " : "",
	    place, place[0] != '\0' ? ": " : "",
	    f->reason[0] != '\0' ? f->reason : ww_status_text(f->status),
	    ww_status_number(f->status));
	if (f->status == WW_E_DAMAGED || f->status == WW_E_CONFLICT)
		return WW_EXIT_ENVIRONMENT; /* what is stored here, not what was given */
	switch (ww_status_class(f->status)) {
	case WW_PERMANENT:
		return WW_EXIT_INPUT;
	case WW_DONE:
	case WW_TRANSIENT:
	case WW_BUG:
		break;
	}
	return WW_EXIT_ENVIRONMENT;
}

const char *
ww_site_path(struct ww_site *s, ww_str path)
{
	const char *slash = strrchr(s->file, '/');

	if ((path.n > 0 && path.p[0] == '/') || slash == NULL)
		return ww_arena_cstr(s->cx.arena, path);
	return ww_arena_printf(
	    s->cx.arena, "%.*s/%.*s", (int)(slash - s->file), s->file, WW_STR_FMT(path))
	    .p;
}

/* What others open gets a whole path: they do not know where the file of the configuration is. */
static ww_status
absolute(struct ww_site *s, ww_str *path)
{
	char here[PATH_MAX] = "";
	const char *p;

	if (path->n == 0 || path->p[0] == '/')
		return WW_OK;
	p = ww_site_path(s, *path);
	if (p != NULL && p[0] != '/' && getcwd(here, sizeof(here)) == NULL)
		return ww_fail(&s->cx, WW_E_IO, ".", "%s", strerror(errno));
	*path = ww_arena_printf(
	    s->cx.arena, "%s%s%s", here, here[0] != '\0' ? "/" : "", p != NULL ? p : "");
	return ww_arena_status(s->cx.arena) == WW_OK ? WW_OK : ww_fail_memory(&s->cx);
}

static ww_status
absolute_listener(struct ww_site *s, struct ww_listener *l)
{
	ww_status status = absolute(s, &l->tls.cert);

	if (status == WW_OK)
		status = absolute(s, &l->tls.key);
	return status == WW_OK ? absolute(s, &l->tls.client_ca) : status;
}

static ww_status
absolute_endpoint(struct ww_site *s, struct ww_endpoint *e)
{
	static const ww_str scheme = { "file://", 7 };
	ww_str folder;
	ww_status status = absolute(s, &e->tls.ca);

	if (status == WW_OK)
		status = absolute(s, &e->tls.cert);
	if (status == WW_OK)
		status = absolute(s, &e->tls.key);
	if (status != WW_OK || e->kind != WW_ENDPOINT_DIR)
		return status;
	folder = ww_str_sub(e->url, scheme.n, e->url.n);
	status = absolute(s, &folder);
	e->url = ww_arena_printf(s->cx.arena, "%.*s%.*s", WW_STR_FMT(scheme), WW_STR_FMT(folder));
	return status;
}

static const char *
below(struct ww_site *s, const char *name)
{
	return ww_arena_printf(s->cx.arena, "%s/%s", s->data, name).p;
}

static int
complain_faults(const struct ww_site *s, const struct ww_config_fault *faults, size_t n)
{
	for (size_t i = 0; i < n; i++)
		(void)fprintf(stderr, "%s:%u:%u: %s\n", s->file, faults[i].line, faults[i].column,
		    faults[i].text);
	return WW_EXIT_INPUT;
}

int
ww_site_open(struct ww_site *s, const char *file)
{
	struct ww_config_fault *faults = NULL;
	size_t n = 0;
	ww_status status;

	memset(s, 0, sizeof(*s));
	s->file = file;
	s->fs = &ww_fs_real;
	s->lock = -1;
	s->cx.arena = ww_arena_new(0);
	if (s->cx.arena == NULL)
		return WW_EXIT_ENVIRONMENT;
	if (ww_fs_get(&s->cx, file, CONFIG_MAX, &s->text) != WW_OK)
		return ww_site_complain("", &s->cx);
	status = ww_config_parse(&s->cx, ww_buf_view(&s->text), &s->config, &faults, &n);
	if (status == WW_E_CONFIG && n > 0)
		return complain_faults(s, faults, n);
	if (status != WW_OK)
		return ww_site_complain(file, &s->cx);
	for (size_t i = 0; i < s->config->listeners_n; i++) {
		status = absolute(s, &s->config->listeners[i].dir);
		if (status != WW_OK)
			return ww_site_complain("", &s->cx);
	}
	for (size_t i = 0; i < s->config->endpoints_n; i++) {
		status = absolute_endpoint(s, &s->config->endpoints[i]);
		if (status != WW_OK)
			return ww_site_complain("", &s->cx);
	}
	for (size_t i = 0; i < s->config->listeners_n; i++) {
		status = absolute_listener(s, &s->config->listeners[i]);
		if (status != WW_OK)
			return ww_site_complain("", &s->cx);
	}
	if (absolute(s, &s->config->profiles) != WW_OK)
		return ww_site_complain("", &s->cx);
	s->data = ww_site_path(s, s->config->data);
	s->journal = below(s, "journal");
	s->ledger = below(s, "ledger.db");
	s->blobs = below(s, "blobs");
	s->refused = below(s, "refused.ring");
	s->control = below(s, "control.sock");
	s->snapshots = below(s, "snapshots");
	s->in_hand = below(s, "in-hand");
	return WW_EXIT_OK;
}

ww_status
ww_site_hold(struct ww_site *s, struct ww_ctx *cx)
{
	ww_status status = ww_fs_mkdir(s->fs, cx, s->data);

	return status == WW_OK ? ww_fs_lock(s->fs, cx, below(s, "lock"), &s->lock) : status;
}

void
ww_site_close(struct ww_site *s)
{
	if (s->lock >= 0)
		(void)s->fs->close(s->fs->self, s->lock);
	ww_buf_free(&s->text);
	ww_arena_free(s->cx.arena);
}

ww_status
ww_site_ledger(const struct ww_site *s, struct ww_ctx *cx, const char *path,
    enum ww_ledger_mode mode, struct ww_ledger *out)
{
	struct ww_ledger_settings set = { .path = path, .mode = mode, .fs = s->fs, .vfs = s->vfs };

	return ww_ledger_sqlite_on(cx, &set, out);
}

ww_status
ww_site_journal(const struct ww_site *s, struct ww_ctx *cx, struct ww_journal *out)
{
	const struct ww_journal_settings js = { .dir = s->journal,
		.segment_bytes = s->config->segment_bytes,
		.fs = s->fs,
		.read_only = true,
		.quick = true };

	return ww_journal_files(cx, &js, out);
}

int
ww_site_view(struct ww_site *s, struct ww_ledger *out)
{
	ww_status status = ww_site_ledger(s, &s->cx, s->ledger, WW_LEDGER_READ, out);

	if (status == WW_OK)
		return WW_EXIT_OK;
	if (status != WW_E_NOT_FOUND)
		return ww_site_complain(s->ledger, &s->cx);
	(void)fprintf(stderr,
	    "wardwire: no ledger at %s: has the engine run with this configuration?\n", s->ledger);
	return WW_EXIT_ENVIRONMENT;
}
