/* Rosters of the configuration: what each is called, and that its days are in order. */
#include "config/check.h"

#include "config/fault.h"
#include "config/keys.h"
#include "config/value.h"
#include "config/yaml.h"

#include <wardwire/config.h>

#include <assert.h>

/* What says how the roster is called: its key name, else its file; NULL: neither. */
static const struct ww_yaml *
name_of(const struct ww_yaml *roster, ww_str *name)
{
	const struct ww_yaml *v = ww_yaml_scalar(roster, "name");

	if (v != NULL) {
		*name = v->text;
		return v;
	}
	v = ww_yaml_scalar(roster, "file");
	if (v != NULL)
		*name = ww_value_stem(v->text);
	return v;
}

static void
check_name(struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *roster)
{
	ww_str name, other;
	const struct ww_yaml *at = name_of(roster, &name), *first;

	if (at == NULL) {
		ww_fault_add(f, roster->line, roster->column,
		    "a roster needs a name, or a file that has one");
		return;
	}
	for (const struct ww_yaml *e = ww_yaml_entries(root, "rosters"); e != roster; e = e->next) {
		first = name_of(e, &other);
		if (first == NULL || !ww_str_eq(name, other))
			continue;
		ww_fault_add(f, at->line, at->column,
		    "a second roster with the name '%s'; the first is on line %u",
		    ww_fault_show(name).text, first->line);
		return;
	}
}

/* The default where it is not given; false when it is no number, which others report. */
static bool
days(const struct ww_yaml *roster, const char *key, uint64_t *out)
{
	const struct ww_yaml *v = ww_yaml_scalar(roster, key);
	const struct ww_key *k = ww_keys_find(&ww_keys_roster, ww_str_from(key));

	assert(k != NULL);
	return ww_str_u64(v != NULL ? v->text : ww_str_from(k->fallback), UINT32_MAX, out);
}

static void
check_days(struct ww_faults *f, const struct ww_yaml *roster)
{
	const struct ww_yaml *at = ww_yaml_scalar(roster, "warn_days");
	uint64_t warn, expires;

	if (at == NULL)
		return; /* the default of what is later than the end is not needed */
	if (days(roster, "warn_days", &warn) && days(roster, "expires_days", &expires) &&
	    warn > expires)
		ww_fault_add(f, at->line, at->column,
		    "warn_days: %llu days are later than expires_days, %llu",
		    (unsigned long long)warn, (unsigned long long)expires);
}

void
ww_roster_check(struct ww_faults *f, const struct ww_yaml *root)
{
	for (const struct ww_yaml *e = ww_yaml_entries(root, "rosters"); e != NULL; e = e->next) {
		check_name(f, root, e);
		check_days(f, e);
	}
}

/* A file is read at each start, before anything comes in: nobody can be asked what is to become of it. */
void
ww_roster_take(const struct ww_yaml *root, struct ww_config *c)
{
	const struct ww_yaml *e = ww_yaml_entries(root, "rosters");

	for (size_t i = 0; i < c->rosters_n && e != NULL; i++, e = e->next) {
		if (c->rosters[i].file.n == 0)
			continue;
		if (ww_yaml_scalar(e, "expires_days") == NULL)
			c->rosters[i].expires_days = WW_FOR_EVER;
		if (ww_yaml_scalar(e, "catch_up") == NULL)
			c->rosters[i].catch_up = UINT32_MAX;
	}
}
