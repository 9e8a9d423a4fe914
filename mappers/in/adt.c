/* HL7 v2 ADT messages to facts. Trigger events: HL7 v2.9 chapter 3, 3.3. */
#include "mappers/in/adt.h"

#include "mappers/in/attending.h"
#include "mappers/in/value.h"

#include <wardwire/act.h>

#include <string.h>

/* -- small pieces ---------------------------------------------------------------------------------- */

/* In capitals and without blanks around it, as codes are compared. */
static ww_str
code_of(struct ww_ctx *cx, ww_str s)
{
	return ww_arena_upper(cx->arena, ww_str_trim(s));
}

static ww_time
time_at(struct ww_ctx *cx, const struct ww_hl7 *m, const char *path, const struct ww_zone *z)
{
	ww_time t = { 0 };

	(void)ww_hl7_time(cx, m, path, z, &t);
	return t;
}

static ww_time
first_known(ww_time a, ww_time b)
{
	return ww_time_known(a) ? a : b;
}

/* -- the table ------------------------------------------------------------------------------------- */

enum kind { KIND_text, KIND_code, KIND_time };

static const struct {
	size_t at; /* in struct ww_facts */
	const char *path;
	enum kind kind;
} fields[] = {
#define WW_MAP(fact, field, path, kind)                                                            \
	{ offsetof(struct ww_facts, fact) + offsetof(struct ww_##fact, field), path, KIND_##kind },
#include "mappers/in/adt.def"
#undef WW_MAP
};

static void
map_fields(
    struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed, struct ww_facts *out)
{
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		void *at = (char *)out + fields[i].at;

		switch (fields[i].kind) {
		case KIND_text:
			*(ww_str *)at = ww_str_trim(ww_hl7_at(cx, m, fields[i].path));
			break;
		case KIND_code:
			*(ww_str *)at = code_of(cx, ww_hl7_at(cx, m, fields[i].path));
			break;
		case KIND_time:
			*(ww_time *)at = time_at(cx, m, fields[i].path, feed->zone);
			break;
		}
	}
}

/* -- the parts that need a rule -------------------------------------------------------------------- */

/* PV1-2, HL7 table 0004. C (commercial account) and U (unknown) tell nothing. */
static int64_t
class_of(ww_str pv1_2)
{
	static const struct {
		char code;
		enum ww_encounter_class class_;
	} table[] = {
		{ 'E', WW_encounter_class_ED },
		{ 'I', WW_encounter_class_INPATIENT },
		{ 'O', WW_encounter_class_OUTPATIENT },
		{ 'P', WW_encounter_class_PREADMIT },
		{ 'R', WW_encounter_class_RECURRING },
		{ 'B', WW_encounter_class_OB },
		{ 'N', WW_encounter_class_NONPATIENT },
	};

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		if (pv1_2.n == 1 && pv1_2.p[0] == table[i].code)
			return table[i].class_;
	}
	return WW_encounter_class_UNKNOWN;
}

/* Table 0004 has no code for observation; each hospital says it in its own way. */
static int64_t
observed(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed, int64_t class_)
{
	static const char *const places[] = { "PV1-2", "PV1-18", "PV1-10" };

	if (class_ != WW_encounter_class_UNKNOWN && class_ != WW_encounter_class_OUTPATIENT &&
	    class_ != WW_encounter_class_RECURRING)
		return class_;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		ww_str said = code_of(cx, ww_hl7_at(cx, m, places[i]));

		for (size_t k = 0; said.n != 0 && k < feed->adt.observation.n; k++) {
			if (ww_str_eq(said, feed->adt.observation.v[k]))
				return WW_encounter_class_OBSERVATION;
		}
	}
	return class_;
}

/* Identifier types (HL7 table 0203) that name an account or a visit and not a person, and the social
 * security number, which is not used to match. */
static bool
names_person(ww_str type)
{
	static const char *const others[] = { "AN", "VN", "ANON", "SS", "SSN" };

	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (ww_str_is(type, others[i]))
			return false;
	}
	return true;
}

/* Who gave a number: the name of the authority, or its universal id where it has no name (HD, chapter 2A). */
static ww_str
authority_of(struct ww_ctx *cx, const struct ww_hl7 *m, const char *name, const char *universal,
    size_t repetition, const struct ww_feed *feed)
{
	ww_str s;

	(void)ww_hl7_nth(cx, m, name, 1, repetition, &s);
	if (s.n == 0)
		(void)ww_hl7_nth(cx, m, universal, 1, repetition, &s);
	return s.n != 0 ? s : feed->name;
}

/* One list of CX: where its parts stand. */
struct cx_list {
	const char *segment;
	size_t field;
	const char *id, *name, *universal, *type;
	bool visits; /* they are numbers of visits */
};

static const struct cx_list pid_3 = { "PID", 3, "PID-3.1", "PID-3.4.1", "PID-3.4.2", "PID-3.5",
	false };
static const struct cx_list pid_2 = { "PID", 2, "PID-2.1", "PID-2.4.1", "PID-2.4.2", "PID-2.5",
	false };
static const struct cx_list pid_4 = { "PID", 4, "PID-4.1", "PID-4.4.1", "PID-4.4.2", "PID-4.5",
	false };
static const struct cx_list mrg_1 = { "MRG", 1, "MRG-1.1", "MRG-1.4.1", "MRG-1.4.2", "MRG-1.5",
	false };
static const struct cx_list mrg_2 = { "MRG", 2, "MRG-2.1", "MRG-2.4.1", "MRG-2.4.2", "MRG-2.5",
	false };
static const struct cx_list mrg_4 = { "MRG", 4, "MRG-4.1", "MRG-4.4.1", "MRG-4.4.2", "MRG-4.5",
	false };

static const struct cx_list pv1_50 = { "PV1", 50, "PV1-50.1", "PV1-50.4.1", "PV1-50.4.2",
	"PV1-50.5", true };

/* Adds those that name a person, or a visit. */
static ww_status
add_identifiers(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed,
    const struct cx_list *at, struct ww_identifier **list, size_t *n)
{
	size_t reps = ww_hl7_repetitions(m, at->segment, 1, at->field);
	struct ww_identifier *v = ww_arena_array(cx->arena, *n + reps + 1, sizeof(*v));

	if (v == NULL)
		return ww_fail_memory(cx);
	if (*n > 0)
		memcpy(v, *list, *n * sizeof(*v));
	*list = v;
	for (size_t r = 1; r <= reps; r++) {
		struct ww_identifier *id = &v[*n];
		ww_str value = ww_str_empty(), type = ww_str_empty();

		(void)ww_hl7_nth(cx, m, at->id, 1, r, &value);
		(void)ww_hl7_nth(cx, m, at->type, 1, r, &type);
		value = ww_str_trim(value);
		type = code_of(cx, type);
		if (value.n == 0 || (!at->visits && !names_person(type)))
			continue;
		ww_row_init(&ww_entity_identifier, id);
		id->value = value;
		id->system = authority_of(cx, m, at->name, at->universal, r, feed);
		id->type = type.n != 0 ? type : WW_STR("MR");
		++*n;
	}
	return WW_OK;
}

/* Events that are about PID-2 and MRG-4, or PID-4 and MRG-2. */
static bool
is_about(ww_str trigger, const char *const events[4])
{
	for (size_t i = 0; i < 4 && events[i] != NULL; i++) {
		if (ww_str_is(trigger, events[i]))
			return true;
	}
	return false;
}

static const char *const external[4] = { "A30", "A39", "A46", NULL };
static const char *const alternate[4] = { "A48", NULL };

/* PID-3 by its repetitions; PID-2, which senders of version 2.2 use, when PID-3 has none. */
static ww_status
map_identifiers(
    struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed, struct ww_facts *out)
{
	ww_status s = add_identifiers(cx, m, feed, &pid_3, &out->identifiers, &out->identifiers_n);

	if (s == WW_OK && (out->identifiers_n == 0 || is_about(out->event.trigger, external)))
		s = add_identifiers(cx, m, feed, &pid_2, &out->identifiers, &out->identifiers_n);
	if (s == WW_OK && is_about(out->event.trigger, alternate))
		s = add_identifiers(cx, m, feed, &pid_4, &out->identifiers, &out->identifiers_n);
	return s;
}

static ww_status
map_prior(
    struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed, struct ww_facts *out)
{
	struct ww_prior *p = &out->prior;
	const struct cx_list *list = is_about(out->event.trigger, external)    ? &mrg_4
	                             : is_about(out->event.trigger, alternate) ? &mrg_2
	                                                                       : &mrg_1;
	ww_status s = add_identifiers(cx, m, feed, list, &p->identifiers, &p->identifiers_n);

	/* senders fill MRG-1 whatever the event is about */
	if (s == WW_OK && p->identifiers_n == 0 && list != &mrg_1)
		s = add_identifiers(cx, m, feed, &mrg_1, &p->identifiers, &p->identifiers_n);
	p->account = ww_str_trim(ww_hl7_at(cx, m, "MRG-3.1"));
	p->visit = ww_str_trim(ww_hl7_at(cx, m, "MRG-5.1"));
	p->visit_system = p->visit.n != 0 ? authority_of(cx, m, "MRG-5.4.1", "MRG-5.4.2", 1, feed)
	                                  : ww_str_empty();
	out->event.prior_system = p->visit_system;
	return s;
}

/* Where a payer's member id may stand in one IN1 and the IN2 beside it, by what the setting calls it. */
struct member_place {
	const char *name, *path;
	bool in2;
};

static const struct member_place *
member_place(ww_str name)
{
	static const struct member_place places[] = {
		{ "IN1-49", "IN1-49.1", false },
		{ "IN1-36", "IN1-36", false },
		{ "IN2-61", "IN2-61.1", true },
		{ "IN2-6", "IN2-6", true },
		{ "IN2-8", "IN2-8", true },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (ww_str_is(name, places[i].name))
			return &places[i];
	}
	return NULL; /* PID-3.MB */
}

/* A payer gave the numbers of that type: PID-3.MB is among the places. */
static bool
is_payers(const struct ww_feed *feed, ww_str type)
{
	struct ww_texts places = ww_config_member(feed);

	for (size_t i = 0; i < places.n; i++) {
		ww_str place = places.v[i];

		if (ww_str_starts(place, WW_STR("PID-3.")) &&
		    ww_str_eq(ww_str_sub(place, sizeof("PID-3.") - 1, place.n), type))
			return true;
	}
	return false;
}

/* Without what numbers the members of a family; never nothing. */
static ww_str
without_suffix(const struct ww_feed *feed, ww_str number)
{
	enum { SUFFIX = 2 };

	return feed->adt.member_suffix && number.n > SUFFIX
	           ? ww_str_sub(number, 0, number.n - SUFFIX)
	           : number;
}

/* Which IN2 (from 1) stands behind the n-th IN1 and before the next; 0: none, as IN2 may be left out. */
static size_t
in2_beside(const struct ww_hl7 *m, size_t n)
{
	size_t in1 = 0, in2 = 0;

	for (size_t i = 0; i < ww_hl7_segments(m) && in1 <= n; i++) {
		ww_str id = ww_hl7_segment_id(m, i);

		in1 += ww_str_is(id, "IN1");
		in2 += ww_str_is(id, "IN2");
		if (in1 == n && ww_str_is(id, "IN2"))
			return in2;
	}
	return 0;
}

static void
map_member(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed, size_t n,
    struct ww_coverage *c)
{
	struct ww_texts places = ww_config_member(feed);
	size_t in2 = in2_beside(m, n);

	for (size_t k = 0; k < places.n && c->member_id.n == 0; k++) {
		const struct member_place *at = member_place(places.v[k]);
		ww_str id = ww_str_empty();

		if (at != NULL && (!at->in2 || in2 != 0))
			(void)ww_hl7_nth(cx, m, at->path, at->in2 ? in2 : n, 1, &id);
		c->member_id = without_suffix(feed, ww_str_trim(id));
		c->place = at != NULL ? ww_str_from(at->path) : c->place;
	}
	if (c->member_id.n == 0)
		c->place = ww_str_empty();
}

static ww_status
map_coverages(
    struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed, struct ww_facts *out)
{
	size_t n = ww_hl7_count(m, "IN1");
	bool member_type = false;

	out->coverages = ww_arena_array(cx->arena, n + 1, sizeof(*out->coverages));
	if (out->coverages == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 1; i <= n; i++) {
		struct ww_coverage *c = &out->coverages[out->coverages_n++];

		ww_row_init(&ww_entity_coverage, c);
		(void)ww_hl7_nth(cx, m, "IN1-3.1", i, 1, &c->payer);
		(void)ww_hl7_nth(cx, m, "IN1-2.1", i, 1, &c->plan);
		(void)ww_hl7_nth(cx, m, "IN1-17.1", i, 1, &c->relationship);
		map_member(cx, m, feed, i, c);
	}
	for (size_t i = 0; i < out->identifiers_n; i++)
		member_type = member_type || ww_str_is(out->identifiers[i].type, "MB");
	for (size_t i = 0; i < out->identifiers_n; i++) {
		struct ww_identifier *id = &out->identifiers[i];

		id->payer = is_payers(feed, id->type);
		if (id->payer != 0)
			id->value = without_suffix(feed, id->value);
	}
	out->no_member = ww_arena_printf(cx->arena, "%s, %s", n == 0 ? "no IN1" : "IN1-49 empty",
	    member_type ? "PID-3 has an MB" : "PID-3 has no MB");
	return WW_OK;
}

/* DG1-3.1 without dots and blanks, in capitals. Before version 2.3 the coding system is in DG1-2. */
static ww_status
map_diagnoses(struct ww_ctx *cx, const struct ww_hl7 *m, struct ww_facts *out)
{
	size_t n = ww_hl7_count(m, "DG1");

	out->diagnoses = ww_arena_array(cx->arena, n + 1, sizeof(*out->diagnoses));
	if (out->diagnoses == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 1; i <= n; i++) {
		struct ww_diagnosis *d = &out->diagnoses[out->diagnoses_n];
		ww_str code;
		char *p;
		size_t k = 0;

		if (ww_hl7_nth(cx, m, "DG1-3.1", i, 1, &code) == WW_HL7_DELETE)
			out->undiagnosed = true;
		code = code_of(cx, code);
		p = ww_arena_alloc(cx->arena, code.n + 1);
		if (p == NULL)
			return ww_fail_memory(cx);
		for (size_t c = 0; c < code.n; c++) {
			if (code.p[c] != '.' && code.p[c] != ' ')
				p[k++] = code.p[c];
		}
		if (k == 0)
			continue;
		ww_row_init(&ww_entity_diagnosis, d);
		d->code = ww_str_of(p, k);
		if (ww_hl7_nth(cx, m, "DG1-3.3", i, 1, &d->system) != WW_HL7_VALUE)
			(void)ww_hl7_nth(cx, m, "DG1-2", i, 1, &d->system);
		(void)ww_hl7_nth(cx, m, "DG1-6", i, 1, &d->type);
		out->diagnoses_n++;
	}
	return WW_OK;
}

/* The visit number, scoped by its authority or else by the feed; the account where there is no visit. */
static void
map_visit(
    struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed, struct ww_facts *out)
{
	out->account = ww_str_trim(ww_hl7_at(cx, m, "PID-18.1"));
	out->visit = ww_str_trim(ww_hl7_at(cx, m, "PV1-19.1"));
	if (out->visit.n != 0) {
		out->visit_system = authority_of(cx, m, "PV1-19.4.1", "PV1-19.4.2", 1, feed);
		return;
	}
	out->visit = out->account;
	if (out->visit.n != 0)
		out->visit_system =
		    ww_arena_printf(cx->arena, "account:%.*s", WW_STR_FMT(feed->name));
}

/* The time at path, unless it is more than ten minutes ahead of ours: then the sender's clock is wrong. */
static ww_time
stamp_at(struct ww_ctx *cx, const struct ww_hl7 *m, const char *path, const struct ww_zone *z)
{
	enum { AHEAD_MS = 10 * 60 * 1000 };
	ww_time t = time_at(cx, m, path, z);

	return t.ms > cx->now + AHEAD_MS ? (ww_time){ 0 } : t;
}

/* When it was recorded, and when it occurred: two clocks, so that a correction with an earlier time still
 * counts as the newer version. */
static void
map_times(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed, enum ww_act act,
    struct ww_event *e)
{
	ww_time evn2 = stamp_at(cx, m, "EVN-2.1", feed->zone);
	ww_time evn3 = time_at(cx, m, "EVN-3.1", feed->zone);
	ww_time evn6 = time_at(cx, m, "EVN-6.1", feed->zone);
	ww_time zbe2 = time_at(cx, m, "ZBE-2.1", feed->zone);
	ww_time msh7 = stamp_at(cx, m, "MSH-7.1", feed->zone);
	ww_time received = ww_time_at(cx->now, feed->zone);
	ww_time value = { 0 };

	/* nobody leaves before coming: one of the two is mistyped, and the admission was sent more often */
	if (ww_time_known(e->discharged) && ww_time_known(e->admitted) &&
	    ww_time_cmp(e->discharged, e->admitted) < 0)
		e->discharged = (ww_time){ 0 };
	e->recorded = first_known(first_known(evn2, msh7), received);
	e->sent = msh7;
	e->stated = first_known(first_known(zbe2, evn6), evn2);
	if (act == WW_ACT_ADMIT || act == WW_ACT_REGISTER)
		value = e->admitted;
	else if (act == WW_ACT_DISCHARGE)
		value = e->discharged;
	e->occurred = first_known(first_known(first_known(zbe2, evn6), value), e->recorded);
	if (act == WW_ACT_PREADMIT || act == WW_ACT_PENDING_ADMIT)
		e->expected = first_known(time_at(cx, m, "PV2-8.1", feed->zone), evn3);
	else if (act == WW_ACT_PENDING_DISCHARGE)
		e->expected = first_known(time_at(cx, m, "PV2-9.1", feed->zone), evn3);
}

/* Point of care, room, bed and facility of PV1-3, which together name a place. */
static ww_str
location_of(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	ww_str at = ww_hl7_at(cx, m, "PV1-3.1"), room = ww_hl7_at(cx, m, "PV1-3.2"),
	       bed = ww_hl7_at(cx, m, "PV1-3.3"), facility = ww_hl7_at(cx, m, "PV1-3.4.1");

	if (at.n + room.n + bed.n + facility.n == 0)
		return ww_str_empty();
	return ww_arena_printf(cx->arena, "%.*s^%.*s^%.*s^%.*s", WW_STR_FMT(at), WW_STR_FMT(room),
	    WW_STR_FMT(bed), WW_STR_FMT(facility));
}

/* -- the mapper ------------------------------------------------------------------------------------ */

/* MSH-9.2; versions before 2.3 may name the event in EVN-1 only. IHE PAM changes a movement by Z99 and names the event
 * that first told of it in ZBE-6. */
static ww_str
trigger_of(struct ww_ctx *cx, const struct ww_hl7 *m)
{
	ww_str trigger = code_of(cx, ww_hl7_at(cx, m, "MSH-9.2"));

	if (trigger.n == 0)
		return code_of(cx, ww_hl7_at(cx, m, "EVN-1"));
	return ww_str_is(trigger, "Z99") ? code_of(cx, ww_hl7_at(cx, m, "ZBE-6")) : trigger;
}

/* Why nothing comes of that trigger event; empty when something does. */
static ww_str
why_ignored(struct ww_ctx *cx, ww_str trigger, const struct ww_trigger *t)
{
	if (t == NULL && trigger.n == 3)
		return ww_arena_printf(cx->arena, "trigger event %.*s is none of HL7 v2 chapter 3",
		    WW_STR_FMT(trigger));
	if (t == NULL)
		return WW_STR("MSH-9.2 names no ADT trigger event");
	if (t->ignored != NULL)
		return ww_arena_printf(cx->arena,
		    "trigger event %s is stored and not acted upon: %s", t->code, t->ignored);
	return ww_str_empty();
}

/* Nothing is said yet. */
static void
start(struct ww_facts *out, ww_str trigger)
{
	ww_facts_init(out);
	out->event.trigger = trigger;
}

static ww_status
map_adt(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed, struct ww_facts *out)
{
	ww_str trigger = trigger_of(cx, m);
	const struct ww_trigger *t = ww_trigger_find(trigger);
	ww_status s;

	start(out, trigger);
	out->ignored = why_ignored(cx, trigger, t);
	if (out->ignored.n != 0)
		return WW_OK;
	map_fields(cx, m, feed, out);
	out->event.disposition = ww_value_patient_status(cx, out->event.disposition);
	out->event.class_ = observed(cx, m, feed, class_of(code_of(cx, ww_hl7_at(cx, m, "PV1-2"))));
	out->event.weak =
	    feed->adt.class_is_anomaly && (t->act == WW_ACT_UPDATE || t->act == WW_ACT_TRANSFER);
	out->event.facility = ww_hl7_at(cx, m, "PV1-3.4.1");
	if (out->event.facility.n == 0)
		out->event.facility = ww_hl7_at(cx, m, "MSH-4.1");
	out->event.location = location_of(cx, m);
	ww_attending_of_message(cx, m, &out->event);
	map_times(cx, m, feed, t->act, &out->event);
	map_visit(cx, m, feed, out);
	s = map_identifiers(cx, m, feed, out);
	if (s == WW_OK)
		s = map_prior(cx, m, feed, out);
	if (s == WW_OK)
		s = add_identifiers(cx, m, feed, &pv1_50, &out->alternates, &out->alternates_n);
	if (s == WW_OK)
		s = map_coverages(cx, m, feed, out);
	if (s == WW_OK)
		s = map_diagnoses(cx, m, out);
	if (s != WW_OK)
		return s;
	if (t->act == WW_ACT_PERSON || out->event.class_ == WW_encounter_class_NONPATIENT)
		out->visit = ww_str_empty(); /* there is no visit in this message */
	if (ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx);
	return WW_OK;
}

ww_status
ww_adt_patient(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed,
    ww_str trigger, struct ww_facts *out)
{
	ww_status s;

	start(out, trigger);
	map_fields(cx, m, feed, out);
	map_times(cx, m, feed, WW_ACT_NONE, &out->event);
	map_visit(cx, m, feed, out);
	s = map_identifiers(cx, m, feed, out);
	return s == WW_OK ? map_coverages(cx, m, feed, out) : s;
}

const struct ww_mapper ww_mapper_adt = { .name = "adt", .type = "ADT", .map = map_adt };
