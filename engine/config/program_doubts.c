/* What of a program is not wrong and is hardly meant. It is good; whoever checks it is told. */
#include "config/fault.h"
#include "config/program.h"
#include "config/yaml.h"

#include <wardwire/ctx.h>

struct program {
	const struct ww_yaml *root;
	const struct ww_program_finder *finders;
	size_t finders_n;
};

/* -- flags that nothing raises --------------------------------------------------------------------------- */

static bool
uses(const struct ww_yaml *root, const char *rule)
{
	for (const struct ww_yaml *e = ww_yaml_entries(root, "rules"); e != NULL; e = e->next) {
		const struct ww_yaml *use = ww_yaml_scalar(e, "use");

		if (use != NULL && ww_str_is(use->text, rule))
			return true;
	}
	return false;
}

static uint64_t
bit_of(ww_str kind)
{
	for (int64_t i = 0; i < (int64_t)ww_flag_kind_count; i++)
		if (ww_str_is(kind, ww_flag_kind_text(i)))
			return UINT64_C(1) << i;
	return 0;
}

/* The rule that a program would use for it: the last one in the table of rules is the newest. NULL: none finds it. */
static const char *
finder_of(const struct program *p, uint64_t bit, bool *used)
{
	const char *rule = NULL;

	*used = false;
	for (size_t i = 0; i < p->finders_n; i++) {
		if ((p->finders[i].finds & bit) == 0)
			continue;
		rule = p->finders[i].rule;
		*used = *used || uses(p->root, rule);
	}
	return rule;
}

/* What the clock raises: some flag of the program must have that key. */
static const struct {
	const char *flag, *key;
} by_clock[] = { { "task-unacknowledged", "acknowledge" }, { "task-overdue", "deadline" } };

static bool
any_has(const struct ww_yaml *flags, const char *key)
{
	for (const struct ww_yaml *e = flags->first; e != NULL; e = e->next)
		if (ww_yaml_get(e, key) != NULL)
			return true;
	return false;
}

static void
doubt_flag(struct ww_faults *f, const struct program *p, const struct ww_yaml *flag)
{
	bool used;
	const char *rule = finder_of(p, bit_of(flag->key), &used);

	if (rule != NULL && !used)
		ww_fault_add(f, flag->key_line, flag->key_column,
		    "flags.%s: no rule of the program finds it; %s does",
		    ww_fault_show(flag->key).text, rule);
	for (size_t i = 0; i < sizeof(by_clock) / sizeof(by_clock[0]); i++)
		if (ww_str_is(flag->key, by_clock[i].flag) &&
		    !any_has(ww_yaml_get(p->root, "flags"), by_clock[i].key))
			ww_fault_add(f, flag->key_line, flag->key_column,
			    "flags.%s: no flag of the program has the key %s", by_clock[i].flag,
			    by_clock[i].key);
}

/* -- authorizations ------------------------------------------------------------------------------------- */

static void
doubt_forward(struct ww_faults *f, const struct ww_yaml *flags)
{
	const struct ww_yaml *hop = ww_yaml_get(flags, "admission-authorized");

	if (hop != NULL && ww_yaml_get(flags, "admission-alert") != NULL &&
	    ww_yaml_get(hop, "forward") == NULL)
		ww_fault_add(f, hop->key_line, hop->key_column,
		    "flags.admission-authorized: without forward admission-alert waits for the "
		    "navigator, however long that takes");
}

ww_status
ww_program_doubts(struct ww_ctx *cx, ww_str text, const struct ww_program_finder *finders,
    size_t finders_n, struct ww_config_fault **doubts, size_t *doubts_n)
{
	struct ww_faults f = { .cx = cx };
	struct ww_yaml *root = NULL;
	const struct ww_yaml *flags;
	ww_status s = ww_yaml_read(&f, text, &root);

	flags = ww_yaml_get(root, "flags");
	if (s == WW_OK && flags != NULL) {
		const struct program p = { root, finders, finders_n };

		for (const struct ww_yaml *e = flags->first; e != NULL; e = e->next)
			doubt_flag(&f, &p, e);
		doubt_forward(&f, flags);
	}
	if (s == WW_OK)
		s = ww_fault_end(&f);
	if (s == WW_E_CONFIG) {
		cx->fail = (struct ww_failure){ .status = WW_OK };
		s = WW_OK;
	}
	*doubts = f.v;
	*doubts_n = f.n;
	return s;
}
