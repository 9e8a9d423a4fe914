/* What the tests of HL7 v2 share: a context, a message parsed in it, a text out of it. */
#ifndef WW_TESTS_MESSAGE_H
#define WW_TESTS_MESSAGE_H

#include "unit.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>

#include <string.h>

#define MSH "MSH|^~\\&|ADM|HOSP|WW|PAYER|20260302101500||ADT^A01^ADT_A01|M1|P|2.5.1"

static inline struct ww_ctx
message_ctx(void)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };

	ck_assert_ptr_nonnull(cx.arena);
	return cx;
}

/* Parses it, or fails the test. */
static inline struct ww_hl7 *
message_of(struct ww_ctx *cx, const char *text)
{
	struct ww_hl7 *m = NULL;

	ck_assert_msg(ww_hl7_parse(cx, ww_str_from(text), &m) == WW_OK, "%s: %s", cx->fail.place,
	    cx->fail.reason);
	return m;
}

static inline enum ww_hl7_state
message_text(struct ww_ctx *cx, const struct ww_hl7 *m, const char *path, ww_str *out)
{
	struct ww_hl7_path p;

	ck_assert_int_eq(ww_hl7_path(cx, ww_str_from(path), &p), WW_OK);
	return ww_hl7_text(cx, m, &p, out);
}

static inline enum ww_hl7_state
message_raw(struct ww_ctx *cx, const struct ww_hl7 *m, const char *path, ww_str *out)
{
	struct ww_hl7_path p;

	ck_assert_int_eq(ww_hl7_path(cx, ww_str_from(path), &p), WW_OK);
	return ww_hl7_raw(m, &p, out);
}

/* head, then text n times, as a C string to be freed. */
static inline char *
message_repeat(const char *text, size_t n, const char *head)
{
	size_t len = strlen(text), i, at = strlen(head);
	char *s = malloc(at + n * len + 1);

	ck_assert_ptr_nonnull(s);
	memcpy(s, head, at);
	for (i = 0; i < n; i++, at += len)
		memcpy(s + at, text, len);
	s[at] = '\0';
	return s;
}

#endif
