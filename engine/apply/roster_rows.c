/* What two rows of a roster have in common. */
#include "apply/roster_rows.h"

#include "config/load.h"
#include "model/member.h"

static bool
same_time(ww_time a, ww_time b)
{
	return a.prec == b.prec && a.ms == b.ms;
}

void
ww_roster_fill(
    struct ww_ctx *cx, const struct ww_roster_row *row, ww_str source, struct ww_attribution *out)
{
	ww_row_init(&ww_entity_attribution, out);
	out->member_id = row->member_id;
	out->member_key = ww_member_key(cx, row->member_id);
	out->family = row->family;
	out->given = row->given;
	out->birth = row->birth;
	out->sex = row->sex;
	out->practice = row->practice;
	out->effective = row->effective;
	out->end = row->end;
	out->policy = row->policy;
	out->program = row->program;
	out->payer = row->payer;
	out->plan = row->plan;
	out->product = row->product;
	out->provider = row->provider;
	out->opt_out = row->opt_out;
	out->source = ww_arena_printf(cx->arena, "%.*s:%u", WW_STR_FMT(source), row->line);
}

bool
ww_roster_same_row(const struct ww_attribution *at, const struct ww_roster_row *row, ww_str key)
{
	return ww_str_eq(at->member_key, key) && ww_str_eq(at->practice, row->practice) &&
	       ww_str_eq(at->program, row->program) && same_time(at->effective, row->effective);
}

int
ww_roster_likeness(const struct ww_attribution *at, const struct ww_roster_row *row)
{
	return 2 * same_time(at->birth, row->birth) + ww_same_name(at->given, row->given);
}

bool
ww_roster_says_same(const struct ww_attribution *a, const struct ww_attribution *b)
{
	return a->closed_ms == b->closed_ms && ww_str_eq(a->family, b->family) &&
	       ww_str_eq(a->given, b->given) && same_time(a->birth, b->birth) &&
	       same_time(a->end, b->end) && a->policy == b->policy && a->opt_out == b->opt_out &&
	       ww_str_eq(a->payer, b->payer) && ww_str_eq(a->plan, b->plan) &&
	       ww_str_eq(a->product, b->product);
}
