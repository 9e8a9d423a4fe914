/* One address for each entry, and nothing beside it that means nothing. */
#include "config/kind.h"

#include "config/fault.h"
#include "config/yaml.h"

static size_t
kind_of(struct ww_faults *f, const struct ww_yaml *e, const struct ww_kinds *k)
{
	const struct ww_yaml *first = NULL, *v;
	size_t kind = WW_KINDS_MOST;

	for (size_t i = 0; i < k->n; i++) {
		v = ww_yaml_get(e, k->of[i].key);
		if (v == NULL)
			continue;
		if (first == NULL) {
			first = v;
			kind = i;
			continue;
		}
		ww_fault_add(f, v->key_line, v->key_column,
		    "%s has one address: %s; %s is on line %u", k->thing, k->or, k->of[kind].key,
		    first->key_line);
		return WW_KINDS_MOST;
	}
	if (first == NULL)
		ww_fault_add(f, e->line, e->column,
		    "one of the keys %s is missing in %s, near here", k->and, k->list);
	return kind;
}

size_t
ww_kind_check(struct ww_faults *f, const struct ww_yaml *e, const struct ww_kinds *k)
{
	size_t kind = e->kind == WW_YAML_MAP ? kind_of(f, e, k) : WW_KINDS_MOST;

	for (const struct ww_kind_key *key = k->keys; kind < k->n && key->key != NULL; key++) {
		const struct ww_yaml *v = ww_yaml_get(e, key->key);

		if (v != NULL && !key->fits[kind])
			ww_fault_add(f, v->key_line, v->key_column, "%s: means nothing for %s",
			    key->key, k->of[kind].noun);
	}
	return kind;
}
