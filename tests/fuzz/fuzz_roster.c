/* Any bytes as a roster: it ends, and what is kept keeps the rules. */
#include "config/load.h"

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_party party = { .name = WW_STR("a") };
	struct ww_config config = { .parties = &party, .parties_n = 1 };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_roster_fault *faults;
	struct ww_roster_row *rows;
	size_t i, n, faults_n;
	ww_status s;

	if (cx.arena == NULL)
		return 0;
	s = ww_roster_parse(
	    &cx, ww_str_of(data, size), &config, NULL, &rows, &n, &faults, &faults_n);
	assert(s == WW_OK || s == WW_E_CONFIG || s == WW_E_SYNTAX || s == WW_E_LIMIT);
	for (i = 0; i < n; i++) {
		assert(rows[i].member_id.n > 0 && ww_str_is(rows[i].practice, "a"));
		assert(rows[i].family.n + rows[i].given.n > 0 && rows[i].birth.prec == WW_PREC_DAY);
		assert(!ww_time_known(rows[i].effective) || !ww_time_known(rows[i].end) ||
		       ww_time_cmp(rows[i].effective, rows[i].end) <= 0);
	}
	for (i = 1; i < faults_n; i++)
		assert(faults[i - 1].line < faults[i].line); /* a row is reported once */
	ww_arena_free(cx.arena);
	return 0;
}
