/* The certificates of a listener, and what becomes of them when their files change. */
#include "tests/unit/tls_pair.h"

#include "main/certificates.h"

#include <sys/stat.h>

#define DAY INT64_C(86400000)

static struct certs certs;
static struct ww_ctx cx;
static unsigned warnings;

static void
count(void *arg, ww_str listener, const char *text)
{
	(void)arg;
	unit_str_is(listener, "adt");
	ck_assert_uint_gt(strlen(text), 0);
	warnings++;
}

/* Copies of NAME.pem and NAME.key take the place of the listener's, with another date. */
static void
put(const char *name, const char *key)
{
	static unsigned turn;
	char line[512];

	(void)snprintf(line, sizeof(line),
	    "cd %s && cp %s.pem new.pem && cp %s.key new.key && touch -d @%u new.pem new.key && "
	    "mv new.pem my.pem && mv new.key my.key",
	    certs.dir, name, key, 1000000 + turn++);
	ck_assert_int_eq(system(line), 0);
}

static struct ww_certificates *
open_as(const char *name, int64_t now)
{
	static struct ww_listener l;
	struct ww_certificates *c;

	cx = (struct ww_ctx){ .arena = ww_arena_new(0) };
	warnings = 0;
	put(name, name);
	l = (struct ww_listener){ .name = WW_STR("adt") };
	l.tls.cert = ww_str_from(certs_at(&certs, "my.pem"));
	l.tls.key = ww_str_from(certs_at(&certs, "my.key"));
	l.tls.client_ca = ww_str_from(certs_at(&certs, "ca.pem"));
	ck_assert_int_eq(
	    ww_certificates_open(&cx, &l, (struct ww_certificates_say){ count, NULL }, now, &c),
	    WW_OK);
	return c;
}

static int64_t
until(const struct ww_certificates *c)
{
	return ww_tls_until(ww_certificates_tls(c));
}

START_TEST(reads_files_again_when_they_change)
{
	struct ww_certificates *c = open_as("server", 0);
	bool renewed = true;
	struct ww_tls *was = ww_certificates_tls(c);

	ck_assert_int_eq(ww_certificates_look(c, &cx, false, 0, &renewed), WW_OK);
	ck_assert(!renewed);
	ck_assert_ptr_eq(ww_certificates_tls(c), was);
	put("renewed", "renewed");
	ck_assert_int_eq(ww_certificates_look(c, &cx, false, 0, &renewed), WW_OK);
	ck_assert(renewed);
	ck_assert_int_eq(ww_certificates_look(c, &cx, false, 0, &renewed), WW_OK);
	ck_assert(!renewed);
	ck_assert_int_eq(ww_certificates_look(c, &cx, true, 0, &renewed), WW_OK);
	ck_assert(renewed);
	ww_certificates_close(c);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(keeps_what_it_has_when_the_new_is_bad)
{
	struct ww_certificates *c = open_as("server", 0);
	struct ww_tls *was = ww_certificates_tls(c);
	bool renewed = true;

	put("renewed", "server"); /* half of a renewal */
	ck_assert_int_eq(ww_certificates_look(c, &cx, false, 0, &renewed), WW_E_CONFIG);
	ck_assert(!renewed);
	ck_assert_ptr_eq(ww_certificates_tls(c), was);
	ww_ctx_clear(&cx);
	/* Said once, and not at each look. */
	ck_assert_int_eq(ww_certificates_look(c, &cx, false, 0, &renewed), WW_OK);
	ck_assert(!renewed);
	put("renewed", "renewed");
	ck_assert_int_eq(ww_certificates_look(c, &cx, false, 0, &renewed), WW_OK);
	ck_assert(renewed);
	ww_certificates_close(c);
	ww_arena_free(cx.arena);
}
END_TEST

START_TEST(warns_once_as_time_goes_by)
{
	struct ww_certificates *c = open_as("server", 0);
	bool renewed;

	ck_assert_uint_eq(warnings, 1); /* in 1970 it was not valid yet */
	ck_assert_int_eq(ww_certificates_look(c, &cx, false, until(c) - 31 * DAY, &renewed), WW_OK);
	ck_assert_uint_eq(warnings, 1);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(
		    ww_certificates_look(c, &cx, false, until(c) - 29 * DAY, &renewed), WW_OK);
	ck_assert_uint_eq(warnings, 2);
	for (int i = 0; i < 2; i++)
		ck_assert_int_eq(ww_certificates_look(c, &cx, false, until(c), &renewed), WW_OK);
	ck_assert_uint_eq(warnings, 3);
	put("renewed", "renewed");
	ck_assert_int_eq(ww_certificates_look(c, &cx, false, until(c) - 31 * DAY, &renewed), WW_OK);
	ck_assert(renewed);
	ck_assert_uint_eq(warnings, 3);
	ww_certificates_close(c);
	ww_arena_free(cx.arena);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		reads_files_again_when_they_change,
		keeps_what_it_has_when_the_new_is_bad,
		warns_once_as_time_goes_by,
	};
	int status;

	certs_make(&certs);
	status = unit_main("certificates", tests, UNIT_COUNT(tests));
	certs_remove(&certs);
	return status;
}
