/* Any bytes as the answer of a FHIR endpoint: what is read from it can be sent back to it. The first byte
 * is the verb, then come a line of Location, a line of ETag, and the body. */
#include "link/fhir_answer.h"

#include <wardwire/ctx.h>

#include <assert.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(64 << 20) };
	struct ww_fhir_asked asked = {
		.type = WW_STR("Task"), .key = WW_STR("urn:x|k"), .remote_id = WW_STR("1")
	};
	struct ww_http_reply reply = { .end = WW_HTTP_DONE, .status = 200 };
	struct ww_fhir_reading reading;
	struct ww_fhir_verdict v;
	ww_str rest = ww_str_of(data, size);
	size_t i;

	if (cx.arena == NULL)
		return 0;
	asked.verb = (enum ww_verb)(size > 0 ? data[0] % 3 : 0);
	rest = ww_str_sub(rest, 1, rest.n);
	reply.location = ww_str_cut(rest, '\n', &rest);
	reply.etag = ww_str_cut(rest, '\n', &reply.body);
	ww_fhir_answer_read(&cx, &asked, &reply, &reading);
	assert(reading.etag.n == 0 || ww_fhir_answer_is_etag(reading.etag));
	for (i = 0; i < reading.id.n; i++)
		assert(reading.id.p[i] > ' ' && reading.id.p[i] != '/' && reading.id.p[i] != '%');
	v = ww_fhir_classify(&reading.seen);
	assert(v.result >= WW_RESULT_SENT && v.result <= WW_RESULT_CONFLICT && v.reason != NULL);
	ww_arena_free(cx.arena);
	return 0;
}
