/* FHIR R4 Encounter to facts: a version of it is one event of the stay, a snapshot that is folded with the other versions and
 * with what messages say (engine/model/snapshot.h). Encounter.status and class: FHIR R4 4.0.1; codes of class: v3-ActCode. */
#include "mappers/in/attending.h"
#include "mappers/in/common.h"

#include <wardwire/act.h>

#include <string.h>

/* -- codes ------------------------------------------------------------------------------------------ */

static const struct {
	const char *code;
	enum ww_encounter_status status;
} statuses[] = {
	{ "planned", WW_encounter_status_PLANNED },
	{ "arrived", WW_encounter_status_ARRIVED },
	{ "triaged", WW_encounter_status_TRIAGED },
	{ "in-progress", WW_encounter_status_IN_PROGRESS },
	{ "onleave", WW_encounter_status_ONLEAVE },
	{ "finished", WW_encounter_status_FINISHED },
	{ "cancelled", WW_encounter_status_CANCELLED },
	{ "entered-in-error", WW_encounter_status_ERROR },
};

static int64_t
status_of(ww_str code)
{
	for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
		if (ww_str_is(code, statuses[i].code))
			return statuses[i].status;
	}
	return WW_encounter_status_UNKNOWN;
}

/* A short stay (SS) is planned to end within the day: no rule counts it as an inpatient's. */
static const struct {
	const char *code;
	enum ww_encounter_class class_;
} classes[] = {
	{ "EMER", WW_encounter_class_ED },
	{ "IMP", WW_encounter_class_INPATIENT },
	{ "ACUTE", WW_encounter_class_INPATIENT },
	{ "NONAC", WW_encounter_class_INPATIENT },
	{ "OBSENC", WW_encounter_class_OBSERVATION },
	{ "SS", WW_encounter_class_OUTPATIENT },
	{ "AMB", WW_encounter_class_OUTPATIENT },
	{ "FLD", WW_encounter_class_OUTPATIENT },
	{ "HH", WW_encounter_class_OUTPATIENT },
	{ "VR", WW_encounter_class_OUTPATIENT },
	{ "PRENC", WW_encounter_class_PREADMIT },
};

static int64_t
class_of(const struct ww_json *coding)
{
	ww_str code = ww_in_text(coding, "code");

	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (ww_str_is(code, classes[i].code))
			return classes[i].class_;
	}
	return WW_encounter_class_UNKNOWN;
}

/* Discharge disposition to UB-04 patient status, as HL7 table 0112 has it in the US. Another health care facility is taken
 * for a hospital: it makes a transfer only of what another stay follows within the day. */
static const struct ww_in_code dispositions[] = {
	{ "home", "01" },
	{ "alt-home", "69" },
	{ "other-hcf", "02" },
	{ "snf", "03" },
	{ "long", "04" },
	{ "aadvice", "07" },
	{ "exp", "20" },
	{ "hosp", "50" },
	{ "rehab", "62" },
	{ "psy", "65" },
	{ NULL, NULL },
};

/* Admit source to UB-04 point of origin (table 0023). */
static const struct ww_in_code sources[] = {
	{ "hosp-trans", "4" },
	{ "emd", "7" },
	{ "outp", "2" },
	{ "gp", "1" },
	{ "mp", "1" },
	{ "nursing", "5" },
	{ "psych", "6" },
	{ "rehab", "6" },
	{ "other", "9" },
	{ NULL, NULL },
};

/* Priority (v3-ActPriority) to the type of the admission (table 0007). */
static const struct ww_in_code priorities[] = {
	{ "EM", "E" },
	{ "UR", "U" },
	{ "R", "R" },
	{ "EL", "C" },
	{ NULL, NULL },
};

static const struct ww_in_code uses[] = { { "AD", "A" }, { "DD", "F" }, { "CC", "W" },
	{ NULL, NULL } };

static bool
is_number(ww_str s)
{
	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] < '0' || s.p[i] > '9')
			return false;
	}
	return s.n > 0;
}

/* UB-04's own codes, of one digit or two. */
static ww_str
ub04(
    struct ww_ctx *cx, const struct ww_json *concept, const struct ww_in_code *table, size_t digits)
{
	ww_str is = ww_in_mapped(concept, table), code;

	if (is.n != 0)
		return is;
	code = ww_arena_upper(cx->arena, ww_in_text(ww_in_coding(concept), "code"));
	return digits == 2 && code.n == 1 && is_number(code)
	           ? ww_arena_printf(cx->arena, "0%.*s", WW_STR_FMT(code))
	       : is_number(code) || (digits == 1 && code.n == 1) ? code
	                                                         : ww_str_empty();
}

/* -- times ------------------------------------------------------------------------------------------ */

static ww_time
earlier(ww_time a, ww_time b)
{
	if (!ww_time_known(a) || !ww_time_known(b))
		return ww_time_known(a) ? a : b;
	return ww_time_cmp(b, a) < 0 ? b : a;
}

static ww_time
later(ww_time a, ww_time b)
{
	if (!ww_time_known(a) || !ww_time_known(b))
		return ww_time_known(a) ? a : b;
	return ww_time_cmp(b, a) > 0 ? b : a;
}

static ww_time
history_time(const struct ww_json *entry, const char *which, const struct ww_feed *feed)
{
	return ww_in_time(ww_json_get(ww_json_get(entry, "period"), which), feed);
}

/* The first time of those classes. */
static void
read_classes(const struct ww_json *encounter, const struct ww_feed *feed, struct ww_event *e)
{
	const struct ww_json *h = ww_json_first(ww_json_get(encounter, "classHistory"));
	ww_time last = { 0 };

	for (; h != NULL; h = ww_json_next(h)) {
		ww_time start = history_time(h, "start", feed);
		int64_t class_ = class_of(ww_json_get(h, "class"));

		last = later(last, history_time(h, "end", feed));
		if (class_ == WW_encounter_class_ED)
			e->ed_since = earlier(e->ed_since, start);
		else if (class_ == WW_encounter_class_OBSERVATION)
			e->obs_since = earlier(e->obs_since, start);
		else if (class_ == WW_encounter_class_INPATIENT)
			e->in_since = earlier(e->in_since, start);
	}
	/* the history is of the classes before: what is now began when the last of them ended */
	if (e->class_ == WW_encounter_class_INPATIENT && !ww_time_known(e->in_since))
		e->in_since = last;
	else if (e->class_ == WW_encounter_class_OBSERVATION && !ww_time_known(e->obs_since))
		e->obs_since = last;
}

/* When the patient was there, by the statuses, where the period does not say. */
static void
read_statuses(const struct ww_json *encounter, const struct ww_feed *feed, struct ww_event *e)
{
	const struct ww_json *h = ww_json_first(ww_json_get(encounter, "statusHistory"));
	ww_time came = { 0 }, left = { 0 };

	for (; h != NULL; h = ww_json_next(h)) {
		int64_t status = status_of(ww_in_text(h, "status"));

		if (status == WW_encounter_status_ARRIVED ||
		    status == WW_encounter_status_TRIAGED ||
		    status == WW_encounter_status_IN_PROGRESS ||
		    status == WW_encounter_status_ONLEAVE) {
			came = earlier(came, history_time(h, "start", feed));
			left = later(left, history_time(h, "end", feed));
		}
		if (status == WW_encounter_status_FINISHED)
			left = later(left, history_time(h, "start", feed));
	}
	if (!ww_time_known(e->admitted))
		e->admitted = came;
	if (!ww_time_known(e->discharged))
		e->discharged = left;
}

static void
read_times(const struct ww_json *encounter, const struct ww_feed *feed, struct ww_event *e)
{
	e->admitted = ww_in_time(ww_json_find(encounter, "period.start"), feed);
	e->discharged = ww_in_time(ww_json_find(encounter, "period.end"), feed);
	read_statuses(encounter, feed, e);
	read_classes(encounter, feed, e);
	/* nobody leaves before coming; and as long as it goes on, its end is a guess */
	if (e->status != WW_encounter_status_FINISHED ||
	    (ww_time_known(e->discharged) && ww_time_known(e->admitted) &&
	        ww_time_cmp(e->discharged, e->admitted) < 0))
		e->discharged = (ww_time){ 0 };
	if (e->status == WW_encounter_status_PLANNED || e->class_ == WW_encounter_class_PREADMIT) {
		e->expected = e->admitted;
		e->admitted = (ww_time){ 0 };
	}
	if (ww_time_known(e->discharged))
		e->occurred = e->discharged;
	else if (ww_time_known(e->admitted))
		e->occurred = e->admitted;
}

/* -- what kind of event it is ---------------------------------------------------------------------------- */

/* Da Vinci Unsolicited Notifications: the event of the message says what happened, whatever class and type say. */
static enum ww_act
notified(const struct ww_json *header)
{
	static const struct {
		const char *ends;
		enum ww_act act;
	} table[] = {
		{ "-admit", WW_ACT_ADMIT },
		{ "-discharge", WW_ACT_DISCHARGE },
		{ "-transfer", WW_ACT_TRANSFER },
	};
	ww_str code = ww_in_text(header, "eventCoding.code");

	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		size_t n = strlen(table[i].ends);

		if (code.n > n && ww_str_is(ww_str_sub(code, code.n - n, n), table[i].ends))
			return table[i].act;
	}
	return WW_ACT_NONE;
}

static bool
is_there(int64_t status)
{
	return status == WW_encounter_status_ARRIVED || status == WW_encounter_status_TRIAGED ||
	       status == WW_encounter_status_IN_PROGRESS || status == WW_encounter_status_ONLEAVE;
}

static void
read_status(const struct ww_fhir_source *src, struct ww_event *e)
{
	enum ww_act act = notified(src->header);

	e->status = status_of(ww_in_text(src->resource, "status"));
	if (src->deleted)
		e->status = WW_encounter_status_ERROR;
	else if (act == WW_ACT_DISCHARGE && is_there(e->status))
		e->status = WW_encounter_status_FINISHED;
	else if ((act == WW_ACT_ADMIT || act == WW_ACT_TRANSFER) &&
	         e->status == WW_encounter_status_UNKNOWN)
		e->status = WW_encounter_status_IN_PROGRESS;
}

static const char *
trigger_of(const struct ww_event *e, const struct ww_json *header)
{
	enum ww_act act = notified(header);

	switch (e->status) {
	case WW_encounter_status_PLANNED:
		return "planned";
	case WW_encounter_status_FINISHED:
		return "finished";
	case WW_encounter_status_CANCELLED:
		return "cancelled";
	case WW_encounter_status_ERROR:
		return "in error";
	case WW_encounter_status_UNKNOWN:
		return "updated";
	default:
		break;
	}
	if (e->class_ == WW_encounter_class_PREADMIT)
		return "planned";
	if (act == WW_ACT_TRANSFER)
		return "transferred";
	return act == WW_ACT_ADMIT || e->class_ == WW_encounter_class_INPATIENT ? "admitted"
	                                                                        : "arrived";
}

/* -- numbers, places, diagnoses ---------------------------------------------------------------------------- */

/* How well an identifier says which visit it is: one of an authority that the feed's settings name, a visit number. */
static unsigned
worth(const struct ww_json *identifier, ww_str type, bool known)
{
	ww_str use = ww_in_text(identifier, "use");

	if (ww_str_is(type, "AN") || ww_str_is(use, "old"))
		return 0;
	return 1 + (known ? 4U : 0U) + (ww_str_is(type, "VN") ? 2U : 0U) +
	       (ww_str_is(use, "official") ? 1U : 0U);
}

static ww_status
read_numbers(struct ww_ctx *cx, const struct ww_fhir_source *src, const struct ww_feed *feed,
    struct ww_facts *out)
{
	const struct ww_json *i = ww_json_first(ww_json_get(src->resource, "identifier"));
	unsigned best = 0;
	ww_status s = WW_OK;

	for (; s == WW_OK && i != NULL; i = ww_json_next(i)) {
		ww_str value = ww_in_text(i, "value"), type, system;
		bool known;
		unsigned w;

		system = ww_in_system(cx, i, feed, &type, &known);
		w = value.n != 0 ? worth(i, type, known) : 0;
		if (ww_str_is(type, "AN") && out->account.n == 0)
			out->account = value;
		if (w > best) {
			best = w;
			out->visit = value;
			out->visit_system = system;
		}
		if (w != 0 && known)
			s = ww_in_add(
			    cx, &out->alternates, &out->alternates_n, system, value, type);
	}
	if (out->visit.n == 0) {
		out->visit = src->name;
		out->visit_system = ww_in_authority(cx, feed);
	}
	out->event.account = out->account;
	out->event.preadmit =
	    ww_in_text(src->resource, "hospitalization.preAdmissionIdentifier.value");
	return s;
}

/* Where the patient is now: the active location, else the last that has not ended, else the last. */
static const struct ww_json *
current_location(const struct ww_json *encounter)
{
	const struct ww_json *l = ww_json_first(ww_json_get(encounter, "location")), *best = NULL;
	unsigned most = 0;

	for (; l != NULL; l = ww_json_next(l)) {
		ww_str status = ww_in_text(l, "status");
		unsigned w = ww_str_is(status, "active")                                     ? 3
		             : ww_str_is(status, "planned") || ww_str_is(status, "reserved") ? 0
		             : ww_json_find(l, "period.end") == NULL                         ? 2
		                                                                             : 1;

		if (w == 0 || w < most)
			continue;
		most = w;
		best = ww_json_get(l, "location");
	}
	return best;
}

static ww_status
read_places(struct ww_ctx *cx, const struct ww_fhir_source *src, const struct ww_feed *feed,
    struct ww_event *e)
{
	const struct ww_json *at = current_location(src->resource), *place;
	const struct ww_json *provider = ww_json_get(src->resource, "serviceProvider");
	ww_status s = ww_in_reach(src, at, &place);

	if (s != WW_OK)
		return s;
	e->location = ww_in_text(at, "display");
	if (e->location.n == 0)
		e->location = ww_in_text(place, "name");
	if (e->location.n == 0)
		e->location = ww_in_named(at);
	if (provider == NULL)
		provider = ww_json_get(place, "managingOrganization");
	return ww_in_facility(cx, src, provider != NULL ? provider : at, feed, &e->facility);
}

/* A code without dots and blanks, in capitals. */
static ww_str
bare(struct ww_ctx *cx, ww_str code)
{
	char *p = ww_arena_alloc(cx->arena, code.n + 1);
	size_t n = 0;

	if (p == NULL)
		return ww_str_empty();
	for (size_t i = 0; i < code.n; i++) {
		if (code.p[i] != '.' && code.p[i] != ' ')
			p[n++] = code.p[i];
	}
	return ww_arena_upper(cx->arena, ww_str_of(p, n));
}

/* An ICD code before any other, as the groupings are of those. */
static const struct ww_json *
icd(const struct ww_json *concept)
{
	const struct ww_json *c = ww_json_first(ww_json_get(concept, "coding"));

	while (c != NULL &&
	       !ww_str_starts(ww_in_text(c, "system"), WW_STR("http://hl7.org/fhir/sid/icd-")))
		c = ww_json_next(c);
	return c != NULL ? c : ww_in_coding(concept);
}

/* As DG1-3.3 has it: table 0396. */
static ww_str
system_of(ww_str uri)
{
	if (ww_str_starts(uri, WW_STR("http://hl7.org/fhir/sid/icd-10")))
		return WW_STR("I10");
	return ww_str_starts(uri, WW_STR("http://hl7.org/fhir/sid/icd-9")) ? WW_STR("I9") : uri;
}

static ww_status
read_diagnoses(struct ww_ctx *cx, const struct ww_fhir_source *src, struct ww_facts *out)
{
	const struct ww_json *list = ww_json_get(src->resource, "diagnosis");
	ww_status s = WW_OK;

	out->diagnoses = ww_arena_array(cx->arena, ww_json_len(list) + 1, sizeof(*out->diagnoses));
	if (out->diagnoses == NULL)
		return ww_fail_memory(cx);
	for (const struct ww_json *d = ww_json_first(list); s == WW_OK && d != NULL;
	     d = ww_json_next(d)) {
		struct ww_diagnosis *row = &out->diagnoses[out->diagnoses_n];
		const struct ww_json *condition, *coding;

		s = ww_in_reach(src, ww_json_get(d, "condition"), &condition);
		coding = icd(ww_json_get(condition, "code"));
		if (s != WW_OK || ww_in_text(coding, "code").n == 0)
			continue;
		ww_row_init(&ww_entity_diagnosis, row);
		row->code = bare(cx, ww_in_text(coding, "code"));
		row->system = system_of(ww_in_text(coding, "system"));
		row->type = ww_in_mapped(ww_json_get(d, "use"), uses);
		out->diagnoses_n++;
	}
	return s;
}

/* -- the mapper ------------------------------------------------------------------------------------ */

static void
read_codes(struct ww_ctx *cx, const struct ww_json *encounter, struct ww_event *e)
{
	e->disposition = ub04(
	    cx, ww_json_find(encounter, "hospitalization.dischargeDisposition"), dispositions, 2);
	e->admit_source =
	    ub04(cx, ww_json_find(encounter, "hospitalization.admitSource"), sources, 1);
	e->admit_type = ub04(cx, ww_json_get(encounter, "priority"), priorities, 1);
	e->service = ww_in_text(ww_in_coding(ww_json_get(encounter, "serviceType")), "code");
}

static ww_status
map_encounter(struct ww_ctx *cx, const struct ww_fhir_source *src, const struct ww_feed *feed,
    struct ww_facts *out)
{
	struct ww_event *e = &out->event;
	bool any = false;
	ww_status s;

	ww_in_start(cx, src, feed, out);
	e->source =
	    ww_arena_printf(cx->arena, "%.*s %.*s", WW_STR_FMT(feed->name), WW_STR_FMT(src->name));
	e->class_ = class_of(ww_json_get(src->resource, "class"));
	read_status(src, e);
	read_times(src->resource, feed, e);
	read_codes(cx, src->resource, e);
	e->trigger = ww_str_from(trigger_of(e, src->header));
	s = ww_in_person(cx, src, ww_json_get(src->resource, "subject"), feed, out, &any);
	if (s == WW_OK && !any)
		out->ignored = WW_STR("Encounter.subject names nobody");
	if (s == WW_OK)
		s = read_numbers(cx, src, feed, out);
	if (s == WW_OK)
		s = read_places(cx, src, feed, e);
	if (s == WW_OK)
		s = ww_attending_of_encounter(cx, src, e);
	if (s == WW_OK)
		s = read_diagnoses(cx, src, out);
	if (s != WW_OK)
		return s;
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}

const struct ww_fhir_mapper ww_fhir_mapper_encounter = {
	.name = "fhir_encounter", .type = "Encounter", .map = map_encounter
};
