/* What the people of a party see of worklists: pages, filters, and nothing of another's. */
#include "tests/unit/unit.h"

#include "config/load.h"
#include "report/worklist.h"
#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>

#define AT(hhmm) "20260302" hhmm

/* Both practices look at one worklist. Of a stay at NORTH the event alone is told, of one at SOUTH nothing. */
#define DESK_CONFIG                                                                                \
	"data: data\n"                                                                             \
	"system: \"urn:example\"\n"                                                                \
	"history_since: 2020-01-01\n"                                                              \
	"listeners:\n"                                                                             \
	"  - {name: adt, mllp: \"127.0.0.1:0\"}\n"                                                 \
	"feeds:\n"                                                                                 \
	"  - {name: mercy, on: adt, zone: " SITE_ZONE "}\n"                                        \
	"endpoints:\n"                                                                             \
	"  - {name: desk, worklist: true}\n"                                                       \
	"parties:\n"                                                                               \
	"  - {name: rcca, send: desk}\n"                                                           \
	"  - {name: lakeside, send: desk}\n"                                                       \
	"restrictions:\n"                                                                          \
	"  - {name: north, when: {PV1-3.4: NORTH}, then: event-only}\n"                            \
	"  - {name: south, when: {PV1-3.4: SOUTH}, then: suppress}\n"                              \
	"rosters:\n"                                                                               \
	"  - {file: roster.csv}\n"

struct bench {
	struct site s;
	struct ww_ctx cx; /* of the configuration */
	struct ww_config *config;
};

static void
open_bench(struct bench *b)
{
	struct ww_config_fault *faults;
	size_t n;

	site_open_empty(&b->s);
	(void)site_engine(&b->s, SITE_KEY);
	(void)site_config(&b->s, DESK_CONFIG);
	(void)site_edition(&b->s, site_roster(&b->s));
	site_apply(&b->s);
	b->cx = (struct ww_ctx){ .arena = ww_arena_new(0) };
	ck_assert_int_eq(
	    ww_config_parse(&b->cx, WW_STR(DESK_CONFIG), &b->config, &faults, &n), WW_OK);
}

static void
close_bench(struct bench *b)
{
	ww_arena_free(b->cx.arena);
	site_close(&b->s);
}

static struct ww_worklist_filter
everything(const struct bench *b)
{
	return (struct ww_worklist_filter){ .states = (1u << WW_WORK_STATES) - 1,
		.party = ww_str_empty(),
		.program = ww_str_empty(),
		.member = ww_str_empty(),
		.after = ww_str_empty(),
		.now = b->s.now,
		.limit = 100 };
}

static struct ww_worklist_filter
open_ones(const struct bench *b)
{
	struct ww_worklist_filter f = everything(b);

	f.states = 1u << WW_WORK_OPEN | 1u << WW_WORK_ACKNOWLEDGED;
	return f;
}

static struct ww_json *
page_of(struct bench *b, const char *party, int64_t role, const struct ww_worklist_filter *f)
{
	const struct ww_worklist_eye eye = {
		.config = b->config, .party = ww_str_from(party), .role = role
	};
	struct ww_json *page = NULL;

	site_ok(&b->s, ww_worklist_page(&b->s.ledger, &b->s.own, &eye, f, &page));
	return page;
}

/* "rcca M0001 stay open; ..." */
static const char *
items_of(struct bench *b, const struct ww_json *page)
{
	const struct ww_json *i = ww_json_first(ww_json_get(page, "items"));
	const char *text = "";

	for (; i != NULL; i = ww_json_next(i))
		text = site_join(&b->s, text,
		    ww_arena_printf(b->s.own.arena, "%.*s %.*s %.*s %.*s",
		        WW_STR_FMT(ww_json_str(ww_json_get(i, "party"))),
		        WW_STR_FMT(ww_json_str(ww_json_find(i, "patient.member"))),
		        WW_STR_FMT(ww_json_str(ww_json_get(i, "subject"))),
		        WW_STR_FMT(ww_json_str(ww_json_get(i, "state")))));
	return text;
}

static const char *
seen_by(struct bench *b, const char *party, int64_t role, const struct ww_worklist_filter *f)
{
	return items_of(b, page_of(b, party, role, f));
}

START_TEST(shows_each_party_what_is_theirs)
{
	struct bench b;
	struct ww_worklist_filter f;

	open_bench(&b);
	site_does(&b.s, .trigger = "A01", .at = AT("1000"), .person = 1);
	site_does(&b.s, .trigger = "A01", .at = AT("1001"), .person = 19);
	f = open_ones(&b);
	ck_assert_str_eq(seen_by(&b, "rcca", 0, &f), "rcca M0001 stay open");
	ck_assert_str_eq(seen_by(&b, "lakeside", 0, &f), "lakeside M0019 stay open");
	ck_assert_str_eq(seen_by(&b, "elm", 0, &f), "");
	ck_assert_str_eq(seen_by(&b, "", 0, &f), "lakeside M0019 stay open; rcca M0001 stay open");
	f.after = WW_STR("rcca/1.1"); /* of another's page */
	ck_assert_str_eq(seen_by(&b, "lakeside", 0, &f), "lakeside M0019 stay open");
	f = everything(&b);
	ck_assert_str_eq(seen_by(&b, "rcca", 0, &f), "rcca M0001 stay open");
	f.party = WW_STR("lakeside");
	ck_assert_str_eq(seen_by(&b, "rcca", 0, &f), "");
	close_bench(&b);
}
END_TEST

START_TEST(shows_each_role_what_is_theirs)
{
	struct bench b;
	struct ww_worklist_filter f;
	struct ww_outbox row;

	open_bench(&b);
	site_does(&b.s, .trigger = "A01", .at = AT("1000"), .person = 1);
	row = site_row(&b.s, 0);
	row.role = WW_role_NAVIGATOR;
	site_ok(&b.s, ww_ledger_begin(&b.s.ledger, &b.s.own));
	site_ok(&b.s, ww_put(&b.s.ledger, &b.s.own, outbox, &row));
	site_ok(&b.s, ww_ledger_commit(&b.s.ledger, &b.s.own));
	for (int all = 0; all < 2; all++) {
		f = all != 0 ? everything(&b) : open_ones(&b);
		ck_assert_str_ne(seen_by(&b, "rcca", WW_role_NAVIGATOR, &f), "");
		ck_assert_str_ne(seen_by(&b, "rcca", WW_role_NONE, &f), "");
		ck_assert_str_eq(seen_by(&b, "rcca", WW_role_COORDINATOR, &f), "");
		f.role = WW_role_COORDINATOR;
		ck_assert_str_eq(seen_by(&b, "rcca", WW_role_NONE, &f), "");
	}
	close_bench(&b);
}
END_TEST

START_TEST(goes_on_where_a_page_ends)
{
	struct bench b;
	struct ww_worklist_filter f;

	open_bench(&b);
	for (int i = 1; i <= 15; i++)
		site_does(&b.s, .trigger = "A01", .at = AT("1000"), .person = i);
	site_does(&b.s, .trigger = "A01", .at = AT("1000"), .person = 19);
	for (int all = 0; all < 2; all++) {
		int items = 0, pages = 0;

		f = all != 0 ? everything(&b) : open_ones(&b);
		f.limit = 4;
		do {
			const struct ww_json *page = page_of(&b, "", 0, &f);

			items += (int)ww_json_len(ww_json_get(page, "items"));
			pages++;
			f.after = ww_json_str(ww_json_get(page, "next"));
		} while (f.after.n > 0);
		ck_assert_int_eq(items, 16);
		ck_assert_int_eq(pages, 4);
	}
	close_bench(&b);
}
END_TEST

START_TEST(finds_what_is_about_a_member)
{
	struct bench b;
	struct ww_worklist_filter f;
	const struct ww_json *page;

	open_bench(&b);
	for (int i = 0; i < 3; i++)
		site_does(&b.s, .trigger = "A01", .at = AT("1000"), .person = 2,
		    .visit = ww_arena_printf(b.s.own.arena, "V2%d^^^MERCY", i).p);
	site_does(&b.s, .trigger = "A01", .at = AT("1000"), .person = 3);
	site_does(&b.s, .trigger = "A01", .at = AT("1000"), .person = 19);
	f = everything(&b);
	f.member = WW_STR("m-0003");
	ck_assert_str_eq(seen_by(&b, "rcca", 0, &f), "rcca M0003 stay open");
	ck_assert_str_eq(seen_by(&b, "lakeside", 0, &f), "");
	f.member = WW_STR("M0019");
	ck_assert_str_eq(seen_by(&b, "rcca", 0, &f), "");
	f = open_ones(&b);
	f.member = WW_STR("M0002");
	f.limit = 2;
	page = page_of(&b, "rcca", 0, &f);
	ck_assert_str_eq(items_of(&b, page), "rcca M0002 stay open; rcca M0002 stay open");
	f.after = ww_json_str(ww_json_get(page, "next"));
	page = page_of(&b, "rcca", 0, &f);
	ck_assert_str_eq(items_of(&b, page), "rcca M0002 stay open");
	ck_assert_ptr_null(ww_json_get(page, "next"));
	/* The stay was found to be another's. */
	site_does(&b.s, .trigger = "A40", .at = AT("1100"), .person = 4, .mrg1 = "MR3^^^MERCY^MR");
	f = everything(&b);
	f.member = WW_STR("M0003");
	ck_assert_str_eq(seen_by(&b, "rcca", 0, &f), "rcca M0003 stay open");
	close_bench(&b);
}
END_TEST

/* One page looks at so many and no more, whatever fits. */
START_TEST(ends_a_page_that_looked_at_many)
{
	struct bench b;
	struct ww_worklist_filter f;
	const struct ww_json *page;

	open_bench(&b);
	for (int i = 0; i < 450; i++)
		site_does(&b.s, .trigger = "A01", .at = AT("1000"), .person = 1 + i % 15,
		    .visit = ww_arena_printf(b.s.own.arena, "V%d^^^MERCY", i).p);
	for (int all = 0; all < 2; all++) {
		f = all != 0 ? everything(&b) : open_ones(&b);
		f.overdue = true;
		page = page_of(&b, "rcca", 0, &f);
		ck_assert_uint_eq(ww_json_len(ww_json_get(page, "items")), 0);
		f.after = ww_json_str(ww_json_get(page, "next"));
		ck_assert(f.after.n > 0);
		page = page_of(&b, "rcca", 0, &f);
		ck_assert_ptr_null(ww_json_get(page, "next"));
	}
	close_bench(&b);
}
END_TEST

START_TEST(shows_no_more_than_may_be_told)
{
	struct bench b;
	struct ww_worklist_filter f;
	struct ww_json *item;
	struct ww_buf text = { 0 };

	open_bench(&b);
	site_does(&b.s, .trigger = "A01", .at = AT("1000"), .person = 2, .facility = "SOUTH");
	site_does(&b.s, .trigger = "A01", .at = AT("1000"), .person = 1, .facility = "NORTH");
	site_does(&b.s, .trigger = "A03", .at = AT("1800"), .person = 1, .facility = "NORTH",
	    .in = AT("1000"), .out = AT("1800"), .to = "20");
	f = everything(&b);
	ck_assert_str_eq(seen_by(&b, "rcca", 0, &f), "rcca M0001 stay open");
	item = ww_json_first(ww_json_get(page_of(&b, "rcca", 0, &f), "items"));
	site_ok(&b.s, ww_json_write(&b.s.own, item, false, &text));
	ww_buf_byte(&text, '\0');
	ck_assert_ptr_null(strstr(text.p, "readmission-risk"));
	ck_assert_ptr_null(strstr(text.p, "NORTH"));
	ck_assert_ptr_nonnull(strstr(text.p, "\"discharge\""));
	ww_buf_free(&text);
	close_bench(&b);
}
END_TEST

/* Short of memory it says so, whenever that is. */
START_TEST(says_when_memory_is_short)
{
	struct bench b;
	struct ww_worklist_filter f;
	bool done = false;

	open_bench(&b);
	site_does(&b.s, .trigger = "A01", .at = AT("1000"), .person = 1);
	site_does(&b.s, .trigger = "A01", .at = AT("1000"), .person = 2);
	f = everything(&b);
	for (size_t most = 64; !done; most += 512) {
		const struct ww_worklist_eye eye = { .config = b.config, .party = WW_STR("rcca") };
		struct ww_ctx cx = { .arena = ww_arena_new(most) };
		struct ww_buf text = { 0 };
		struct ww_json *page = NULL;
		ww_status s = ww_worklist_page(&b.s.ledger, &cx, &eye, &f, &page);

		if (s == WW_OK)
			s = ww_json_write(&cx, page, false, &text);
		ck_assert(s == WW_OK || s == WW_E_LIMIT || s == WW_E_MEMORY);
		done = s == WW_OK;
		ww_buf_byte(&text, '\0');
		if (done)
			ck_assert_ptr_nonnull(strstr(text.p, "M0002"));
		ww_buf_free(&text);
		ww_arena_free(cx.arena);
		ck_assert_uint_lt(most, 1 << 20);
	}
	close_bench(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { shows_each_party_what_is_theirs,
		shows_each_role_what_is_theirs, goes_on_where_a_page_ends,
		finds_what_is_about_a_member, ends_a_page_that_looked_at_many,
		shows_no_more_than_may_be_told, says_when_memory_is_short };

	return unit_main("worklist_page", tests, UNIT_COUNT(tests));
}
