/* The inbound mappers by message type. A new one is one row here, its .c, and a pair in samples/. */
#include <wardwire/mapper.h>

#include <string.h>

extern const struct ww_mapper ww_mapper_adt; /* in/adt.c */
extern const struct ww_mapper ww_mapper_oru; /* in/oru.c */

const struct ww_mapper *const ww_mappers[] = {
	&ww_mapper_adt,
	&ww_mapper_oru,
	NULL,
};

extern const struct ww_fhir_mapper ww_fhir_mapper_patient;   /* in/fhir_patient.c */
extern const struct ww_fhir_mapper ww_fhir_mapper_coverage;  /* in/fhir_coverage.c */
extern const struct ww_fhir_mapper ww_fhir_mapper_encounter; /* in/fhir_encounter.c */

const struct ww_fhir_mapper *const ww_fhir_mappers[] = {
	&ww_fhir_mapper_patient,
	&ww_fhir_mapper_coverage,
	&ww_fhir_mapper_encounter,
	NULL,
};

void
ww_facts_init(struct ww_facts *f)
{
	memset(f, 0, sizeof(*f));
	ww_row_init(&ww_entity_person, &f->person);
	ww_row_init(&ww_entity_event, &f->event);
	f->visit = f->visit_system = f->account = f->no_member = f->ignored = ww_str_empty();
	f->about_system = f->about = ww_str_empty();
	f->prior.account = f->prior.visit = f->prior.visit_system = ww_str_empty();
}

const struct ww_fhir_mapper *
ww_fhir_mapper_find(ww_str type)
{
	for (size_t i = 0; ww_fhir_mappers[i] != NULL; i++) {
		if (ww_str_is(type, ww_fhir_mappers[i]->type))
			return ww_fhir_mappers[i];
	}
	return NULL;
}

const struct ww_mapper *
ww_mapper_find(ww_str type)
{
	for (size_t i = 0; ww_mappers[i] != NULL; i++) {
		if (ww_str_ieq(ww_str_trim(type), ww_str_from(ww_mappers[i]->type)))
			return ww_mappers[i];
	}
	return NULL;
}
