/* Any bytes as an ADT or ORU message: what is accepted can be mapped, the facts can be written and folded, and each is a
 * text that can be read. With an odd first byte the rest stands behind a valid header, of ORU where the second bit is
 * set. */
#include <wardwire/mapper.h>

#include "codec/ack.h"
#include "model/fold.h"

#include "tests/fuzz/rows.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check(struct ww_ctx *cx, const struct ww_facts *f)
{
	struct ww_encounter e;

	read_row(cx, &ww_entity_person, &f->person);
	read_row(cx, &ww_entity_event, &f->event);
	for (size_t i = 0; i < f->identifiers_n; i++) {
		must(f->identifiers[i].value.n > 0 && f->identifiers[i].system.n > 0 &&
		     f->identifiers[i].type.n > 0);
		read_row(cx, &ww_entity_identifier, &f->identifiers[i]);
	}
	for (size_t i = 0; i < f->coverages_n; i++) {
		must((f->coverages[i].member_id.n > 0) == (f->coverages[i].place.n > 0));
		read_row(cx, &ww_entity_coverage, &f->coverages[i]);
	}
	for (size_t i = 0; i < f->diagnoses_n; i++) {
		must(f->diagnoses[i].code.n > 0);
		read_row(cx, &ww_entity_diagnosis, &f->diagnoses[i]);
	}
	must(f->visit.n == 0 || f->visit_system.n > 0);
	must(ww_time_known(f->event.recorded) && ww_time_known(f->event.occurred));
	for (size_t i = 0; i < f->observations_n; i++) {
		must(f->observations[i].resource.n > 0 && f->observations[i].code.n > 0 &&
		     f->observations[i].status.n > 0);
		read_row(cx, &ww_entity_observation, &f->observations[i]);
	}
	must(f->observations_n > 0 || ww_act_of(f->event.trigger) != WW_ACT_NONE);
	ww_row_init(&ww_entity_encounter, &e);
	if (ww_fold(cx, &f->event, 1, &e) == WW_OK)
		read_row(cx, &ww_entity_encounter, &e);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(1 << 24), .now = INT64_C(1772409600000) };
	struct ww_feed feed = { .name = WW_STR("f"), .zone = ww_zone_find("America/New_York") };
	const struct ww_mapper *mapper;
	struct ww_facts facts;
	struct ww_hl7 *m = NULL;
	struct ww_buf b = { 0 };

	if (cx.arena == NULL || feed.zone == NULL)
		return 0;
	if (size > 0 && data[0] % 2 == 1)
		ww_buf_printf(&b, "MSH|^~\\&|A|B|C|D|20260302||%s|1|P|2.5\rPID|1||X|",
		    data[0] % 4 == 3 ? "ORU^R01" : "ADT^A01");
	if (size > 0)
		ww_buf_add(&b, data + 1, size - 1);
	if (ww_hl7_accept(&cx, ww_buf_view(&b), NULL, &m) == WW_OK) {
		mapper = ww_mapper_find(ww_hl7_at(&cx, m, "MSH-9.1"));
		if (mapper != NULL && mapper->map(&cx, m, &feed, &facts) == WW_OK &&
		    facts.ignored.n == 0)
			check(&cx, &facts);
	}
	ww_buf_free(&b);
	ww_arena_free(cx.arena);
	return 0;
}
