/* wardwire map: what a message says, in terms of the internal model. */
#include "base/options.h"
#include "main/fhir_files.h"
#include "main/files.h"
#include "main/main.h"
#include "main/map_beside.h"
#include "main/print.h"
#include "main/site.h"
#include "model/model_json.h"

#include <wardwire/json.h>
#include <wardwire/mapper.h>

#include <stdio.h>
#include <string.h>

static struct ww_json *
rows_json(struct ww_ctx *cx, const struct ww_entity *e, const void *rows, size_t n)
{
	struct ww_json *list = ww_json_array(cx);

	for (size_t i = 0; i < n; i++)
		ww_json_add(cx, list, ww_row_json(cx, e, (const char *)rows + i * e->size));
	return list;
}

static struct ww_json *
facts_json(struct ww_ctx *cx, const struct ww_facts *f)
{
	struct ww_json *o = ww_json_object(cx);

	if (f->ignored.n > 0) {
		ww_json_set_str(cx, o, "ignored", f->ignored);
		return o;
	}
	ww_json_set(cx, o, "person", ww_row_json(cx, &ww_entity_person, &f->person));
	ww_json_set(cx, o, "identifiers",
	    rows_json(cx, &ww_entity_identifier, f->identifiers, f->identifiers_n));
	ww_json_set(
	    cx, o, "coverages", rows_json(cx, &ww_entity_coverage, f->coverages, f->coverages_n));
	ww_json_set_str(cx, o, "visit_system", f->visit_system);
	ww_json_set_str(cx, o, "visit", f->visit);
	ww_json_set_str(cx, o, "account", f->account);
	if (f->alternates_n != 0)
		ww_json_set(cx, o, "alternates",
		    rows_json(cx, &ww_entity_identifier, f->alternates, f->alternates_n));
	if (f->prior.identifiers_n != 0)
		ww_json_set(cx, o, "prior_identifiers",
		    rows_json(
		        cx, &ww_entity_identifier, f->prior.identifiers, f->prior.identifiers_n));
	ww_json_set_str(cx, o, "prior_account", f->prior.account);
	ww_json_set_str(cx, o, "prior_visit_system", f->prior.visit_system);
	ww_json_set_str(cx, o, "prior_visit", f->prior.visit);
	ww_json_set(cx, o, "event", ww_row_json(cx, &ww_entity_event, &f->event));
	ww_json_set(
	    cx, o, "diagnoses", rows_json(cx, &ww_entity_diagnosis, f->diagnoses, f->diagnoses_n));
	ww_json_set_str(cx, o, "about_system", f->about_system);
	ww_json_set_str(cx, o, "about", f->about);
	if (f->observations_n != 0)
		ww_json_set(cx, o, "observations",
		    rows_json(cx, &ww_entity_observation, f->observations, f->observations_n));
	return o;
}

static int
print_facts(void *arg, struct ww_ctx *cx, const struct ww_file_message *message)
{
	const struct ww_feed *feed = arg;
	const struct ww_mapper *mapper;
	struct ww_facts facts;
	struct ww_hl7 *m;
	ww_time sent;

	if (ww_hl7_read(cx, message->wire, &feed->source, &m) != WW_OK)
		return ww_files_complain(cx, message);
	mapper = ww_mapper_find(ww_hl7_at(cx, m, "MSH-9.1"));
	if (mapper == NULL) {
		(void)ww_fail(cx, WW_E_TYPE, "MSH-9.1", "no mapper takes this message type");
		return ww_site_complain("", cx);
	}
	/* The time of receipt stands in where the message has none of its own; here it is the time of sending. */
	cx->now = ww_time_hl7(ww_hl7_at(cx, m, "MSH-7"), feed->zone, &sent) ? sent.ms : 0;
	if (mapper->map(cx, m, feed, &facts) != WW_OK)
		return ww_site_complain("", cx);
	return ww_print_json(cx, facts_json(cx, &facts), true);
}

/* -- resources --------------------------------------------------------------------------------------- */

static bool
is_mapped(ww_str type)
{
	return ww_fhir_mapper_find(type) != NULL || ww_map_beside_takes(type);
}

/* One of a Bundle that says nothing of persons and stays is passed over. */
static int
print_resource(struct ww_ctx *cx, const struct ww_feed *feed, struct ww_json *tree,
    const struct ww_json *resource)
{
	ww_str type = ww_json_str(ww_json_get(resource, "resourceType")), url;
	const struct ww_fhir_mapper *mapper = ww_fhir_mapper_find(type);
	const struct ww_json *first = ww_fhir_walk(&(struct ww_fhir_walk){ 0 }, tree, &url);
	struct ww_fhir_source src = { .resource = resource,
		.name = ww_fhir_walk_name(cx, resource),
		.version = ww_json_str(ww_json_find(resource, "meta.versionId")),
		.digest = ww_str_empty(),
		.resolve = ww_fhir_walk_resolve,
		.arg = tree };
	struct ww_json *rows;
	struct ww_facts facts;

	if (!is_mapped(type))
		return WW_EXIT_OK;
	if (ww_str_is(ww_json_str(ww_json_get(first, "resourceType")), "MessageHeader"))
		src.header = first;
	if (!ww_time_fhir(
	        ww_json_str(ww_json_find(resource, "meta.lastUpdated")), feed->zone, &src.updated))
		src.updated = (ww_time){ .prec = WW_PREC_MS };
	if (mapper == NULL)
		return ww_map_beside(cx, &src, feed, &rows) == WW_OK ? ww_print_json(cx, rows, true)
		                                                     : ww_site_complain("", cx);
	if (mapper->map(cx, &src, feed, &facts) != WW_OK)
		return ww_site_complain("", cx);
	return ww_print_json(cx, facts_json(cx, &facts), true);
}

static int
print_item(void *arg, struct ww_ctx *cx, const struct ww_fhir_item *item)
{
	const struct ww_json *r;
	int code = WW_EXIT_OK;
	ww_str url;

	for (struct ww_fhir_walk w = { 0 };
	     code == WW_EXIT_OK && (r = ww_fhir_walk(&w, item->tree, &url)) != NULL;) {
		if (r == item->tree && !is_mapped(ww_json_str(ww_json_get(r, "resourceType")))) {
			(void)ww_fail(cx, WW_E_TYPE, "resourceType", "no mapper takes this type");
			return ww_site_complain("", cx);
		}
		code = print_resource(cx, arg, item->tree, r);
	}
	return code;
}

int
ww_cmd_map(int argc, char **argv)
{
	const char *to = "model", *zone = "UTC", *name = "feed";
	const struct ww_option rows[] = {
		{ .name = "to",
		    .argument = "FORM",
		    .text = &to,
		    .help = "model (the only form so far)" },
		{ .name = "zone",
		    .argument = "NAME",
		    .text = &zone,
		    .help = "time zone of times without an offset; UTC unless given" },
		{ .name = "feed",
		    .argument = "NAME",
		    .text = &name,
		    .help = "name that stands in for an assigning authority not given" },
	};
	const struct ww_usage usage = { .command = "wardwire map",
		.arguments = "FILE",
		.summary = "Prints the facts each message or FHIR resource states, as JSON.",
		.least = 1,
		.most = 1 };
	struct ww_feed feed = { .state = WW_FEED_OBSERVE };
	int code;

	if (!ww_options_read(&usage, rows, sizeof(rows) / sizeof(rows[0]), &argc, argv, &code))
		return code;
	feed.name = ww_str_from(name);
	feed.zone = ww_zone_find(zone);
	feed.zone_name = ww_str_from(zone);
	if (strcmp(to, "model") != 0 || feed.zone == NULL) {
		(void)fprintf(stderr, "wardwire map: %s\n",
		    feed.zone == NULL ? "--zone names no time zone" : "--to takes model");
		return WW_EXIT_USAGE;
	}
	return ww_fhir_file_is(argv[1]) ? ww_fhir_files_each(argv[1], print_item, &feed)
	                                : ww_files_each(argv[1], print_facts, &feed);
}
