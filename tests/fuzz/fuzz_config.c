/* Any bytes as a configuration: either faults with texts, or a configuration whose names all stand for
 * something. libcyaml never finds fault with what the checks let pass. */
#include "config/load.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at(const struct ww_config *c)
{
	size_t i;

	assert(c->data.n > 0 && c->system.n > 0);
	assert(c->retry_first > 0 && c->retry_first <= c->retry_most);
	for (i = 0; i < c->listeners_n; i++)
		assert(ww_config_feed_on(c, c->listeners[i].name) != NULL);
	for (i = 0; i < c->feeds_n; i++)
		assert(c->feeds[i].zone != NULL && ww_config_listener(c, c->feeds[i].on) != NULL);
	for (i = 0; i < c->endpoints_n; i++)
		assert(c->endpoints[i].url.n > 0 && c->endpoints[i].timeout > 0);
	for (i = 0; i < c->parties_n; i++)
		assert(ww_config_endpoint(c, c->parties[i].send) != NULL);
	for (i = 0; i < c->rosters_n; i++)
		assert(c->rosters[i].name.n > 0);
}

/* Its complaints end like those about a missing key, and only they begin otherwise. */
static bool
is_libcyamls(ww_str text)
{
	ww_str end = WW_STR(", near here");

	return text.n > end.n && ww_str_eq(ww_str_sub(text, text.n - end.n, end.n), end) &&
	       !ww_str_starts(text, WW_STR("required key '"));
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_config_fault *faults;
	struct ww_config *config;
	size_t i, n;
	ww_status s;

	if (cx.arena == NULL)
		return 0;
	s = ww_config_parse(&cx, ww_str_of(data, size), &config, &faults, &n);
	if (s == WW_OK) {
		look_at(config);
	} else {
		assert(s == WW_E_CONFIG && n > 0);
		for (i = 0; i < n; i++) {
			assert(faults[i].text[0] != '\0');
			assert(!is_libcyamls(ww_str_from(faults[i].text)));
		}
	}
	ww_arena_free(cx.arena);
	return 0;
}
