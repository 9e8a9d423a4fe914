/* Calendars of holidays: whatever the bytes, the reader refuses or gives one by which business days can be counted. */
#include <wardwire/arena.h>
#include <wardwire/calendar.h>
#include <wardwire/ctx.h>
#include <wardwire/time.h>

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	const struct ww_calendar *c = NULL;
	int64_t day = ww_day_of(2026, 12, 24), to;

	if (cx.arena == NULL)
		return 0;
	if (ww_calendar_read(&cx, WW_STR("fuzz"), ww_str_of(data, n), &c) == WW_OK) {
		to = ww_calendar_add(c, day, 3);
		if (to < day + 3 || (to < day + 3660 && !ww_calendar_is_business(c, to)))
			abort();
	} else if (cx.fail.status == WW_OK || c != NULL) {
		abort();
	}
	ww_arena_free(cx.arena);
	return 0;
}
