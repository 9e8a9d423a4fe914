/* Lines of FHIR resources, and of events of messages ("A01 I 10": trigger, PV1-2, minute): what a mapper makes of a resource
 * can be written and read, and versions of Encounters and messages fold to the same state in any order, also without those
 * that need not be kept. */
#include <wardwire/act.h>
#include <wardwire/mapper.h>

#include "model/fold.h"

#include "tests/fuzz/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { EVENTS_MAX = 24 };

static void
read_facts(struct ww_ctx *cx, const struct ww_facts *f)
{
	read_row(cx, &ww_entity_person, &f->person);
	read_row(cx, &ww_entity_event, &f->event);
	for (size_t i = 0; i < f->identifiers_n; i++) {
		must(f->identifiers[i].value.n > 0 && f->identifiers[i].system.n > 0 &&
		     f->identifiers[i].type.n > 0);
		read_row(cx, &ww_entity_identifier, &f->identifiers[i]);
	}
	for (size_t i = 0; i < f->coverages_n; i++)
		read_row(cx, &ww_entity_coverage, &f->coverages[i]);
	for (size_t i = 0; i < f->diagnoses_n; i++)
		read_row(cx, &ww_entity_diagnosis, &f->diagnoses[i]);
	must(f->visit.n == 0 || f->visit_system.n > 0);
	must(ww_time_known(f->event.recorded) && ww_time_known(f->event.occurred));
	must(f->ignored.n > 0 || ww_act_of(f->event.trigger) != WW_ACT_NONE);
}

/* Every reference leads to the resource itself. */
static ww_status
resolve(void *arg, ww_str reference, const struct ww_json **out)
{
	must(reference.n > 0 && reference.p[0] != '#');
	*out = arg;
	return WW_OK;
}

static bool
map_line(struct ww_ctx *cx, ww_str line, const struct ww_feed *feed, struct ww_event *out)
{
	const struct ww_fhir_mapper *mapper;
	struct ww_fhir_source src = { .name = WW_STR("Encounter/1"),
		.version = ww_str_empty(),
		.digest = line,
		.resolve = resolve };
	struct ww_json *tree = NULL;
	struct ww_facts facts;

	if (ww_json_parse(cx, line, &tree) != WW_OK) {
		cx->fail.status = WW_OK;
		return false;
	}
	mapper = ww_fhir_mapper_find(ww_json_str(ww_json_get(tree, "resourceType")));
	if (mapper == NULL)
		return false;
	src.resource = tree;
	src.arg = tree;
	src.version = ww_json_str(ww_json_find(tree, "meta.versionId"));
	if (!ww_time_fhir(
	        ww_json_str(ww_json_find(tree, "meta.lastUpdated")), feed->zone, &src.updated))
		src.updated = (ww_time){ .ms = INT64_C(1772409600000), .prec = WW_PREC_MS };
	if (mapper->map(cx, &src, feed, &facts) != WW_OK)
		return false;
	read_facts(cx, &facts);
	*out = facts.event;
	return ww_str_is(ww_json_str(ww_json_get(tree, "resourceType")), "Encounter");
}

/* "A01 I 10" */
static bool
take_message(ww_str line, struct ww_event *ev)
{
	ww_str rest, class_, trigger = ww_str_cut(line, ' ', &rest);
	uint64_t minute = 0;

	ww_row_init(&ww_entity_event, ev);
	class_ = ww_str_cut(rest, ' ', &rest);
	(void)ww_str_u64(rest, 100000, &minute);
	ev->trigger = trigger;
	ev->digest = line;
	ev->class_ = ww_str_is(class_, "I")   ? WW_encounter_class_INPATIENT
	             : ww_str_is(class_, "E") ? WW_encounter_class_ED
	             : ww_str_is(class_, "O") ? WW_encounter_class_OUTPATIENT
	                                      : WW_encounter_class_UNKNOWN;
	ev->recorded = ev->occurred = ev->sent =
	    (ww_time){ .ms = INT64_C(1772409600000) + (int64_t)minute * 60000,
		    .prec = WW_PREC_SEC };
	return ww_act_of(trigger) != WW_ACT_NONE && !ww_act_renumbers(ww_act_of(trigger)) &&
	       ww_act_of(trigger) != WW_ACT_PERSON;
}

static void
fold(struct ww_ctx *cx, const struct ww_event *ev, size_t n, struct ww_encounter *e)
{
	ww_row_init(&ww_entity_encounter, e);
	if (ww_fold(cx, ev, n, e) != WW_OK)
		ww_row_init(&ww_entity_encounter, e);
	e->last_event = 0; /* of what may be forgotten it says no more */
}

static void
fold_alike(struct ww_ctx *cx, struct ww_event *ev, size_t n)
{
	struct ww_encounter a, b;
	struct ww_event turned[EVENTS_MAX], kept[EVENTS_MAX];
	bool needed[EVENTS_MAX];
	size_t m = 0;

	for (size_t i = 0; i < n; i++) {
		ev[i].id = (int64_t)i + 1;
		turned[n - 1 - i] = ev[i];
	}
	fold(cx, ev, n, &a);
	fold(cx, turned, n, &b);
	if (ww_arena_status(cx->arena) != WW_OK)
		return;
	must(ww_row_equal(&ww_entity_encounter, &a, &b));
	read_row(cx, &ww_entity_encounter, &a);
	if (ww_fold_needed(cx, ev, n, needed) != WW_OK)
		return;
	for (size_t i = 0; i < n; i++) {
		if (needed[i])
			kept[m++] = ev[i];
	}
	fold(cx, kept, m, &b);
	must(ww_arena_status(cx->arena) != WW_OK || ww_row_equal(&ww_entity_encounter, &a, &b));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(1 << 25), .now = INT64_C(1772409600000) };
	struct ww_feed feed = { .name = WW_STR("f"), .zone = ww_zone_find("America/New_York") };
	ww_str text = ww_str_of(size > 0 ? (const char *)data : "", size), line;
	struct ww_event ev[EVENTS_MAX];
	size_t n = 0;

	if (cx.arena == NULL || feed.zone == NULL)
		return 0;
	while (text.n > 0 && n < EVENTS_MAX && ww_arena_status(cx.arena) == WW_OK) {
		line = ww_str_cut(text, '\n', &text);
		if (line.n > 0 && line.p[0] == 'A')
			n += take_message(line, &ev[n]);
		else if (line.n > 0)
			n += map_line(&cx, line, &feed, &ev[n]);
	}
	if (ww_arena_status(cx.arena) == WW_OK)
		fold_alike(&cx, ev, n);
	ww_arena_free(cx.arena);
	return 0;
}
