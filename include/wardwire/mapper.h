/* What the author of an inbound mapper writes: from one parsed message to facts in terms of the internal
 * model. Pure: no I/O, no clock, no global, no memory but the arena. Registered in mappers/registry.c. */
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
	ww_str no_member; /* why no coverage has a number: "IN1-49 empty, PID-3 has no MB" */
	ww_str ignored;   /* not empty: why the message changes nothing */
};

struct ww_mapper {
	const char *name; /* "adt" */
	const char *type; /* MSH-9.1 it takes */
	ww_status (*map)(struct ww_ctx *cx, const struct ww_hl7 *m, const struct ww_feed *feed,
	    struct ww_facts *out);
};

extern const struct ww_mapper *const ww_mappers[]; /* NULL ends the list */
/* The mapper for a message type, as it stands in MSH-9.1; or NULL. */
const struct ww_mapper *ww_mapper_find(ww_str type);

#endif
