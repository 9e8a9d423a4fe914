/* wardwire restore: a data folder from a backup. The engine that starts on it sends nothing before it is released. */
#include "base/options.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"
#include "main/start.h"
#include "model/record.h"
#include "report/hold.h"
#include "report/moment.h"
#include "store/backup.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define COMING "restore.tmp" /* below the data folder, until all of it is there */

/* Sequences of the engine that was lost are never given again: the next begins at a multiple of this. */
#define GENERATION ((uint64_t)1 << 32)

struct restoring {
	struct ww_site *site;
	const char *dir;    /* of the backup */
	const char *coming; /* where it is put together */
	struct ww_backup b;
	int64_t *last; /* of each feed of the configuration: time of its newest message; 0: none */
	uint64_t seq;  /* of the record that says so */
};

/* -- the files ----------------------------------------------------------------------------------------- */

static const char *
join(struct restoring *r, const char *dir, const char *path)
{
	return ww_arena_printf(r->site->cx.arena, "%s/%s", dir, path).p;
}

/* A folder in which something was is left alone. */
static ww_status
check_target(struct restoring *r)
{
	const char *const parts[] = { r->site->journal, r->site->ledger, r->site->blobs,
		r->site->snapshots };
	const struct ww_fs *fs = r->site->fs;
	struct ww_fs_stat st;

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (fs->stat(fs->self, parts[i], &st) == 0)
			return ww_fail(&r->site->cx, WW_E_CONFLICT, parts[i],
			    "there are data already; name another folder in the configuration, or "
			    "move it away");
	}
	return WW_OK;
}

static bool
is_wanted(const char *path)
{
	static const char *const parts[] = { "journal/", "blobs/", "snapshots/" };

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (strncmp(path, parts[i], strlen(parts[i])) == 0)
			return true;
	}
	return false; /* for people */
}

/* Of an attempt that was killed. */
static int
remove_name(void *arg, const char *name)
{
	struct restoring *r = arg;
	const struct ww_fs *fs = r->site->fs;

	(void)fs->unlink(fs->self, join(r, r->coming, name));
	return 0;
}

static ww_status
make_folders(struct restoring *r)
{
	static const char *const parts[] = { "journal", "blobs", "snapshots" };
	struct ww_ctx *cx = &r->site->cx;
	const struct ww_fs *fs = r->site->fs;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < sizeof(parts) / sizeof(parts[0]); i++) {
		struct restoring part = *r;

		part.coming = join(r, r->coming, parts[i]);
		s = ww_fs_mkdir(fs, cx, part.coming);
		if (s == WW_OK)
			(void)fs->list(fs->self, part.coming, remove_name, &part);
	}
	return s;
}

static ww_status
copy_files(struct restoring *r)
{
	struct ww_ctx *cx = &r->site->cx;
	struct ww_backup wanted = r->b;
	ww_status s = make_folders(r);

	wanted.files = ww_arena_array(cx->arena, r->b.n + 1, sizeof(*wanted.files));
	wanted.n = 0;
	if (wanted.files == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; s == WW_OK && i < r->b.n; i++) {
		const struct ww_backup_file *f = &r->b.files[i];

		if (!is_wanted(f->path))
			continue;
		wanted.files[wanted.n++] = *f;
		s = ww_fs_copy(r->site->fs, cx, join(r, r->dir, f->path),
		    join(r, r->coming, f->path), UINT64_MAX);
	}
	return s == WW_OK ? ww_backup_verify(cx, r->site->fs, r->coming, &wanted) : s;
}

/* The journal last: without it an engine refuses to begin with the snapshot. */
static ww_status
put_in_place(struct restoring *r)
{
	static const char *const parts[] = { "blobs", "snapshots", "journal" };
	const struct ww_fs *fs = r->site->fs;
	int err = 0;

	for (size_t i = 0; err == 0 && i < sizeof(parts) / sizeof(parts[0]); i++) {
		err = fs->rename(
		    fs->self, join(r, r->coming, parts[i]), join(r, r->site->data, parts[i]));
		if (err == 0)
			err = fs->sync_dir(fs->self, r->site->data);
	}
	return err == 0 ? WW_OK
	                : ww_fs_fail(&r->site->cx, r->site->data, "put the data in place", err);
}

/* -- what it ends with --------------------------------------------------------------------------------- */

static void
note_message(struct restoring *r, ww_str name, int64_t time)
{
	const struct ww_config *c = r->site->config;

	for (size_t i = 0; i < c->feeds_n; i++) {
		if (ww_str_eq(c->feeds[i].name, name) && time > r->last[i])
			r->last[i] = time;
	}
}

/* Reads all of the journal for the newest message of each feed. */
static ww_status
find_last(struct restoring *r, struct ww_journal *j)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_rec_message body;
	struct ww_rec_request request;
	struct ww_record rec = { .seq = 0 };
	bool found = true;
	ww_status s = WW_OK;

	if (cx.arena == NULL)
		return ww_fail_memory(&r->site->cx);
	while (s == WW_OK && found) {
		uint64_t from = rec.seq + 1;

		ww_ctx_clear(&cx);
		s = ww_journal_read(j, &cx, from, &rec, &found);
		if (s == WW_OK && found && rec.kind == WW_REC_MESSAGE &&
		    ww_rec_message_read(&cx, rec.body, &body) == WW_OK)
			note_message(r, body.feed, rec.time);
		if (s == WW_OK && found && rec.kind == WW_REC_REQUEST &&
		    ww_rec_request_read(&cx, rec.body, &request) == WW_OK)
			note_message(r, request.feed, rec.time);
	}
	r->site->cx.fail = cx.fail;
	if (s == WW_OK)
		r->site->cx.fail = (struct ww_failure){ .status = WW_OK };
	ww_arena_free(cx.arena);
	return s;
}

/* The ENGINE record by which the engine, and every rebuild, knows of the restore. */
static ww_status
append_mark(struct restoring *r, struct ww_journal *j)
{
	const struct ww_config *c = r->site->config;
	struct ww_clock clock = ww_clock_system();
	struct ww_record rec = { .kind = WW_REC_ENGINE, .time = ww_clock_now(&clock) };
	struct ww_rec_engine engine = { .build = ww_str_from(ww_build),
		.tzdata = ww_str_from(ww_zone_version()),
		.rules = ww_str_empty(),
		.delivery_key = ww_str_empty(),
		.restored = (int64_t)r->b.last,
		.restored_ms = r->b.last_ms };
	struct ww_buf feeds = { 0 }, body = { 0 };
	ww_status s;

	for (size_t i = 0; i < c->feeds_n; i++)
		ww_buf_printf(
		    &feeds, "%.*s %lld\n", WW_STR_FMT(c->feeds[i].name), (long long)r->last[i]);
	engine.feeds = ww_buf_view(&feeds);
	ww_rec_engine_write(&engine, &body);
	rec.body = ww_buf_view(&body);
	s = feeds.error != WW_OK || body.error != WW_OK
	        ? ww_fail_memory(&r->site->cx)
	        : ww_journal_append(j, &r->site->cx, &rec, 1);
	r->seq = rec.seq;
	ww_buf_free(&feeds);
	ww_buf_free(&body);
	return s;
}

static ww_status
mark(struct restoring *r)
{
	struct ww_journal_settings js = { .dir = join(r, r->coming, "journal"),
		.segment_bytes = r->site->config->segment_bytes,
		.fs = r->site->fs,
		.at_least = r->b.snapshot,
		.next = (r->b.last / GENERATION + 1) * GENERATION };
	struct ww_journal j = { 0 };
	ww_status s;

	r->last = ww_arena_array(r->site->cx.arena, r->site->config->feeds_n + 1, sizeof(*r->last));
	if (r->last == NULL)
		return ww_fail_memory(&r->site->cx);
	memset(r->last, 0, (r->site->config->feeds_n + 1) * sizeof(*r->last));
	s = ww_journal_files(&r->site->cx, &js, &j);
	if (s == WW_OK)
		s = find_last(r, &j);
	if (s == WW_OK)
		s = append_mark(r, &j);
	ww_journal_close(&j);
	return s;
}

/* -- the command ---------------------------------------------------------------------------------------- */

static ww_status
restore(struct restoring *r)
{
	struct ww_ctx *cx = &r->site->cx;
	ww_status s = ww_backup_open(cx, r->site->fs, r->dir, &r->b);

	if (s == WW_OK)
		s = ww_backup_verify(cx, r->site->fs, r->dir, &r->b); /* before anything is made */
	if (s == WW_OK)
		s = check_target(r);
	if (s == WW_OK)
		s = ww_site_hold(r->site, cx);
	if (s == WW_OK)
		s = copy_files(r);
	if (s == WW_OK)
		s = mark(r);
	return s == WW_OK ? put_in_place(r) : s;
}

static struct ww_json *
as_json(const struct restoring *r)
{
	const struct ww_config *c = r->site->config;
	struct ww_ctx *cx = &r->site->cx;
	struct ww_json *o = ww_json_object(cx), *feeds;

	ww_json_set_int(cx, o, "last", (int64_t)r->b.last);
	ww_report_moment(cx, o, "time", r->b.last_ms);
	ww_json_set_int(cx, o, "next", (int64_t)r->seq);
	feeds = ww_json_set(cx, o, "feeds", ww_json_array(cx));
	for (size_t i = 0; i < c->feeds_n; i++) {
		struct ww_json *f = ww_json_add(cx, feeds, ww_json_object(cx));

		ww_json_set_str(cx, f, "feed", c->feeds[i].name);
		if (r->last[i] == 0)
			continue;
		ww_report_moment(cx, f, "last", r->last[i]);
		ww_report_moment(cx, f, "resend-from", r->last[i] - WW_HOLD_OVERLAP_MS);
	}
	return o;
}

static int
print_restored(const struct restoring *r, bool json)
{
	const struct ww_json *o = as_json(r);

	if (json)
		return ww_print_json(&r->site->cx, o, true);
	(void)printf("restored: journal records up to %llu; those from now on begin at %llu\n",
	    (unsigned long long)r->b.last, (unsigned long long)r->seq);
	(void)printf("forgotten: what came in or was sent after %.*s\n",
	    WW_STR_FMT(ww_json_str(ww_json_get(o, "time"))));
	for (const struct ww_json *f = ww_json_first(ww_json_get(o, "feeds")); f != NULL;
	     f = ww_json_next(f)) {
		ww_str last = ww_json_str(ww_json_get(f, "last"));

		(void)printf("feed %.*s: ", WW_STR_FMT(ww_json_str(ww_json_get(f, "feed"))));
		if (last.n == 0)
			(void)printf("no message; have all of it sent again\n");
		else
			(void)printf("last message %.*s; have it sent again from %.*s on\n",
			    WW_STR_FMT(last),
			    WW_STR_FMT(ww_json_str(ww_json_get(f, "resend-from"))));
	}
	(void)printf("sending is held until: wardwire release --reason TEXT\n");
	return WW_EXIT_OK;
}

int
ww_cmd_restore(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	bool json = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	const struct ww_usage usage = { .command = "wardwire restore",
		.arguments = "DIR",
		.summary = "Makes the data folder of the configuration from a backup.",
		.notes =
		    "There must be no data yet. The engine then takes messages and sends nothing "
		    "until wardwire release.",
		.least = 1,
		.most = 1 };
	struct restoring r = { .seq = 0 };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, 2, &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK) {
		r.site = &site;
		r.dir = argv[1];
		r.coming = join(&r, site.data, COMING);
		if (restore(&r) != WW_OK)
			code = ww_site_complain("", &site.cx);
		else
			code = print_restored(&r, json);
	}
	ww_site_close(&site);
	return code;
}
