/* Any bytes as a time: what is read can be written, and the text written means the same time. */
#include <wardwire/buf.h>
#include <wardwire/time.h>

#include <stdlib.h>

typedef bool read_fn(ww_str, const struct ww_zone *, ww_time *);
typedef void write_fn(ww_time, struct ww_buf *);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The offset of a date is not written, so a date is read again in UTC: then the day must be the same. */
static void
round_trip(ww_time t, read_fn *read, write_fn *write)
{
	struct ww_buf b = { 0 };
	ww_time again;

	write(t, &b);
	if (!read(ww_buf_view(&b), ww_zone_utc(), &again) || again.prec < t.prec ||
	    (t.prec > WW_PREC_DAY && again.ms != t.ms) ||
	    (t.prec <= WW_PREC_DAY && ww_time_day(again, NULL) != ww_time_day(t, NULL)))
		abort();
	ww_buf_free(&b);
}

/* An offset given apart changes nothing but the offset that the text does not state. */
static void
keeps_what_is_stated(ww_str text, ww_time t)
{
	ww_time at;

	if (!ww_time_hl7_at(text, 120, &at) || at.prec != t.prec ||
	    ((at.flags ^ t.flags) & (WW_TIME_ASSUMED | WW_TIME_CUT)) != 0 ||
	    ((t.flags & WW_TIME_ASSUMED) == 0 ? at.ms != t.ms || at.offset != t.offset
	                                      : at.offset != 120))
		abort();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct ww_zone *z = ww_zone_find("America/New_York");
	ww_str text = ww_str_of(data, size);
	ww_time t;

	if (ww_time_hl7(text, z, &t)) {
		keeps_what_is_stated(text, t);
		round_trip(t, ww_time_hl7, ww_time_write_hl7);
		round_trip(t, ww_time_fhir, ww_time_write_fhir);
	}
	if (ww_time_fhir(text, z, &t))
		round_trip(t, ww_time_fhir, ww_time_write_fhir);
	return 0;
}
