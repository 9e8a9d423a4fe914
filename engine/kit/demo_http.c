#include "kit/demo_http.h"

#include "link/http_out.h"
#include "link/watch.h"

struct reply {
	bool over;
	long status;
};

static void
on_reply(void *arg, const struct ww_http_reply *r)
{
	struct reply *reply = arg;

	reply->over = true;
	reply->status = r->end == WW_HTTP_DONE ? r->status : 0;
}

long
ww_demo_http(struct ww_ctx *cx, struct ww_http **http, const char *method, ww_str url, ww_str body)
{
	static const ww_str headers[] = { WW_STR_INIT("Content-Type: application/fhir+json") };
	struct ww_http_request r = { .method = method,
		.url = url,
		.headers = headers,
		.headers_n = 1,
		.body = body,
		.timeout = 20 };
	struct ww_watch watch = { .until = INT64_MAX };
	struct reply reply = { .over = false };

	if ((*http == NULL && ww_http_open(cx, http) != WW_OK) ||
	    ww_http_send(*http, cx, &r, on_reply, &reply) != WW_OK)
		return 0;
	while (!reply.over) {
		ww_watch_clear(&watch);
		ww_http_poll(*http, &watch, 1000);
	}
	ww_watch_free(&watch);
	return reply.status;
}
