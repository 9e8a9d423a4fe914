/* HL7 v2 ORU^R01, results of a laboratory: HL7 v2.9 chapter 7, 7.3.1 (message), 7.4.1 (OBR), 7.4.2 (OBX). A result is known by the
 * filler's number of the order, what was ordered, what was observed and OBX-4: a correction has the same. */
#include "mappers/in/adt.h"
#include "mappers/in/value.h"

#include <stdio.h>
#include <string.h>

enum { RESULTS_MAX = 4096 };

/* An OBX with the OBR before it. */
struct spot {
	struct ww_ctx *cx;
	const struct ww_hl7 *m;
	const struct ww_feed *feed;
	size_t obr, obx; /* which of the message, from 1; obr 0: none stands before */
};

/* -- places ----------------------------------------------------------------------------------------------- */

static ww_str
obx(const struct spot *s, const char *path, size_t repetition)
{
	ww_str v = ww_str_empty();

	(void)ww_hl7_nth(s->cx, s->m, path, s->obx, repetition, &v);
	return ww_str_trim(v);
}

static ww_str
obr(const struct spot *s, const char *path)
{
	ww_str v = ww_str_empty();

	if (s->obr > 0)
		(void)ww_hl7_nth(s->cx, s->m, path, s->obr, 1, &v);
	return ww_str_trim(v);
}

static ww_time
time_of(const struct spot *s, const char *segment, size_t n, unsigned field)
{
	char path[32];
	ww_time t = { 0 };

	(void)snprintf(path, sizeof(path), "%s(%zu)-%u.1", segment, n, field);
	if (n > 0)
		(void)ww_hl7_time(s->cx, s->m, path, s->feed->zone, &t);
	return t;
}

/* -- codes ------------------------------------------------------------------------------------------------ */

/* HL7 table 0396: the systems that have a URI in FHIR. Others stay as they came. */
static ww_str
system_of(ww_str said)
{
	static const struct {
		const char *code, *uri;
	} rows[] = {
		{ "LN", "http://loinc.org" },
		{ "SCT", "http://snomed.info/sct" },
		{ "SNM3", "http://snomed.info/sct" },
		{ "UCUM", "http://unitsofmeasure.org" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (ww_str_is(said, rows[i].code))
			return ww_str_from(rows[i].uri);
	}
	return said;
}

/* One of the two triplets of a CE or CWE. */
static bool
take_code(ww_str code, ww_str system, struct ww_observation *o)
{
	if (code.n == 0)
		return false;
	o->code = code;
	o->system = system_of(system);
	return true;
}

/* LOINC wherever it stands, else the first code, else the text. */
static void
read_code(const struct spot *s, struct ww_observation *o)
{
	ww_str alternate = obx(s, "OBX-3.6", 1);

	if (ww_str_is(alternate, "LN") && take_code(obx(s, "OBX-3.4", 1), alternate, o))
		return;
	if (!take_code(obx(s, "OBX-3.1", 1), obx(s, "OBX-3.3", 1), o) &&
	    !take_code(obx(s, "OBX-3.4", 1), alternate, o))
		o->code = obx(s, "OBX-3.2", 1);
}

/* HL7 table 0085, as FHIR's status; NULL: there is no result yet, or never will be one. */
static const char *
status_of(ww_str said)
{
	static const struct {
		const char *code, *is;
	} rows[] = {
		{ "", "final" },
		{ "F", "final" },
		{ "U", "final" },
		{ "P", "preliminary" },
		{ "R", "preliminary" },
		{ "S", "preliminary" },
		{ "V", "final" },
		{ "C", "corrected" },
		{ "A", "amended" },
		{ "B", "amended" },
		{ "D", "entered-in-error" },
		{ "W", "entered-in-error" },
		{ "X", "cancelled" },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (ww_str_is(said, rows[i].code))
			return rows[i].is;
	}
	return NULL;
}

/* -- values ----------------------------------------------------------------------------------------------- */

/* ^<^0.01, ^1^:^128, ^^5 (SN). */
static void
read_structured(const struct spot *s, struct ww_observation *o)
{
	ww_str how = obx(s, "OBX-5.1", 1), first = obx(s, "OBX-5.2", 1), sep = obx(s, "OBX-5.3", 1),
	       second = obx(s, "OBX-5.4", 1);

	if (sep.n + second.n == 0) {
		o->value = first;
		o->comparator = ww_value_comparator(&how);
		return;
	}
	o->value = ww_arena_printf(s->cx->arena, "%.*s%.*s%.*s%.*s", WW_STR_FMT(how),
	    WW_STR_FMT(first), WW_STR_FMT(sep), WW_STR_FMT(second));
}

/* Lines of text are repetitions. */
static void
read_lines(const struct spot *s, struct ww_observation *o)
{
	size_t n = ww_hl7_repetitions(s->m, "OBX", s->obx, 5);

	o->value = obx(s, "OBX-5.1", 1);
	for (size_t i = 2; i <= n; i++)
		o->value = ww_arena_printf(s->cx->arena, "%.*s\n%.*s", WW_STR_FMT(o->value),
		    WW_STR_FMT(obx(s, "OBX-5.1", i)));
}

static void
read_coded(const struct spot *s, struct ww_observation *o)
{
	o->value = obx(s, "OBX-5.1", 1);
	if (o->value.n != 0)
		o->value_system = system_of(obx(s, "OBX-5.3", 1));
	else
		o->value = obx(s, "OBX-5.2", 1);
}

/* Laboratories write numbers as text, too: "<0.01". */
static void
read_value(const struct spot *s, struct ww_observation *o)
{
	ww_str type = obx(s, "OBX-2", 1), rest, cmp;

	if (ww_str_is(type, "SN")) {
		read_structured(s, o);
		return;
	}
	if (ww_str_is(type, "CE") || ww_str_is(type, "CWE") || ww_str_is(type, "CNE")) {
		read_coded(s, o);
		return;
	}
	read_lines(s, o);
	rest = o->value;
	cmp = ww_value_comparator(&rest);
	if (cmp.n > 0 && ww_value_is_number(rest)) {
		o->comparator = cmp;
		o->value = rest;
	}
}

/* "136-145", "-2 - 3", "<0.04", "neg". */
static void
read_range(ww_str said, struct ww_observation *o)
{
	ww_str rest = said, cmp = ww_value_comparator(&rest), low, high;
	size_t dash = 1 + ww_str_find(ww_str_sub(said, 1, said.n), '-'); /* one may begin it */

	if (cmp.n > 0 && ww_value_is_number(rest)) {
		*(cmp.p[0] == '<' ? &o->high : &o->low) = rest;
		return;
	}
	low = ww_str_trim(ww_str_sub(said, 0, dash));
	high = ww_str_trim(ww_str_sub(said, dash + 1, said.n));
	if (ww_value_is_number(low) && ww_value_is_number(high)) {
		o->low = low;
		o->high = high;
	} else {
		o->range = said;
	}
}

/* -- one result ------------------------------------------------------------------------------------------- */

/* EI: the number, and who gave it. */
static ww_str
order_number(const struct spot *s)
{
	ww_str number = obr(s, "OBR-3.1"), of = obr(s, "OBR-3.2");

	if (number.n == 0) {
		number = obr(s, "OBR-2.1");
		of = obr(s, "OBR-2.2");
	}
	if (number.n == 0) { /* no number at all: the specimen's time is the next best */
		number = obr(s, "OBR-7.1");
		of = ww_str_trim(ww_hl7_at(s->cx, s->m, "PID-3.1"));
	}
	return ww_arena_printf(s->cx->arena, "%.*s^%.*s", WW_STR_FMT(number), WW_STR_FMT(of));
}

static ww_str
first_of(ww_str a, ww_str b)
{
	return a.n != 0 ? a : b;
}

static ww_str
name_of(const struct spot *s)
{
	ww_str ordered = first_of(obr(s, "OBR-4.1"), obr(s, "OBR-4.2"));
	ww_str observed = first_of(obx(s, "OBX-3.1", 1), obx(s, "OBX-3.2", 1));

	return ww_str_trim(
	    ww_arena_printf(s->cx->arena, "OBX %.*s %.*s %.*s %.*s", WW_STR_FMT(order_number(s)),
	        WW_STR_FMT(ordered), WW_STR_FMT(observed), WW_STR_FMT(obx(s, "OBX-4", 1))));
}

static ww_time
first_known(ww_time a, ww_time b)
{
	return ww_time_known(a) ? a : b;
}

/* False: there is no result in it. */
static bool
read_result(const struct spot *s, ww_time sent, struct ww_observation *o)
{
	const char *status = status_of(first_of(obx(s, "OBX-11", 1), obr(s, "OBR-25")));

	if (status == NULL)
		return false;
	ww_row_init(&ww_entity_observation, o);
	o->status = ww_str_from(status);
	o->resource = name_of(s);
	read_code(s, o);
	read_value(s, o);
	o->unit = first_of(obx(s, "OBX-6.1", 1), obx(s, "OBX-6.2", 1));
	read_range(obx(s, "OBX-7", 1), o);
	o->abnormal = obx(s, "OBX-8", 1);
	o->observed = first_known(time_of(s, "OBX", s->obx, 14), time_of(s, "OBR", s->obr, 7));
	o->recorded = first_known(time_of(s, "OBR", s->obr, 22), sent);
	return o->code.n != 0;
}

static ww_status
read_results(
    struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed, struct ww_facts *out)
{
	struct spot s = { .cx = cx, .m = m, .feed = feed };
	size_t n = ww_hl7_count(m, "OBX");

	if (n > RESULTS_MAX)
		return ww_fail(cx, WW_E_LIMIT, "OBX", "more than %d results", RESULTS_MAX);
	out->observations = ww_arena_array(cx->arena, n + 1, sizeof(*out->observations));
	if (out->observations == NULL)
		return ww_fail_memory(cx);
	for (size_t i = 0; i < ww_hl7_segments(m); i++) {
		ww_str id = ww_hl7_segment_id(m, i);

		s.obr += ww_str_is(id, "OBR");
		if (!ww_str_is(id, "OBX"))
			continue;
		s.obx++;
		if (read_result(&s, out->event.recorded, &out->observations[out->observations_n]))
			out->observations_n++;
	}
	return WW_OK;
}

static ww_status
map_oru(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed, struct ww_facts *out)
{
	ww_str trigger = ww_arena_upper(cx->arena, ww_str_trim(ww_hl7_at(cx, m, "MSH-9.2")));
	ww_status s = ww_adt_patient(cx, m, feed, trigger, out);

	if (s != WW_OK)
		return s;
	/* A result is no event of a visit: whose it is is learned, and which visit is meant. */
	out->event.class_ = WW_encounter_class_NONPATIENT;
	out->about_system = out->visit_system;
	out->about = out->visit;
	out->visit = out->visit_system = ww_str_empty();
	if (!ww_str_is(trigger, "R01")) {
		out->ignored = WW_STR("of ORU only R01 is made anything of");
		return WW_OK;
	}
	s = read_results(cx, m, feed, out);
	if (s == WW_OK && out->observations_n == 0)
		out->ignored = WW_STR("no OBX has a result");
	return s == WW_OK && ww_arena_status(cx->arena) != WW_OK ? ww_fail_memory(cx) : s;
}

const struct ww_mapper ww_mapper_oru = {
	.name = "oru", .type = "ORU", .events = "R01", .parts = "PID", .map = map_oru
};
