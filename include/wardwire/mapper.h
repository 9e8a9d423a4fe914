/* What the author of an inbound mapper writes: from one parsed message, or one FHIR resource and what it refers to, to facts
 * in terms of the internal model. Pure: no I/O, no clock, no global, no memory but the arena. Registered in
 * mappers/registry.c. */
#ifndef WARDWIRE_MAPPER_H
#define WARDWIRE_MAPPER_H

#include <wardwire/config.h>
#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>
#include <wardwire/model.h>

/* The old numbers in MRG. */
struct ww_prior {
	struct ww_identifier
	    *identifiers; /* MRG-1; MRG-2 and MRG-4 where the event is about those */
	size_t identifiers_n;
	ww_str account;             /* MRG-3 */
	ww_str visit_system, visit; /* MRG-5 */
};

/* What one message says. Rows lack ids and references; identify gives them. Empty texts and unknown times
 * say nothing, and neither does a delete marker (""), but of diagnoses: what a message leaves out is never cleared by
 * it. */
struct ww_facts {
	struct ww_person person;
	struct ww_identifier
	    *identifiers; /* in the order of the message; the first is the one to match by */
	size_t identifiers_n;
	struct ww_coverage *coverages;
	size_t coverages_n;
	ww_str visit_system, visit; /* key of the encounter; visit is empty where there is none */
	ww_str account;             /* PID-18 */
	struct ww_identifier *alternates; /* PV1-50: numbers that the visit has besides */
	size_t alternates_n;
	struct ww_prior prior;
	struct ww_event event;
	struct ww_diagnosis *diagnoses; /* the whole list: replaces the one before */
	size_t diagnoses_n;
	bool
	    undiagnosed; /* a diagnosis is deleted: the list is as it is here, even when it is empty */
	/* Results: resource is the number that a correction has too; one of status cancelled or entered-in-error takes back
	 * what was said under it. */
	struct ww_observation *observations;
	size_t observations_n;
	ww_str about_system, about; /* key of the visit that they are of; empty: none is named */
	ww_str no_member; /* why no coverage has a number: "IN1-49 empty, PID-3 has no MB" */
	/* Of a FHIR resource: */
	ww_time
	    person_recorded; /* which is newer of what is said of the person; none: as the event's */
	struct ww_texts
	    labels;     /* codes of meta.security and meta.tag, each alone and as "system|code" */
	bool test;      /* a label says so */
	ww_str ignored; /* not empty: why the message changes nothing */
};

/* Blank: rows as they start, empty texts, nothing else. */
void ww_facts_init(struct ww_facts *f);

struct ww_mapper {
	const char *name; /* "adt" */
	const char *type; /* MSH-9.1 it takes */
	/* MSH-9.2 it takes, blanks between; NULL: the events of <wardwire/act.h>. */
	const char *events;
	const char *
	    parts; /* segment with which what is about each of several patients begins; NULL: as act.h says */
	ww_status (*map)(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed,
	    struct ww_facts *out);
};

struct ww_json;

/* What a FHIR mapper is given. */
struct ww_fhir_source {
	const struct ww_json *resource; /* of one that was deleted the last version */
	bool deleted;
	ww_str name; /* "Encounter/1", unique in the feed; empty where it has no id */
	ww_str
	    version; /* meta.versionId as its sender gave it, of versions of the same time the lower is the older */
	ww_time updated; /* meta.lastUpdated, else when it was received: which version is newer */
	ww_str digest;   /* of the resource: the order of versions that nothing else tells apart */
	const struct ww_json *header; /* the MessageHeader it came with; NULL: none */
	/* The resource that Reference.reference means; *out is NULL when it is unknown. "#id" never comes here: what is
	 * contained is found in the resource. Fails only as reading does. */
	ww_status (*resolve)(void *arg, ww_str reference, const struct ww_json **out);
	void *arg;
};

/* Whatever the resource says or leaves out is no failure; those are memory and WW_E_LIMIT alone, and resolve's. */
struct ww_fhir_mapper {
	const char *name; /* "fhir_encounter" */
	const char *type; /* of the resource */
	ww_status (*map)(struct ww_ctx *cx, const struct ww_fhir_source *source,
	    const struct ww_feed *feed, struct ww_facts *out);
};

extern const struct ww_fhir_mapper *const ww_fhir_mappers[]; /* NULL ends the list */
/* Facts of nothing but the patient whom a Reference in the resource means; *any false: it names nobody (in/fhir_patient.c). */
ww_status ww_fhir_map_subject(struct ww_ctx *cx, const struct ww_fhir_source *source,
    const struct ww_json *reference, const struct ww_feed *feed, struct ww_facts *out, bool *any);
/* The mapper for a type of resource, or NULL. */
const struct ww_fhir_mapper *ww_fhir_mapper_find(ww_str type);

extern const struct ww_mapper *const ww_mappers[]; /* NULL ends the list */
/* The mapper for a message type, as it stands in MSH-9.1; or NULL. */
const struct ww_mapper *ww_mapper_find(ww_str type);

#endif
