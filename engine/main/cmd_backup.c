/* wardwire backup: everything needed to go on elsewhere, into a folder, while the engine runs. */
#include "base/options.h"
#include "config/program.h"
#include "config/value.h"
#include "main/main.h"
#include "main/print.h"
#include "main/site.h"
#include "main/start.h"
#include "store/backup.h"
#include "store/snapshot.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* The backup being made. */
struct making {
	struct ww_site *site;
	const char *dir;
	struct ww_backup b;
	ww_status status;
};

static const char *
below(struct making *m, const char *path)
{
	return ww_arena_printf(m->site->cx.arena, "%s/%s", m->dir, path).p;
}

/* -- the folder -------------------------------------------------------------------------------------- */

static int
on_name(void *arg, const char *name)
{
	(void)arg;
	(void)name;
	return 1;
}

/* Only a folder with nothing in it is taken: nothing may be mixed with what was there. */
static ww_status
make_folders(struct making *m)
{
	static const char *const parts[] = { "journal", "blobs", "snapshots", "rosters", "programs",
		"calendars" };
	struct ww_ctx *cx = &m->site->cx;
	const struct ww_fs *fs = m->site->fs;
	int there = fs->list(fs->self, m->dir, on_name, NULL);
	ww_status s = WW_OK;

	if (there > 0)
		return ww_fail(cx, WW_E_CONFLICT, m->dir, "the folder is not empty");
	if (there < 0 && there != -ENOENT)
		return ww_fs_fail(cx, m->dir, "look into the folder", there);
	for (size_t i = 0; s == WW_OK && i < sizeof(parts) / sizeof(parts[0]); i++)
		s = ww_fs_mkdir(fs, cx, below(m, parts[i]));
	return s;
}

/* -- its parts ---------------------------------------------------------------------------------------- */

static ww_status
copy_ledger(struct making *m, struct ww_ledger *view)
{
	struct ww_ctx *cx = &m->site->cx;
	struct ww_snapshot s;
	ww_status status =
	    ww_snapshot_make(cx, m->site->fs, below(m, "snapshots"), view, NULL, NULL, &s);

	if (status != WW_OK)
		return status;
	m->b.snapshot = s.seq;
	status = ww_backup_note(cx, m->site->fs, m->dir, &m->b,
	    ww_arena_printf(cx->arena, "snapshots/%016llx.db", (unsigned long long)s.seq).p);
	return status == WW_OK ? ww_backup_note(cx, m->site->fs, m->dir, &m->b,
	                             ww_arena_printf(cx->arena, "snapshots/%016llx.txt",
	                                 (unsigned long long)s.seq)
	                                 .p)
	                       : status;
}

static ww_status
copy_pieces(struct making *m, struct ww_journal *j)
{
	struct ww_ctx *cx = &m->site->cx;
	struct ww_journal_piece *v;
	size_t n;
	ww_status s = ww_journal_pieces(j, cx, &v, &n);

	for (size_t i = 0; s == WW_OK && i < n; i++) {
		const char *path =
		    ww_arena_printf(cx->arena, "journal/%016llx.wwj", (unsigned long long)v[i].name)
		        .p;

		/* Of the one that grows, whole batches; of the others, all. */
		s = ww_backup_add(cx, m->site->fs, m->dir, &m->b,
		    ww_arena_printf(cx->arena, "%s/%s", m->site->data, path).p, path,
		    v[i].newest ? v[i].bytes : UINT64_MAX);
	}
	return s;
}

/* What the journal ends with, as the copy has it. */
static ww_status
read_end(struct making *m, uint64_t *damaged)
{
	struct ww_journal_settings js = {
		.dir = below(m, "journal"), .fs = m->site->fs, .read_only = true
	};
	struct ww_ctx *cx = &m->site->cx;
	struct ww_journal_state st;
	struct ww_journal j = { 0 };
	struct ww_record r;
	bool found;
	ww_status s = ww_journal_files(cx, &js, &j); /* every byte of it */

	if (s != WW_OK)
		return s;
	ww_journal_state(&j, &st);
	s = ww_journal_read(&j, cx, st.last, &r, &found);
	m->b.last = st.last;
	m->b.last_ms = s == WW_OK && found ? r.time : 0;
	*damaged = st.damaged;
	ww_journal_close(&j);
	if (s == WW_OK && st.last < m->b.snapshot)
		return ww_fail(cx, WW_E_DAMAGED, "journal",
		    "it ends at record %llu and the ledger at %llu", (unsigned long long)st.last,
		    (unsigned long long)m->b.snapshot);
	return s;
}

/* The ledger first: whatever it holds is in the journal that is copied after it. */
static ww_status
copy_journal(struct making *m)
{
	struct ww_journal_settings js = { .dir = m->site->journal,
		.segment_bytes = m->site->config->segment_bytes,
		.fs = m->site->fs,
		.read_only = true,
		.quick = true };
	struct ww_journal j = { 0 };
	ww_status s = ww_journal_files(&m->site->cx, &js, &j);

	if (s == WW_OK)
		s = copy_pieces(m, &j);
	ww_journal_close(&j);
	return s;
}

static int
on_blob(void *arg, const char *name)
{
	struct making *m = arg;
	struct ww_ctx *cx = &m->site->cx;
	const char *path = ww_arena_printf(cx->arena, "blobs/%s", name).p;

	if (strlen(name) != 64) /* one that is being written */
		return 0;
	m->status = ww_backup_add(cx, m->site->fs, m->dir, &m->b,
	    ww_arena_printf(cx->arena, "%s/%s", m->site->blobs, name).p, path, UINT64_MAX);
	return m->status == WW_OK ? 0 : -ECANCELED;
}

static ww_status
copy_blobs(struct making *m)
{
	const struct ww_fs *fs = m->site->fs;
	int err = fs->list(fs->self, m->site->blobs, on_blob, m);

	if (m->status != WW_OK || err == 0 || err == -ENOENT)
		return m->status;
	return ww_fs_fail(&m->site->cx, "blobs", "read the folder", err);
}

/* -- for people ---------------------------------------------------------------------------------------- */

static ww_status
copy_text(struct making *m, ww_str hex, const char *path)
{
	struct ww_buf text = { 0 };
	ww_status s = ww_start_blob(m->site, &m->site->cx, hex, &text);

	if (s == WW_OK)
		s = ww_fs_put(m->site->fs, &m->site->cx, below(m, path), ww_buf_view(&text));
	ww_buf_free(&text);
	return s == WW_OK ? ww_backup_note(&m->site->cx, m->site->fs, m->dir, &m->b, path) : s;
}

/* Configuration, rosters, programs and calendars in force under names that a person knows: restore does not need them. */
static ww_status
copy_texts(struct making *m, struct ww_ledger *view)
{
	struct ww_ctx *cx = &m->site->cx;
	struct ww_cursor c;
	struct ww_rows rows;
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_cursor, &c);
	c.id = 1;
	s = ww_get(view, cx, cursor, &c, &found);
	if (s == WW_OK && c.config.n > 0)
		s = copy_text(m, c.config, "wardwire.yaml");
	if (s == WW_OK)
		s = ww_ledger_scan(view, cx, &ww_entity_roster, 0, NULL, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_roster *r = WW_ROW(&rows, roster, i);

		if (r->blob.n == 0)
			continue; /* a list that came as a Group: its records have it */
		s = copy_text(m, r->blob,
		    ww_arena_printf(cx->arena, "rosters/%.*s.csv", WW_STR_FMT(r->name)).p);
	}
	if (s == WW_OK)
		s = ww_ledger_scan(view, cx, &ww_entity_named_file, 0, NULL, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_named_file *f = WW_ROW(&rows, named_file, i);
		ww_str name = ww_value_stem(f->name);
		bool program = ww_str_is(f->role, WW_FILE_PROGRAM);

		s = copy_text(m, f->blob,
		    ww_arena_printf(cx->arena, "%ss/%.*s.%s", program ? "program" : "calendar",
		        WW_STR_FMT(name), program ? "yaml" : "csv")
		        .p);
	}
	return s;
}

/* -- the command --------------------------------------------------------------------------------------- */

static ww_status
make(struct making *m, uint64_t *damaged)
{
	struct ww_clock clock = ww_clock_system();
	struct ww_ledger view = { 0 };
	ww_status s = make_folders(m);

	if (s == WW_OK)
		s = ww_site_ledger(m->site, &m->site->cx, m->site->ledger, WW_LEDGER_READ, &view);
	if (s == WW_OK)
		s = copy_ledger(m, &view);
	if (s == WW_OK)
		s = copy_journal(m);
	if (s == WW_OK)
		s = copy_blobs(m);
	if (s == WW_OK)
		s = copy_texts(m, &view);
	if (s == WW_OK)
		s = read_end(m, damaged);
	ww_ledger_close(&view);
	m->b.build = ww_build;
	m->b.made = ww_clock_now(&clock);
	return s == WW_OK ? ww_backup_end(&m->site->cx, m->site->fs, m->dir, &m->b) : s;
}

static struct ww_json *
as_json(const struct making *m, uint64_t damaged)
{
	struct ww_ctx *cx = &m->site->cx;
	struct ww_json *o = ww_json_object(cx);
	struct ww_buf time = { 0 };
	uint64_t bytes = 0;

	for (size_t i = 0; i < m->b.n; i++)
		bytes += m->b.files[i].bytes;
	ww_time_write_fhir(ww_time_at(m->b.last_ms, NULL), &time);
	ww_json_set_int(cx, o, "last", (int64_t)m->b.last);
	ww_json_set_str(cx, o, "time", ww_buf_view(&time));
	ww_json_set_int(cx, o, "snapshot", (int64_t)m->b.snapshot);
	ww_json_set_int(cx, o, "files", (int64_t)m->b.n);
	ww_json_set_int(cx, o, "bytes", (int64_t)bytes);
	ww_json_set_int(cx, o, "damaged", (int64_t)damaged);
	ww_buf_free(&time);
	return o;
}

static int
print_made(const struct making *m, const char *verb, uint64_t damaged, bool json)
{
	const struct ww_json *o = as_json(m, damaged);

	if (json)
		return ww_print_json(&m->site->cx, o, true);
	(void)printf("%s: journal records up to %llu, %.*s; %zu files, %lld bytes\n", verb,
	    (unsigned long long)m->b.last, WW_STR_FMT(ww_json_str(ww_json_get(o, "time"))), m->b.n,
	    (long long)ww_json_int(ww_json_get(o, "bytes")));
	if (damaged > 0)
		(void)printf("%llu damaged records of the journal are so in the backup too\n",
		    (unsigned long long)damaged);
	return WW_EXIT_OK;
}

static int
backup(struct ww_site *site, const char *dir, bool json)
{
	struct making m = { .site = site, .dir = dir };
	uint64_t damaged = 0;
	int lock = -1, code = WW_EXIT_OK;

	/* Nothing is pruned meanwhile. */
	if (ww_snapshot_lock(&site->cx, site->fs, site->snapshots, &lock) != WW_OK)
		return ww_site_complain("", &site->cx);
	if (make(&m, &damaged) != WW_OK)
		code = ww_site_complain("", &site->cx);
	else
		code = print_made(&m, "backed up", damaged, json);
	(void)site->fs->close(site->fs->self, lock);
	return code;
}

/* Reads a backup that was made before. */
static int
verify(struct ww_ctx *cx, const char *dir, bool json)
{
	struct making m = { .dir = dir };
	struct ww_site none = { .cx = *cx };
	ww_status s = ww_backup_open(&none.cx, &ww_fs_real, dir, &m.b);

	m.site = &none;
	if (s == WW_OK)
		s = ww_backup_verify(&none.cx, &ww_fs_real, dir, &m.b);
	if (s == WW_E_DAMAGED)
		(void)ww_site_complain("", &none.cx);
	else if (s != WW_OK)
		return ww_site_complain("", &none.cx);
	return s == WW_OK ? print_made(&m, "whole", 0, json) : WW_EXIT_NO;
}

int
ww_cmd_backup(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	bool json = false, only_verify = false;
	struct ww_ctx cx = { .arena = NULL };
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "verify",
		    .flag = &only_verify,
		    .help =
		        "read DIR, a backup, and check every file of it; needs no configuration" },
		{ .name = "json", .flag = &json, .help = "as JSON" },
	};
	const struct ww_usage usage = { .command = "wardwire backup",
		.arguments = "DIR",
		.summary =
		    "Copies all that is needed to go on elsewhere into a new folder; the engine "
		    "may run.",
		.notes =
		    "It holds patients' data, and the key of the notices. See wardwire restore.\n"
		    "Exit: 1 when --verify finds damage.",
		.least = 1,
		.most = 1 };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, 3, &argc, argv, &code))
		return code;
	if (only_verify) {
		cx.arena = ww_arena_new(0);
		code = cx.arena != NULL ? verify(&cx, argv[1], json) : WW_EXIT_ENVIRONMENT;
		ww_arena_free(cx.arena);
		return code;
	}
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = backup(&site, argv[1], json);
	ww_site_close(&site);
	return code;
}
