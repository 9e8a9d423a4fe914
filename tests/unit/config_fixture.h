/* What the tests of the configuration share: a text is taken, or refused with exactly these faults. */
#ifndef WW_TESTS_CONFIG_FIXTURE_H
#define WW_TESTS_CONFIG_FIXTURE_H

#include "unit.h"

#include "config/load.h"

#include <stdio.h>

static struct ww_ctx cx;
static struct ww_config *config;
static struct ww_config_fault *faults;
static size_t faults_n;

static ww_status
parse(const char *text)
{
	ww_arena_free(cx.arena);
	cx = (struct ww_ctx){ .arena = ww_arena_new(0) };
	ck_assert_ptr_nonnull(cx.arena);
	config = NULL;
	return ww_config_parse(&cx, ww_str_from(text), &config, &faults, &faults_n);
}

static inline void
takes(const char *text)
{
	ww_status s = parse(text);

	ck_assert_msg(s == WW_OK, "%s: %s", cx.fail.place, cx.fail.reason);
	ck_assert_uint_eq(faults_n, 0);
}

/* Exactly these faults, each "line:column text". */
static void
faults_are(const char *text, const char *const *want, size_t n)
{
	char got[600];
	size_t i;

	ck_assert_int_eq(parse(text), WW_E_CONFIG);
	ck_assert_ptr_null(config);
	for (i = 0; i < faults_n && i < n; i++) {
		snprintf(
		    got, sizeof(got), "%u:%u %s", faults[i].line, faults[i].column, faults[i].text);
		ck_assert_str_eq(got, want[i]);
	}
	ck_assert_msg(faults_n == n, "%zu faults, want %zu; the next: %s", faults_n, n,
	    faults_n > n ? faults[n].text : want[faults_n]);
}

static inline void
fault_is(const char *text, const char *want)
{
	faults_are(text, &want, 1);
}

#define FAULTS_ARE(text, ...)                                                                      \
	do {                                                                                       \
		static const char *const want_[] = { __VA_ARGS__ };                                \
		faults_are(text, want_, UNIT_COUNT(want_));                                        \
	} while (0)

#endif
