/* Reads every message of others:
 *
 *	corpus_hl7v2_files <datadir>
 *
 * takes each file below <datadir>/hl7v2/ as a file of messages and reads, answers, writes back and changes each
 * of them. What is taken, what is refused and why, and what is odd, is printed as tables. A file that the index
 * calls valid must be readable. */
#include "corpus.h"

#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>
#include <wardwire/hl7v2_edit.h>
#include <wardwire/json.h>

#include "codec/ack.h"
#include "codec/hl7v2_batch.h"
#include "codec/hl7v2_json.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* -- tables ------------------------------------------------------------------------------------------ */

/* As the index classes them. */
enum class_ { VALID, EDGE, RAW, CLASSES };

enum { ROW = 320 };

struct row {
	char name[ROW];
	unsigned n[CLASSES];
	char example[160];
};

static struct table {
	const char *title;
	struct row rows[60];
	size_t n;
} verdicts = { .title = "verdict" }, oddities = { .title = "noticed" };

static void
tally(struct table *t, const char *name, enum class_ c, const char *file)
{
	size_t i;

	for (i = 0; i < t->n; i++)
		if (strcmp(t->rows[i].name, name) == 0)
			break;
	if (i == COUNT(t->rows))
		exit(4);
	if (i == t->n) {
		snprintf(t->rows[i].name, sizeof(t->rows[i].name), "%s", name);
		snprintf(t->rows[i].example, sizeof(t->rows[i].example), "%s", file);
		t->n++;
	}
	t->rows[i].n[c]++;
}

static int
by_name(const void *a, const void *b)
{
	const struct row *l = a, *r = b;

	return strcmp(r->name, l->name); /* taken before refused */
}

static void
print(struct table *t)
{
	size_t i;

	qsort(t->rows, t->n, sizeof(t->rows[0]), by_name);
	printf("%-76s %6s %6s %6s  %s\n", t->title, "valid", "edge", "raw", "for example");
	for (i = 0; i < t->n; i++)
		printf("%-76s %6u %6u %6u  %s\n", t->rows[i].name, t->rows[i].n[VALID],
		    t->rows[i].n[EDGE], t->rows[i].n[RAW], t->rows[i].example);
}

/* -- the index --------------------------------------------------------------------------------------- */

static struct ww_buf index_text;

static enum class_
class_of(const char *file)
{
	ww_str rest = ww_buf_view(&index_text);

	while (rest.n > 0) {
		ww_str line = ww_str_cut(rest, '\n', &rest), cell;
		int i;

		if (!ww_str_is(ww_str_cut(line, '\t', &line), file))
			continue;
		for (i = 0; i < 4; i++)
			cell = ww_str_cut(line, '\t', &line);
		return ww_str_is(cell, "valid") ? VALID : ww_str_is(cell, "edge") ? EDGE : RAW;
	}
	return RAW;
}

/* -- one message ------------------------------------------------------------------------------------- */

/* The answer to it is one, and to it. */
static bool
is_answered(struct ww_ctx *cx, ww_str raw, enum class_ c, const char *file)
{
	struct ww_hl7 *m;
	ww_status s = ww_hl7_accept(cx, raw, NULL, &m);
	struct ww_ack a = { .code = s == WW_OK ? "AA" : ww_ack_code(&cx->fail),
		.failures = &cx->fail,
		.failures_n = s != WW_OK,
		.number = 1 };
	struct ww_hl7_path id_path = { .segment = "MSH", .field = 10 };
	struct ww_buf out = { 0 };
	char code[3] = "", name[ROW];
	bool ours = false, is;
	ww_str id = ww_str_empty();

	if (m != NULL && ww_hl7_raw(m, &id_path, &id) != WW_HL7_VALUE)
		id = ww_str_empty();
	ww_ack_write(cx, m, &a, &out);
	is = ww_ack_read(cx, ww_buf_view(&out), id, code, &ours);
	ww_buf_free(&out);
	if (s == WW_OK)
		snprintf(name, sizeof(name), "taken");
	else
		snprintf(name, sizeof(name), "refused %s WW-%03d %s: %s", a.code,
		    ww_status_number(s), cx->fail.place, cx->fail.reason);
	tally(&verdicts, name, c, file);
	return is && strcmp(code, a.code) == 0 && ours == (id.n > 0);
}

static ww_str
segment_at(struct ww_ctx *cx, const struct ww_hl7 *m, size_t i)
{
	struct ww_hl7_path p = { .n = 0 };
	ww_str id = ww_hl7_segment_id(m, i), raw = ww_str_empty();
	size_t k;

	(void)cx;
	if (id.n != 3)
		return raw;
	memcpy(p.segment, id.p, 3);
	for (k = 0; k <= i; k++)
		p.n = (uint16_t)(p.n + ww_str_eq(ww_hl7_segment_id(m, k), id));
	(void)ww_hl7_raw(m, &p, &raw);
	return raw;
}

/* Nothing done to it, it comes back as it came; with a segment more, all others are what they were. */
static bool
is_written(struct ww_ctx *cx, ww_str raw, const struct ww_hl7 *m)
{
	struct ww_hl7_path p = { .segment = "ZZ9", .field = 1 };
	struct ww_buf out = { 0 };
	struct ww_hl7_edit *e;
	struct ww_hl7 *again;
	size_t i, n;
	bool good = ww_hl7_edit_of(cx, m, &e) == WW_OK;

	if (!good)
		return false;
	ww_hl7_edit_write(e, &out);
	good = ww_str_eq(ww_buf_view(&out), raw);
	ww_buf_clear(&out);
	good = good && ww_hl7_edit_add(e, "ZZ9", NULL, &n) == WW_OK;
	p.n = (uint16_t)n;
	good = good && ww_hl7_edit_text(e, &p, WW_STR("a|b"), WW_HL7_PLAIN) == WW_OK;
	ww_hl7_edit_write(e, &out);
	good = good && ww_hl7_parse(cx, ww_buf_view(&out), &again) == WW_OK &&
	       ww_hl7_segments(again) == ww_hl7_segments(m) + 1;
	for (i = 0; good && i < ww_hl7_segments(m); i++)
		good = ww_str_eq(segment_at(cx, m, i), segment_at(cx, again, i));
	ww_buf_free(&out);
	return good;
}

static bool
has_tree(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	struct ww_json *tree = NULL;

	ww_hl7_json(cx, m, &tree);
	return tree != NULL;
}

static void
run_message(const char *file, enum class_ c, ww_str raw)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	const char *wrong = NULL;
	struct ww_hl7 *m = NULL;
	unsigned i;

	if (cx.arena == NULL)
		exit(4);
	if (!is_answered(&cx, raw, c, file))
		wrong = "its answer is none";
	ww_ctx_clear(&cx);
	if (ww_hl7_parse(&cx, raw, &m) == WW_OK) {
		for (i = 0; i < WW_HL7_WARNINGS_N; i++)
			if ((ww_hl7_warnings(m) >> i & 1) != 0)
				tally(&oddities, ww_hl7_warning_name((enum ww_hl7_warning)i), c,
				    file);
		if (!is_written(&cx, raw, m))
			wrong = "it is not written as it came";
		if (!has_tree(&cx, m))
			wrong = "it has no tree";
	} else if (c == VALID) {
		wrong = cx.fail.reason;
	}
	if (wrong != NULL)
		printf("%s: %s\n", file, wrong);
	count(wrong == NULL ? PASS : FAIL);
	ww_arena_free(cx.arena);
}

/* -- files ------------------------------------------------------------------------------------------- */

static void
run_file(const char *path, const char *name)
{
	struct ww_buf text = { 0 };
	struct ww_hl7_batch b;
	struct ww_hl7_item it;
	enum class_ c = class_of(name);

	if (!read_file(path, &text)) {
		printf("%s: cannot be read\n", name);
		count(FAIL);
	}
	ww_hl7_batch_begin(&b, ww_buf_view(&text), true);
	while (ww_hl7_batch_next(&b, &it)) {
		const char *fault = ww_hl7_batch_fault_name(it.faults);

		if (it.kind == WW_HL7_ITEM_MESSAGE)
			run_message(name, c, it.text);
		if (fault != NULL)
			tally(&oddities, fault, c, name);
	}
	if (b.enveloped)
		tally(&oddities, "batch", c, name);
	if (c == VALID && b.messages != 1) {
		printf("%s: %zu messages\n", name, b.messages);
		count(FAIL);
	}
	ww_buf_free(&text);
}

static bool
ends(const char *name, const char *with)
{
	size_t n = strlen(name), k = strlen(with);

	return n >= k && strcmp(name + n - k, with) == 0;
}

/* All message files below root/sub; sub is "" or ends with a slash. Folders are a few levels deep. */
static void
run_folder(const char *root, const char *sub)
{
	char path[4096], name[2048];
	struct dirent *e;
	struct stat st;
	DIR *d;

	snprintf(path, sizeof(path), "%s/%s", root, sub);
	d = opendir(path);
	if (d == NULL) {
		printf("%s: skipped: %s\n", sub, strerror(errno));
		count(SKIP);
		return;
	}
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "%s%s", sub, e->d_name);
		snprintf(path, sizeof(path), "%s/%s", root, name);
		if (stat(path, &st) != 0)
			continue;
		if (S_ISDIR(st.st_mode)) {
			snprintf(name, sizeof(name), "%s%s/", sub, e->d_name);
			run_folder(root, name);
		} else if (ends(name, ".hl7") || ends(name, ".ndhl7")) {
			run_file(path, name);
		}
	}
	closedir(d);
}

int
main(int argc, char **argv)
{
	char root[2048], path[4096];

	if (argc != 2) {
		fprintf(stderr, "usage: corpus_hl7v2_files DATADIR\n");
		return 2;
	}
	snprintf(root, sizeof(root), "%s/hl7v2", argv[1]);
	snprintf(path, sizeof(path), "%s/INDEX.tsv", root);
	if (!read_file(path, &index_text)) {
		printf(
		    "INDEX.tsv: skipped, so no file is known to be valid: %s\n", strerror(errno));
		count(SKIP);
	}
	run_folder(root, "");
	print(&verdicts);
	print(&oddities);
	ww_buf_free(&index_text);
	printf(
	    "corpus hl7v2: messages: %u passed, %u failed, %u skipped\n", passed, failed, skipped);
	return failed == 0 ? 0 : 1;
}
