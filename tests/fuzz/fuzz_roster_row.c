/* Any bytes as rows of a roster, one a line, of CSV under a payer's own headers or as objects: what is taken keeps the rules, and says the
 * same when it is written and read again on its way through the journal. */
#include "config/roster_row.h"

#include "base/csv.h"

#include <wardwire/buf.h>
#include <wardwire/json.h>

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool
same_time(ww_time a, ww_time b)
{
	return a.prec == b.prec && a.ms == b.ms;
}

static void
look_at(struct ww_ctx *cx, const struct ww_config *config, const struct ww_roster_row *row)
{
	struct ww_roster_row again;
	struct ww_buf b = { 0 };

	assert(row->member_id.n > 0 && row->member_id.n <= 64);
	assert(ww_str_is(row->practice, "a") && row->birth.prec == WW_PREC_DAY);
	assert(row->family.n + row->given.n > 0 && row->plan.n <= 128);
	ww_roster_row_write(row, &b);
	assert(b.error == WW_OK);
	assert(ww_roster_row_again(cx, config, ww_buf_view(&b), &again) == WW_OK);
	assert(ww_str_eq(again.member_id, row->member_id) && ww_str_eq(again.plan, row->plan));
	assert(ww_str_eq(again.family, row->family) && ww_str_eq(again.given, row->given));
	assert(ww_str_eq(again.program, row->program) && ww_str_eq(again.payer, row->payer));
	assert(same_time(again.birth, row->birth) && same_time(again.effective, row->effective));
	assert(same_time(again.end, row->end) && again.policy == row->policy);
	assert(again.opt_out == row->opt_out && again.line == row->line);
	ww_buf_free(&b);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_party party = { .name = WW_STR("a") };
	struct ww_config config = { .parties = &party, .parties_n = 1 };
	struct ww_roster_source source = { .name = WW_STR("r"), .program = WW_STR("p") };
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	ww_str rest = ww_str_of(data, size);
	struct ww_roster_head head;
	bool has_head = false;

	if (cx.arena == NULL)
		return 0;
	for (size_t i = 0; i < WW_ROSTER_COLUMNS; i++)
		source.columns[i] = ww_str_empty();
	source.columns[WW_ROSTER_MEMBER_ID] = WW_STR("Subscriber");
	for (unsigned line = 1; rest.n > 0; line++) {
		ww_str one = ww_str_cut(rest, '\n', &rest);
		struct ww_roster_fault fault;
		struct ww_roster_row row;
		struct ww_json *o;
		struct ww_csv csv;
		bool more;

		if (ww_str_starts(one, WW_STR("{"))) {
			if (ww_json_parse(&cx, one, &o) == WW_OK &&
			    ww_roster_object_read(&cx, &config, &source, o, line, &row, &fault))
				look_at(&cx, &config, &row);
			cx.fail = (struct ww_failure){ .status = WW_OK };
			continue;
		}
		ww_csv_start(&csv, one);
		if (ww_csv_row(&csv, &cx, &more) == WW_OK && more) {
			if (!has_head)
				has_head = ww_roster_head_read(&cx, &source, csv.cells, csv.n, line,
				               &head) == WW_OK;
			else if (ww_roster_row_read(&cx, &config, &source, &head, csv.cells, csv.n,
			             line, &row, &fault))
				look_at(&cx, &config, &row);
		}
		cx.fail = (struct ww_failure){ .status = WW_OK };
	}
	ww_arena_free(cx.arena);
	return 0;
}
