/* What encounters and bills tell of a person's visits, as one list. */
#include "tests/unit/unit.h"

#include "tests/unit/case.h"

#include <wardwire/buf.h>

#include <string.h>

#define ZONE "America/New_York"

enum { DAY = 20514 }; /* 2026-03-02 */
enum {
	ED = WW_encounter_class_ED,
	IN = WW_encounter_class_INPATIENT,
	OBS = WW_encounter_class_OBSERVATION
};

struct seen {
	const char *start, *end, *ed_start, *inpatient_start; /* HL7 */
	int64_t class_;
	int led_to;     /* the place of another in the list, from 1 on; 0: none */
	const char *to; /* disposition */
	int64_t status; /* 0: finished */
};

struct row {
	const char *name;
	struct seen seen[3];
	struct ww_billed billed[4];
	const char *
	    want; /* class day..end, + with an emergency department, #chain; a blank between; days from DAY on */
};

static const char *
text_of(struct made_case *m)
{
	struct ww_buf b = { 0 };
	const char *text;

	for (size_t i = 0; i < m->c.visits_n; i++) {
		const struct ww_visit *v = &m->c.visits[i];
		char end[32] = "", ed[32] = "";

		if (v->end != 0)
			snprintf(end, sizeof(end), "..%lld", (long long)(v->end - DAY));
		if (v->ed)
			snprintf(ed, sizeof(ed), "+%lld", (long long)(v->ed_day - DAY));
		ww_buf_printf(&b, "%s%s %lld%s%s%s", i > 0 ? " | " : "",
		    ww_encounter_class_text(v->class_), (long long)(v->day - DAY), end, ed,
		    v->claim != 0 ? " bill" : "");
		if (v->chain != 0 && v->chain != v->encounter)
			ww_buf_printf(&b, " of %lld", (long long)v->chain);
	}
	text = ww_arena_cstr(m->cx.arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return text;
}

static struct made_case *
made_of(const struct row *r)
{
	struct made_case *m = case_new(ZONE);

	m->c.encounter = NULL; /* as of a person */
	for (size_t i = 0; i < UNIT_COUNT(r->seen) && r->seen[i].start != NULL; i++) {
		const struct seen *s = &r->seen[i];
		struct ww_encounter *e = case_other(m, s->start, s->ed_start);

		e->end = case_time(m, s->end);
		e->inpatient_start = case_time(m, s->inpatient_start);
		e->class_ = s->class_;
		e->led_to = s->led_to != 0 ? 1 + s->led_to : 0;
		e->disposition = ww_str_from(s->to);
		if (s->status != 0)
			e->status = s->status;
	}
	m->c.billed = r->billed;
	while (m->c.billed_n < UNIT_COUNT(r->billed) && r->billed[m->c.billed_n].claim != 0)
		m->c.billed_n++;
	return m;
}

#define STAY(from, to)                                                                             \
	{                                                                                          \
		.start = from, .end = to, .inpatient_start = from, .class_ = IN                    \
	}
#define VISIT(from, to)                                                                            \
	{                                                                                          \
		.start = from, .end = to, .ed_start = from, .class_ = ED                           \
	}
/* until: the day of the discharge; 0: not known. */
#define BILL(n, on, as, until)                                                                     \
	{                                                                                          \
		.claim = (n), .day = DAY + (on), .class_ = (as),                                   \
		.end = (until) != 0 ? DAY + (until) : 0                                            \
	}

START_TEST(makes_one_visit_of_what_belongs_together)
{
	static const struct row rows[] = {
		{ "nothing", { { 0 } }, { { 0 } }, "" },
		{ "a stay", { STAY("20260302", "20260305") }, { { 0 } }, "inpatient 0..3" },
		{ "an emergency visit", { VISIT("202603022300", "202603030200") }, { { 0 } },
		    "emergency 0..1+0" },
		{ "one that became a stay",
		    { { .start = "202603022300",
		        .end = "20260305",
		        .ed_start = "202603022300",
		        .inpatient_start = "202603030200",
		        .class_ = IN } },
		    { { 0 } }, "inpatient 0..3+0" },
		{ "one that went on under another number",
		    { { .start = "202603022300",
		          .end = "202603030200",
		          .ed_start = "202603022300",
		          .class_ = ED,
		          .led_to = 2 },
		        STAY("202603030200", "20260305") },
		    { { 0 } }, "inpatient 0..3+0" },
		{ "a transfer",
		    { { .start = "202603021000",
		          .end = "202603041000",
		          .inpatient_start = "202603021000",
		          .class_ = IN,
		          .to = "02" },
		        STAY("202603041200", "20260307") },
		    { { 0 } }, "inpatient 0..2 | inpatient 2..5 of 2" },
		{ "two stays", { STAY("20260310", "20260312"), STAY("20260302", "20260305") },
		    { { 0 } }, "inpatient 0..3 | inpatient 8..10" },
		{ "what was cancelled",
		    { { .start = "20260302",
		        .inpatient_start = "20260302",
		        .class_ = IN,
		        .status = WW_encounter_status_CANCELLED } },
		    { { 0 } }, "" },
		{ "a plan",
		    { { .start = "20260302",
		        .class_ = IN,
		        .status = WW_encounter_status_PLANNED } },
		    { { 0 } }, "" },
		{ "one that goes on",
		    { { .start = "20260302",
		        .inpatient_start = "20260302",
		        .class_ = IN,
		        .status = WW_encounter_status_IN_PROGRESS } },
		    { { 0 } }, "inpatient 0" },
		{ "a visit to an office",
		    { { .start = "20260302",
		        .end = "20260302",
		        .class_ = WW_encounter_class_OUTPATIENT } },
		    { { 0 } }, "" },
		{ "a bill of a known stay", { STAY("20260302", "20260305") },
		    { { .claim = 1, .day = DAY + 0, .class_ = IN, .stay = 2 } }, "inpatient 0..3" },
		{ "a bill of the same days", { STAY("20260302", "20260305") },
		    { BILL(1, 1, IN, 0) }, "inpatient 0..3" },
		{ "the next admission, on the day of the discharge",
		    { STAY("20260302", "20260305") }, { BILL(1, 3, IN, 5) },
		    "inpatient 0..3 | inpatient 3..5 bill" },
		{ "bills alone", { { 0 } },
		    { BILL(1, 0, IN, 4), BILL(2, 9, ED, 0), BILL(3, 20, OBS, 0) },
		    "inpatient 0..4 bill | emergency 9+9 bill | observation 20 bill" },
		{ "parts of one stay", { { 0 } }, { BILL(1, 0, IN, 4), BILL(2, 1, IN, 9) },
		    "inpatient 0..9 bill" },
		{ "hospital and doctor", { { 0 } }, { BILL(1, 1, ED, 0), BILL(2, 0, ED, 0) },
		    "emergency 0+0 bill" },
		{ "three days in a row", { { 0 } },
		    { BILL(1, 0, ED, 0), BILL(2, 1, ED, 0), BILL(3, 2, ED, 0) },
		    "emergency 0+0 bill | emergency 2+2 bill" },
		{ "an emergency that was admitted", { { 0 } },
		    { BILL(1, 0, ED, 0), BILL(2, 0, IN, 3) }, "inpatient 0..3 bill" },
		{ "an emergency visit by ADT, the admission by a bill",
		    { VISIT("202603022300", "202603030200") }, { BILL(1, 1, IN, 4) },
		    "inpatient 0..4+0" },
		{ "a bill without a day", { { 0 } }, { { .claim = 1, .class_ = ED } }, "" },
	};

	for (size_t i = 0; i < UNIT_COUNT(rows); i++) {
		struct made_case *m = made_of(&rows[i]);

		ck_assert_int_eq(ww_case_visits(&m->cx, &m->c), WW_OK);
		ck_assert_msg(
		    strcmp(text_of(m), rows[i].want) == 0, "%s: %s", rows[i].name, text_of(m));
		case_free(m);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		makes_one_visit_of_what_belongs_together,
	};

	return unit_main("visits", tests, UNIT_COUNT(tests));
}
