/* What the tests that hold documentation against tables share: key tables as rows of Markdown, and the examples of a page. */
#ifndef WW_TESTS_DOCS_FIXTURE_H
#define WW_TESTS_DOCS_FIXTURE_H

#include "unit.h"

#include "config/keys.h"

#include <wardwire/buf.h>

#include <stdio.h>
#include <string.h>

static inline const char *
kind_name(const struct ww_key *k)
{
	switch (k->kind) {
	case WW_KEY_IS_TEXT:
		return ww_value_noun(k->format);
	case WW_KEY_IS_NUMBER:
		return "whole number";
	case WW_KEY_IS_FLAG:
		return "true or false";
	case WW_KEY_IS_CHOICE:
		return "choice";
	case WW_KEY_IS_TEXTS:
		return "list of texts";
	case WW_KEY_IS_NAMES:
		return "name, or list of names";
	case WW_KEY_IS_CONDITIONS:
		return "mapping of paths";
	case WW_KEY_IS_PART:
		return "mapping";
	case WW_KEY_IS_LIST:
		return "list";
	case WW_KEY_IS_MAP:
	case WW_KEY_IS_TREE:
		return "mapping";
	}
	return "";
}

static inline void
write_range(struct ww_buf *b, const struct ww_key *k)
{
	if (k->kind == WW_KEY_IS_TEXT || k->kind == WW_KEY_IS_TEXTS)
		ww_buf_cstr(b, ww_value_rule(k->format));
	else if (k->kind == WW_KEY_IS_NUMBER)
		ww_buf_printf(b, "%u to %u", k->least, k->most);
	for (size_t i = 0; k->choices != NULL && k->choices[i] != NULL; i++)
		ww_buf_printf(b, "%s%s", i > 0 ? ", " : "", k->choices[i]);
}

/* Appends the rows of the key table as docs/configuration.md must have them. */
static inline void
write_rows(struct ww_buf *b, const struct ww_keys *keys)
{
	for (size_t i = 0; i < keys->n; i++) {
		const struct ww_key *k = &keys->v[i];

		ww_buf_printf(b, "| `%s%s` | %s | ", keys->path, k->name, kind_name(k));
		if (k->fallback != NULL)
			ww_buf_printf(b, "`%s`", k->fallback);
		else
			ww_buf_cstr(b, k->must ? "**required**" : "");
		ww_buf_cstr(b, " | ");
		write_range(b, k);
		ww_buf_printf(b, " | %s |\n", k->help);
	}
	for (size_t i = 0; i < keys->n; i++)
		if (keys->v[i].part != NULL)
			write_rows(b, keys->v[i].part);
}

static inline void
read_file(const char *path, struct ww_buf *b)
{
	FILE *in = fopen(path, "r");
	char chunk[4096];
	size_t n;

	ck_assert_msg(in != NULL, "%s: run the tests in the top folder of the tree", path);
	while ((n = fread(chunk, 1, sizeof(chunk), in)) > 0)
		ww_buf_add(b, chunk, n);
	fclose(in);
	ww_buf_byte(b, '\0');
}

/* The page has each of these lines, once. */
static inline void
has_rows(const char *page, const struct ww_buf *rows)
{
	struct ww_buf docs = { 0 };
	ww_str rest, row;
	const char *at;
	char line[1024];

	read_file(page, &docs);
	for (rest = ww_buf_view(rows); rest.n > 0;) {
		row = ww_str_cut(rest, '\n', &rest);
		(void)snprintf(line, sizeof(line), "\n%.*s\n", WW_STR_FMT(row));
		at = strstr(ww_buf_view(&docs).p, line);
		ck_assert_msg(at != NULL, "%s lacks: %.*s", page, WW_STR_FMT(row));
		ck_assert_msg(
		    strstr(at + 1, line) == NULL, "%s has twice: %.*s", page, WW_STR_FMT(row));
	}
	ww_buf_free(&docs);
}

/* The text between a line that begins with ```yaml and the next ```. */
static inline ww_str
yaml_example(ww_str docs, ww_str *rest)
{
	static const char open[] = "```yaml\n";
	const char *from = strstr(docs.p, open), *to;

	if (from == NULL)
		return ww_str_empty();
	from += sizeof(open) - 1;
	to = strstr(from, "```");
	ck_assert_ptr_nonnull(to);
	*rest = ww_str_of(to, (size_t)(docs.p + docs.n - to));
	return ww_str_of(from, (size_t)(to - from));
}

#endif
