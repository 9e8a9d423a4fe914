/* wardwire rebuild: the ledger anew from the journal. The same journal gives the same ledger, row for row; --check
 * proves it and changes nothing. */
#include "apply/apply.h"
#include "base/failpoint.h"
#include "base/options.h"
#include "main/main.h"
#include "main/site.h"
#include "main/start.h"

#include <stdio.h>
#include <string.h>

/* How the ledger is to be made, and how it was. */
struct making {
	struct ww_site *site;
	struct ww_journal journal;
	struct ww_ledger anew;
	const char *path;
	bool full;
	uint64_t most;   /* the last record to apply */
	uint64_t base;   /* the snapshot it began with; 0: the first record */
	uint64_t cursor; /* the last record applied */
};

/* Applies to the new ledger what it does not hold yet. */
static ww_status
fill(struct making *m, struct ww_ctx *cx)
{
	struct ww_apply_settings as = {
		.ledger = &m->anew, .blob = ww_start_blob, .arg = m->site, .stop = m->most + 1
	};
	struct ww_apply *a = NULL;
	ww_status s = ww_apply_open(cx, &as, &a);

	if (s == WW_OK)
		s = ww_start_joins(cx, &m->journal, ww_apply_cursor(a));
	if (s == WW_OK)
		s = ww_start_catch_up(a, cx, &m->journal);
	m->cursor = a != NULL ? ww_apply_cursor(a) : 0;
	ww_apply_close(a);
	return s;
}

/* From the newest snapshot and the records after it, or from all records. */
static ww_status
build(struct making *m)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	ww_status s;

	if (cx.arena == NULL)
		return ww_fail(&m->site->cx, WW_E_MEMORY, NULL, "rebuild");
	s = ww_ledger_files_remove(&cx, m->site->fs, m->path);
	if (s == WW_OK)
		s = ww_start_base(m->site, &cx, m->most, m->full, m->path, &m->base);
	if (s == WW_OK)
		s = ww_site_ledger(m->site, &cx, m->path, WW_LEDGER_WRITE, &m->anew);
	if (s == WW_OK)
		s = fill(m, &cx);
	m->site->cx.fail = cx.fail;
	ww_arena_free(cx.arena);
	return s;
}

/* "from the snapshot of record 1234" */
static const char *
origin(struct making *m)
{
	if (m->base == 0)
		return "from the first record";
	return ww_arena_printf(
	    m->site->cx.arena, "from the snapshot of record %llu", (unsigned long long)m->base)
	    .p;
}

/* Says that the ledger lacks records, if it does: an engine that was killed left some to its next start. */
static const char *
lag(struct making *m, uint64_t last)
{
	if (m->most >= last)
		return "";
	return ww_arena_printf(m->site->cx.arena,
	    ", up to record %llu: the ledger is behind the journal, which ends at %llu",
	    (unsigned long long)m->most, (unsigned long long)last)
	    .p;
}

/* Compares the texts of two ledgers; the first line that differs is named by entity and place only. */
static int
compare(ww_str live, ww_str anew, const char *from, const char *to)
{
	size_t line = 1;

	while (live.n > 0 || anew.n > 0) {
		ww_str a = ww_str_cut(live, '\n', &live), b = ww_str_cut(anew, '\n', &anew);

		if (!ww_str_eq(a, b)) {
			ww_str entity = ww_str_sub(a.n > 0 ? a : b, 0, 24);

			(void)printf(
			    "differs: row %zu of the dump, %.*s...\n", line, WW_STR_FMT(entity));
			return WW_EXIT_NO;
		}
		line++;
	}
	(void)printf("equal: %zu rows, made %s%s\n", line - 1, from, to);
	return WW_EXIT_OK;
}

/* The last record that a ledger holds. */
static ww_status
cursor_of(struct ww_ledger *l, struct ww_ctx *cx, uint64_t *out)
{
	struct ww_cursor c;
	bool found = false;
	ww_status s;

	ww_row_init(&ww_entity_cursor, &c);
	c.id = 1;
	s = ww_get(l, cx, cursor, &c, &found);
	*out = found ? (uint64_t)c.seq : 0;
	return s;
}

/* Makes what the live ledger should be and compares. */
static int
check_against(struct making *m, struct ww_ledger *live, uint64_t last)
{
	struct ww_ctx *cx = &m->site->cx;
	struct ww_buf a = { 0 }, b = { 0 };
	int code = WW_EXIT_OK;

	if (build(m) != WW_OK || ww_ledger_dump(live, cx, &a) != WW_OK ||
	    ww_ledger_dump(&m->anew, cx, &b) != WW_OK)
		code = ww_site_complain("", cx);
	else
		code = compare(ww_buf_view(&a), ww_buf_view(&b), origin(m), lag(m, last));
	ww_buf_free(&a);
	ww_buf_free(&b);
	return code;
}

/* Compares with the ledger there is, as far as that one goes. */
static int
check(struct making *m)
{
	struct ww_site *site = m->site;
	struct ww_ledger live = { 0 };
	struct ww_journal_state st;
	int code = ww_site_view(site, &live);

	ww_journal_state(&m->journal, &st);
	if (code == WW_EXIT_OK && cursor_of(&live, &site->cx, &m->most) != WW_OK)
		code = ww_site_complain("", &site->cx);
	if (code == WW_EXIT_OK && m->most > st.last) {
		(void)printf(
		    "differs: the ledger holds record %llu, and the journal ends at %llu\n",
		    (unsigned long long)m->most, (unsigned long long)st.last);
		code = WW_EXIT_NO;
	}
	if (code == WW_EXIT_OK)
		code = check_against(m, &live, st.last);
	ww_ledger_close(&live);
	return code;
}

static int
dump(struct making *m)
{
	struct ww_site *site = m->site;
	struct ww_buf b = { 0 };
	int code = WW_EXIT_OK;

	if (build(m) != WW_OK || ww_ledger_dump(&m->anew, &site->cx, &b) != WW_OK)
		code = ww_site_complain("", &site->cx);
	else
		(void)fwrite(ww_buf_view(&b).p, 1, ww_buf_view(&b).n, stdout);
	ww_buf_free(&b);
	return code;
}

/* The new ledger takes the place of the old one. */
static int
replace(struct making *m)
{
	struct ww_site *site = m->site;

	if (build(m) != WW_OK)
		return ww_site_complain("", &site->cx);
	ww_ledger_close(&m->anew);
	WW_FAILPOINT("rebuild-remove");
	if (ww_ledger_files_replace(&site->cx, site->fs, m->path, site->ledger) != WW_OK)
		return ww_site_complain("", &site->cx);
	(void)printf("rebuilt: journal records up to %llu applied, %s\n",
	    (unsigned long long)m->cursor, origin(m));
	return WW_EXIT_OK;
}

int
ww_rebuild(struct ww_site *site, bool full, bool only_check, bool only_dump)
{
	struct ww_journal_settings js = {
		.dir = site->journal, .segment_bytes = site->config->segment_bytes, .fs = site->fs
	};
	struct making m = { .site = site, .full = full };
	struct ww_journal_state st;
	int code;

	m.path = ww_arena_printf(site->cx.arena, "%s/" WW_START_ANEW, site->data).p;
	/* The journal is opened to write although nothing is written: what a killed engine left is settled first. */
	if (ww_site_hold(site, &site->cx) != WW_OK ||
	    ww_journal_files(&site->cx, &js, &m.journal) != WW_OK)
		return ww_site_complain("", &site->cx);
	ww_journal_state(&m.journal, &st);
	m.most = st.next - 1;
	code = only_dump ? dump(&m) : only_check ? check(&m) : replace(&m);
	ww_ledger_close(&m.anew);
	if (ww_ledger_files_remove(&site->cx, site->fs, m.path) != WW_OK && code == WW_EXIT_OK)
		code = ww_site_complain("", &site->cx);
	ww_journal_close(&m.journal);
	return code;
}

int
ww_cmd_rebuild(int argc, char **argv)
{
	const char *file = WW_SITE_FILE;
	bool only_check = false, only_dump = false, full = false;
	const struct ww_option rows[] = {
		WW_SITE_OPTION(file),
		{ .name = "check",
		    .flag = &only_check,
		    .help = "compare with the ledger there is and change nothing" },
		{ .name = "dump",
		    .flag = &only_dump,
		    .help = "print the rows as JSON lines (they hold patients' data) and change "
		            "nothing" },
		{ .name = "full",
		    .flag = &full,
		    .help = "from the first record on, without a snapshot" },
	};
	const struct ww_usage usage = { .command = "wardwire rebuild",
		.summary =
		    "Makes the ledger anew from the newest snapshot and the journal. The engine "
		    "must not be running.",
		.notes = "A snapshot that is damaged is passed over. Exit: 0 rebuilt or equal, 1 "
		         "--check found a difference, 4 the engine is "
		         "running. A ledger that is behind the journal, as an engine that was "
		         "killed leaves it, is compared as far as it goes." };
	struct ww_site site;
	int code;

	if (!ww_options_read(&usage, rows, 4, &argc, argv, &code))
		return code;
	code = ww_site_open(&site, file);
	if (code == WW_EXIT_OK)
		code = ww_rebuild(&site, full, only_check, only_dump);
	ww_site_close(&site);
	return code;
}
