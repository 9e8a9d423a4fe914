/* Programs as JSON, under the keys of their files. */
#include "report/programs.h"

#include <wardwire/json.h>

/* -- values ------------------------------------------------------------------------------------------- */

/* Left out where it is nothing. */
static void
set_text(struct ww_ctx *cx, struct ww_json *o, const char *key, ww_str text)
{
	if (text.n > 0)
		ww_json_set_str(cx, o, key, text);
}

static void
set_span(struct ww_ctx *cx, struct ww_json *o, const char *key, struct ww_span span)
{
	static const char *const units[] = {
		[WW_SPAN_MINUTES] = "m",
		[WW_SPAN_HOURS] = "h",
		[WW_SPAN_DAYS] = "d",
		[WW_SPAN_BUSINESS_DAYS] = "bd",
	};

	if (span.n > 0)
		ww_json_set_str(
		    cx, o, key, ww_arena_printf(cx->arena, "%u%s", span.n, units[span.unit]));
}

static void
set_clock(struct ww_ctx *cx, struct ww_json *o, const char *key, uint32_t minutes)
{
	ww_json_set_str(
	    cx, o, key, ww_arena_printf(cx->arena, "%02u:%02u", minutes / 60 % 24, minutes % 60));
}

static void
set_day(struct ww_ctx *cx, struct ww_json *o, const char *key, int64_t day)
{
	int year, month, mday;

	if (day == INT64_MIN || day == INT64_MAX)
		return;
	ww_day_civil(day, &year, &month, &mday);
	ww_json_set_str(
	    cx, o, key, ww_arena_printf(cx->arena, "%04d-%02d-%02d", year, month, mday));
}

static void
set_texts(struct ww_ctx *cx, struct ww_json *o, const char *key, const struct ww_texts *texts)
{
	struct ww_json *list = ww_json_array(cx);

	for (size_t i = 0; i < texts->n; i++)
		ww_json_add(cx, list, ww_json_string(cx, texts->v[i]));
	if (texts->n > 0)
		ww_json_set(cx, o, key, list);
}

/* -- rules -------------------------------------------------------------------------------------------- */

static void
set_param(struct ww_ctx *cx, struct ww_json *o, const struct ww_rule_param *row, int64_t value)
{
	switch (row->kind) {
	case WW_RULE_PARAM_NUMBER:
		ww_json_set_int(cx, o, row->name, value);
		return;
	case WW_RULE_PARAM_FLAG:
		ww_json_set_bool(cx, o, row->name, value != 0);
		return;
	case WW_RULE_PARAM_CHOICE:
		ww_json_set_str(cx, o, row->name, ww_rule_param_word(row->choices, value));
		return;
	}
}

static struct ww_json *
rules_of(struct ww_ctx *cx, const struct ww_program *p)
{
	struct ww_json *list = ww_json_array(cx);

	for (size_t i = 0; i < p->rules_n; i++) {
		struct ww_json *o = ww_json_object(cx), *set = ww_json_object(cx);
		ww_str stem = ww_rule_stem(p->rules[i]);

		ww_json_set_str(cx, o, "use", p->rules[i]);
		for (int k = 0; k < WW_PARAMS; k++)
			if (ww_rule_param_find(stem, ww_str_from(ww_rule_params[k].name)) == k)
				set_param(cx, set, &ww_rule_params[k], p->params.v[k]);
		if (ww_json_len(set) > 0)
			ww_json_set(cx, o, "set", set);
		ww_json_add(cx, list, o);
	}
	return list;
}

/* -- flags -------------------------------------------------------------------------------------------- */

static void
set_copies(struct ww_ctx *cx, struct ww_json *o, const struct ww_program_flag *f)
{
	struct ww_json *list = ww_json_array(cx);

	for (size_t i = 0; i < f->copies_n; i++) {
		struct ww_json *copy = ww_json_object(cx);

		ww_json_set_cstr(cx, copy, "role", ww_role_text(f->copies[i].role));
		set_text(cx, copy, "from", f->copies[i].from);
		ww_json_add(cx, list, copy);
	}
	if (f->copies_n > 0)
		ww_json_set(cx, o, "copy", list);
}

static struct ww_json *
flag_of(struct ww_ctx *cx, const struct ww_program_flag *f)
{
	struct ww_json *o = ww_json_object(cx), *forward = ww_json_object(cx),
	               *wording = ww_json_object(cx);
	bool told = f->as != WW_flag_form_RECORD;

	ww_json_set_cstr(cx, o, "as", ww_flag_form_text(f->as));
	if (told)
		ww_json_set_cstr(cx, o, "to", ww_role_text(f->to));
	set_span(cx, o, "deadline", f->deadline);
	if (f->deadline.n > 0)
		ww_json_set_int(cx, o, "warn", f->warn);
	if (told)
		ww_json_set_cstr(cx, o, "priority", ww_priority_text(f->priority));
	set_copies(cx, o, f);
	set_span(cx, o, "acknowledge", (struct ww_span){ WW_SPAN_MINUTES, f->acknowledge });
	if (f->forward_after.n > 0) {
		set_span(cx, forward, "after", f->forward_after);
		ww_json_set_cstr(cx, forward, "to", ww_role_text(f->forward_to));
		ww_json_set(cx, o, "forward", forward);
	}
	set_text(cx, wording, "title", f->title);
	set_text(cx, wording, "text", f->text);
	if (ww_json_len(wording) > 0)
		ww_json_set(cx, o, "wording", wording);
	set_span(cx, o, "cooldown", (struct ww_span){ WW_SPAN_DAYS, f->cooldown });
	set_span(cx, o, "suppress", (struct ww_span){ WW_SPAN_HOURS, f->suppress });
	return o;
}

static struct ww_json *
flags_of(struct ww_ctx *cx, const struct ww_program *p)
{
	struct ww_json *o = ww_json_object(cx);

	for (int kind = 0; kind < ww_flag_kind_count; kind++)
		if (p->flags[kind].as != WW_flag_form_NONE)
			ww_json_set(cx, o, ww_flag_kind_text(kind), flag_of(cx, &p->flags[kind]));
	return o;
}

/* -- the rest ----------------------------------------------------------------------------------------- */

static struct ww_json *
population_of(struct ww_ctx *cx, const struct ww_program_population *p)
{
	struct ww_json *o = ww_json_object(cx);

	if (p->age_to < WW_AGE_MOST)
		ww_json_set_str(
		    cx, o, "ages", ww_arena_printf(cx->arena, "%u-%u", p->age_from, p->age_to));
	else if (p->age_from > 0)
		ww_json_set_str(cx, o, "ages", ww_arena_printf(cx->arena, "%u+", p->age_from));
	set_texts(cx, o, "products", &p->products);
	set_texts(cx, o, "plans", &p->plans);
	set_texts(cx, o, "payers", &p->payers);
	set_texts(cx, o, "practices", &p->practices);
	return o;
}

static void
set_hours(struct ww_ctx *cx, struct ww_json *o, const struct ww_program *p)
{
	struct ww_json *quiet = ww_json_object(cx), *digest = ww_json_object(cx);

	if (p->quiet.from != p->quiet.to) {
		set_clock(cx, quiet, "from", p->quiet.from);
		set_clock(cx, quiet, "to", p->quiet.to);
		ww_json_set_cstr(cx, quiet, "urgent", p->quiet.urgent_waits ? "wait" : "pass");
		ww_json_set(cx, o, "quiet", quiet);
	}
	if (p->daily.days == 0)
		return;
	set_clock(cx, digest, "at", p->daily.at);
	ww_json_set_cstr(cx, digest, "on",
	    p->daily.business       ? "business-days"
	    : p->daily.days == 0x1f ? "weekdays"
	                            : "every-day");
	ww_json_set_bool(cx, digest, "empty", p->daily.empty);
	ww_json_set(cx, o, "digest", digest);
}

static void
set_budget(struct ww_ctx *cx, struct ww_json *o, const struct ww_program *p)
{
	struct ww_json *budget = ww_json_object(cx);

	if (p->budget.per_stay > 0)
		ww_json_set_int(cx, budget, "per_stay", p->budget.per_stay);
	if (p->budget.per_day > 0)
		ww_json_set_int(cx, budget, "per_day", p->budget.per_day);
	if (ww_json_len(budget) > 0)
		ww_json_set(cx, o, "budget", budget);
}

static struct ww_json *
content_of(struct ww_ctx *cx, uint32_t content)
{
	static const char *const words[] = { "name", "practitioner", "facility", "disposition",
		"diagnosis", "score" };
	struct ww_json *list = ww_json_array(cx);

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		if ((content & ww_program_content(ww_str_from(words[i]))) != 0)
			ww_json_add(cx, list, ww_json_string(cx, ww_str_from(words[i])));
	return list;
}

static struct ww_json *
program_of(struct ww_ctx *cx, const struct ww_program *p)
{
	struct ww_json *o = ww_json_object(cx), *population = population_of(cx, &p->population);

	ww_json_set_str(cx, o, "program", p->name);
	ww_json_set_str(cx, o, "title", p->title);
	ww_json_set_int(cx, o, "version", p->version);
	set_text(cx, o, "payer", p->payer);
	set_day(cx, o, "effective", p->effective);
	set_day(cx, o, "end", p->end);
	if (ww_json_len(population) > 0)
		ww_json_set(cx, o, "population", population);
	set_text(cx, o, "zone", p->zone_name);
	ww_json_set_str(cx, o, "calendar", p->calendar.n > 0 ? p->calendar : WW_STR("us-federal"));
	ww_json_set(cx, o, "rules", rules_of(cx, p));
	ww_json_set(cx, o, "flags", flags_of(cx, p));
	set_hours(cx, o, p);
	set_budget(cx, o, p);
	ww_json_set(cx, o, "content", content_of(cx, p->content));
	return o;
}

struct ww_json *
ww_programs_report(struct ww_ctx *cx, const struct ww_programs *p)
{
	struct ww_json *list = ww_json_array(cx);

	for (size_t i = 0; i < p->n; i++)
		ww_json_add(cx, list, program_of(cx, &p->v[i]));
	return list;
}
