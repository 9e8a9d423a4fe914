/* The table behind ww_status: one row per way a call can end. */
#include <wardwire/status.h>

#include <assert.h>

struct row {
	const char *name;
	const char *text;
	const char *fhir;
	enum ww_class class;
	int hl7;
	int number;
};

/* clang-format off */
#define WW_STATUS(name_, class_, hl7_, fhir_, number_, text_) \
	[WW_##name_] = { .name = #name_, .text = (text_), .fhir = (fhir_), .class = WW_##class_, \
	    .hl7 = (hl7_), .number = (number_) },
static const struct row rows[] = {
#include <wardwire/status.def>
};
#undef WW_STATUS
/* clang-format on */

_Static_assert(sizeof(rows) / sizeof(rows[0]) == WW_STATUS_COUNT, "one row per status");

/* A number that is no status comes from our own memory gone wrong, hence not an assert on input. */
static const struct row *
row_of(ww_status s)
{
	assert((unsigned)s < WW_STATUS_COUNT);
	return &rows[s];
}

enum ww_class
ww_status_class(ww_status s)
{
	return row_of(s)->class;
}

const char *
ww_status_name(ww_status s)
{
	return row_of(s)->name;
}

const char *
ww_status_text(ww_status s)
{
	return row_of(s)->text;
}

const char *
ww_status_fhir(ww_status s)
{
	return row_of(s)->fhir;
}

int
ww_status_hl7(ww_status s)
{
	return row_of(s)->hl7;
}

int
ww_status_number(ww_status s)
{
	return row_of(s)->number;
}

ww_status
ww_status_of_number(int n)
{
	for (int s = 0; s < WW_STATUS_COUNT; s++)
		if (rows[s].number == n)
			return (ww_status)s;
	return WW_E_BUG;
}
