/* Application acknowledgements that are owed to an endpoint. */
#include "apply_fixture.h"

#include <wardwire/log.h>

#define CONFIG(ack)                                                                                \
	"data: data\n"                                                                             \
	"limits: {events: 16}\n"                                                                   \
	"listeners:\n"                                                                             \
	"  - {name: adt, mllp: \"127.0.0.1:0\"}\n"                                                 \
	"feeds:\n"                                                                                 \
	"  - {name: mercy, on: adt, ack: {" ack "}}\n"                                             \
	"endpoints:\n"                                                                             \
	"  - {name: back, mllp: \"127.0.0.1:2576\"}\n"

static void
open_with(struct site *s, const char *config)
{
	site_open_empty(s);
	(void)site_engine(s, SITE_KEY);
	(void)site_config(s, config);
	site_apply(s);
}

/* A message of the year 2026, applied; minute makes its times. */
static uint64_t
say(struct site *s, const char *msh3, const char *event, const char *id, const char *asks,
    int minute)
{
	ww_str raw = ww_arena_printf(s->own.arena,
	    "MSH|^~\\&|%s|MERCY|WARDWIRE|PAYER|2026030208%02d||ADT^%s|%s|P|2.5.1|||%s\r"
	    "EVN|%s|2026030208%02d\rPID|1||MR1^^^MERCY^MR||TEST^GIVEN||19500302|F\r"
	    "PV1|1|I|4W^1^1^MERCY||||||||||||||||V1^^^MERCY\r",
	    msh3, minute, event, id, asks, event, minute);
	struct ww_rec_message r = { WW_STR("mercy"), WW_STR("127.0.0.1"), raw };
	struct ww_buf body = { 0 };
	uint64_t seq;

	ww_rec_message_write(&r, &body);
	seq = site_record(s, WW_REC_MESSAGE, INT64_C(1772446500000), &body);
	site_apply(s);
	return seq;
}

/* What is owed for that record, its number as N; "" for nothing. */
static const char *
owed(struct site *s, uint64_t seq)
{
	ww_str want =
	    ww_arena_printf(s->own.arena, "%012llu-ack@mercy@back", (unsigned long long)seq);
	struct ww_rows rows;
	struct ww_template t;
	char number[32];
	bool found;
	char *text, *at;

	site_ok(s, ww_ledger_scan(&s->ledger, &s->own, &ww_entity_outbox, 0, NULL, 0, &rows));
	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_outbox *row = WW_ROW(&rows, outbox, i);

		if (!ww_str_eq(row->key, want))
			continue;
		unit_str_is(row->endpoint, "ack@mercy/back");
		ck_assert_int_eq(row->state, WW_outbox_state_DUE);
		ck_assert_int_eq(row->resource, WW_resource_type_MESSAGE);
		ww_row_init(&ww_entity_template, &t);
		t.outbox = row->id;
		site_ok(s, ww_get(&s->ledger, &s->own, template, &t, &found));
		ck_assert(found);
		text = (char *)(uintptr_t)ww_arena_cstr(s->own.arena, t.text);
		snprintf(number, sizeof(number), "|A%llu|", (unsigned long long)seq);
		at = strstr(text, number);
		ck_assert_msg(at != NULL, "%s", text);
		return ww_arena_printf(
		    s->own.arena, "%.*s|N|%s", (int)(at - text), text, at + strlen(number))
		    .p;
	}
	return "";
}

#define HEAD                                                                                       \
	"MSH|^~\\&|WARDWIRE|PAYER|ADT|MERCY|20260302101500+0000||ACK^A01^ACK|N|P|2.5.1|||AL|NE\r"

START_TEST(owes_what_the_message_asks_for)
{
	static const struct {
		const char *asks, *owed;
	} table[] = {
		{ "|", "" },
		{ "AL|NE", "" },
		{ "AL|ER", "" },
		{ "AL|AL", HEAD "MSA|AA|C3\r" },
		{ "NE|SU", HEAD "MSA|AA|C4\r" },
	};
	struct site s;

	open_with(&s, CONFIG("mode: by-message, application: back"));
	for (size_t i = 0; i < UNIT_COUNT(table); i++) {
		const char *id = ww_arena_printf(s.own.arena, "C%zu", i).p;

		ck_assert_str_eq(
		    owed(&s, say(&s, "ADT", "A01", id, table[i].asks, (int)i)), table[i].owed);
	}
	/* A copy is acknowledged again: the sender may have lost the first. */
	ck_assert_str_eq(owed(&s, say(&s, "ADT", "A01", "C3", "AL|AL", 3)), table[3].owed);
	site_close(&s);
}
END_TEST

START_TEST(owes_nothing_that_is_not_to_go_there)
{
	static const char *const configs[] = {
		CONFIG("mode: by-message"),
		CONFIG("mode: by-message, application: connection"),
		CONFIG("mode: by-message, when: none, application: back"),
	};

	for (size_t i = 0; i < UNIT_COUNT(configs); i++) {
		struct site s;

		open_with(&s, configs[i]);
		ck_assert_str_eq(owed(&s, say(&s, "ADT", "A01", "C1", "AL|AL", 0)), "");
		site_close(&s);
	}
}
END_TEST

START_TEST(says_why_a_message_is_set_aside)
{
	struct site s;
	uint64_t last = 0;

	ww_log_set_level((enum ww_log_level) - 1);
	open_with(&s, CONFIG("mode: enhanced, application: back"));
	for (int i = 0; i < 17; i++)
		last = say(&s, "ADT",
		    i == 0       ? "A01"
		    : i % 2 == 0 ? "A13"
		                 : "A03",
		    ww_arena_printf(s.own.arena, "C%d", i).p, "|", i);
	ck_assert_str_eq(owed(&s, last), "MSH|^~\\&|WARDWIRE|PAYER|ADT|MERCY|20260302101500+0000||"
	                                 "ACK^A13^ACK|N|P|2.5.1|||AL|NE\r"
	                                 "MSA|AE|C16\r"
	                                 "ERR|||102^Data type error^HL70357|E|WW-211|||it has had "
	                                 "as many events that change it as "
	                                 "limits.events allows, 16\r");
	site_close(&s);
}
END_TEST

START_TEST(keeps_bytes_that_are_no_text)
{
	struct site s;

	open_with(&s, CONFIG("mode: enhanced, application: back"));
	ck_assert_str_eq(owed(&s, say(&s, "\xdc\xfc~", "A01", "C1", "|", 0)),
	    "MSH|^~\\&|WARDWIRE|PAYER|\xc3\x9c\xc3\xbc~|MERCY|20260302101500+0000||ACK^A01^ACK|N|P|"
	    "2.5.1|||AL|NE\rMSA|AA|C1\r");
	site_close(&s);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		owes_what_the_message_asks_for,
		owes_nothing_that_is_not_to_go_there,
		says_why_a_message_is_set_aside,
		keeps_bytes_that_are_no_text,
	};

	return unit_main("acknowledge", tests, UNIT_COUNT(tests));
}
