/* Which person a message is about. A person is known by an identifier and an agreeing
 * birth date or family name: a number alone, mistyped or given again, must not join two people. A payer's number
 * may be a whole family's, and needs the birth date and one of the names. */
#include "apply/work.h"

#include "model/member.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Sexes that differ are two people; unknown on either side agrees. */
static bool
agree_in_sex(const struct ww_person *a, const struct ww_person *b)
{
	return a->sex.n == 0 || b->sex.n == 0 || ww_str_ieq(a->sex, b->sex);
}

bool
ww_persons_agree(const struct ww_person *a, const struct ww_person *b)
{
	bool birth = ww_time_known(a->birth) && ww_time_known(b->birth);
	bool family = a->family.n != 0 && b->family.n != 0;

	if (birth && ww_birth_day(a->birth) == ww_birth_day(b->birth))
		return true;
	if (birth)
		return ww_same_name(a->family, b->family) && ww_same_name(a->given, b->given) &&
		       ww_str_ieq(a->sex, b->sex);
	if (ww_time_known(a->birth) != ww_time_known(b->birth))
		return agree_in_sex(a, b);
	return !family || ww_str_ieq(a->family, b->family);
}

static bool
agree_wholly(const struct ww_person *a, const struct ww_person *b)
{
	return ww_time_known(a->birth) && ww_time_known(b->birth) &&
	       ww_birth_day(a->birth) == ww_birth_day(b->birth) &&
	       (ww_same_name(a->family, b->family) || ww_same_name(a->given, b->given));
}

/* The number may be a family's: birth date and given name tell its members apart. Of a number that is the patient's own,
 * the family name does as well. */
static bool
agree_in_family(const struct ww_person *a, const struct ww_person *b, bool own)
{
	if (own)
		return agree_wholly(a, b) && agree_in_sex(a, b);
	return agree_wholly(a, b) && agree_in_sex(a, b) && ww_same_name(a->given, b->given);
}

void
ww_matched(struct ww_work *w, const char *fmt, ...)
{
	enum { LONGEST = 512 }; /* of a message about many */
	struct ww_message *m = w->message;
	char text[128];
	va_list ap;

	if (m->matched.n > LONGEST)
		return;
	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	m->matched = ww_arena_printf(
	    w->cx->arena, "%.*s%s%s", WW_STR_FMT(m->matched), m->matched.n > 0 ? "; " : "", text);
}

static ww_status
get_person(struct ww_work *w, ww_id id, struct ww_person *out, bool *found)
{
	ww_row_init(&ww_entity_person, out);
	out->id = id;
	return ww_get(w->l, w->cx, person, out, found);
}

/* The row is of the person in hand now; of one that was merged, the one it is. */
static ww_status
take_person(struct ww_work *w, struct ww_person *p)
{
	bool found = true;
	ww_status s = WW_OK;

	w->person = *p;
	if (p->merged_into == 0)
		return WW_OK;
	w->said = p->id;
	s = ww_person_resolve(w, &w->person, &found);
	return s == WW_OK && !found ? ww_fail(w->cx, WW_E_DAMAGED, "person", "is gone") : s;
}

/* The person who has that identifier and agrees; *found false when there is none. *old: it is one that a merge made theirs;
 * the hospital has said whose it is, and nothing need agree. */
static ww_status
person_by(struct ww_work *w, const struct ww_identifier *id, struct ww_person *out, bool *old,
    bool *found)
{
	struct ww_rows rows;
	ww_status s = ww_find(w->l, w->cx, identifier, "by_value", id, &rows);

	*found = *old = false;
	for (size_t i = 0; s == WW_OK && i < rows.n && !*found; i++) {
		const struct ww_identifier *row = WW_ROW(&rows, identifier, i);

		s = get_person(w, row->person, out, found);
		*old = row->merged != 0;
		*found = *found && (*old || ww_persons_agree(out, &w->facts.person));
	}
	return s;
}

/* A number that more people have stated than this is not one of a family. */
enum { FAMILY_MAX = 32 };

/* A hospital that has given the patient of the message another number than that person's takes them for two, until it merges
 * them. */
static ww_status
has_other_number(struct ww_work *w, ww_id person, bool *out)
{
	struct ww_identifier like;
	struct ww_rows rows;
	ww_status s;

	*out = false;
	ww_row_init(&ww_entity_identifier, &like);
	like.person = person;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_identifier, 1, &like, 0, &rows);
	for (size_t i = 0; s == WW_OK && i < rows.n; i++) {
		const struct ww_identifier *r = WW_ROW(&rows, identifier, i);

		for (size_t k = 0; r->payer == 0 && k < w->facts.identifiers_n; k++) {
			const struct ww_identifier *id = &w->facts.identifiers[k];

			*out = *out ||
			       (ww_str_eq(id->system, r->system) && ww_str_eq(id->type, r->type) &&
			           !ww_str_eq(id->value, r->value));
		}
	}
	return s;
}

/* The person who has stated that payer's number and agrees. own: it is the patient's, and not the insured person's. */
static ww_status
person_by_member(struct ww_work *w, ww_str number, bool own, struct ww_person *out, bool *found)
{
	struct ww_member like;
	struct ww_rows rows;
	ww_status s;

	*found = false;
	ww_row_init(&ww_entity_member, &like);
	like.number = ww_member_key(w->cx, number);
	if (like.number.n == 0)
		return WW_OK;
	s = ww_ledger_scan(w->l, w->cx, &ww_entity_member, 1, &like, FAMILY_MAX + 1, &rows);
	if (s != WW_OK || rows.n > FAMILY_MAX)
		return s;
	for (size_t i = 0; s == WW_OK && i < rows.n && !*found; i++) {
		s = get_person(w, WW_ROW(&rows, member, i)->person, out, found);
		*found =
		    *found && out->test == w->test && agree_in_family(out, &w->facts.person, own);
		if (s == WW_OK && *found) {
			bool other;

			s = has_other_number(w, out->id, &other);
			*found = s == WW_OK && !other;
		}
	}
	return s;
}

/* Medicare and Medicaid number each person; a member's or subscriber's number may be a family's. */
static bool
is_own(const struct ww_identifier *id)
{
	return ww_str_is(id->type, "MC") || ww_str_is(id->type, "MA");
}

/* The message says something else of who it is than was known. */
static bool
differs(const struct ww_person *known, const struct ww_person *said)
{
	return (said->family.n != 0 && !ww_same_name(known->family, said->family)) ||
	       (said->given.n != 0 && !ww_same_name(known->given, said->given)) ||
	       (ww_time_known(said->birth) &&
	           (!ww_time_known(known->birth) ||
	               ww_birth_day(known->birth) != ww_birth_day(said->birth)));
}

/* Empty unless all of it is known. */
static ww_str
alike_of(struct ww_work *w)
{
	const struct ww_person *p = &w->person;

	if (p->test != 0 || p->family.n == 0 || p->given.n == 0 || p->sex.n == 0 ||
	    !ww_time_known(p->birth) || p->birth.prec < WW_PREC_DAY)
		return ww_str_empty();
	return ww_arena_upper(w->cx->arena,
	    ww_arena_printf(w->cx->arena, "%.*s|%.*s|%lld|%.*s", WW_STR_FMT(p->family),
	        WW_STR_FMT(p->given), (long long)ww_birth_day(p->birth), WW_STR_FMT(p->sex)));
}

/* An unknown patient has some name and no birth date. Whoever is known by one is not unknown again, whatever was recorded
 * when. */
static bool
is_older(const struct ww_person *known, const struct ww_person *said, int64_t recorded)
{
	bool named = ww_time_known(known->birth), names = ww_time_known(said->birth);

	return named != names ? named : recorded < known->demog_ms;
}

/* At least one names a member. */
static bool
name_a_member(const struct ww_coverage *c, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (c[i].member_id.n != 0)
			return true;
	}
	return false;
}

static bool
has_number(const struct ww_rows *coverages, ww_str number)
{
	for (size_t i = 0; i < coverages->n; i++) {
		if (ww_str_eq(WW_ROW(coverages, coverage, i)->member_id, number))
			return true;
	}
	return false;
}

/* The insurance is not what a message has of it, which is all there is, but one Coverage among others. */
static bool
is_one_coverage(const struct ww_facts *f)
{
	return f->coverages_n == 1 && f->coverages[0].source.n != 0;
}

/* Whether the insurance of the message counts, and since when it is known; true when the person's row says so anew. */
static bool
date_insurance(struct ww_work *w)
{
	int64_t recorded = w->facts.event.recorded.ms;
	bool named = name_a_member(w->facts.coverages, w->facts.coverages_n);

	if (is_one_coverage(&w->facts)) {
		w->insures = true; /* it has a date of its own */
		return false;
	}
	w->insures =
	    !w->late && w->facts.coverages_n != 0 && (!named || recorded >= w->person.insured_ms);
	if (!w->insures || !named || recorded == w->person.insured_ms)
		return false;
	w->person.insured_ms = recorded;
	return true;
}

/* Takes over name, birth date and sex unless an event recorded later has set them. */
static ww_status
keep_person(struct ww_work *w)
{
	const struct ww_facts *f = &w->facts;
	const struct ww_person *said = &f->person;
	int64_t recorded =
	    ww_time_known(f->person_recorded) ? f->person_recorded.ms : f->event.recorded.ms;
	bool known = w->person.id != 0, dated = date_insurance(w);
	ww_str was;
	ww_status s;

	/* what comes under a number that was merged away may be of before that */
	if (known && (w->late || is_older(&w->person, said, recorded)))
		return dated ? ww_put(w->l, w->cx, person, &w->person) : WW_OK;
	if (!known)
		w->person.id = ww_ctx_id(w->cx);
	if (known)
		w->corrected = differs(&w->person, said);
	if (said->family.n != 0)
		w->person.family = said->family;
	if (said->given.n != 0)
		w->person.given = said->given;
	if (ww_time_known(said->birth))
		w->person.birth = said->birth;
	if (said->sex.n != 0)
		w->person.sex = said->sex;
	if (said->pcp.n != 0)
		w->person.pcp = said->pcp;
	w->person.demog_ms = recorded;
	was = w->person.alike;
	w->person.alike = alike_of(w);
	s = ww_put(w->l, w->cx, person, &w->person);
	w->renamed = w->person.alike.n != 0 && !ww_str_eq(was, w->person.alike);
	return s;
}

ww_status
ww_keep_member(struct ww_work *w, ww_id person, ww_str number)
{
	struct ww_member m;

	ww_row_init(&ww_entity_member, &m);
	m.number = ww_member_key(w->cx, number);
	m.person = person;
	if (ww_arena_status(w->cx->arena) != WW_OK)
		return ww_fail_memory(w->cx);
	return m.number.n != 0 ? ww_put(w->l, w->cx, member, &m) : WW_OK;
}

static int
by_number(const void *pa, const void *pb)
{
	const struct ww_identifier *a = pa, *b = pb;
	int c = ww_str_cmp(a->value, b->value);

	return c != 0 ? c : ww_str_cmp(a->system, b->system);
}

bool
ww_is_nameless(const struct ww_person *p)
{
	return p->family.n == 0 && p->given.n == 0 && !ww_time_known(p->birth);
}

bool
ww_names_resource(const struct ww_identifier *id)
{
	return ww_str_is(id->type, "FHIR");
}

/* A number that is new of this person may be one by which somebody else is known who is the same. */
static ww_status
join(struct ww_work *w, struct ww_person *other, bool found, bool sure)
{
	bool apart = false;
	ww_status s = WW_OK;

	if (found && other->merged_into != 0)
		s = ww_person_resolve(w, other, &found);
	if (s != WW_OK || !found || other->id == w->person.id || other->test != w->person.test ||
	    !(agree_wholly(other, &w->person) || (sure && ww_is_nameless(other))))
		return s;
	s = ww_review_apart(w, other->id, w->person.id, &apart);
	if (s != WW_OK || apart)
		return s;
	w->insured = true;
	return ww_rehome_join(w, other, "number");
}

static ww_status
join_by_number(struct ww_work *w, const struct ww_identifier *id)
{
	struct ww_person other;
	bool old, found;
	ww_status s;

	if (ww_made_now(w, w->person.id))
		return WW_OK; /* nobody has it, or somebody who does not agree */
	s = person_by(w, id, &other, &old, &found);
	return s == WW_OK ? join(w, &other, found, ww_names_resource(id)) : s;
}

static ww_status
join_by_member(struct ww_work *w, ww_str number, bool own)
{
	struct ww_person other;
	bool found;
	ww_status s;

	if (ww_made_now(w, w->person.id))
		return WW_OK;
	s = person_by_member(w, number, own, &other, &found);
	return s == WW_OK ? join(w, &other, found, false) : s;
}

/* Stays that nobody was told of for want of that number are judged again. */
static ww_status
note_insured(struct ww_work *w, ww_str number)
{
	w->insured = w->insured || !ww_made_now(w, w->person.id);
	return ww_keep_member(w, w->person.id, number);
}

static ww_status
keep_identifiers(struct ww_work *w)
{
	struct ww_identifier like;
	struct ww_rows known = { .n = 0 };
	ww_status s = WW_OK;

	ww_row_init(&ww_entity_identifier, &like);
	like.person = w->person.id;
	if (!ww_made_now(w, w->person.id))
		s = ww_ledger_scan(w->l, w->cx, &ww_entity_identifier, 1, &like, 0, &known);
	if (s == WW_OK &&
	    known.n > 1) /* thousands are a fault, and must not cost millions of looks */
		qsort(known.p, known.n, sizeof(like), by_number);
	for (size_t i = 0; s == WW_OK && i < w->facts.identifiers_n; i++) {
		struct ww_identifier *id = &w->facts.identifiers[i];

		if (known.n > 0 && bsearch(id, known.p, known.n, sizeof(like), by_number) != NULL)
			continue;
		s = id->payer != 0 ? join_by_member(w, id->value, is_own(id))
		                   : join_by_number(w, id);
		if (s != WW_OK)
			return s;
		id->id = ww_ctx_id(w->cx);
		id->person = w->person.id;
		s = ww_put(w->l, w->cx, identifier, id);
		if (s == WW_OK && id->payer == 0)
			s = ww_authority_keep(w, WW_NUMBER_PERSON, id->system);
		if (s == WW_OK && id->payer != 0)
			s = note_insured(w, id->value);
	}
	return s;
}

static bool
is_messages(const struct ww_coverage *c)
{
	return c->source.n == 0;
}

static ww_status
coverages_of(struct ww_work *w, struct ww_rows *out)
{
	struct ww_coverage like;

	*out = (struct ww_rows){ .n = 0 };
	if (ww_made_now(w, w->person.id))
		return WW_OK;
	ww_row_init(&ww_entity_coverage, &like);
	like.person = w->person.id;
	return ww_ledger_scan(w->l, w->cx, &ww_entity_coverage, 1, &like, 0, out);
}

/* By numbers that are new of the person: *joined when it has become one with another, who may have brought coverages. */
static ww_status
join_by_coverages(struct ww_work *w, const struct ww_rows *old, bool *joined)
{
	size_t moved = w->moved_n;
	bool renumbered = w->renumbered;
	ww_status s = WW_OK;

	w->renumbered = false;
	for (size_t i = 0; s == WW_OK && i < w->facts.coverages_n; i++) {
		const struct ww_coverage *c = &w->facts.coverages[i];

		if (c->member_id.n != 0 && !has_number(old, c->member_id))
			s = join_by_member(w, c->member_id, ww_is_self(c->relationship));
	}
	*joined = w->renumbered || w->moved_n != moved;
	w->renumbered = w->renumbered || renumbered;
	return s;
}

static ww_status
put_coverage(struct ww_work *w, const struct ww_rows *old, struct ww_coverage *c)
{
	ww_status s;

	c->id = ww_ctx_id(w->cx);
	c->person = w->person.id;
	s = ww_put(w->l, w->cx, coverage, c);
	return s == WW_OK && c->member_id.n != 0 && !has_number(old, c->member_id)
	           ? note_insured(w, c->member_id)
	           : s;
}

/* One Coverage takes the place of an older version of itself and of nothing else. */
static ww_status
keep_one_coverage(struct ww_work *w)
{
	struct ww_coverage *c = &w->facts.coverages[0];
	struct ww_rows old;
	bool joined = false;
	ww_status s = coverages_of(w, &old);

	if (s == WW_OK)
		s = join_by_coverages(w, &old, &joined);
	if (s == WW_OK && joined)
		s = coverages_of(w, &old);
	for (size_t i = 0; s == WW_OK && i < old.n; i++) {
		const struct ww_coverage *was = WW_ROW(&old, coverage, i);

		if (!ww_str_eq(was->source, c->source))
			continue;
		if (was->recorded_ms > c->recorded_ms)
			return WW_OK;
		s = ww_ledger_remove(w->l, w->cx, &ww_entity_coverage, was);
		w->insured = w->insured || !ww_str_eq(was->member_id, c->member_id);
	}
	return s == WW_OK ? put_coverage(w, &old, c) : s;
}

static bool
message_names_member(const struct ww_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct ww_coverage *c = WW_ROW(rows, coverage, i);

		if (is_messages(c) && c->member_id.n != 0)
			return true;
	}
	return false;
}

/* The insurance of a message takes the place of what messages said before: a snapshot, as IN1 is sent. Not that of a late
 * message, and not numbers by a message that has none: what is left out is not cleared. */
static ww_status
keep_coverages(struct ww_work *w)
{
	struct ww_rows old;
	bool joined = false;
	ww_status s;

	if (!w->insures)
		return WW_OK;
	if (is_one_coverage(&w->facts))
		return keep_one_coverage(w);
	s = coverages_of(w, &old);
	if (s == WW_OK && message_names_member(&old) &&
	    !name_a_member(w->facts.coverages, w->facts.coverages_n))
		return WW_OK;
	if (s == WW_OK)
		s = join_by_coverages(w, &old, &joined);
	if (s == WW_OK && joined)
		s = coverages_of(w, &old);
	for (size_t i = 0; s == WW_OK && i < old.n; i++) {
		if (is_messages(WW_ROW(&old, coverage, i)))
			s = ww_ledger_remove(
			    w->l, w->cx, &ww_entity_coverage, WW_ROW(&old, coverage, i));
	}
	for (size_t i = 0; s == WW_OK && i < w->facts.coverages_n; i++)
		s = put_coverage(w, &old, &w->facts.coverages[i]);
	return s;
}

/* Said and the same, where a number alone does not tell whose it is. */
static bool
agree_firmly(const struct ww_person *a, const struct ww_person *b)
{
	if (ww_time_known(a->birth) && ww_time_known(b->birth))
		return ww_birth_day(a->birth) == ww_birth_day(b->birth);
	return ww_same_name(a->family, b->family);
}

/* The one who has that number under another authority of the feed. */
static ww_status
person_by_weak(
    struct ww_work *w, const struct ww_identifier *id, struct ww_person *out, bool *found)
{
	struct ww_identifier like = *id;
	struct ww_texts others;
	bool old;
	ww_status s = ww_authority_others(w, WW_NUMBER_PERSON, id->system, &others);

	for (size_t i = 0; s == WW_OK && i < others.n && !*found; i++) {
		like.system = others.v[i];
		s = person_by(w, &like, out, &old, found);
		*found = *found && (old || agree_firmly(out, &w->facts.person));
	}
	return s;
}

/* As find_by_numbers, where the authority was left out in this message or before. */
static ww_status
find_by_weak_numbers(struct ww_work *w, bool *found)
{
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && i < w->facts.identifiers_n && !*found; i++) {
		const struct ww_identifier *id = &w->facts.identifiers[i];
		struct ww_person p;

		if (id->payer != 0)
			continue;
		s = person_by_weak(w, id, &p, found);
		if (s != WW_OK || !*found)
			continue;
		w->late = p.merged_into != 0 && p.joined == 0;
		ww_matched(w, "person by %s %.*s, authority left out",
		    ww_said_in(w, "PID-3", "identifier"), WW_STR_FMT(id->type));
		s = take_person(w, &p);
	}
	return s;
}

static ww_status
find_by_numbers(struct ww_work *w, bool *found)
{
	ww_status s = WW_OK;

	*found = false;
	for (size_t i = 0; s == WW_OK && i < w->facts.identifiers_n && !*found; i++) {
		const struct ww_identifier *id = &w->facts.identifiers[i];
		struct ww_person p;
		bool old;

		if (id->payer != 0)
			continue;
		s = person_by(w, id, &p, &old, found);
		if (s != WW_OK || !*found)
			continue;
		w->late = old || (p.merged_into != 0 && p.joined == 0);
		ww_matched(w, "person by %s %.*s%s", ww_said_in(w, "PID-3", "identifier"),
		    WW_STR_FMT(id->type), w->late ? " that was merged" : "");
		s = take_person(w, &p);
	}
	return s;
}

/* By one of those the message has in that place: IN1-49, PID-3.MB. */
static ww_status
find_by_place(struct ww_work *w, ww_str place, bool *found)
{
	const struct ww_facts *f = &w->facts;
	ww_str type =
	    ww_str_starts(place, WW_STR("PID-3.")) ? ww_str_sub(place, 6, place.n) : ww_str_empty();
	struct ww_person p;
	ww_status s = WW_OK;

	for (size_t i = 0; s == WW_OK && !*found && type.n == 0 && i < f->coverages_n; i++) {
		const struct ww_coverage *c = &f->coverages[i];
		ww_str dot, from = ww_str_cut(c->place, '.', &dot);

		if (c->member_id.n != 0 && ww_str_eq(from, place))
			s = person_by_member(
			    w, c->member_id, ww_is_self(c->relationship), &p, found);
	}
	for (size_t i = 0; s == WW_OK && !*found && type.n != 0 && i < f->identifiers_n; i++) {
		const struct ww_identifier *id = &f->identifiers[i];

		if (id->payer != 0 && ww_str_eq(id->type, type))
			s = person_by_member(w, id->value, is_own(id), &p, found);
	}
	if (s != WW_OK || !*found)
		return s;
	ww_matched(w, "person by member id %.*s", WW_STR_FMT(place));
	w->late = p.merged_into != 0 && p.joined == 0;
	return take_person(w, &p);
}

/* A payer's numbers, in the order of the setting. */
static ww_status
find_by_member(struct ww_work *w, bool *found)
{
	struct ww_texts places = ww_config_member(w->feed);
	ww_status s = WW_OK;

	if (is_one_coverage(&w->facts))
		s = find_by_place(w, WW_STR("Coverage"), found);
	for (size_t i = 0; s == WW_OK && i < places.n && !*found; i++)
		s = find_by_place(w, places.v[i], found);
	return s;
}

ww_status
ww_identify_person(struct ww_work *w)
{
	bool found;
	ww_status s;

	w->said = 0;
	w->late = false;
	w->renamed = false;
	s = find_by_numbers(w, &found);
	if (s == WW_OK && !found)
		s = find_by_weak_numbers(w, &found);
	if (s == WW_OK && !found)
		s = find_by_member(w, &found);
	if (s != WW_OK)
		return s;
	if (!found) {
		ww_row_init(&ww_entity_person, &w->person);
		w->person.test = w->test;
		ww_matched(w, "new person");
	}
	s = keep_person(w);
	if (s == WW_OK)
		s = keep_identifiers(w);
	if (s == WW_OK)
		s = keep_coverages(w);
	if (s == WW_OK && w->renamed)
		s = ww_review_alike(w);
	w->message->person = w->person.id;
	return s;
}
