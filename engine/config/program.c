/* The file of a program: from text to the struct the engine reads. */
#include "config/program.h"

#include "config/check.h"
#include "config/fault.h"
#include "config/tree.h"
#include "config/value.h"
#include "config/yaml.h"

#include <wardwire/ctx.h>

enum { HOUR_MINUTES = 60, DAY_HOURS = 24 };

/* -- flags -------------------------------------------------------------------------------------------- */

static struct ww_span
span_at(struct ww_tree t, const char *key)
{
	struct ww_span span = { WW_SPAN_MINUTES, 0 };

	(void)ww_value_span(ww_tree_text(t, key), &span);
	return span;
}

/* The check saw to it that the unit is one of those. */
static uint32_t
minutes_at(struct ww_tree t, const char *key)
{
	struct ww_span span = span_at(t, key);

	return span.unit == WW_SPAN_HOURS ? span.n * HOUR_MINUTES : span.n;
}

static uint32_t
hours_at(struct ww_tree t, const char *key)
{
	struct ww_span span = span_at(t, key);

	return span.unit == WW_SPAN_DAYS ? span.n * DAY_HOURS : span.n;
}

static void
take_copies(struct ww_tree flag, struct ww_program_flag *out)
{
	const struct ww_yaml *list = ww_yaml_get(flag.v, "copy");

	for (const struct ww_yaml *e = list != NULL ? list->first : NULL;
	     e != NULL && out->copies_n < WW_PROGRAM_COPIES; e = e->next) {
		struct ww_tree t = { e, &ww_keys_program_copy };

		out->copies[out->copies_n++] =
		    (struct ww_program_copy){ (enum ww_role)ww_tree_enum(t, "role"),
			    ww_tree_text(t, "from") };
	}
}

static void
take_flag(const struct ww_yaml *v, struct ww_program_flag *out)
{
	struct ww_tree t = { v, &ww_keys_program_flag };
	struct ww_tree forward = ww_tree_part(t, "forward"), wording = ww_tree_part(t, "wording");

	*out = (struct ww_program_flag){
		.as = (enum ww_flag_form)ww_tree_enum(t, "as"),
		.to = (enum ww_role)ww_tree_enum(t, "to"),
		.deadline = span_at(t, "deadline"),
		.warn = ww_tree_number(t, "warn"),
		.priority = (enum ww_priority)ww_tree_choice(t, "priority"),
		.acknowledge = minutes_at(t, "acknowledge"),
		.forward_after = span_at(forward, "after"),
		.forward_to = (enum ww_role)ww_tree_enum(forward, "to"),
		.title = ww_tree_text(wording, "title"),
		.text = ww_tree_text(wording, "text"),
		.cooldown = span_at(t, "cooldown").n,
		.suppress = hours_at(t, "suppress"),
	};
	take_copies(t, out);
}

static void
take_flags(const struct ww_yaml *root, struct ww_program *out)
{
	const struct ww_yaml *flags = ww_yaml_get(root, "flags");

	for (size_t kind = 0; kind < ww_flag_kind_count; kind++) {
		const struct ww_yaml *v = ww_yaml_get(flags, ww_flag_kind_text((int64_t)kind));

		out->flags[kind] =
		    (struct ww_program_flag){ .title = ww_str_empty(), .text = ww_str_empty() };
		if (v != NULL)
			take_flag(v, &out->flags[kind]);
	}
}

/* -- the rest ----------------------------------------------------------------------------------------- */

static int64_t
day_at(struct ww_tree t, const char *key, int64_t otherwise)
{
	ww_time day;

	return ww_time_fhir(ww_tree_text(t, key), ww_zone_utc(), &day)
	           ? ww_time_day(day, ww_zone_utc())
	           : otherwise;
}

static uint32_t
clock_at(struct ww_tree t, const char *key)
{
	uint32_t minutes = 0;

	(void)ww_value_clock(ww_tree_text(t, key), &minutes);
	return minutes;
}

static struct ww_program_population
take_population(struct ww_ctx *cx, struct ww_tree t)
{
	struct ww_program_population p = {
		.age_to = WW_AGE_MOST,
		.products = ww_tree_texts(cx, t, "products"),
		.plans = ww_tree_texts(cx, t, "plans"),
		.payers = ww_tree_texts(cx, t, "payers"),
		.practices = ww_tree_texts(cx, t, "practices"),
	};

	(void)ww_value_ages(ww_tree_text(t, "ages"), &p.age_from, &p.age_to);
	return p;
}

static struct ww_program_digest
take_digest(struct ww_tree t)
{
	/* by ww_choices_digest */
	static const struct {
		uint8_t days;
		bool business;
	} on[] = { { 0x7f, false }, { 0x1f, false }, { 0x7f, true } };
	int choice = ww_tree_choice(t, "on");

	if (choice < 0)
		return (struct ww_program_digest){ .days = 0 };
	return (struct ww_program_digest){ .at = clock_at(t, "at"),
		.days = on[choice].days,
		.business = on[choice].business,
		.empty = ww_tree_flag(t, "empty") };
}

static uint32_t
take_content(const struct ww_yaml *root)
{
	const struct ww_yaml *list = ww_yaml_get(root, "content");
	uint32_t bits = list != NULL ? 0 : WW_CONTENT_ALL;

	for (const struct ww_yaml *e = list != NULL ? list->first : NULL; e != NULL; e = e->next)
		bits |= ww_program_content(e->text);
	return bits;
}

void
ww_program_take(struct ww_ctx *cx, const struct ww_yaml *root, struct ww_program *out)
{
	struct ww_tree t = { root, &ww_keys_program }, quiet = ww_tree_part(t, "quiet"),
	               budget = ww_tree_part(t, "budget");

	*out = (struct ww_program){
		.name = ww_tree_text(t, "program"),
		.title = ww_tree_text(t, "title"),
		.version = ww_tree_number(t, "version"),
		.digest = ww_str_empty(),
		.payer = ww_str_empty(),
		.effective = day_at(t, "effective", INT64_MIN),
		.end = day_at(t, "end", INT64_MAX),
		.population = take_population(cx, ww_tree_part(t, "population")),
		.zone_name = ww_tree_text(t, "zone"),
		.calendar = ww_tree_text(t, "calendar"),
		.quiet = { .from = clock_at(quiet, "from"),
		    .to = clock_at(quiet, "to"),
		    .urgent_waits = ww_tree_choice(quiet, "urgent") == 1 },
		.daily = take_digest(ww_tree_part(t, "digest")),
		.budget = { .per_stay = ww_tree_number(budget, "per_stay"),
		    .per_day = ww_tree_number(budget, "per_day") },
		.content = take_content(root),
	};
	if (out->zone_name.n > 0)
		out->zone = ww_zone_find(ww_arena_cstr(cx->arena, out->zone_name));
	take_flags(root, out);
	ww_program_take_rules(cx, root, out);
}

/* -- all of it ---------------------------------------------------------------------------------------- */

static ww_status
check(struct ww_faults *f, ww_str text, struct ww_yaml **tree)
{
	struct ww_yaml *root = NULL;
	ww_status s;

	if (text.n > WW_PROGRAM_MAX) {
		ww_fault_add(f, 0, 0, "the file has %zu bytes; at most %d are read", text.n,
		    (int)WW_PROGRAM_MAX);
		return WW_OK;
	}
	s = ww_yaml_read(f, text, &root);
	if (s != WW_OK || root == NULL)
		return s;
	ww_check_keys(f, root, &ww_keys_program);
	ww_program_check(f, root);
	ww_program_check_rules(f, root);
	*tree = root;
	return WW_OK;
}

ww_status
ww_program_parse(struct ww_ctx *cx, ww_str text, struct ww_program *out,
    struct ww_config_fault **faults, size_t *faults_n)
{
	struct ww_faults f = { .cx = cx };
	struct ww_yaml *root = NULL;
	ww_status s = check(&f, text, &root);

	if (s == WW_OK)
		s = ww_fault_end(&f);
	*faults = f.v;
	*faults_n = f.n;
	if (s != WW_OK)
		return s;
	ww_program_take(cx, root, out);
	return ww_arena_status(cx->arena) == WW_OK ? WW_OK : ww_fail_memory(cx);
}

ww_status
ww_programs_basic(struct ww_ctx *cx, const struct ww_config *c, struct ww_programs *out)
{
	struct ww_program *p = ww_arena_alloc(cx->arena, sizeof(*p));
	struct ww_config_fault *faults;
	size_t n;
	ww_status s;

	if (p == NULL)
		return ww_fail_memory(cx);
	s = ww_program_parse(
	    cx, ww_program_shipped(WW_STR(WW_PROGRAM_BASIC ".yaml")), p, &faults, &n);
	for (size_t i = 0; s == WW_OK && i < ww_flag_kind_count; i++)
		if (p->flags[i].deadline.n > 0)
			p->flags[i].deadline = (struct ww_span){ WW_SPAN_HOURS, c->due_hours };
	*out = (struct ww_programs){ p, s == WW_OK };
	return s;
}
