/* What of a program the table of its keys cannot say: values against one another, and against the configuration. What is
 * missing or of the wrong form was reported by check.c and is passed over here. */
#include "config/check.h"
#include "config/fault.h"
#include "config/keys.h"
#include "config/near.h"
#include "config/program.h"
#include "config/value.h"
#include "config/yaml.h"

#include <wardwire/ctx.h>

#include <stdio.h>

/* -- one flag ----------------------------------------------------------------------------------------- */

/* What a flag may have by how it is told. */
static const struct {
	const char *key;
	bool fits[ww_flag_form_count];
} fitting[] = {
	{ "to", { [WW_flag_form_STAY_TASK] = true,
	            [WW_flag_form_TASK] = true,
	            [WW_flag_form_COMMUNICATION] = true,
	            [WW_flag_form_DIGEST] = true } },
	{ "deadline", { [WW_flag_form_STAY_TASK] = true, [WW_flag_form_TASK] = true } },
	{ "warn", { [WW_flag_form_STAY_TASK] = true, [WW_flag_form_TASK] = true } },
	{ "acknowledge", { [WW_flag_form_STAY_TASK] = true, [WW_flag_form_TASK] = true } },
	{ "forward", { [WW_flag_form_TASK] = true } },
	{ "priority", { [WW_flag_form_STAY_TASK] = true,
	                  [WW_flag_form_TASK] = true,
	                  [WW_flag_form_COMMUNICATION] = true } },
	{ "copy", { [WW_flag_form_STAY_TASK] = true,
	              [WW_flag_form_TASK] = true,
	              [WW_flag_form_COMMUNICATION] = true } },
	{ "wording", { [WW_flag_form_STAY_TASK] = true,
	                 [WW_flag_form_TASK] = true,
	                 [WW_flag_form_COMMUNICATION] = true,
	                 [WW_flag_form_DIGEST] = true } },
};

/* Units that a length of time may have where not all of them mean something. */
static const struct {
	const char *key, *rule;
	bool fits[4]; /* by enum ww_span_unit */
} units[] = {
	{ "acknowledge", "minutes or hours, such as 30m",
	    { [WW_SPAN_MINUTES] = true, [WW_SPAN_HOURS] = true } },
	{ "cooldown", "days, such as 30d", { [WW_SPAN_DAYS] = true } },
	{ "suppress", "hours or days, such as 12h",
	    { [WW_SPAN_HOURS] = true, [WW_SPAN_DAYS] = true } },
};

static void
check_units(struct ww_faults *f, const struct ww_yaml *flag)
{
	for (size_t i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		const struct ww_yaml *v = ww_yaml_scalar(flag, units[i].key);
		struct ww_span span;

		if (v != NULL && ww_value_span(v->text, &span) && !units[i].fits[span.unit])
			ww_fault_add(f, v->line, v->column, "%s: '%s' is not in %s", units[i].key,
			    ww_fault_show(v->text).text, units[i].rule);
	}
}

/* NONE where it is not said, or not well, which was reported. */
static enum ww_flag_form
told_as(const struct ww_yaml *flag)
{
	const struct ww_yaml *v = ww_yaml_scalar(flag, "as");

	for (int i = ww_flag_form_count - 1; v != NULL && i > WW_flag_form_NONE; i--)
		if (ww_str_is(v->text, ww_flag_form_texts[i]))
			return (enum ww_flag_form)i;
	return WW_flag_form_NONE;
}

/* Nobody waits for the word of whoever got something routine. */
static void
check_priority(struct ww_faults *f, const struct ww_yaml *flag)
{
	const struct ww_yaml *ack = ww_yaml_scalar(flag, "acknowledge"),
	                     *priority = ww_yaml_scalar(flag, "priority");

	if (ack != NULL && (priority == NULL || ww_str_is(priority->text, "routine")))
		ww_fault_add(f, ack->line, ack->column,
		    "acknowledge: nobody is waited for in what is routine; give it a priority");
}

static void
check_flag(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *flag)
{
	enum ww_flag_form as = told_as(flag);
	const struct ww_yaml *copies = ww_yaml_get(flag, "copy"), *e;
	size_t n = 0;

	check_units(f, flag);
	check_priority(f, flag);
	for (e = ww_yaml_entries(flag, "copy"); e != NULL; e = e->next)
		n++;
	if (n > WW_PROGRAM_COPIES)
		ww_fault_add(f, copies->line, copies->column, "copy: %zu entries; at most %d", n,
		    (int)WW_PROGRAM_COPIES);
	if (as == WW_flag_form_NONE)
		return;
	if (as != WW_flag_form_RECORD && ww_yaml_get(flag, "to") == NULL)
		ww_fault_add(f, flag->key_line, flag->key_column,
		    "required key 'to' is missing in flags.%s", ww_fault_show(flag->key).text);
	for (size_t i = 0; i < sizeof(fitting) / sizeof(fitting[0]); i++) {
		const struct ww_yaml *v = ww_yaml_get(flag, fitting[i].key);

		if (v != NULL && !fitting[i].fits[as])
			ww_fault_add(f, v->key_line, v->key_column, "%s: means nothing for a %s",
			    fitting[i].key, ww_flag_form_text(as));
	}
	if (as == WW_flag_form_DIGEST && ww_yaml_get(root, "digest") == NULL)
		ww_fault_add(f, flag->key_line, flag->key_column,
		    "flags.%s is told by a digest, and the program has none; add the key digest",
		    ww_fault_show(flag->key).text);
}

/* -- the program as a whole --------------------------------------------------------------------------- */

static void
check_days(struct ww_faults *f, const struct ww_yaml *root)
{
	const struct ww_yaml *from = ww_yaml_scalar(root, "effective"),
	                     *to = ww_yaml_scalar(root, "end");

	if (from != NULL && to != NULL && ww_value_fits(WW_FORMAT_DAY, from->text) &&
	    ww_value_fits(WW_FORMAT_DAY, to->text) && ww_str_cmp(to->text, from->text) < 0)
		ww_fault_add(f, to->line, to->column, "end: is before effective");
}

static void
check_quiet(struct ww_faults *f, const struct ww_yaml *root)
{
	const struct ww_yaml *quiet = ww_yaml_get(root, "quiet"),
	                     *from = ww_yaml_scalar(quiet, "from"),
	                     *to = ww_yaml_scalar(quiet, "to");

	if (from != NULL && to != NULL && ww_str_eq(from->text, to->text))
		ww_fault_add(f, to->line, to->column, "quiet: to is the same as from");
}

void
ww_program_check(struct ww_faults *f, const struct ww_yaml *root)
{
	const struct ww_yaml *flags = ww_yaml_get(root, "flags");

	for (const struct ww_yaml *e = flags != NULL && flags->kind == WW_YAML_MAP ? flags->first
	                                                                           : NULL;
	     e != NULL && !ww_fault_full(f); e = e->next)
		if (e->kind == WW_YAML_MAP)
			check_flag(f, root, e);
	check_days(f, root);
	check_quiet(f, root);
}

/* -- in a configuration ------------------------------------------------------------------------------- */

static void
suit_practices(struct ww_faults *f, const struct ww_yaml *root, const struct ww_config *c)
{
	const struct ww_yaml *population = ww_yaml_get(root, "population");

	for (const struct ww_yaml *e = ww_yaml_entries(population, "practices"); e != NULL;
	     e = e->next) {
		struct ww_near near;

		if (ww_config_party(c, e->text) != NULL)
			continue;
		ww_near_start(&near, e->text);
		for (size_t i = 0; i < c->parties_n; i++)
			ww_near_try(&near, c->parties[i].name);
		ww_fault_add(f, e->line, e->column,
		    "practices: the configuration has no party '%s'%s", ww_fault_show(e->text).text,
		    ww_near_hint(&near).text);
	}
}

/* Roles of a payer that a program names, and where first. */
struct payers {
	bool roles[ww_role_count];
	const struct ww_yaml *first;
};

static void
note_role(struct payers *p, const struct ww_yaml *v)
{
	for (int role = 0; v != NULL && role < ww_role_count; role++) {
		if (!ww_str_is(v->text, ww_role_texts[role]) ||
		    !ww_role_is_payers((enum ww_role)role))
			continue;
		p->roles[role] = true;
		if (p->first == NULL || v->line < p->first->line ||
		    (v->line == p->first->line && v->column < p->first->column))
			p->first = v;
	}
}

/* One fault, however many flags need the payer: one key mends all of them. */
static void
suit_payer(struct ww_faults *f, const struct ww_yaml *root, const struct ww_program_use *use)
{
	char list[256] = "";
	struct payers p = { .first = NULL };
	size_t at = 0;

	const struct ww_yaml *flags = ww_yaml_get(root, "flags");

	for (const struct ww_yaml *e = flags != NULL ? flags->first : NULL; e != NULL;
	     e = e->next) {
		note_role(&p, ww_yaml_scalar(e, "to"));
		note_role(&p, ww_yaml_scalar(ww_yaml_get(e, "forward"), "to"));
		for (const struct ww_yaml *c = ww_yaml_entries(e, "copy"); c != NULL; c = c->next)
			note_role(&p, ww_yaml_scalar(c, "role"));
	}
	for (int role = 0; role < ww_role_count; role++)
		if (p.roles[role] && at < sizeof(list))
			at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%s",
			    at > 0 ? ", " : "", ww_role_texts[role]);
	if (use->payer.n == 0 && p.first != NULL)
		ww_fault_add(f, p.first->line, p.first->column,
		    "the configuration gives this program no payer, with whom are: %s; add "
		    "programs[].payer",
		    list);
}

/* Of that key of a flag, in minutes; false: it is not there, or in business days. */
static bool
minutes_of(const struct ww_yaml *map, const char *key, uint32_t *out)
{
	static const uint32_t minutes[] = { [WW_SPAN_MINUTES] = 1,
		[WW_SPAN_HOURS] = 60,
		[WW_SPAN_DAYS] = 24 * 60,
		[WW_SPAN_BUSINESS_DAYS] = 0 };
	const struct ww_yaml *v = ww_yaml_scalar(map, key);
	struct ww_span span;

	*out = 0;
	if (v == NULL || !ww_value_span(v->text, &span))
		return true;
	*out = span.n * minutes[span.unit];
	return minutes[span.unit] != 0;
}

/* The coordinator is to know of an admission within a day of its authorization, whatever the navigator does. */
static void
suit_forward(struct ww_faults *f, const struct ww_yaml *root)
{
	enum { WITHIN_HOURS = 24 };
	const struct ww_yaml *flags = ww_yaml_get(root, "flags"),
	                     *forward =
	                         ww_yaml_get(ww_yaml_get(flags, "admission-authorized"), "forward"),
	                     *alert = ww_yaml_get(flags, "admission-alert"),
	                     *after = ww_yaml_scalar(forward, "after"),
	                     *deadline = ww_yaml_scalar(alert, "deadline");
	uint32_t one, two;

	if (after == NULL ||
	    (minutes_of(forward, "after", &one) && minutes_of(alert, "deadline", &two) &&
	        one + two <= WITHIN_HOURS * 60))
		return;
	ww_fault_add(f, after->line, after->column,
	    "forward: after %s%s%s%s is more than the %d hours in which the coordinator is to know "
	    "of an admission that was authorized",
	    ww_fault_show(after->text).text, deadline != NULL ? " plus " : "",
	    deadline != NULL ? ww_fault_show(deadline->text).text : "",
	    deadline != NULL ? " (the deadline of admission-alert)" : "", (int)WITHIN_HOURS);
}

ww_status
ww_program_suits(struct ww_ctx *cx, ww_str text, const struct ww_config *c,
    const struct ww_program_use *use, struct ww_config_fault **faults, size_t *faults_n)
{
	struct ww_faults f = { .cx = cx };
	struct ww_yaml *root = NULL;
	ww_status s = ww_yaml_read(&f, text, &root);

	if (s == WW_OK) {
		suit_payer(&f, root, use);
		suit_forward(&f, root);
		suit_practices(&f, root, c);
		s = ww_fault_end(&f);
	}
	*faults = f.v;
	*faults_n = f.n;
	return s;
}
