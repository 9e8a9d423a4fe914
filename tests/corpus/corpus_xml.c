/* FHIR written by others, between JSON and XML:
 *
 *	corpus_xml <datadir>
 *
 * Every .xml below <datadir>/fhir is read, written and read again; every .json that can be written as XML comes back the
 * same from it. Prints what fails, and what is not read or not written, with the reason. */
#define _XOPEN_SOURCE 700 /* nftw */

#include "tests/unit/json_same.h"

#include <wardwire/ctx.h>

#include "codec/xml.h"
#include "corpus.h"

#include <ftw.h>
#include <string.h>

static struct ww_ctx cx;

static enum verdict
differs(const char *path, const char *what)
{
	printf("%s: %s: %s %s\n", path, what, cx.fail.place, cx.fail.reason);
	return FAIL;
}

/* Nulls at the end of an array say nothing, and XML has no form for them; nor has it one for an array of nulls. */
static struct ww_json *
without_nulls(struct ww_json *v)
{
	struct ww_json *out, *c;
	size_t nulls = 0;

	switch ((int)ww_json_kind(v)) {
	case WW_JSON_OBJECT:
		out = ww_json_object(&cx);
		for (c = ww_json_first(v); c != NULL; c = ww_json_next(c)) {
			struct ww_json *m = without_nulls(c);

			if (ww_json_kind(m) != WW_JSON_ARRAY || ww_json_len(m) > 0)
				(void)ww_json_set(&cx, out, ww_json_key(c).p, m);
		}
		return out;
	case WW_JSON_ARRAY:
		out = ww_json_array(&cx);
		for (c = ww_json_first(v); c != NULL; c = ww_json_next(c)) {
			if (ww_json_kind(c) == WW_JSON_NULL) {
				nulls++;
				continue;
			}
			for (; nulls > 0; nulls--)
				(void)ww_json_add(&cx, out, ww_json_null(&cx));
			(void)ww_json_add(&cx, out, without_nulls(c));
		}
		return out;
	case WW_JSON_STRING:
		return ww_json_string(&cx, ww_json_str(v));
	case WW_JSON_NUMBER:
		return ww_json_digits(&cx, ww_json_number(v));
	default:
		return ww_json_bool(&cx, ww_json_true(v));
	}
}

/* Writes v and reads it again. */
static enum verdict
goes_through(const char *path, struct ww_json *v)
{
	struct ww_buf xml = { 0 };
	struct ww_json *again;
	enum verdict r = PASS;

	if (ww_xml_write(&cx, v, &xml) != WW_OK) {
		printf("%s: not written: %s %s\n", path, cx.fail.place, cx.fail.reason);
		r = SKIP;
	} else if (ww_xml_read(&cx, ww_buf_view(&xml), 64u << 20, &again) != WW_OK) {
		r = differs(path, "not read again");
	} else if (!json_same(without_nulls(v), without_nulls(again))) {
		r = differs(path, "comes back as something else");
	}
	ww_buf_free(&xml);
	return r;
}

static enum verdict
check_text(const char *path, ww_str text)
{
	bool xml = strstr(path, ".xml") != NULL;
	struct ww_json *v;
	ww_status s = xml ? ww_xml_read(&cx, text, 64u << 20, &v) : ww_json_parse(&cx, text, &v);

	if (s == WW_OK)
		return goes_through(path, v);
	if (xml)
		printf("%s: not read: %s %s\n", path, cx.fail.place, cx.fail.reason);
	return SKIP;
}

static int
on_file(const char *path, const struct stat *st, int kind, struct FTW *at)
{
	size_t n = strlen(path);
	struct ww_buf text = { 0 };

	(void)st;
	(void)at;
	if (kind != FTW_F ||
	    (strcmp(path + n - 4, ".xml") != 0 && strcmp(path + n - 5, ".json") != 0))
		return 0;
	ww_ctx_clear(&cx);
	if (read_file(path, &text))
		count(check_text(path, ww_buf_view(&text)));
	else
		count(differs(path, "cannot be read"));
	ww_buf_free(&text);
	return 0;
}

int
main(int argc, char **argv)
{
	char path[4096];

	if (argc != 2) {
		(void)fprintf(stderr, "usage: %s DATADIR\n", argv[0]);
		return 2;
	}
	cx.arena = ww_arena_new(0);
	if (cx.arena == NULL)
		return 1;
	(void)snprintf(path, sizeof(path), "%s/fhir", argv[1]);
	if (nftw(path, on_file, 16, FTW_PHYS) != 0)
		failed++;
	ww_arena_free(cx.arena);
	printf(
	    "corpus_xml: %u passed, %u failed, %u not read or written\n", passed, failed, skipped);
	return failed != 0 || passed == 0;
}
