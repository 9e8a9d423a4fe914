/* Any bytes as a path: it is good, or its fault has a position; a good one can be followed. */
#include <wardwire/ctx.h>
#include <wardwire/hl7v2.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char text[] = "MSH|^~\\&|A|B|C|D|||ADT^A01|1|P|2.5\r"
	                           "PID|1||A&1^B&2~C^D&\"\"~\"\"||\"\"|x\\T\\y\rOBX|1\rOBX|2|ST\r";
	struct ww_ctx cx = { .arena = ww_arena_new(1 << 20) };
	struct ww_hl7 *m = NULL;
	struct ww_hl7_path p;
	ww_str raw, leaf;

	if (cx.arena == NULL)
		return 0;
	if (ww_hl7_parse(&cx, WW_STR(text), &m) != WW_OK)
		abort();
	if (ww_hl7_path(&cx, ww_str_of(data, size), &p) != WW_OK) {
		if (cx.fail.status != WW_E_SYNTAX && cx.fail.status != WW_E_LIMIT)
			abort();
	} else {
		enum ww_hl7_state of_leaf = ww_hl7_text(&cx, m, &p, &leaf);

		if (ww_hl7_raw(m, &p, &raw) == WW_HL7_ABSENT && of_leaf != WW_HL7_ABSENT)
			abort();
	}
	ww_arena_free(cx.arena);
	return 0;
}
