/* Batch and file headers and trailers of an answer. */
#include "codec/ack_batch.h"

#include "codec/hl7v2_parts.h"

#include <wardwire/buf.h>
#include <wardwire/time.h>

#include <inttypes.h>

/* The delimiters of a header, ours where there is none or they cannot be used. */
static struct ww_hl7_delims
delims_of(const struct ww_hl7_item *header)
{
	struct ww_hl7_delims d;
	size_t field;

	if (header == NULL || ww_hl7_delims_read(header->text, &d, &field) != NULL)
		return ww_hl7_default_delims;
	return d;
}

static bool
is_file(const struct ww_hl7_item *header)
{
	return header != NULL && header->kind == WW_HL7_ITEM_FHS;
}

/* A field of the header as it stands; nothing of one whose delimiters cannot be used, as it would be cut wrongly. */
static ww_str
field_of(const struct ww_hl7_item *header, size_t f)
{
	if (header == NULL || (header->faults & WW_HL7_BATCH_HEADER) != 0)
		return ww_str_empty();
	return ww_hl7_batch_field(header, f);
}

void
ww_ack_batch_begin(
    const struct ww_hl7_item *header, int64_t now, uint64_t number, struct ww_buf *out)
{
	static const size_t swapped[] = { 5, 6, 3, 4 };
	struct ww_hl7_delims d = delims_of(header);
	size_t i;

	ww_buf_cstr(out, is_file(header) ? "FHS" : "BHS");
	ww_buf_printf(
	    out, "%c%c%c%c%c", d.field, d.component, d.repetition, d.escape, d.subcomponent);
	if (d.truncation != '\0')
		ww_buf_byte(out, d.truncation);
	for (i = 0; i < sizeof(swapped) / sizeof(swapped[0]); i++) {
		ww_buf_byte(out, d.field);
		ww_buf_str_add(out, field_of(header, swapped[i]));
	}
	ww_buf_byte(out, d.field);
	ww_time_write_hl7(ww_time_at(now, NULL), out);
	ww_buf_printf(out, "%c%c%c%cW%" PRIu64, d.field, d.field, d.field, d.field, number);
	if (field_of(header, 11).n > 0) {
		ww_buf_byte(out, d.field);
		ww_buf_str_add(out, field_of(header, 11));
	}
	ww_buf_byte(out, '\r');
}

void
ww_ack_batch_end(const struct ww_hl7_item *header, size_t n, struct ww_buf *out)
{
	ww_buf_printf(
	    out, "%s%c%zu\r", is_file(header) ? "FTS" : "BTS", delims_of(header).field, n);
}
