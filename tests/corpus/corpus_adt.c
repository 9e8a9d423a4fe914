/* Holds what ADT means to the engine against scenarios of others:
 *
 *	corpus_adt <datadir>
 *
 * makes messages of each row of <datadir>/adt/sequences.tsv, has them applied in the stated order, and compares status, class,
 * start and end, and what was told. A word of a row that is not understood fails it. Where we differ the row is in the table
 * below with what we have and the reason: any other difference fails, and so does one that is none any more. */
#include "tests/unit/apply_fixture.h"

#include <wardwire/chain.h>

#include "corpus.h" /* its counters are seen by nothing above */

#include <errno.h>
#include <stdlib.h>

enum { COLUMNS = 7, STEPS_MAX = 8, HOUR_MS = 3600000, DAY_MS = 86400000 };

enum column { ID, STEPS, STATE, CLASS, TIMES, NOTICES };

/* What is told is written as kinds in the order in which they were told, -KIND where one is taken back, KIND@PRACTICE where the
 * practice is not the first one's. RISK (of a readmission, told at discharge) is a kind that the data has no word for. */
static const struct {
	const char *id;
	enum column column;
	const char *ours, *why;
} differences[] = {
	{ "S01", NOTICES, "ADMIT,DISCHARGE,RISK", "the risk is told too" },
	{ "S02", NOTICES, "DISCHARGE,RISK",
	    "the missing admission is a fact of the discharge; the risk" },
	{ "S06", NOTICES, "ED-ARRIVAL,ADMIT", "the emergency arrival is told too, once" },
	{ "S07", NOTICES, "ED-ARRIVAL,ADMIT", "the emergency arrival is told too" },
	{ "S09", NOTICES, "ADMIT", "PLANNED_ADMIT is no kind of notice yet" },
	{ "S11", NOTICES, "", "PLANNED_ADMIT is no kind of notice yet" },
	{ "S15", NOTICES, "ADMIT,DISCHARGE,RISK,-DISCHARGE,-RISK",
	    "the risk is told and taken back too" },
	{ "S19", NOTICES, "ADMIT,DISCHARGE,RISK", "the risk is told too" },
	{ "S25", NOTICES, "ADMIT,ADMIT@lakeside,-ADMIT", "who should know is told first" },
	{ "S27", NOTICES, "ADMIT,DISCHARGE,ADMIT",
	    "a transfer is a fact of the two stays and no kind of notice" },
	{ "S28", STATE, "no count of days", "READMISSION_30D is no kind of notice yet" },
	{ "S28", NOTICES, "DISCHARGE,RISK,ADMIT",
	    "READMISSION_30D is no kind yet; the row has a discharge" },
	{ "S31", TIMES, "10:00..13:00", "a visit that is finished has an end" },
	{ "S31", NOTICES, "ADMIT,DISCHARGE,RISK", "the risk is told too" },
	{ "S32", NOTICES, "ADMIT,ADMIT", "written otherwise" },
};
static bool used[COUNT(differences)];

/* -- a row ------------------------------------------------------------------------------------------- */

struct row {
	ww_str cell[COLUMNS];
	bool bad;
};

static void
differs(struct row *r, enum column c, ww_str have)
{
	for (size_t i = 0; i < COUNT(differences); i++) {
		if (ww_str_is(r->cell[ID], differences[i].id) && differences[i].column == c) {
			used[i] = true;
			if (ww_str_is(have, differences[i].ours))
				return;
		}
	}
	printf("%.*s: want \"%.*s\", have \"%.*s\"\n", WW_STR_FMT(r->cell[ID]),
	    WW_STR_FMT(r->cell[c]), WW_STR_FMT(have));
	r->bad = true;
}

static void
not_understood(struct row *r, ww_str word)
{
	printf("%.*s: \"%.*s\" is not understood\n", WW_STR_FMT(r->cell[ID]), WW_STR_FMT(word));
	r->bad = true;
}

/* -- times ------------------------------------------------------------------------------------------- */

/* 2026-03-10T00:00 where the hospital is, and 10:00 and D0 (noon) of that day. */
static const int64_t day_zero = INT64_C(1773100800000);

/* 10:00, D3, D-3, D3+1h */
static bool
read_moment(ww_str s, int64_t *out)
{
	ww_str rest;
	uint64_t n, m;
	bool back;

	if (s.n == 0)
		return false;
	if (s.p[0] != 'D') {
		if (!ww_str_u64(ww_str_cut(s, ':', &rest), 23, &n) || !ww_str_u64(rest, 59, &m))
			return false;
		*out = day_zero + (int64_t)n * HOUR_MS + (int64_t)m * 60000;
		return true;
	}
	back = s.n > 1 && s.p[1] == '-';
	s = ww_str_cut(ww_str_sub(s, back ? 2 : 1, s.n), '+', &rest);
	if (!ww_str_u64(s, 400, &n))
		return false;
	*out = day_zero + (back ? -1 : 1) * (int64_t)n * DAY_MS + 12 * HOUR_MS;
	if (rest.n == 0)
		return true;
	if (rest.p[rest.n - 1] != 'h' || !ww_str_u64(ww_str_sub(rest, 0, rest.n - 1), 24, &n))
		return false;
	*out += (int64_t)n * HOUR_MS;
	return true;
}

static const char *
hl7_moment(struct site *s, int64_t at)
{
	struct ww_buf b = { 0 };
	const char *text;

	if (at == 0)
		return "";
	ww_time_write_hl7((ww_time){ .ms = at, .prec = WW_PREC_SEC }, &b);
	text = ww_arena_cstr(s->own.arena, ww_str_sub(ww_buf_view(&b), 0, 14));
	ww_buf_free(&b);
	return text;
}

/* -- messages ---------------------------------------------------------------------------------------- */

struct step {
	ww_str trigger, visit, account, authority, class_, type, to, source, facility, ward, prior;
	int person, from; /* from: whose the visit was (A45) */
	bool no_visit;
	int64_t at, admitted, expected;
};

/* M1 is a member of the one practice, any other of the other. */
static int
person_of_member(ww_str s)
{
	return ww_str_is(s, "M1") ? 1 : 19;
}

/* "V1", "V1/AC1", "V1/M1" */
static void
read_visit(ww_str word, struct step *s)
{
	ww_str more;

	s->visit = ww_str_cut(word, '/', &more);
	if (more.n > 1 && more.p[0] == 'M')
		s->person = person_of_member(more);
	else if (more.n > 0)
		s->account = more;
}

/* Words with one behind them that they are about. */
static ww_str *
about(struct step *s, ww_str word)
{
	const struct {
		const char *word;
		ww_str *at;
	} table[] = { { "fac", &s->facility }, { "dispo", &s->to }, { "source", &s->source },
		{ "authority", &s->authority } };

	for (size_t i = 0; i < COUNT(table); i++) {
		if (ww_str_is(word, table[i].word))
			return table[i].at;
	}
	return NULL;
}

/* PV1-18=OBS, PID-18=AC1, MRG-3=AC1, 44=10:00 */
static bool
read_field(struct step *s, ww_str word)
{
	ww_str value, field = ww_str_cut(word, '=', &value);

	if (ww_str_is(field, "44"))
		return read_moment(value, &s->admitted);
	if (ww_str_is(field, "PV1-18"))
		s->type = value;
	else if (ww_str_is(field, "PID-18"))
		s->account = value;
	else if (ww_str_is(field, "MRG-3"))
		s->prior = value;
	else
		return false;
	return true;
}

static ww_str
bare(ww_str word)
{
	if (word.n > 0 && word.p[0] == '(')
		word = ww_str_sub(word, 1, word.n);
	if (word.n > 0 && word.p[word.n - 1] == ')')
		word = ww_str_sub(word, 0, word.n - 1);
	return word;
}

static bool
is_visit(ww_str word)
{
	return word.n > 1 && word.p[0] == 'V' && word.p[1] >= '0' && word.p[1] <= '9';
}

/* "A03@D3", "A14@PV2-8=D5" */
static bool
read_event(struct step *s, ww_str word)
{
	ww_str at, value, field;

	s->trigger = ww_str_cut(word, '@', &at);
	if (at.n == 0)
		return true;
	field = ww_str_cut(at, '=', &value);
	if (value.n > 0)
		return ww_str_is(field, "PV2-8") && read_moment(value, &s->expected);
	return read_moment(at, &s->at);
}

/* What a step does not say is as in the one before; time goes on by an hour. */
static void
read_step(struct row *r, ww_str text, struct step *s)
{
	ww_str rest = ww_str_trim(text), word = ww_str_cut(rest, ' ', &rest), *next = NULL;

	s->at += HOUR_MS;
	s->to = s->source = s->ward = s->prior = ww_str_empty();
	s->expected = 0;
	if (!read_event(s, word))
		not_understood(r, word);
	while (rest.n > 0) {
		word = bare(ww_str_cut(rest, ' ', &rest));
		if (next != NULL) {
			*next = word;
			next = NULL;
		} else if (is_visit(word)) {
			read_visit(word, s);
		} else if (ww_str_is(word, "no")) {
			s->no_visit = true; /* "no PV1-19" */
			word = ww_str_cut(rest, ' ', &rest);
		} else if (ww_str_is(word, "->")) {
			s->from = s->person;
			s->person = person_of_member(ww_str_cut(rest, ' ', &rest));
		} else if (ww_str_is(word, "within") || ww_str_is(word, "visit")) {
			/* "within 1 day": it is an hour; "visit V1" */
			if (word.p[0] == 'w')
				rest = ww_str_empty();
		} else if (word.n == 1 && memchr("EIOP", word.p[0], 4) != NULL) {
			s->class_ = word;
		} else if ((next = about(s, word)) == NULL && !read_field(s, word)) {
			not_understood(r, word);
		}
	}
}

static void
tell(struct site *s, const struct step *st)
{
	struct ww_buf b = { 0 };
	struct ww_arena *a = s->own.arena;
	const char *at = hl7_moment(s, st->at);
	int64_t received = st->at + 4 * HOUR_MS + 5000;
	bool leaves = ww_str_is(st->trigger, "A03");
	bool observed = st->type.n > 0 && ww_str_is(st->class_, "O");

	ww_buf_printf(&b, "MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|%s||ADT^%.*s|C%u|P|2.5.1\r", at,
	    WW_STR_FMT(st->trigger), ++s->controls);
	SITE_SEGMENT(&b, "EVN", { 2, at });
	SITE_SEGMENT(&b, "PID", { 3, ww_arena_printf(a, "MR%d^^^MERCY^MR", st->person).p },
	    { 5, ww_arena_printf(a, "TESTFAMILY%d^GIVEN%d", st->person, st->person).p },
	    { 7, "19500302" }, { 8, "F" }, { 18, ww_arena_cstr(a, st->account) });
	if (st->from != 0)
		SITE_SEGMENT(&b, "MRG", { 1, ww_arena_printf(a, "MR%d^^^MERCY^MR", st->from).p },
		    { 5, ww_arena_printf(a, "%.*s^^^MERCY", WW_STR_FMT(st->visit)).p });
	else if (st->prior.n > 0)
		SITE_SEGMENT(&b, "MRG", { 1, ww_arena_printf(a, "MR%d^^^MERCY^MR", st->person).p },
		    { 3, ww_arena_cstr(a, st->prior) });
	SITE_SEGMENT(&b, "PV1", { 2, ww_arena_cstr(a, st->class_) },
	    { 3, ww_arena_printf(a, "%.*s^^^%.*s", WW_STR_FMT(st->ward), WW_STR_FMT(st->facility))
	             .p },
	    { 14, ww_arena_cstr(a, st->source) },
	    { 18, observed ? ww_arena_cstr(a, st->type) : "" },
	    { 19, st->no_visit ? ""
	                       : ww_arena_printf(a, "%.*s^^^%.*s", WW_STR_FMT(st->visit),
	                             WW_STR_FMT(st->authority))
	                             .p },
	    { 36, ww_arena_cstr(a, st->to) }, { 44, hl7_moment(s, st->admitted) },
	    { 45, leaves ? at : "" });
	if (st->expected != 0)
		SITE_SEGMENT(&b, "PV2", { 8, hl7_moment(s, st->expected) });
	SITE_SEGMENT(&b, "IN1", { 3, "ACME" }, { 49, ww_arena_printf(a, "M%04d", st->person).p });
	(void)site_message(
	    s, "mercy", ww_buf_view(&b), received > s->now ? received : s->now + 1000);
	site_apply(s);
	ww_buf_free(&b);
}

/* -- a swap ------------------------------------------------------------------------------------------- */

static struct ww_buf told;

/* "A17 V1 W1/V2 W2": where the two are before it. */
static void
swap(struct site *s, struct step st)
{
	static const char *const wards[] = { "W1", "W2" };
	const char *at;
	struct ww_buf b = { 0 };

	for (int i = 0; i < 2; i++) {
		st.trigger = WW_STR("A01");
		st.visit = i == 0 ? WW_STR("V1") : WW_STR("V2");
		st.ward = ww_str_from(wards[i]);
		st.person = i == 0 ? 1 : 19;
		tell(s, &st);
	}
	ww_buf_clear(&told);
	at = hl7_moment(s, st.at + HOUR_MS);
	ww_buf_printf(
	    &b, "MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER|%s||ADT^A17|S1|P|2.5.1\rEVN||%s\r", at, at);
	for (int i = 0; i < 2; i++)
		ww_buf_printf(&b,
		    "PID|||MR%d^^^MERCY^MR||TESTFAMILY%d^GIVEN%d||19500302|F\r"
		    "PV1||I|%s^^^MERCY||||||||||||||||V%d^^^MERCY\r",
		    i == 0 ? 1 : 19, i == 0 ? 1 : 19, i == 0 ? 1 : 19, wards[1 - i], i + 1);
	(void)site_message(s, "mercy", ww_buf_view(&b), st.at + 5 * HOUR_MS + 5000);
	site_apply(s);
	ww_buf_free(&b);
}

/* -- what came of it ---------------------------------------------------------------------------------- */

static void
on_effect(void *arg, const struct ww_effect *e)
{
	static const char *const kinds[] = { [WW_flag_kind_ADMIT] = "ADMIT",
		[WW_flag_kind_ED] = "ED-ARRIVAL",
		[WW_flag_kind_DISCHARGE] = "DISCHARGE",
		[WW_flag_kind_READMIT_RISK] = "RISK",
		[WW_flag_kind_ED_DISCHARGE] = "ED-DISCHARGE",
		[WW_flag_kind_OBSERVATION] = "OBS" };

	(void)arg;
	for (size_t i = 0; i < e->changes_n; i++) {
		if (strcmp(e->changes[i].verb, "updated") != 0)
			ww_buf_printf(&told, "%s%s%s%s", told.n > 0 ? "," : "",
			    strcmp(e->changes[i].verb, "retracted") == 0 ? "-" : "",
			    kinds[e->changes[i].flag->kind],
			    ww_str_is(e->changes[i].flag->practice, "rcca") ? "" : "@lakeside");
	}
}

/* Of that number, or the only one; NULL: there is none, or no telling which. */
static const struct ww_encounter *
visit(const struct ww_rows *stays, ww_str number)
{
	const struct ww_encounter *found = NULL;

	if (number.n == 0)
		return stays->n == 1 ? WW_ROW(stays, encounter, 0) : NULL;
	for (size_t i = 0; i < stays->n; i++) {
		if (ww_str_eq(WW_ROW(stays, encounter, i)->visit, number))
			found = WW_ROW(stays, encounter, i);
	}
	return found;
}

static ww_str
moment_text(struct site *s, ww_time t)
{
	int64_t day, minute;

	if (!ww_time_known(t))
		return ww_str_empty();
	day = (t.ms - 4 * HOUR_MS - day_zero) / DAY_MS;
	minute = (t.ms - 4 * HOUR_MS - day_zero) % DAY_MS / 60000;
	if (minute == 720)
		return ww_arena_printf(s->own.arena, "D%d", (int)day);
	return ww_arena_printf(s->own.arena, "%s%02d:%02d",
	    day == 0 ? "" : ww_arena_printf(s->own.arena, "D%d ", (int)day).p, (int)(minute / 60),
	    (int)(minute % 60));
}

/* A word of the state column about that visit; what we have instead, or empty when it is so. */
static ww_str
check_word(struct site *s, const struct ww_encounter *e, ww_str word, bool *known)
{
	static const struct {
		const char *word;
		enum ww_encounter_status status;
	} states[] = { { "FINISHED", WW_encounter_status_FINISHED },
		{ "IN_PROGRESS", WW_encounter_status_IN_PROGRESS },
		{ "CANCELLED", WW_encounter_status_CANCELLED } };
	ww_str at, status = ww_str_cut(word, '@', &at), place;

	for (size_t i = 0; i < COUNT(states); i++) {
		if (!ww_str_is(status, states[i].word))
			continue;
		if (e->status != (int64_t)states[i].status)
			return ww_str_from(ww_encounter_status_text(e->status));
		if (at.n > 0 && !ww_str_eq(at, moment_text(s, e->end)))
			return ww_arena_printf(
			    s->own.arena, "finished @%.*s", WW_STR_FMT(moment_text(s, e->end)));
		return ww_str_empty();
	}
	*known = word.p[0] == 'W';
	place = ww_str_cut(e->location, '^', &at);
	return ww_str_eq(place, word) ? ww_str_empty() : place;
}

/* Clauses of the state column that are more than a word about a visit. */
static bool
check_clause(struct row *r, struct site *s, const struct ww_rows *stays, ww_str clause)
{
	const struct ww_encounter *v1 = visit(stays, WW_STR("V1")),
	                          *v2 = visit(stays, WW_STR("V2"));
	const struct ww_encounter *v7 = visit(stays, WW_STR("V7"));
	bool holds;
	struct ww_person p;
	bool found = false;

	if (ww_str_is(clause, "one encounter") || ww_str_is(clause, "FINISHED one encounter")) {
		holds = stays->n == 1 &&
		        (clause.p[0] == 'o' ||
		            WW_ROW(stays, encounter, 0)->status == WW_encounter_status_FINISHED);
	} else if (ww_str_is(clause, "two encounters")) {
		holds = stays->n == 2;
	} else if (ww_str_is(clause, "member M3 owns V1")) {
		ww_row_init(&ww_entity_person, &p);
		p.id = v1 != NULL ? v1->person : 0;
		site_ok(s, ww_get(&s->ledger, &s->own, person, &p, &found));
		holds = found && ww_str_is(p.family, "TESTFAMILY19");
	} else if (ww_str_is(clause, "V2 IN_PROGRESS partOf/predecessor V1")) {
		holds = v1 != NULL && v2 != NULL && v1->led_to == v2->id &&
		        v2->status == WW_encounter_status_IN_PROGRESS;
	} else if (ww_str_is(clause, "V7 IN_PROGRESS same stay chain")) {
		holds = v1 != NULL && v7 != NULL && ww_chain_transferred(v1, v7) &&
		        v7->status == WW_encounter_status_IN_PROGRESS;
	} else if (ww_str_starts(clause, WW_STR("readmit_days="))) {
		differs(r, STATE, WW_STR("no count of days"));
		return true;
	} else {
		return false;
	}
	if (!holds)
		differs(r, STATE, WW_STR("something else"));
	return true;
}

static void
check_state(struct row *r, struct site *s, const struct ww_rows *stays)
{
	ww_str rest = r->cell[STATE];

	while (rest.n > 0) {
		size_t n = 0;
		ww_str clause, words, word, have;
		const struct ww_encounter *e;
		bool known = true;

		while (n < rest.n && rest.p[n] != ';' && rest.p[n] != ',')
			n++;
		clause = ww_str_trim(ww_str_sub(rest, 0, n));
		rest = ww_str_sub(rest, n + 1, rest.n);
		if (check_clause(r, s, stays, clause))
			continue;
		words = clause;
		word = ww_str_cut(words, ' ', &words);
		e = visit(stays, is_visit(word) ? word : ww_str_empty());
		if (is_visit(word))
			word = words;
		if (e == NULL) {
			not_understood(r, clause);
			continue;
		}
		have = check_word(s, e, word, &known);
		if (!known)
			not_understood(r, clause);
		else if (have.n > 0)
			differs(r, STATE, have);
	}
}

static void
check_class(struct row *r, const struct ww_rows *stays)
{
	static const struct {
		const char *word;
		enum ww_encounter_class class_;
	} classes[] = { { "IMP", WW_encounter_class_INPATIENT },
		{ "OBSENC", WW_encounter_class_OBSERVATION },
		{ "PRENC", WW_encounter_class_PREADMIT } };
	ww_str word = r->cell[CLASS], number = ww_str_empty();
	size_t i = 0;

	if (is_visit(word))
		number = ww_str_cut(word, ' ', &word);
	while (i < COUNT(classes) && !ww_str_is(word, classes[i].word))
		i++;
	if (i == COUNT(classes))
		not_understood(r, word);
	for (size_t k = 0; i < COUNT(classes) && k < stays->n; k++) {
		const struct ww_encounter *e = WW_ROW(stays, encounter, k);

		if (number.n > 0 && !ww_str_eq(e->visit, number))
			continue;
		if (e->class_ != (int64_t)classes[i].class_)
			differs(r, CLASS, ww_str_from(ww_encounter_class_text(e->class_)));
	}
}

/* "10:00..D3"; "..", "-" and nothing state nothing but that there is no end. */
static void
check_times(struct row *r, struct site *s, const struct ww_rows *stays)
{
	ww_str cell = r->cell[TIMES], number = ww_str_empty(), start, have;
	const struct ww_encounter *e;
	size_t n = 0;

	if (cell.n == 0 || ww_str_is(cell, "-"))
		return;
	if (is_visit(cell))
		number = ww_str_cut(cell, ' ', &cell);
	e = visit(stays, number);
	while (n + 1 < cell.n && !(cell.p[n] == '.' && cell.p[n + 1] == '.'))
		n++;
	if (e == NULL || n + 1 >= cell.n) {
		not_understood(r, cell);
		return;
	}
	start = ww_str_sub(cell, 0, n);
	have = ww_arena_printf(s->own.arena, "%.*s..%.*s",
	    WW_STR_FMT(start.n > 0 ? moment_text(s, e->start) : start),
	    WW_STR_FMT(moment_text(s, e->end)));
	if (!ww_str_eq(cell, have))
		differs(r, TIMES, have);
}

/* Kinds as we write them: "OBS, ADMIT_RETRACT" is OBS,-ADMIT. */
static ww_str
wanted(struct site *s, ww_str cell)
{
	static const char back[] = "_RETRACT";
	ww_str rest = cell, list = ww_str_empty();

	if (ww_str_is(cell, "none"))
		return list;
	while (rest.n > 0) {
		ww_str kind = ww_str_trim(ww_str_cut(rest, ',', &rest));
		size_t n = sizeof(back) - 1;
		bool retracts = kind.n > n && ww_str_is(ww_str_sub(kind, kind.n - n, kind.n), back);

		list = ww_arena_printf(s->own.arena, "%.*s%s%s%.*s", WW_STR_FMT(list),
		    list.n > 0 ? "," : "", retracts ? "-" : "",
		    WW_STR_FMT(retracts ? ww_str_sub(kind, 0, kind.n - n) : kind));
	}
	return list;
}

/* -- the file ------------------------------------------------------------------------------------------ */

static void
check_row(struct row *r)
{
	struct step st = { .trigger = ww_str_empty(),
		.visit = WW_STR("V1"),
		.account = ww_str_empty(),
		.authority = WW_STR("MERCY"),
		.class_ = WW_STR("I"),
		.type = ww_str_empty(),
		.to = ww_str_empty(),
		.source = ww_str_empty(),
		.facility = WW_STR("MERCY"),
		.ward = ww_str_empty(),
		.prior = ww_str_empty(),
		.person = 1,
		.at = day_zero + 11 * HOUR_MS };
	struct ww_rows stays;
	struct site s;
	ww_str rest = r->cell[STEPS];

	site_open_empty(&s);
	ww_apply_close(s.apply);
	s.observe = on_effect;
	s.arg = &s;
	site_apply_open(&s);
	(void)site_engine(&s, SITE_KEY);
	(void)site_config(&s, SITE_CONFIG_WITH(", adt: {observation: [OBS]}"));
	(void)site_edition(&s, site_roster(&s));
	ww_buf_clear(&told);
	while (rest.n > 0) {
		ww_str text = ww_str_trim(ww_str_cut(rest, ';', &rest));

		if (ww_str_is(text, "A17 V1 W1/V2 W2")) {
			swap(&s, st);
			continue;
		}
		read_step(r, text, &st);
		tell(&s, &st);
		st.from = 0;
	}
	stays = site_rows(&s, &ww_entity_encounter);
	check_state(r, &s, &stays);
	check_class(r, &stays);
	check_times(r, &s, &stays);
	if (!ww_str_eq(wanted(&s, r->cell[NOTICES]), ww_buf_view(&told)))
		differs(r, NOTICES, ww_buf_view(&told));
	count(r->bad ? FAIL : PASS);
	site_close(&s);
}

static char path[4096];

START_TEST(every_sequence_ends_as_it_says)
{
	struct ww_buf text = { 0 };
	ww_str rest;

	if (!read_file(path, &text)) {
		printf("corpus adt: skipped: %s\n", strerror(errno));
		return;
	}
	rest = ww_buf_view(&text);
	(void)ww_str_cut(rest, '\n', &rest);
	while (rest.n > 0) {
		ww_str line = ww_str_cut(rest, '\n', &rest);
		struct row r = { .bad = false };

		for (int i = 0; i < COLUMNS; i++)
			r.cell[i] = ww_str_trim(ww_str_cut(line, '\t', &line));
		if (r.cell[ID].n > 0)
			check_row(&r);
	}
	for (size_t i = 0; i < COUNT(differences); i++) {
		if (used[i])
			continue;
		printf("%s: we differ no more: %s\n", differences[i].id, differences[i].why);
		failed++;
	}
	printf("corpus adt: sequences: %u passed, %u failed; %zu documented differences\n", passed,
	    failed, COUNT(differences));
	ww_buf_free(&text);
	ww_buf_free(&told);
	ck_assert(failed == 0 && passed > 0);
}
END_TEST

int
main(int argc, char **argv)
{
	const TTest *const tests[] = { every_sequence_ends_as_it_says };

	if (argc != 2) {
		fprintf(stderr, "usage: corpus_adt DATADIR\n");
		return 2;
	}
	snprintf(path, sizeof(path), "%s/adt/sequences.tsv", argv[1]);
	(void)setenv("CK_FORK", "no", 1); /* the counters are this process's */
	return unit_main("corpus adt", tests, 1);
}
