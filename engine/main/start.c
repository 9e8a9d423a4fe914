/* Journals what later records are read by. */
#include "main/start.h"

#include "base/crypto.h"
#include "base/fs.h"
#include "config/load.h"
#include "main/programs.h"
#include "main/roster_drop.h"
#include "model/record.h"
#include "report/hold.h"
#include "store/snapshot.h"

#include <wardwire/log.h>
#include <wardwire/rule.h>

#include <errno.h>
#include <stdio.h>
#include <string.h>

#ifndef WW_VERSION
#define WW_VERSION "development"
#endif

const char ww_build[] = "wardwire " WW_VERSION;

enum { KEY_BYTES = 32, ROSTER_MAX = 64 << 20, BATCH = 1024, TAIL_MOST = 40 };

ww_status
ww_start_blob(void *arg, struct ww_ctx *cx, ww_str hex, struct ww_buf *out)
{
	const struct ww_site *site = arg;

	return ww_blob_get(cx, site->fs, site->blobs, hex, out);
}

ww_status
ww_start_base(struct ww_site *site, struct ww_ctx *cx, uint64_t most, bool full, const char *path,
    uint64_t *seq)
{
	*seq = 0;
	if (full)
		return WW_OK;
	return ww_snapshot_use(cx, site->fs, site->snapshots, most, path, seq);
}

ww_status
ww_start_joins(struct ww_ctx *cx, struct ww_journal *j, uint64_t seq)
{
	struct ww_journal_state st;

	ww_journal_state(j, &st);
	if (seq >= st.pruned)
		return WW_OK;
	if (seq == 0)
		return ww_fail(cx, WW_E_CONFLICT, "journal",
		    "its beginning, up to record %llu, is pruned: a ledger can be made from a "
		    "snapshot only",
		    (unsigned long long)st.pruned);
	return ww_fail(cx, WW_E_CONFLICT, "journal",
	    "its beginning, up to record %llu, is pruned, and the ledger ends at %llu",
	    (unsigned long long)st.pruned, (unsigned long long)seq);
}

/* The newest snapshot becomes the ledger; why is for the log. */
static ww_status
put_snapshot(struct ww_site *site, struct ww_ctx *cx, const char *why, uint64_t *seq)
{
	const char *path = ww_arena_printf(cx->arena, "%s/" WW_START_ANEW, site->data).p;
	ww_status s = ww_ledger_files_remove(cx, site->fs, path);

	*seq = 0;
	if (s == WW_OK)
		s = ww_start_base(site, cx, UINT64_MAX, false, path, seq);
	if (s != WW_OK || *seq == 0)
		return s;
	ww_log(WW_LOG_WARN, "ledger=%s snapshot=%llu", why, (unsigned long long)*seq);
	return ww_ledger_files_replace(cx, site->fs, path, site->ledger);
}

ww_status
ww_start_revive(struct ww_site *site, struct ww_ctx *cx)
{
	struct ww_fs_stat st;
	uint64_t seq;
	int err = site->fs->stat(site->fs->self, site->ledger, &st);

	if (err != -ENOENT)
		return WW_OK; /* what else may be wrong with it shows when it is opened */
	return put_snapshot(site, cx, "missing", &seq);
}

ww_status
ww_start_fall_back(struct ww_site *site, struct ww_ctx *cx, uint64_t *seq)
{
	return put_snapshot(site, cx, "behind", seq);
}

ww_status
ww_start_catch_up(struct ww_apply *a, struct ww_ctx *cx, struct ww_journal *j)
{
	size_t done = 1;

	while (done > 0) {
		ww_status s = ww_apply_batch(a, cx, j, BATCH, &done);

		if (s != WW_OK)
			return s;
	}
	return WW_OK;
}

static ww_status
append(struct ww_journal *j, struct ww_ctx *cx, enum ww_record_kind kind, int64_t now,
    struct ww_buf *body)
{
	struct ww_record r = { .kind = (uint8_t)kind, .time = now, .body = ww_buf_view(body) };
	ww_status s = body->error != WW_OK ? ww_fail(cx, WW_E_MEMORY, NULL, "record")
	                                   : ww_journal_append(j, cx, &r, 1);

	ww_buf_free(body);
	return s;
}

ww_status
ww_start_set_aside(struct ww_ctx *cx, struct ww_journal *j, const struct ww_apply *a,
    struct ww_in_hand *h, int64_t now)
{
	struct ww_rec_quarantine body = { .failed = (int64_t)ww_in_hand_deadly(h) };
	uint64_t seq = (uint64_t)body.failed;
	struct ww_buf out = { 0 };
	struct ww_record r;
	bool found = false;
	ww_status s = WW_OK;

	if (seq == 0)
		return WW_OK;
	ww_ctx_clear(cx);
	if (seq > ww_apply_cursor(a))
		s = ww_journal_read(j, cx, seq, &r, &found);
	if (s == WW_OK && found && r.seq == seq) {
		body.code = ww_arena_printf(cx->arena, "WW-%03d", ww_status_number(WW_E_BUG));
		ww_rec_quarantine_write(&body, &out);
		s = append(j, cx, WW_REC_QUARANTINE, now, &out);
	}
	if (s == WW_OK)
		ww_in_hand_forget(h);
	return s;
}

/* The first ENGINE record of a journal brings the key under which delivery keys are made. */
static ww_status
journal_engine(struct ww_ctx *cx, struct ww_journal *j, const struct ww_apply *a, int64_t now)
{
	struct ww_rec_engine body = { .build = ww_str_from(ww_build),
		.tzdata = ww_str_from(ww_zone_version()),
		.rules = ww_str_empty(),
		.delivery_key = ww_str_empty(),
		.feeds = ww_str_empty() };
	char hex[2 * KEY_BYTES + 1];
	uint8_t key[KEY_BYTES];
	struct ww_buf out = { 0 };

	for (size_t i = 0; ww_rules[i] != NULL; i++)
		body.rules = ww_arena_printf(cx->arena, "%.*s%s%s", WW_STR_FMT(body.rules),
		    i > 0 ? " " : "", ww_rules[i]->id);
	if (!ww_apply_has_key(a)) {
		ww_random(key, sizeof(key));
		ww_hex(key, sizeof(key), hex);
		body.delivery_key = ww_str_from(hex);
	}
	ww_rec_engine_write(&body, &out);
	return append(j, cx, WW_REC_ENGINE, now, &out);
}

/* hex gets the digest of the configuration (65 bytes). */
static ww_status
journal_config(struct ww_site *site, struct ww_ctx *cx, struct ww_journal *j,
    const struct ww_apply *a, int64_t now, char *hex)
{
	struct ww_rec_config body;
	struct ww_buf out = { 0 };
	ww_status s = ww_blob_put(cx, site->fs, site->blobs, ww_buf_view(&site->text), hex);

	body.blob = ww_str_from(hex);
	if (s != WW_OK || ww_str_is(body.blob, ww_apply_config_blob(a)))
		return s;
	ww_rec_config_write(&body, &out);
	return append(j, cx, WW_REC_CONFIG, now, &out);
}

/* Journals the program or the calendar unless the ledger has this very text. */
static ww_status
journal_file(struct ww_site *site, struct ww_ctx *cx, struct ww_journal *j, struct ww_ledger *l,
    const struct ww_site_file *file, int64_t now)
{
	struct ww_rec_file body = { .role = ww_str_from(file->role), .name = file->name };
	struct ww_buf out = { 0 };
	struct ww_named_file row;
	char hex[2 * WW_SHA256 + 1];
	bool found;
	ww_status s;

	ww_row_init(&ww_entity_named_file, &row);
	row.role = body.role;
	row.name = body.name;
	s = ww_get(l, cx, named_file, &row, &found);
	if (s == WW_OK)
		s = ww_blob_put(cx, site->fs, site->blobs, file->text, hex);
	if (s != WW_OK || (found && ww_str_is(row.blob, hex)))
		return s;
	body.blob = ww_str_from(hex);
	ww_rec_file_write(&body, &out);
	return append(j, cx, WW_REC_FILE, now, &out);
}

/* The ledger has this very edition (its digest), read under this very configuration. */
static ww_status
has_edition(struct ww_ctx *cx, struct ww_ledger *l, ww_str name, const char *blob,
    const char *config, bool *has)
{
	struct ww_roster row;
	ww_status s;

	ww_row_init(&ww_entity_roster, &row);
	row.name = name;
	s = ww_get(l, cx, roster, &row, has);
	*has = s == WW_OK && *has && ww_str_is(row.blob, blob) && ww_str_is(row.config, config);
	return s;
}

/* The end of a path, short enough to stand in a failure's place with a line behind it. */
static const char *
tail_of(const char *path)
{
	size_t n = strlen(path);

	return n > TAIL_MOST ? path + n - TAIL_MOST : path;
}

/* A file that is no roster is found out before it can take the place of one. */
ww_status
ww_start_check_roster(struct ww_site *site, struct ww_ctx *cx,
    const struct ww_roster_source *source, ww_str text, struct ww_roster_row **rows, size_t *n)
{
	const char *file = tail_of(ww_arena_cstr(cx->arena, source->file));
	struct ww_roster_fault *faults;
	size_t faults_n = 0;
	ww_status s = ww_roster_parse(cx, text, site->config, source, rows, n, &faults, &faults_n);

	if (s != WW_OK) {
		ww_str line = ww_arena_str(cx->arena, ww_str_from(cx->fail.place));

		(void)snprintf(cx->fail.place, sizeof(cx->fail.place), "%s%s%.*s", file,
		    line.n > 0 ? ", " : "", WW_STR_FMT(line));
		return s;
	}
	if (*n == 0)
		return ww_fail(cx, WW_E_CONFIG, file,
		    "not one row of the roster can be used; wardwire config check says why");
	if (*n > WW_ROSTER_ROWS_MAX)
		return ww_fail(cx, WW_E_LIMIT, file,
		    "%zu rows; at most %d in one file that is read "
		    "at the start: leave out rosters[].file and use wardwire roster load",
		    *n, WW_ROSTER_ROWS_MAX);
	return WW_OK;
}

/* A file that was cut off, or is of another payer, must not take away whose patients people are. The start is not refused for it:
 * the edition before it is better than no engine. Nothing is journaled, so every start says it again until the file or the limit is
 * another one. */
static ww_status
drops_too_many(struct ww_ctx *cx, struct ww_ledger *l, const struct ww_roster_source *source,
    const struct ww_roster_row *rows, size_t n, bool *too_many)
{
	int64_t members, gone;
	ww_status s = ww_roster_drop(cx, l, source, rows, n, &members, &gone);

	*too_many = s == WW_OK && ww_roster_drop_is_too_much(gone, members, source->max_drop);
	if (*too_many)
		ww_log(WW_LOG_WARN,
		    "roster=%.*s refused=\"%lld of %lld members would be ended, %lld percent, and "
		    "at "
		    "most %u may be (max_drop): the edition before it stays in force\"",
		    WW_STR_FMT(source->name), (long long)gone, (long long)members,
		    (long long)(gone * 100 / members), source->max_drop);
	return s;
}

/* Journals the roster unless the ledger has it: then it was checked when it came, and a start need not read through
 * a million rows to find nothing new. */
static ww_status
journal_roster(struct ww_site *site, struct ww_ctx *cx, struct ww_journal *j, struct ww_ledger *l,
    const struct ww_roster_source *source, int64_t now, const char *config)
{
	struct ww_rec_roster body = { .name = source->name };
	struct ww_buf text = { 0 }, out = { 0 };
	uint8_t digest[WW_SHA256];
	struct ww_roster_row *rows;
	char hex[2 * WW_SHA256 + 1];
	bool has = false, too_many = false;
	size_t n = 0;
	ww_status s = ww_fs_get(cx, ww_site_path(site, source->file), ROSTER_MAX, &text);

	if (s == WW_OK) {
		ww_sha256(ww_buf_view(&text), digest);
		ww_hex(digest, sizeof(digest), hex);
		s = has_edition(cx, l, source->name, hex, config, &has);
	}
	if (s == WW_OK && !has)
		s = ww_start_check_roster(site, cx, source, ww_buf_view(&text), &rows, &n);
	if (s == WW_OK && !has)
		s = drops_too_many(cx, l, source, rows, n, &too_many);
	if (s == WW_OK && !has && !too_many)
		s = ww_blob_put(cx, site->fs, site->blobs, ww_buf_view(&text), hex);
	ww_buf_free(&text);
	if (s != WW_OK || has || too_many)
		return s;
	body.blob = ww_str_from(hex);
	ww_rec_roster_write(&body, &out);
	return append(j, cx, WW_REC_ROSTER, now, &out);
}

/* Rows that were refused must not pass unseen. */
static ww_status
report_rosters(struct ww_ctx *cx, struct ww_ledger *l)
{
	struct ww_rows rows;
	ww_status s = ww_ledger_scan(l, cx, &ww_entity_roster, 0, NULL, 0, &rows);

	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_roster *r = WW_ROW(&rows, roster, i);

		ww_log(r->rejected > 0 ? WW_LOG_WARN : WW_LOG_INFO,
		    "roster=%.*s rows=%lld rejected=%lld%s%.*s%s", WW_STR_FMT(r->name),
		    (long long)r->rows, (long long)r->rejected, r->problem.n > 0 ? " first=\"" : "",
		    WW_STR_FMT(r->problem), r->problem.n > 0 ? "\"" : "");
	}
	return s;
}

/* Nobody must wonder why nothing is sent. */
static ww_status
report_hold(struct ww_ctx *cx, struct ww_ledger *l)
{
	struct ww_json *held;
	ww_status s = ww_hold_report(l, cx, &held);

	if (s != WW_OK || held == NULL)
		return s;
	ww_log(WW_LOG_WARN, "sending=held restored-up-to=%lld forgotten-after=%.*s",
	    (long long)ww_json_int(ww_json_get(held, "last-journal")),
	    WW_STR_FMT(ww_json_str(ww_json_get(held, "last"))));
	for (const struct ww_json *f = ww_json_first(ww_json_get(held, "feeds")); f != NULL;
	     f = ww_json_next(f)) {
		ww_str from = ww_json_str(ww_json_get(f, "resend-from"));

		ww_log(WW_LOG_WARN, "feed=%.*s resend-from=%.*s",
		    WW_STR_FMT(ww_json_str(ww_json_get(f, "feed"))),
		    WW_STR_FMT(from.n > 0 ? from : WW_STR("the-beginning")));
	}
	return WW_OK;
}

ww_status
ww_start_records(struct ww_site *site, struct ww_ctx *cx, struct ww_journal *j, struct ww_ledger *l,
    struct ww_apply *a, int64_t now)
{
	const struct ww_config *config = site->config;
	struct ww_site_files files;
	char hex[65] = "";
	ww_status s = ww_start_catch_up(a, cx, j);

	if (s == WW_OK)
		s = ww_site_files(site, cx, NULL, NULL, &files);
	if (s == WW_OK)
		s = journal_engine(cx, j, a, now);
	for (size_t i = 0; s == WW_OK && i < files.n; i++)
		s = journal_file(site, cx, j, l, &files.v[i], now);
	if (s == WW_OK)
		s = journal_config(site, cx, j, a, now, hex);
	for (size_t i = 0; s == WW_OK && i < config->rosters_n; i++) {
		if (config->rosters[i].file.n != 0)
			s = journal_roster(site, cx, j, l, &config->rosters[i], now, hex);
	}
	if (s == WW_OK)
		s = ww_start_catch_up(a, cx, j);
	if (s == WW_OK)
		s = report_rosters(cx, l);
	return s == WW_OK ? report_hold(cx, l) : s;
}
