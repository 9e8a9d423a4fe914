/* Any target and body get an answer of the practice with a status and a body. The first byte chooses the
 * request, the text up to the first line end is its target or condition, the rest its body. */
#include "kit/practice.h"

#include <wardwire/arena.h>
#include <wardwire/ctx.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int64_t
fixed_now(void *self)
{
	(void)self;
	return 0;
}

static const struct {
	const char *method, *target; /* NULL: the target comes from the input */
	const char *type;
} requests[] = {
	{ "GET", NULL, "" },
	{ "POST", "/fhir/Task", "application/json" },
	{ "PUT", "/fhir/Task/p1", "application/json" },
	{ "POST", "/fhir", "application/json" },
	{ "POST", "/fhir/Task/_search", "application/x-www-form-urlencoded" },
	{ "PUT", NULL, "application/json" },
};

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char task[] =
	    "{\"resourceType\":\"Task\",\"status\":\"draft\",\"intent\":\"order\","
	    "\"identifier\":[{\"system\":\"s\",\"value\":\"v\"}]}";
	struct ww_practice_settings s = { .base = WW_STR("http://h/fhir"),
		.id_prefix = WW_STR("p"),
		.clock = { fixed_now, NULL } };
	struct ww_ctx cx = { .arena = ww_arena_new((size_t)1 << 22) };
	struct ww_practice_request rq = { .method = WW_STR("POST"),
		.target = WW_STR("/fhir/Task"),
		.content_type = WW_STR("application/json"),
		.if_none_exist = ww_str_empty(),
		.if_match = ww_str_empty(),
		.body = WW_STR_INIT(task) };
	struct ww_practice_answer a;
	struct ww_practice *p;
	ww_str head, body;
	size_t which;

	if (cx.arena == NULL || size == 0 || ww_practice_open(&cx, &s, &p) != WW_OK)
		goto end;
	ww_practice_answer(p, &cx, &rq, &a);
	which = data[0] % (sizeof(requests) / sizeof(requests[0]));
	head = ww_str_cut(ww_str_of(data + 1, size - 1), '\n', &body);
	rq.method = ww_str_from(requests[which].method);
	rq.target = requests[which].target != NULL ? ww_str_from(requests[which].target) : head;
	rq.content_type = ww_str_from(requests[which].type);
	rq.if_none_exist = rq.if_match = head;
	rq.body = body;
	ww_practice_answer(p, &cx, &rq, &a);
	if (a.status < 200 || a.status > 599 || a.body.n == 0)
		abort();
	ww_practice_close(p);
end:
	ww_arena_free(cx.arena);
	return 0;
}
