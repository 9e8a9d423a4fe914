/* Any bytes as a program: either faults with texts, or a program of which everything is within its bounds and can be shown. */
#include "config/program.h"

#include <wardwire/ctx.h>

#include <assert.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
look_at_flag(const struct ww_program_flag *f)
{
	assert(f->as >= 0 && f->as < ww_flag_form_count);
	assert(f->to >= 0 && f->to < ww_role_count);
	if (f->as == WW_flag_form_NONE)
		return;
	assert((f->as == WW_flag_form_RECORD) == (f->to == WW_role_NONE));
	assert(f->warn >= 1 && f->warn <= 99);
	assert(f->priority >= 0 && f->priority < ww_priority_count);
	assert(f->copies_n <= WW_PROGRAM_COPIES);
	for (size_t i = 0; i < f->copies_n; i++)
		assert(f->copies[i].role != WW_role_NONE);
	assert((f->forward_after.n == 0) == (f->forward_to == WW_role_NONE));
	assert(f->acknowledge == 0 || f->priority != WW_priority_ROUTINE);
}

static void
look_at(const struct ww_program *p)
{
	assert(p->name.n > 0 && p->title.n > 0 && p->version > 0);
	assert(p->effective <= p->end);
	assert(p->population.age_from <= p->population.age_to);
	assert(p->zone_name.n == 0 || p->zone != NULL);
	assert(p->quiet.from < 1440 && p->quiet.to < 1440 && p->daily.at < 1440);
	assert(p->content <= WW_CONTENT_ALL);
	for (size_t i = 0; i < p->rules_n; i++)
		assert(ww_rule_stem(p->rules[i]).n > 0);
	for (int i = 0; i < WW_PARAMS; i++) {
		const struct ww_rule_param *row = &ww_rule_params[i];
		int64_t value = ww_param(&p->params, (enum ww_param_id)i);

		if (row->kind == WW_RULE_PARAM_CHOICE)
			assert(ww_rule_param_word(row->choices, value).n > 0);
		else
			assert(value >= row->least && value <= row->most);
	}
	for (int kind = 0; kind < ww_flag_kind_count; kind++) {
		look_at_flag(&p->flags[kind]);
		assert(p->flags[kind].as != WW_flag_form_DIGEST || p->daily.days != 0);
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_config_fault *faults;
	struct ww_program p;
	size_t n;
	ww_status s;

	if (cx.arena == NULL)
		return 0;
	s = ww_program_parse(&cx, ww_str_of(data, size), &p, &faults, &n);
	if (s == WW_OK) {
		look_at(&p);
	} else {
		assert(s == WW_E_CONFIG && n > 0);
		for (size_t i = 0; i < n; i++)
			assert(faults[i].text[0] != '\0');
	}
	ww_arena_free(cx.arena);
	return 0;
}
