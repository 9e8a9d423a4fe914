/* Days at a hospital in the words of an interface analyst (tests/scenarios, where the form is described): what each ends
 * in and what was told of it, and the same end whatever the order in which its messages arrive. */
#include "tests/unit/request_fixture.h"

#include <stdio.h>
#include <stdlib.h>

enum { LINES_MAX = 64, WANTS_MAX = 16, FIELDS_MAX = 48, DAY_MS = 86400000 };

/* One line of a scenario that is a message, or the time that passes. */
struct line {
	ww_str text;
	int64_t at; /* ms of EVN-2, local time as if it were UTC */
	bool tick;
	ww_str bytes;                        /* of the message, or of the resource */
	const char *interaction, *type, *id; /* of a FHIR request */
};

struct scenario {
	char name[160];
	char feed_keys[160];
	char ehr_keys[160];     /* of feed ehr's part fhir */
	char restrictions[768]; /* entries of the list of that name */
	bool family;   /* under a program that uses admission/2, and not the built-in one */
	bool persons;  /* states say whose visit it is */
	bool in_order; /* its end depends on the order of arrival */
	struct line lines[LINES_MAX];
	size_t lines_n;
	ww_str states[WANTS_MAX]; /* "V1 in-progress ..." */
	size_t states_n;
	ww_str told; /* "admission V1, ..." */
	ww_str live; /* "V1 rcca, ..." */
	bool has_told, has_live;
};

static struct ww_ctx cx; /* what is read of the files */
static const char folder[] = "tests/scenarios/";

/* -- times ------------------------------------------------------------------------------------------ */

/* 2026-03-10T00:00 where the hospital is: no clock changes in the days after it. */
static const int64_t day_zero = INT64_C(1773100800000);

/* [dN]T?HH:MM: of the N-th day, or of the first; false when it is none. */
static bool
read_time(ww_str s, int64_t *out)
{
	uint64_t n;
	ww_str rest = s, minute, hour;

	*out = day_zero;
	if (s.n > 0 && s.p[0] == 'd') {
		ww_str day = ww_str_cut(ww_str_sub(s, 1, s.n), 'T', &rest);

		if (!ww_str_u64(day, 400, &n))
			return false;
		*out += (int64_t)n * DAY_MS;
		if (rest.n == 0)
			return true;
	}
	hour = ww_str_cut(rest, ':', &minute);
	if (!ww_str_u64(hour, 23, &n))
		return false;
	*out += (int64_t)n * 3600000;
	if (!ww_str_u64(minute, 59, &n))
		return false;
	*out += (int64_t)n * 60000;
	return true;
}

static const char *
hl7_time(int64_t ms)
{
	struct ww_buf b = { 0 };
	const char *text;

	ww_time_write_hl7((ww_time){ .ms = ms, .prec = WW_PREC_SEC }, &b);
	text = ww_arena_str(cx.arena, ww_str_sub(ww_buf_view(&b), 0, 14)).p;
	ww_buf_free(&b);
	return ww_arena_cstr(cx.arena, ww_str_of(text, 14));
}

/* As an HL7 time, when the value is a time of the notation. */
static const char *
value_of(ww_str s)
{
	int64_t ms;

	if (s.n > 1 && s.p[0] == 'd' && s.p[1] >= '0' && s.p[1] <= '9' && read_time(s, &ms))
		return hl7_time(ms);
	return ww_arena_cstr(cx.arena, s);
}

/* -- messages --------------------------------------------------------------------------------------- */

struct field {
	char segment[4];
	int number;
	const char *text;
};

struct draft {
	struct field v[FIELDS_MAX];
	size_t n;
};

static void
set(struct draft *d, const char *segment, int number, const char *text)
{
	size_t i = 0;

	while (i < d->n && (strcmp(d->v[i].segment, segment) != 0 || d->v[i].number != number))
		i++;
	ck_assert_uint_lt(i, FIELDS_MAX);
	d->v[i].number = number;
	d->v[i].text = text;
	snprintf(d->v[i].segment, sizeof(d->v[i].segment), "%s", segment);
	if (i == d->n)
		d->n++;
}

/* PV1-44=d0T10:00 */
static void
set_path(struct draft *d, ww_str path, ww_str value)
{
	ww_str number, segment = ww_str_cut(path, '-', &number);
	uint64_t n = 0;

	ck_assert_msg(segment.n == 3 && ww_str_u64(number, 99, &n) && n > 0, "no path: %.*s",
	    WW_STR_FMT(path));
	set(d, ww_arena_cstr(cx.arena, segment), (int)n, value_of(value));
}

static void
set_defaults(struct draft *d, const char *trigger, int person, int64_t at, int number)
{
	struct ww_arena *a = cx.arena;

	set(d, "MSH", 7, hl7_time(at));
	set(d, "MSH", 9, ww_arena_printf(a, "ADT^%s", trigger).p);
	set(d, "MSH", 10, ww_arena_printf(a, "M%d", number).p);
	set(d, "EVN", 2, hl7_time(at));
	set(d, "PID", 3, ww_arena_printf(a, "MR%d^^^MERCY^MR", person).p);
	set(d, "PID", 5, ww_arena_printf(a, "TESTFAMILY%d^GIVEN%d", person, person).p);
	set(d, "PID", 7, "19500302");
	set(d, "PID", 8, "F");
	set(d, "PV1", 1, "1");
	set(d, "IN1", 3, "ACME");
	set(d, "IN1", 49, ww_arena_printf(a, "M%04d", person).p);
}

static int
by_number(const void *pa, const void *pb)
{
	const struct field *a = pa, *b = pb;

	return a->number - b->number;
}

/* The segments of one patient; with the header, those before it. */
static void
compose(struct draft *d, bool header, struct ww_buf *b)
{
	static const char *const order[] = { "EVN", "PID", "PD1", "ARV", "MRG", "PV1", "PV2", "DG1",
		"IN1", "ZBE" };

	qsort(d->v, d->n, sizeof(d->v[0]), by_number);
	if (header)
		ww_buf_cstr(b, "MSH|^~\\&|ADT|MERCY|WARDWIRE|PAYER");
	for (int at = 6, i = 0; header && i < (int)d->n; i++) {
		if (strcmp(d->v[i].segment, "MSH") != 0)
			continue;
		for (; at < d->v[i].number; at++)
			ww_buf_byte(b, '|');
		ww_buf_cstr(b, d->v[i].text);
	}
	if (header)
		ww_buf_cstr(b, "|P|2.5.1\r");
	for (size_t s = header ? 0 : 1; s < UNIT_COUNT(order); s++) {
		int at = 0;

		for (size_t i = 0; i < d->n; i++) {
			if (strcmp(d->v[i].segment, order[s]) != 0)
				continue;
			if (at == 0)
				ww_buf_cstr(b, order[s]);
			for (; at < d->v[i].number; at++)
				ww_buf_byte(b, '|');
			ww_buf_cstr(b, d->v[i].text);
		}
		if (at > 0)
			ww_buf_byte(b, '\r');
	}
}

static const char *
visit_number(ww_str visit)
{
	ww_str authority, number = ww_str_cut(visit, '@', &authority);

	return ww_arena_printf(cx.arena, "%.*s^^^%.*s", WW_STR_FMT(number),
	    WW_STR_FMT(authority.n != 0 ? authority : WW_STR("MERCY")))
	    .p;
}

/* "V1 E PV1-18=OBS p=2" into the draft of one patient. */
static void
read_patient(ww_str text, const char *trigger, int64_t at, int number, struct draft *d)
{
	uint64_t person = 1;
	ww_str rest = text, word;

	while (rest.n > 0) {
		word = ww_str_cut(rest, ' ', &rest);
		if (ww_str_starts(word, WW_STR("p=")))
			ck_assert(ww_str_u64(ww_str_sub(word, 2, word.n), 20, &person));
	}
	set_defaults(d, trigger, (int)person, at, number);
	for (rest = text; rest.n > 0;) {
		ww_str value = ww_str_empty();

		word = ww_str_cut(rest, ' ', &rest);
		if (word.n == 0 || ww_str_starts(word, WW_STR("p=")))
			continue;
		if (memchr(word.p, '=', word.n) != NULL) {
			ww_str path = ww_str_cut(word, '=', &value);

			set_path(d, path, value);
		} else if (word.p[0] == 'V' && word.n > 1) {
			set(d, "PV1", 19, visit_number(word));
		} else {
			set(d, "PV1", 2, ww_arena_cstr(cx.arena, word));
		}
	}
}

/* -- resources -------------------------------------------------------------------------------------- */

/* What the words of a line say, by their keys; a word without one comes under "". */
struct words {
	struct {
		ww_str key, value;
	} v[FIELDS_MAX];
	size_t n;
};

static void
read_words_of(ww_str text, struct words *w)
{
	w->n = 0;
	while (text.n > 0) {
		ww_str word = ww_str_cut(text, ' ', &text), value;
		ww_str key = ww_str_cut(word, '=', &value);

		if (word.n == 0)
			continue;
		ck_assert_uint_lt(w->n, FIELDS_MAX);
		w->v[w->n].key = key.n < word.n ? key : ww_str_empty();
		w->v[w->n++].value = key.n < word.n ? value : word;
	}
}

static ww_str
word_of(const struct words *w, const char *key, size_t nth)
{
	for (size_t i = 0; i < w->n; i++) {
		if (ww_str_is(w->v[i].key, key) && nth-- == 0)
			return w->v[i].value;
	}
	return ww_str_empty();
}

/* A time of the notation as FHIR has it; "d0T" and "d0" are the day alone. */
static const char *
fhir_time(ww_str s)
{
	struct ww_buf b = { 0 };
	const char *text;
	int64_t ms;

	ck_assert_msg(read_time(s, &ms), "no time: %.*s", WW_STR_FMT(s));
	ww_time_write_fhir((ww_time){ .ms = ms + INT64_C(4) * 3600000,
	                       .offset = -240,
	                       .prec = ww_str_find(s, ':') < s.n ? WW_PREC_SEC : WW_PREC_DAY },
	    &b);
	text = ww_arena_cstr(cx.arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return text;
}

static void
write_meta(struct ww_buf *b, const char *type, const char *id, int64_t at, const struct words *w)
{
	ww_str label = word_of(w, "label", 0);
	struct ww_buf t = { 0 };

	ww_time_write_fhir(
	    (ww_time){ .ms = at + INT64_C(4) * 3600000, .offset = -240, .prec = WW_PREC_SEC }, &t);
	ww_buf_printf(b,
	    "{\"resourceType\":\"%s\",\"id\":\"%s\",\"meta\":{\"lastUpdated\":\"%.*s\"", type, id,
	    WW_STR_FMT(ww_buf_view(&t)));
	if (label.n != 0)
		ww_buf_printf(b, ",\"security\":[{\"system\":\"urn:labels\",\"code\":\"%.*s\"}]",
		    WW_STR_FMT(label));
	ww_buf_cstr(b, "}");
	ww_buf_free(&t);
}

static void
write_period(struct ww_buf *b, const char *name, ww_str start, ww_str end)
{
	if (start.n == 0 && end.n == 0)
		return;
	ww_buf_printf(b, "\"%s\":{", name);
	if (start.n != 0)
		ww_buf_printf(b, "\"start\":\"%s\"%s", fhir_time(start), end.n != 0 ? "," : "");
	if (end.n != 0)
		ww_buf_printf(b, "\"end\":\"%s\"", fhir_time(end));
	ww_buf_cstr(b, "},");
}

/* was=EMER,d0T09:00,d0T10:00 */
static void
write_history(struct ww_buf *b, const struct words *w)
{
	for (size_t i = 0; word_of(w, "was", i).n != 0; i++) {
		ww_str start, end, code = ww_str_cut(word_of(w, "was", i), ',', &start);

		start = ww_str_cut(start, ',', &end);
		ww_buf_printf(b, "%s{", i == 0 ? "\"classHistory\":[" : ",");
		write_period(b, "period", start, end);
		ww_buf_printf(b, "\"class\":{\"code\":\"%.*s\"}}", WW_STR_FMT(code));
	}
	if (word_of(w, "was", 0).n != 0)
		ww_buf_cstr(b, "],");
}

static const char *
patient_of(const struct words *w)
{
	ww_str named = word_of(w, "for", 0), person = word_of(w, "p", 0);

	if (named.n != 0)
		return ww_arena_cstr(cx.arena, named);
	return ww_arena_printf(cx.arena, "P%.*s", WW_STR_FMT(person.n != 0 ? person : WW_STR("1")))
	    .p;
}

/* ID STATUS CLASS [VISIT[@SYSTEM]] */
static void
write_encounter(struct ww_buf *b, const struct words *w)
{
	ww_str visit = word_of(w, "", 3), system, number = ww_str_cut(visit, '@', &system);
	ww_str at = word_of(w, "at", 0), to = word_of(w, "to", 0), place = word_of(w, "place", 0);

	ww_buf_printf(b, ",\"status\":\"%.*s\",\"class\":{\"code\":\"%.*s\"},",
	    WW_STR_FMT(word_of(w, "", 1)), WW_STR_FMT(word_of(w, "", 2)));
	if (number.n != 0)
		ww_buf_printf(b, "\"identifier\":[{\"system\":\"urn:%.*s\",\"value\":\"%.*s\"}],",
		    WW_STR_FMT(system.n != 0 ? system : WW_STR("visits")), WW_STR_FMT(number));
	write_period(b, "period", word_of(w, "start", 0), word_of(w, "end", 0));
	write_history(b, w);
	if (to.n != 0)
		ww_buf_printf(b,
		    "\"hospitalization\":{\"dischargeDisposition\":{\"coding\":[{\"code\":\"%.*s\"}"
		    "]}},",
		    WW_STR_FMT(to));
	if (place.n != 0)
		ww_buf_printf(
		    b, "\"location\":[{\"location\":{\"display\":\"%.*s\"}}],", WW_STR_FMT(place));
	ww_buf_printf(b,
	    "\"serviceProvider\":{\"display\":\"%.*s\"},\"subject\":{\"reference\":\"Patient/"
	    "%s\"}}",
	    WW_STR_FMT(at.n != 0 ? at : WW_STR("MercyGeneral")), patient_of(w));
}

/* ID [p=PERSON] [replaces=ID] [by=ID] [bare]: bare has a name and no numbers */
static void
write_patient(struct ww_buf *b, const struct words *w)
{
	ww_str person = word_of(w, "p", 0), replaces = word_of(w, "replaces", 0),
	       by = word_of(w, "by", 0), family = word_of(w, "family", 0);
	const char *p = person.n != 0 ? ww_arena_cstr(cx.arena, person) : "1";

	ww_buf_printf(b,
	    ",\"name\":[{\"family\":\"%s\",\"given\":[\"GIVEN%s\"]}],"
	    "\"birthDate\":\"1950-03-02\",\"gender\":\"female\"",
	    family.n != 0 ? ww_arena_cstr(cx.arena, family)
	                  : ww_arena_printf(cx.arena, "TESTFAMILY%s", p).p,
	    p);
	if (!ww_str_is(word_of(w, "", 1), "bare"))
		ww_buf_printf(b,
		    ",\"identifier\":[{\"system\":\"urn:mrn\",\"value\":\"MR%s\"},"
		    "{\"system\":\"urn:acme\",\"value\":\"M%04d\"}]",
		    p, atoi(p));
	if (replaces.n != 0 || by.n != 0)
		ww_buf_printf(b,
		    ",\"link\":[{\"other\":{\"reference\":\"Patient/%.*s\"},\"type\":\"%s\"}]",
		    WW_STR_FMT(replaces.n != 0 ? replaces : by),
		    replaces.n != 0 ? "replaces" : "replaced-by");
	ww_buf_cstr(b, "}");
}

/* ID [p=PERSON] [for=PATIENT] [status=STATUS] */
static void
write_coverage(struct ww_buf *b, const struct words *w)
{
	ww_str person = word_of(w, "p", 0), status = word_of(w, "status", 0);

	ww_buf_printf(b,
	    ",\"status\":\"%.*s\",\"subscriberId\":\"M%04d\",\"payor\":[{\"display\":\"ACME\"}],"
	    "\"beneficiary\":{\"reference\":\"Patient/%s\"}}",
	    WW_STR_FMT(status.n != 0 ? status : WW_STR("active")),
	    person.n != 0 ? atoi(ww_arena_cstr(cx.arena, person)) : 1, patient_of(w));
}

static const struct {
	const char *type;
	void (*write)(struct ww_buf *b, const struct words *w);
} writers[] = {
	{ "Encounter", write_encounter },
	{ "Patient", write_patient },
	{ "Coverage", write_coverage },
};

/* "Encounter E1 in-progress IMP start=d0T10:00", "Delete Encounter E1"; false: it is none. */
static bool
read_resource(struct line *l, ww_str kind, ww_str rest)
{
	struct words w;
	struct ww_buf b = { 0 };
	bool deletes = ww_str_is(kind, "Delete");

	if (deletes)
		kind = ww_str_cut(rest, ' ', &rest);
	for (size_t i = 0; i < UNIT_COUNT(writers); i++) {
		if (!ww_str_is(kind, writers[i].type))
			continue;
		read_words_of(rest, &w);
		l->type = writers[i].type;
		l->id = ww_arena_cstr(cx.arena, word_of(&w, "", 0));
		l->interaction = deletes ? "delete" : "update";
		if (deletes)
			return true;
		write_meta(&b, l->type, l->id, l->at, &w);
		writers[i].write(&b, &w);
		l->bytes = ww_arena_str(cx.arena, ww_buf_view(&b));
		ww_buf_free(&b);
		return true;
	}
	return false;
}

/* "d0T09:00 A04 V1 E PV1-18=OBS p=2", and behind a '+' the next patient of the same message. */
static void
read_line(struct scenario *s, ww_str text)
{
	struct line *l = &s->lines[s->lines_n];
	ww_str rest = text, word = ww_str_cut(rest, ' ', &rest), trigger;
	struct ww_buf b = { 0 };

	ck_assert_uint_lt(s->lines_n, LINES_MAX);
	s->lines_n++;
	*l = (struct line){ .text = text };
	ck_assert_msg(read_time(word, &l->at), "no time: %.*s", WW_STR_FMT(text));
	trigger = ww_str_cut(rest, ' ', &rest);
	l->tick = ww_str_is(trigger, "TICK");
	if (l->tick || read_resource(l, trigger, rest))
		return;
	do {
		struct draft d = { .n = 0 };

		read_patient(ww_str_trim(ww_str_cut(rest, '+', &rest)),
		    ww_arena_cstr(cx.arena, trigger), l->at, 100 + (int)s->lines_n, &d);
		compose(&d, b.n == 0, &b);
	} while (rest.n > 0);
	l->bytes = ww_arena_str(cx.arena, ww_buf_view(&b));
	ww_buf_free(&b);
}

/* -- what came of it -------------------------------------------------------------------------------- */

static void
write_time(struct ww_buf *b, const char *name, ww_time t)
{
	int64_t wall = t.ms + t.offset * INT64_C(60000), day;

	if (!ww_time_known(t))
		return;
	day = (wall - day_zero) / DAY_MS;
	wall -= day_zero + day * DAY_MS;
	ww_buf_printf(b, " %s ", name);
	if (day != 0 || t.prec == WW_PREC_DAY)
		ww_buf_printf(b, "d%d", (int)day);
	if (t.prec > WW_PREC_DAY)
		ww_buf_printf(b, "%s%02d:%02d", day != 0 ? "T" : "", (int)(wall / 3600000),
		    (int)(wall % 3600000 / 60000));
}

static void
write_owner(struct site *s, const struct ww_encounter *e, struct ww_buf *b)
{
	struct ww_person p;
	bool found;

	ww_row_init(&ww_entity_person, &p);
	p.id = e->person;
	site_ok(s, ww_get(&s->ledger, &s->own, person, &p, &found));
	ck_assert(found);
	ww_buf_printf(b, " of %.*s", WW_STR_FMT(p.family));
}

static const struct ww_encounter *
encounter_of(const struct ww_rows *stays, ww_id id)
{
	for (size_t i = 0; i < stays->n; i++) {
		if (WW_ROW(stays, encounter, i)->id == id)
			return WW_ROW(stays, encounter, i);
	}
	ck_abort_msg("no such stay");
}

static void
write_state(const struct ww_rows *stays, const struct ww_encounter *e, struct ww_buf *b)
{
	ww_buf_printf(b, "%.*s", WW_STR_FMT(e->visit));
	if (!ww_str_is(e->visit_system, "MERCY"))
		ww_buf_printf(b, "@%.*s", WW_STR_FMT(e->visit_system));
	ww_buf_printf(
	    b, " %s %s", ww_encounter_status_text(e->status), ww_encounter_class_text(e->class_));
	write_time(b, "start", e->start);
	write_time(b, "ed", e->ed_start);
	write_time(b, "observed", e->obs_start);
	write_time(b, "inpatient", e->inpatient_start);
	write_time(b, "end", e->end);
	write_time(b, "expected", e->expected);
	write_time(b, "until", e->expected_end);
	write_time(b, "transferred", e->transferred);
	if (e->transferred_from.n != 0)
		ww_buf_printf(b, " from %.*s", WW_STR_FMT(e->transferred_from));
	if (e->attending.n + e->attending_npi.n != 0)
		ww_buf_printf(b, " attending %.*s/%.*s", WW_STR_FMT(e->attending),
		    WW_STR_FMT(e->attending_npi));
	if (e->disposition.n != 0)
		ww_buf_printf(b, " to %.*s", WW_STR_FMT(e->disposition));
	if (e->admit_missing != 0)
		ww_buf_cstr(b, " missing");
	if (e->inferred != 0)
		ww_buf_cstr(b, " inferred");
	if (e->closed == 1)
		ww_buf_cstr(b, " closed");
	if (e->led_to != 0)
		ww_buf_printf(b, " led-to %.*s", WW_STR_FMT(encounter_of(stays, e->led_to)->visit));
	if (e->anomaly != 0)
		ww_buf_cstr(b, " anomaly");
	if (e->policy != WW_policy_NONE)
		ww_buf_printf(
		    b, " %s by %.*s", ww_policy_text(e->policy), WW_STR_FMT(e->restricted));
}

static int
by_text(const void *pa, const void *pb)
{
	const ww_str *a = pa, *b = pb;

	return ww_str_cmp(*a, *b);
}

/* All texts in their order, a separator between. */
static ww_str
join(ww_str *v, size_t n, const char *separator)
{
	struct ww_buf b = { 0 };
	ww_str out;

	if (n > 1)
		qsort(v, n, sizeof(*v), by_text);
	for (size_t i = 0; i < n; i++)
		ww_buf_printf(&b, "%s%.*s", i != 0 ? separator : "", WW_STR_FMT(v[i]));
	out = ww_arena_str(cx.arena, ww_buf_view(&b));
	ww_buf_free(&b);
	return out;
}

static ww_str
states_of(const struct scenario *c, struct site *s)
{
	struct ww_rows stays = site_rows(s, &ww_entity_encounter);
	ww_str v[WANTS_MAX];
	struct ww_buf b = { 0 };
	size_t n = 0;

	for (size_t i = 0; i < stays.n; i++) {
		const struct ww_encounter *e = WW_ROW(&stays, encounter, i);

		if (e->merged_into != 0)
			continue; /* empty, and nobody's */
		ck_assert_uint_lt(n, WANTS_MAX);
		ww_buf_clear(&b);
		write_state(&stays, e, &b);
		if (c->persons)
			write_owner(s, e, &b);
		v[n++] = ww_arena_str(cx.arena, ww_buf_view(&b));
	}
	ww_buf_free(&b);
	return join(v, n, "\n");
}

/* "V1 rcca": Tasks that stand. */
static ww_str
live_of(struct site *s)
{
	struct ww_rows stays = site_rows(s, &ww_entity_encounter);
	struct ww_rows rows = site_rows(s, &ww_entity_outbox);
	ww_str v[WANTS_MAX];
	size_t n = 0;

	for (size_t i = 0; i < rows.n; i++) {
		const struct ww_outbox *r = WW_ROW(&rows, outbox, i);

		if (r->resource != WW_resource_type_TASK ||
		    r->state == WW_outbox_state_SUPPRESSED || ww_str_is(r->change, "cancel"))
			continue;
		ck_assert_uint_lt(n, WANTS_MAX);
		v[n++] = ww_arena_printf(cx.arena, "%.*s %.*s",
		    WW_STR_FMT(encounter_of(&stays, r->encounter)->visit), WW_STR_FMT(r->practice));
	}
	return join(v, n, ", ");
}

static struct ww_buf told;

static ww_str
visit_of(struct site *s, ww_id id)
{
	struct ww_encounter e;
	bool found;

	ww_row_init(&ww_entity_encounter, &e);
	e.id = id;
	site_ok(s, ww_get(&s->ledger, &s->own, encounter, &e, &found));
	return e.visit;
}

static void
on_effect(void *arg, const struct ww_effect *e)
{
	struct site *s = arg;

	for (size_t i = 0; i < e->changes_n; i++) {
		const char *verb = e->changes[i].verb;

		if (strcmp(verb, "updated") == 0)
			continue;
		if (told.n > 0)
			ww_buf_cstr(&told, ", ");
		ww_buf_printf(&told, "%s%s %.*s", strcmp(verb, "retracted") == 0 ? "-" : "",
		    ww_flag_kind_text(e->changes[i].flag->kind),
		    WW_STR_FMT(visit_of(s, e->changes[i].flag->encounter)));
	}
}

/* -- one run ---------------------------------------------------------------------------------------- */

static void
tick(struct site *s, int64_t at)
{
	struct ww_buf body = { 0 };

	(void)site_record(s, WW_REC_TICK, at > s->now ? at : s->now + 1, &body);
}

static int64_t
utc(int64_t wall)
{
	return wall + INT64_C(4) * 3600000; /* New York in these days */
}

/* All of the admission family, plans and what goes on from emergency visits by Communications. */
static const char family[] =
    "program: family\n"
    "title: Admissions\n"
    "version: 1\n"
    "rules: [{use: admission/2}, {use: lace/1}]\n"
    "flags:\n"
    "  planned-admission: {to: coordinator, as: communication}\n"
    "  ed-arrival: {to: coordinator, as: communication}\n"
    "  observation: {to: coordinator, as: communication}\n"
    "  ed-discharge: {to: coordinator, as: communication}\n"
    "  admission: {to: coordinator, as: stay-task, deadline: 24h}\n"
    "  transfer: {to: coordinator, as: stay-task, deadline: 24h}\n"
    "  discharge: {to: coordinator, as: stay-task, deadline: 24h}\n"
    "  readmission-risk: {to: coordinator, as: stay-task, deadline: 24h}\n";

static void
keep_family(struct site *s)
{
	struct ww_rec_file r = { .role = WW_STR("program"),
		.name = WW_STR("family"),
		.blob = site_keep_blob(s, ww_str_from(family)) };
	struct ww_buf body = { 0 };

	ww_rec_file_write(&r, &body);
	(void)site_record(s, WW_REC_FILE, s->now + 1000, &body);
}

/* order: which line comes when. late: all of them come after the last of them was recorded. */
static void
play(const struct scenario *c, const size_t *order, bool late, struct site *s)
{
	int64_t last = 0;

	for (size_t i = 0; i < c->lines_n; i++)
		last = c->lines[i].at > last ? c->lines[i].at : last;
	ww_buf_clear(&told);
	site_open_empty(s);
	ww_apply_close(s->apply);
	s->observe = on_effect;
	s->arg = s;
	site_apply_open(s);
	(void)site_engine(s, SITE_KEY);
	if (c->family)
		keep_family(s);
	(void)site_config(
	    s, ww_arena_printf(s->own.arena,
	           "data: data\nsystem: \"urn:example\"\nhistory_since: 2020-01-01\n"
	           "listeners:\n  - {name: adt, mllp: \"127.0.0.1:0\"}\n"
	           "  - {name: fhir, fhir: \"127.0.0.1:0/fhir\", auth: none}\n"
	           "feeds:\n  - {name: mercy, on: adt, zone: " SITE_ZONE "%s}\n"
	           "  - name: ehr\n    on: fhir\n    zone: " SITE_ZONE "\n"
	           "    fhir:\n      systems:\n"
	           "        - {system: \"urn:mrn\", authority: MERCY, type: MR}\n"
	           "        - {system: \"urn:visits\", authority: MERCY, type: VN}\n"
	           "        - {system: \"urn:acme\", authority: ACME, type: MB}\n"
	           "      facilities:\n"
	           "        - {is: MercyGeneral, facility: MERCY}\n%s"
	           "endpoints:\n"
	           "  - {name: rcca-ehr, fhir: \"http://127.0.0.1:1/fhir\"}\n"
	           "  - {name: lakeside-ehr, fhir: \"http://127.0.0.1:2/fhir\"}\n"
	           "parties:\n  - {name: rcca, send: rcca-ehr}\n"
	           "  - {name: lakeside, send: lakeside-ehr}\n"
	           "%srosters:\n  - {file: roster.csv}\n%s",
	           c->feed_keys, c->ehr_keys, c->family ? "programs: [{file: family.yaml}]\n" : "",
	           c->restrictions)
	           .p);
	(void)site_edition(s, site_roster(s));
	for (size_t i = 0; i < c->lines_n; i++) {
		const struct line *l = &c->lines[order[i]];
		int64_t at = utc(late ? last : l->at) + 5000;

		if (at <= s->now)
			at = s->now + 1000;
		if (l->tick)
			tick(s, at);
		else if (l->type != NULL)
			(void)site_asks(s, (struct asked){ .feed = "ehr",
			                       .interaction = l->interaction,
			                       .type = l->type,
			                       .id = l->id,
			                       .raw = l->bytes.p,
			                       .after = at - s->now });
		else
			(void)site_message(s, "mercy", l->bytes, at);
		site_apply(s);
	}
}

static void
is_text(const struct scenario *c, const char *what, ww_str want, ww_str have, const char *how)
{
	ck_assert_msg(ww_str_eq(want, have), "%s: %s%s\n  want: %.*s\n  have: %.*s", c->name, what,
	    how, WW_STR_FMT(want), WW_STR_FMT(have));
}

static void
check_end(const struct scenario *c, struct site *s, const char *how)
{
	ww_str v[WANTS_MAX];

	memcpy(v, c->states, sizeof(v));
	is_text(c, "states", join(v, c->states_n, "\n"), states_of(c, s), how);
	if (c->has_live)
		is_text(c, "Tasks that stand", c->live, live_of(s), how);
}

static uint32_t
next_random(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return *state;
}

static unsigned
shuffles(void)
{
	const char *said = getenv("WW_SHUFFLES");

	return said != NULL ? (unsigned)atoi(said) : 200;
}

static void
check_scenario(const struct scenario *c)
{
	size_t order[LINES_MAX];
	uint32_t random = 20260310;
	struct site s;

	for (size_t i = 0; i < c->lines_n; i++)
		order[i] = i;
	play(c, order, false, &s);
	check_end(c, &s, "");
	if (c->has_told)
		is_text(c, "told", c->told, ww_buf_view(&told), "");
	site_rebuilds(&s);
	site_close(&s);
	for (unsigned k = 0; !c->in_order && c->lines_n > 1 && k < shuffles(); k++) {
		char how[64];

		for (size_t i = c->lines_n - 1; i > 0; i--) {
			size_t j = next_random(&random) % (i + 1), t = order[i];

			order[i] = order[j];
			order[j] = t;
		}
		snprintf(how, sizeof(how), ", shuffle %u", k);
		play(c, order, true, &s);
		check_end(c, &s, how);
		site_close(&s);
	}
}

/* -- files ------------------------------------------------------------------------------------------ */

static void
clear(struct scenario *c)
{
	memset(c, 0, sizeof(*c));
	c->told = c->live = ww_str_empty();
}

static bool
take(ww_str *s, const char *prefix)
{
	if (!ww_str_starts(*s, ww_str_from(prefix)))
		return false;
	*s = ww_str_trim(ww_str_sub(*s, strlen(prefix), s->n));
	return true;
}

static void
read_words(struct scenario *c, ww_str s)
{
	s = ww_arena_str(cx.arena, s);
	if (take(&s, "feed:")) {
		snprintf(c->feed_keys, sizeof(c->feed_keys), ", %.*s", WW_STR_FMT(s));
	} else if (take(&s, "ehr:")) {
		snprintf(c->ehr_keys, sizeof(c->ehr_keys), "      %.*s\n", WW_STR_FMT(s));
	} else if (take(&s, "restriction:")) {
		size_t n = strlen(c->restrictions);

		snprintf(c->restrictions + n, sizeof(c->restrictions) - n, "%s  - {%.*s}\n",
		    n == 0 ? "restrictions:\n" : "", WW_STR_FMT(s));
	} else if (take(&s, "state:")) {
		ck_assert_uint_lt(c->states_n, WANTS_MAX);
		c->states[c->states_n++] = s;
	} else if (take(&s, "told:")) {
		c->told = s;
		c->has_told = true;
	} else if (take(&s, "live:")) {
		c->live = s;
		c->has_live = true;
	} else if (take(&s, "with persons")) {
		c->persons = true;
	} else if (take(&s, "with admission/2")) {
		c->family = true;
	} else if (take(&s, "in order only")) {
		c->in_order = true;
	} else {
		read_line(c, s);
	}
}

/* Checks every scenario of a file; how many there were. */
static size_t
check_file(const char *name)
{
	char path[128], text[512];
	struct scenario c;
	size_t n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s%s", folder, name);
	f = fopen(path, "r");
	ck_assert_msg(f != NULL, "%s cannot be read", path);
	clear(&c);
	while (fgets(text, sizeof(text), f) != NULL) {
		ww_str end, s = ww_str_trim(ww_str_cut(ww_str_from(text), '\n', &end));

		if (s.n == 0 || s.p[0] == '#')
			continue;
		if (!take(&s, "scenario:")) {
			read_words(&c, s);
			continue;
		}
		if (n > 0)
			check_scenario(&c);
		ww_arena_reset(cx.arena);
		clear(&c);
		n++;
		snprintf(c.name, sizeof(c.name), "%s: %.*s", name, WW_STR_FMT(s));
	}
	fclose(f);
	if (n > 0)
		check_scenario(&c);
	return n;
}

START_TEST(every_visit_ends_as_it_should_in_any_order)
{
	ck_assert_uint_ge(check_file("visits.txt"), 60);
}
END_TEST

START_TEST(every_stay_is_one_whatever_its_numbers)
{
	ck_assert_uint_ge(check_file("stays.txt"), 20);
}
END_TEST

START_TEST(every_number_ends_with_whom_it_should)
{
	ck_assert_uint_ge(check_file("numbers.txt"), 15);
}
END_TEST

START_TEST(everybody_is_who_they_are_in_any_order)
{
	ck_assert_uint_ge(check_file("matches.txt"), 7);
}
END_TEST

START_TEST(every_stay_is_one_whoever_tells_of_it)
{
	ck_assert_uint_ge(check_file("encounters.txt"), 49);
}
END_TEST

START_TEST(every_admission_is_told_as_what_it_is)
{
	ck_assert_uint_ge(check_file("admissions.txt"), 28);
}
END_TEST

START_TEST(nobody_is_told_of_the_restricted)
{
	ck_assert_uint_ge(check_file("restricted.txt"), 15);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { every_visit_ends_as_it_should_in_any_order,
		every_number_ends_with_whom_it_should, every_stay_is_one_whatever_its_numbers,
		everybody_is_who_they_are_in_any_order, every_stay_is_one_whoever_tells_of_it,
		every_admission_is_told_as_what_it_is, nobody_is_told_of_the_restricted };
	int code;

	cx.arena = ww_arena_new(0);
	code = unit_main("scenarios", tests, UNIT_COUNT(tests));
	ww_buf_free(&told);
	ww_arena_free(cx.arena);
	return code;
}
