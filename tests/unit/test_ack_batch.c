/* The envelope of a response batch. */
#include "unit.h"

#include "codec/ack_batch.h"

#include <wardwire/buf.h>

#define NOW INT64_C(1772446500000) /* 2026-03-02 10:15 UTC */

START_TEST(turns_a_header_round)
{
	static const struct {
		const char *header, *answer;
	} table[] = {
		{ "BHS|^~\\&|ADM|HOSP|WW|PAYER|20260302|sec|name|comment|B1\r",
		    "BHS|^~\\&|WW|PAYER|ADM|HOSP|20260302101500+0000||||W7|B1\rBTS|3\r" },
		{ "BHS|^~\\&|ADM^1^L|HOSP\r",
		    "BHS|^~\\&|||ADM^1^L|HOSP|20260302101500+0000||||W7\rBTS|3\r" },
		{ "FHS#^~\\&!#ADM#HOSP#WW#PAYER#20260302####F#1\r",
		    "FHS#^~\\&!#WW#PAYER#ADM#HOSP#20260302101500+0000####W7#F\rFTS#3\r" },
		{ "BHS|^~|ADM|HOSP|WW|PAYER|||||B1\r",
		    "BHS|^~\\&|||||20260302101500+0000||||W7\rBTS|3\r" },
		{ NULL, "BHS|^~\\&|||||20260302101500+0000||||W7\rBTS|3\r" },
	};
	size_t i;

	for (i = 0; i < UNIT_COUNT(table); i++) {
		struct ww_hl7_batch b;
		struct ww_hl7_item it, *header = NULL;
		struct ww_buf out = { 0 };

		if (table[i].header != NULL) {
			ww_hl7_batch_begin(&b, ww_str_from(table[i].header), false);
			ck_assert(ww_hl7_batch_next(&b, &it));
			header = &it;
		}
		ww_ack_batch_begin(header, NOW, 7, &out);
		ww_ack_batch_end(header, 3, &out);
		unit_str_is(ww_buf_view(&out), table[i].answer);
		ww_buf_free(&out);
	}
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { turns_a_header_round };

	return unit_main("ack_batch", tests, UNIT_COUNT(tests));
}
