/* What is noticed in a message without refusing it: the names of hl7v2_warnings.def, and the set a message carries. */
#include "codec/hl7v2_parts.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>

#include <assert.h>

static const struct {
	const char *name, *text;
} rows[] = {
#define WW_HL7_WARNING(name, text) { #name, text },
#include <wardwire/hl7v2_warnings.def>
#undef WW_HL7_WARNING
};

_Static_assert(sizeof(rows) / sizeof(rows[0]) == WW_HL7_WARNINGS_N, "a row for each warning");
_Static_assert(WW_HL7_WARNINGS_N <= 32, "the set has 32 bits");

const char *
ww_hl7_warning_name(enum ww_hl7_warning w)
{
	assert(w < WW_HL7_WARNINGS_N);
	return rows[w].name;
}

const char *
ww_hl7_warning_text(enum ww_hl7_warning w)
{
	assert(w < WW_HL7_WARNINGS_N);
	return rows[w].text;
}

void
ww_hl7_warn(const struct ww_hl7 *m, enum ww_hl7_warning w)
{
	m->lazy->warnings |= UINT32_C(1) << w;
}

uint32_t
ww_hl7_warnings(const struct ww_hl7 *m)
{
	if (!m->lazy->scanned)
		ww_hl7_scan(m);
	m->lazy->scanned = true;
	return m->lazy->warnings;
}

ww_str
ww_hl7_warning_names(struct ww_ctx *cx, uint32_t set)
{
	ww_str names = ww_str_empty();
	unsigned i;

	for (i = 0; i < WW_HL7_WARNINGS_N; i++)
		if ((set >> i & 1) != 0)
			names = ww_arena_printf(cx->arena, "%.*s%s%s", WW_STR_FMT(names),
			    names.n > 0 ? " " : "", rows[i].name);
	return names;
}
