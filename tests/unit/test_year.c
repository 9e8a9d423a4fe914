/* A made-up year of a payer's members (wardwire-kit gen year) through apply, told as it happens: the flags that were raised are
 * those that its own generator says must be. WW_MEMBERS=N: how many; WW_SEED=N: of which year; WW_LINES=N: how many of
 * those that differ are shown. */
#include "tests/unit/request_fixture.h"

#include "kit/year.h"

#include <stdio.h>
#include <stdlib.h>

static const char config[] =
    "data: data\n"
    "system: \"urn:example\"\n"
    "history_since: 2025-01-01\n"
    "listeners:\n"
    "  - {name: adt, mllp: \"127.0.0.1:0\"}\n"
    "  - {name: fhir, fhir: \"127.0.0.1:0/fhir\", auth: none}\n"
    "feeds:\n"
    "  - {name: mercy, on: adt, zone: " SITE_ZONE ", adt: {observation: [OBS]}}\n"
    "  - {name: acme, on: fhir, zone: " SITE_ZONE "}\n"
    "endpoints:\n"
    "  - {name: rcca-ehr, fhir: \"http://127.0.0.1:1/fhir\"}\n"
    "  - {name: lakeside-ehr, fhir: \"http://127.0.0.1:2/fhir\"}\n"
    "parties:\n"
    "  - {name: rcca, send: rcca-ehr}\n"
    "  - {name: lakeside, send: lakeside-ehr}\n"
    "  - {name: acme, send: rcca-ehr}\n"
    "programs:\n"
    "  - {file: year.yaml, payer: acme}\n"
    "rosters:\n"
    "  - {file: roster.csv, system: \"https://acme.example.org/members\"}\n";

/* What is found is kept; how it is told is others' to test. */
static const char program[] = "program: year\n"
                              "title: A year\n"
                              "version: 1\n"
                              "rules:\n"
                              "  - use: admission/2\n"
                              "  - use: lace/1\n"
                              "  - use: readmit-hwr/1\n"
                              "  - use: recent-stay/1\n"
                              "  - use: follow-up/1\n"
                              "  - use: frequent-ed/1\n"
                              "  - use: complex-comorbidity/1\n"
                              "  - use: dm-elig/1\n"
                              "  - use: authorized/1\n"
                              "flags:\n"
                              "  admission-authorized: {to: navigator, as: task, deadline: 4h, "
                              "forward: {after: 20h, to: coordinator}}\n"
                              "  admission-alert: {to: coordinator, as: task, deadline: 4h}\n"
                              "  admission: {as: record}\n"
                              "  discharge: {as: record}\n"
                              "  readmission-risk: {as: record}\n"
                              "  readmission: {as: record}\n"
                              "  recent-stay: {as: record}\n"
                              "  ed-arrival: {as: record}\n"
                              "  ed-discharge: {as: record}\n"
                              "  observation: {as: record}\n"
                              "  planned-admission: {as: record}\n"
                              "  transfer: {as: record}\n"
                              "  frequent-ed: {as: record}\n"
                              "  complex-comorbidity: {as: record}\n"
                              "  dm-diabetes: {as: record}\n"
                              "  dm-heart-failure: {as: record}\n"
                              "  dm-copd: {as: record}\n"
                              "  dm-asthma: {as: record}\n"
                              "  follow-up-contact: {as: record}\n"
                              "  follow-up-visit: {as: record}\n";

enum { TICK_HOURS = 6, BATCH = 2000 };

static uint64_t
number(const char *name, uint64_t usual)
{
	const char *text = getenv(name);

	return text != NULL ? strtoull(text, NULL, 10) : usual;
}

/* -- telling it -------------------------------------------------------------------------------------- */

static int64_t
utc(ww_year_time wall)
{
	ww_time t = ww_time_at(wall, ww_zone_find("UTC"));
	struct ww_buf b = { 0 };
	char text[24] = "";

	ww_time_write_hl7(t, &b);
	memcpy(text, ww_buf_view(&b).p, 14);
	ww_buf_free(&b);
	return site_ms(text);
}

static void
tell(struct site *s, const struct ww_year *y, const struct ww_year_item *i)
{
	int64_t at = utc(i->at);
	struct ww_buf b = { 0 };

	ww_year_write_item(y, i, &b);
	at = at <= s->now ? s->now + 1 : at;
	if (i->kind == WW_YEAR_MESSAGE) {
		(void)site_message(s, "mercy", ww_buf_view(&b), at);
	} else {
		char id[WW_YEAR_ID];

		ww_year_id(y, i, id);
		ww_buf_byte(&b, '\0');
		(void)site_asks(s, (struct asked){ .feed = "acme",
		                       .interaction = "load",
		                       .type = ww_year_type(i),
		                       .id = id,
		                       .raw = ww_buf_view(&b).p,
		                       .after = at - s->now });
	}
	ww_buf_free(&b);
}

static void
tick(struct site *s, int64_t at)
{
	struct ww_buf none = { 0 };

	if (at > s->now)
		(void)site_record(s, WW_REC_TICK, at, &none);
}

/* As long as the last one left work, the clock strikes again. */
static void
strike(struct site *s, int64_t at)
{
	tick(s, at);
	site_apply(s);
	while (ww_apply_due(s->apply) == 0) {
		tick(s, s->now + 1);
		site_apply(s);
	}
}

/* Everything in its order, and the time four times a day once the year has begun. */
static void
play(struct site *s, const struct ww_year *y)
{
	ww_year_time clock = WW_YEAR_BEGINS;
	size_t told = 0;

	for (size_t i = 0; i < y->items_n; i++) {
		for (; clock < y->items[i].at; clock += TICK_HOURS * WW_YEAR_HOUR, told++)
			strike(s, utc(clock + WW_YEAR_HOUR * 5 / 2 / TICK_HOURS));
		tell(s, y, &y->items[i]);
		if (++told % BATCH == 0)
			site_apply(s);
	}
	for (; clock < WW_YEAR_ENDS; clock += TICK_HOURS * WW_YEAR_HOUR)
		strike(s, utc(clock));
	site_apply(s);
}

/* -- what came of it --------------------------------------------------------------------------------- */

static int
by_line(const void *a, const void *b)
{
	const ww_str *x = a, *z = b;

	return ww_str_cmp(*x, *z);
}

struct lines {
	ww_str *v;
	size_t n;
};

static struct lines
sorted(struct site *s, ww_str text)
{
	struct lines l = { ww_arena_array(s->own.arena, text.n / 8 + 1, sizeof(ww_str)), 0 };

	ck_assert_ptr_nonnull(l.v);
	while (text.n > 0)
		l.v[l.n++] = ww_str_cut(text, '\n', &text);
	qsort(l.v, l.n, sizeof(*l.v), by_line);
	return l;
}

/* The stay that an authorization came about as; 0: none is known. */
static ww_id
stay_of(struct site *s, ww_id authorization)
{
	struct ww_authorization a;
	bool found = false;

	ww_row_init(&ww_entity_authorization, &a);
	a.id = authorization;
	if (authorization != 0)
		site_ok(s, ww_get(&s->ledger, &s->own, authorization, &a, &found));
	return found ? a.encounter : 0;
}

/* The flags of the ledger as the truth has them. */
static void
write_flags(struct site *s, struct ww_buf *out)
{
	struct ww_rows flags = site_rows(s, &ww_entity_flag);
	struct ww_rows members = site_rows(s, &ww_entity_member);

	for (size_t i = 0; i < flags.n; i++) {
		const struct ww_flag *f = WW_ROW(&flags, flag, i);
		ww_str kind = ww_str_from(ww_flag_kind_text(f->kind)), who = WW_STR("?");
		struct ww_encounter e;
		bool found = false;

		ww_row_init(&ww_entity_encounter, &e);
		e.id = f->encounter != 0 ? f->encounter : stay_of(s, f->authorization);
		if (e.id != 0)
			site_ok(s, ww_get(&s->ledger, &s->own, encounter, &e, &found));
		for (size_t k = 0; k < members.n; k++) {
			if (WW_ROW(&members, member, k)->person == f->person)
				who = WW_ROW(&members, member, k)->number;
		}
		ww_buf_printf(out, "%.*s\t%.*s\t%.*s\t%.*s\t%s\t", WW_STR_FMT(who),
		    WW_STR_FMT(f->practice), WW_STR_FMT(kind),
		    WW_STR_FMT(found ? e.visit : WW_STR("-")),
		    f->state == WW_flag_state_RETRACTED ? "retracted" : "open");
		if (f->kind == WW_flag_kind_READMIT_RISK)
			ww_buf_printf(out, "%lld %.*s", (long long)f->score, WW_STR_FMT(f->band));
		else if (f->kind == WW_flag_kind_READMISSION)
			ww_buf_str_add(out, f->band);
		ww_buf_byte(out, '\n');
	}
}

/* Lines that one of the two has alone, the first of them printed. */
static unsigned
differ(const struct lines *want, const struct lines *have)
{
	size_t i = 0, k = 0;
	unsigned n = 0;

	while (i < want->n || k < have->n) {
		int c = i == want->n ? 1 : k == have->n ? -1 : ww_str_cmp(want->v[i], have->v[k]);

		if (c == 0) {
			i++;
			k++;
			continue;
		}
		if (++n <= number("WW_LINES", 40))
			printf("%s %.*s\n", c < 0 ? "missing:" : "too much:",
			    WW_STR_FMT(c < 0 ? want->v[i] : have->v[k]));
		i += c < 0;
		k += c > 0;
	}
	return n;
}

START_TEST(a_year_raises_the_flags_that_it_must)
{
	struct ww_year_settings set = { .seed = number("WW_SEED", 1),
		.members = (unsigned)number("WW_MEMBERS", 500) };
	struct ww_buf roster = { 0 }, truth = { 0 }, flags = { 0 };
	struct lines want, have;
	struct ww_year y;
	struct site s;
	ww_str title;
	unsigned n;

	ck_assert_int_eq(ww_year_make(&set, &y), WW_OK);
	site_open_empty(&s);
	(void)site_engine(&s, SITE_KEY);
	(void)site_file(&s, "program", "year", program);
	(void)site_config(&s, config);
	ww_year_write_roster(&y, &roster);
	(void)site_edition(&s, ww_buf_view(&roster));
	play(&s, &y);
	ww_year_write_truth(&y, &truth);
	write_flags(&s, &flags);
	(void)ww_str_cut(ww_buf_view(&truth), '\n', &title); /* what follows the titles */
	want = sorted(&s, title);
	have = sorted(&s, ww_buf_view(&flags));
	n = differ(&want, &have);
	printf("%zu members, %zu items, %zu flags\n", y.members_n, y.items_n, want.n);
	fflush(stdout);
	ck_assert_uint_gt(want.n, y.members_n / 4);
	ck_assert_msg(n == 0, "%u lines differ", n);
	site_close(&s);
	ww_year_free(&y);
	ww_buf_free(&roster);
	ww_buf_free(&truth);
	ww_buf_free(&flags);
}
END_TEST

START_TEST(one_seed_gives_the_same_and_another_another)
{
	struct ww_buf text[3] = { { 0 }, { 0 }, { 0 } };

	for (unsigned k = 0; k < 3; k++) {
		struct ww_year_settings set = { .seed = k == 2 ? 8 : 7, .members = 20 };
		struct ww_year y;

		ck_assert_int_eq(ww_year_make(&set, &y), WW_OK);
		for (size_t i = 0; i < y.items_n; i++)
			ww_year_write_item(&y, &y.items[i], &text[k]);
		ww_year_write_roster(&y, &text[k]);
		ww_year_write_truth(&y, &text[k]);
		ww_year_free(&y);
	}
	ck_assert(ww_str_eq(ww_buf_view(&text[0]), ww_buf_view(&text[1])));
	ck_assert(!ww_str_eq(ww_buf_view(&text[0]), ww_buf_view(&text[2])));
	for (unsigned k = 0; k < 3; k++)
		ww_buf_free(&text[k]);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { a_year_raises_the_flags_that_it_must,
		one_seed_gives_the_same_and_another_another };

	return unit_main("year", tests, UNIT_COUNT(tests));
}
