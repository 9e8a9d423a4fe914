/* The feed of a message. */
#include "tests/unit/message.h"

#include "tests/unit/config_fixture.h"

#include "main/choose.h"

static const char text[] =
    "data: d\n"
    "listeners:\n"
    "  - {name: a, mllp: 'localhost:1', tls: {cert: c, key: k, client_ca: ca}}\n"
    "  - {name: b, mllp: 'localhost:2'}\n"
    "feeds:\n"
    "  - {name: svh, on: a, match: {MSH-4: [SVH, SVN]}}\n"
    "  - {name: lks-lab, on: a, match: {MSH-4: [LKS], MSH-3: [LAB]}}\n"
    "  - {name: x, on: a, match: {MSH-4: [LKS], MSH-3: [ADM], certificate: [x]}}\n"
    "  - {name: y, on: a, match: {MSH-4: [LKS], MSH-3: [ADM], certificate: [y]}}\n"
    "  - {name: oid, on: a, match: {MSH-4: [1.2.3.4]}}\n"
    "  - {name: rest, on: b}\n"
    "  - {name: lab, on: b, match: {MSH-3: ['LAB & CO']}}\n";

/* The feed on that listener of a message with that MSH-3 and MSH-4, or what the failure says. */
static const char *
feed_of(const char *listener, const char *sender, struct ww_texts names)
{
	struct ww_ctx work = message_ctx();
	struct ww_choose *ch;
	const struct ww_feed *f = NULL;
	static char out[256];
	char message[256];
	ww_status s;

	(void)snprintf(message, sizeof(message),
	    "MSH|^~\\&|%s|WW|PAYER|20260302101500||ADT^A01^ADT_A01|M1|P|2.5.1\r", sender);
	ck_assert_int_eq(ww_choose_new(&cx, config, ww_str_from(listener), &ch), WW_OK);
	s = ww_choose_feed(&work, ch, message_of(&work, message), names, &f);
	ck_assert(s == WW_OK || s == WW_E_FEED);
	if (s == WW_OK)
		(void)snprintf(out, sizeof(out), "%.*s", WW_STR_FMT(f->name));
	else
		(void)snprintf(out, sizeof(out), "%s", work.fail.reason);
	ww_choose_free(ch);
	ww_arena_free(work.arena);
	return out;
}

START_TEST(tells_feeds_apart_by_sender)
{
	static const struct {
		const char *listener, *sender, *feed;
	} rows[] = {
		{ "a", "ADM|SVH", "svh" },
		{ "a", "ADM|SVN^1.2.3^ISO", "svh" },
		{ "a", "LAB|LKS", "lks-lab" },
		{ "a", "X|^1.2.3.4^ISO", "oid" },
		{ "b", "LAB \\T\\ CO|", "lab" },
		{ "b", "LAB|SVH", "rest" },
		{ "b", "|", "rest" },
	};

	takes(text);
	for (size_t i = 0; i < UNIT_COUNT(rows); i++)
		ck_assert_str_eq(
		    feed_of(rows[i].listener, rows[i].sender, (struct ww_texts){ .n = 0 }),
		    rows[i].feed);
}
END_TEST

START_TEST(tells_feeds_apart_by_certificate)
{
	static const ww_str x[] = { WW_STR_INIT("other"), WW_STR_INIT("X") };
	static const ww_str both[] = { WW_STR_INIT("x"), WW_STR_INIT("y") };

	takes(text);
	ck_assert_str_eq(feed_of("a", "ADM|LKS", (struct ww_texts){ x, 2 }), "x");
	ck_assert_str_eq(
	    feed_of("a", "ADM|LKS", (struct ww_texts){ both, 2 }), "it fits the feeds x and y");
}
END_TEST

START_TEST(refuses_what_fits_none)
{
	static const char *const senders[] = { "ADM|LKS", "LAB|lks", "ADM|SVHX", "ADM|", "|" };

	takes(text);
	for (size_t i = 0; i < UNIT_COUNT(senders); i++)
		ck_assert_str_eq(feed_of("a", senders[i], (struct ww_texts){ .n = 0 }),
		    "MSH-3, MSH-4 and the sender's certificate fit no feed of this listener");
}
END_TEST

START_TEST(has_a_feed_for_what_cannot_be_read)
{
	struct ww_choose *ch;

	takes(text);
	ck_assert_int_eq(ww_choose_new(&cx, config, WW_STR("a"), &ch), WW_OK);
	unit_str_is(ww_choose_fallback(ch)->name, "svh");
	ww_choose_free(ch);
	ck_assert_int_eq(ww_choose_new(&cx, config, WW_STR("b"), &ch), WW_OK);
	unit_str_is(ww_choose_fallback(ch)->name, "rest");
	ww_choose_free(ch);
	ck_assert_int_eq(ww_choose_new(&cx, config, WW_STR("none"), &ch), WW_E_CONFIG);
}
END_TEST

/* Whose client somebody is does not change what the feed takes. */
START_TEST(looks_at_the_match_of_one_feed_alone)
{
	static const struct {
		const char *feed, *sender, *want;
	} rows[] = {
		{ "svh", "ADM|SVH", "svh" },
		{ "svh", "LAB|LKS", NULL },
		{ "rest", "LAB|LKS", "rest" },
	};

	takes(text);
	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct ww_ctx work = message_ctx();
		const struct ww_feed *f = NULL;
		struct ww_choose *ch;
		char message[256];

		(void)snprintf(message, sizeof(message),
		    "MSH|^~\\&|%s|WW|PAYER|20260302101500||ADT^A01^ADT_A01|M1|P|2.5.1\r",
		    rows[i].sender);
		ck_assert_int_eq(
		    ww_choose_only(&cx, ww_config_feed(config, ww_str_from(rows[i].feed)), &ch),
		    WW_OK);
		unit_str_is(ww_choose_fallback(ch)->name, rows[i].feed);
		ck_assert_int_eq(ww_choose_feed(&work, ch, message_of(&work, message),
		                     (struct ww_texts){ .n = 0 }, &f),
		    rows[i].want != NULL ? WW_OK : WW_E_FEED);
		if (rows[i].want != NULL)
			unit_str_is(f->name, rows[i].want);
		ww_choose_free(ch);
		ww_arena_free(work.arena);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		tells_feeds_apart_by_sender,
		tells_feeds_apart_by_certificate,
		refuses_what_fits_none,
		has_a_feed_for_what_cannot_be_read,
		looks_at_the_match_of_one_feed_alone,
	};

	return unit_main("choose", tests, UNIT_COUNT(tests));
}
