/* What the memory sink got and holds, for tests. The slices live as long as the sink. */
#ifndef WW_COURIER_SINK_TEST_H
#define WW_COURIER_SINK_TEST_H

#include <wardwire/sink.h>

/* One request, in the order of arrival, and how it was answered. */
struct ww_sink_got {
	enum ww_verb verb;
	ww_str base, type, key, remote_id, etag, body;
	enum ww_result result;
	long http;
};

/* One resource as it is now. */
struct ww_sink_held {
	ww_str type, id, body;
	uint64_t version; /* from 1 */
};

/* All take a sink made by ww_sink_memory, from the thread that calls its poll. */
size_t ww_sink_memory_requests(const struct ww_sink *s); /* answered so far */
struct ww_sink_got ww_sink_memory_request(const struct ww_sink *s, size_t i);
size_t ww_sink_memory_resources(const struct ww_sink *s);
struct ww_sink_held ww_sink_memory_resource(const struct ww_sink *s, size_t i);
/* As a person at the receiver would: raises the version, or takes the resource away. */
void ww_sink_memory_touch(const struct ww_sink *s, size_t i);
void ww_sink_memory_delete(const struct ww_sink *s, size_t i);

#endif
