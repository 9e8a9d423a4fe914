/* Each value of a configuration, or of a program, for itself, against the table of its keys. */
#include "config/check.h"

#include "config/fault.h"
#include "config/keys.h"
#include "config/near.h"
#include "config/route.h"
#include "config/yaml.h"

#include <stdio.h>

enum { LIST_MAX = 384 };

static void
fault_of(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k, const char *rule)
{
	if (v->kind == WW_YAML_SCALAR)
		ww_fault_add(f, v->line, v->column, "%s: '%s' is not %s", k->name,
		    ww_fault_show(v->text).text, rule);
	else
		ww_fault_add(f, v->line, v->column, "%s must be %s", k->name, rule);
}

/* -- scalars ---------------------------------------------------------------------------------------- */

static void
check_text(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k)
{
	char rule[256];

	if (v->kind == WW_YAML_SCALAR && ww_value_fits(k->format, v->text))
		return;
	snprintf(rule, sizeof(rule), "a valid %s: %s", ww_value_noun(k->format),
	    ww_value_rule(k->format));
	fault_of(f, v, k, rule);
}

static void
check_number(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k)
{
	char rule[64];
	uint64_t n;

	/* A leading zero would be octal to libcyaml. */
	if (v->kind == WW_YAML_SCALAR && ww_str_u64(v->text, k->most, &n) && n >= k->least &&
	    v->text.p[0] != '0')
		return;
	snprintf(rule, sizeof(rule), "a whole number from %u to %u", k->least, k->most);
	fault_of(f, v, k, rule);
}

static void
check_flag(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k)
{
	if (v->kind != WW_YAML_SCALAR ||
	    (!ww_str_is(v->text, "true") && !ww_str_is(v->text, "false")))
		fault_of(f, v, k, "true or false");
}

static void
check_choice(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k)
{
	char rule[LIST_MAX];
	struct ww_near near;
	size_t i, at;

	ww_near_start(&near, v->text);
	at = (size_t)snprintf(rule, sizeof(rule), "one of: ");
	for (i = 0; k->choices[i] != NULL; i++) {
		if (v->kind == WW_YAML_SCALAR && ww_str_is(v->text, k->choices[i]))
			return;
		ww_near_try(&near, ww_str_from(k->choices[i]));
		if (at < sizeof(rule))
			at += (size_t)snprintf(
			    rule + at, sizeof(rule) - at, "%s%s", i > 0 ? ", " : "", k->choices[i]);
	}
	if (near.best.n > 0 && at < sizeof(rule))
		snprintf(
		    rule + at, sizeof(rule) - at, " (did you mean '%.*s'?)", WW_STR_FMT(near.best));
	fault_of(f, v, k, rule);
}

static void
check_texts(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k)
{
	const struct ww_yaml *c;

	if (v->kind != WW_YAML_LIST || v->first == NULL) {
		fault_of(f, v, k, "a list with an entry at least, such as [a, b]");
		return;
	}
	for (c = v->first; c != NULL; c = c->next)
		if (c->kind != WW_YAML_BAD)
			check_text(f, c, k);
}

static void
check_names(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k)
{
	ww_route_check_names(f, v, k->name);
}

static void
check_conditions(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k)
{
	ww_route_check_conditions(f, v, k->name);
}

/* -- mappings and lists ----------------------------------------------------------------------------- */

static void check_map(struct ww_faults *f, const struct ww_yaml *m, const struct ww_keys *keys);

static void
check_part(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k)
{
	if (v->kind == WW_YAML_MAP)
		check_map(f, v, k->part);
	else
		fault_of(f, v, k, "a mapping of keys");
}

static void
check_list(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k)
{
	const struct ww_yaml *c;

	if (v->kind != WW_YAML_LIST) {
		fault_of(f, v, k, "a list, each entry after a '-'");
		return;
	}
	for (c = v->first; c != NULL; c = c->next) {
		if (c->kind == WW_YAML_MAP)
			check_map(f, c, k->part);
		else if (c->kind != WW_YAML_BAD)
			ww_fault_add(f, c->line, c->column,
			    "an entry of %s must be a mapping of keys", k->name);
	}
}

/* The key is one of those that the map may have. */
static bool
is_choice(const char *const *choices, ww_str key)
{
	for (; *choices != NULL; choices++)
		if (ww_str_is(key, *choices))
			return true;
	return false;
}

static void
fault_no_choice(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k)
{
	char list[LIST_MAX] = "";
	struct ww_near near;
	size_t at = 0;

	ww_near_start(&near, v->key);
	for (size_t i = 0; k->choices[i] != NULL; i++) {
		ww_near_try(&near, ww_str_from(k->choices[i]));
		if (at < sizeof(list))
			at += (size_t)snprintf(
			    list + at, sizeof(list) - at, "%s%s", i > 0 ? ", " : "", k->choices[i]);
	}
	if (near.best.n > 0)
		ww_fault_add(f, v->key_line, v->key_column,
		    "unknown key '%s' in %s (did you mean '%.*s'?)", ww_fault_show(v->key).text,
		    k->name, WW_STR_FMT(near.best));
	else
		ww_fault_add(f, v->key_line, v->key_column, "unknown key '%s' in %s; known are: %s",
		    ww_fault_show(v->key).text, k->name, list);
}

static void
check_keyed(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k)
{
	const struct ww_yaml *c, *first;

	if (v->kind != WW_YAML_MAP) {
		fault_of(f, v, k, "a mapping of keys");
		return;
	}
	for (c = v->first; c != NULL; c = c->next) {
		if (!is_choice(k->choices, c->key)) {
			fault_no_choice(f, c, k);
			continue;
		}
		for (first = v->first; !ww_str_eq(first->key, c->key);)
			first = first->next;
		if (first != c)
			ww_fault_add(f, c->key_line, c->key_column,
			    "key '%s' is given twice in %s; first on line %u",
			    ww_fault_show(c->key).text, k->name, first->key_line);
		else if (c->kind == WW_YAML_MAP)
			check_map(f, c, k->part);
		else if (c->kind != WW_YAML_BAD)
			ww_fault_add(f, c->line, c->column, "%s.%s must be a mapping of keys",
			    k->name, ww_fault_show(c->key).text);
	}
}

static void
check_nothing(struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k)
{
	(void)f, (void)v, (void)k;
}

static void (*const checks[])(
    struct ww_faults *f, const struct ww_yaml *v, const struct ww_key *k) = {
	[WW_KEY_IS_TEXT] = check_text,
	[WW_KEY_IS_NUMBER] = check_number,
	[WW_KEY_IS_FLAG] = check_flag,
	[WW_KEY_IS_CHOICE] = check_choice,
	[WW_KEY_IS_TEXTS] = check_texts,
	[WW_KEY_IS_NAMES] = check_names,
	[WW_KEY_IS_CONDITIONS] = check_conditions,
	[WW_KEY_IS_PART] = check_part,
	[WW_KEY_IS_LIST] = check_list,
	[WW_KEY_IS_MAP] = check_keyed,
	[WW_KEY_IS_TREE] = check_nothing,
};

/* " in listeners[]", nothing at the top. */
struct where {
	char text[32];
};
static struct where
where_of(const struct ww_keys *keys)
{
	ww_str path = ww_str_from(keys->path);
	struct where w = { "" };

	if (path.n > 0)
		snprintf(w.text, sizeof(w.text), " in %.*s", (int)path.n - 1, path.p);
	return w;
}

static void
fault_unknown(struct ww_faults *f, const struct ww_yaml *v, const struct ww_keys *keys)
{
	char list[LIST_MAX] = "";
	struct ww_near near;
	size_t i, at = 0;

	ww_near_start(&near, v->key);
	for (i = 0; i < keys->n; i++) {
		ww_near_try(&near, ww_str_from(keys->v[i].name));
		if (at < sizeof(list))
			at += (size_t)snprintf(list + at, sizeof(list) - at, "%s%s",
			    i > 0 ? ", " : "", keys->v[i].name);
	}
	if (near.best.n > 0)
		ww_fault_add(f, v->key_line, v->key_column,
		    "unknown key '%s'%s (did you mean '%.*s'?)", ww_fault_show(v->key).text,
		    where_of(keys).text, WW_STR_FMT(near.best));
	else
		ww_fault_add(f, v->key_line, v->key_column, "unknown key '%s'%s; known are: %s",
		    ww_fault_show(v->key).text, where_of(keys).text, list);
}

static void
check_member(struct ww_faults *f, const struct ww_yaml *m, const struct ww_yaml *v,
    const struct ww_keys *keys)
{
	const struct ww_key *k = ww_keys_find(keys, v->key);
	const struct ww_yaml *first;

	if (k == NULL) {
		fault_unknown(f, v, keys);
		return;
	}
	first = ww_yaml_get(m, k->name);
	if (first != v)
		ww_fault_add(f, v->key_line, v->key_column,
		    "key '%s' is given twice%s; first on line %u", k->name, where_of(keys).text,
		    first->key_line);
	else if (ww_yaml_is_null(v))
		ww_fault_add(f, v->key_line, v->key_column,
		    "%s has no value; leave the key out or give one", k->name);
	else if (v->kind != WW_YAML_BAD)
		checks[k->kind](f, v, k);
}

static void
check_map(struct ww_faults *f, const struct ww_yaml *m, const struct ww_keys *keys)
{
	const struct ww_yaml *v;
	size_t i;

	for (v = m->first; v != NULL; v = v->next)
		check_member(f, m, v, keys);
	for (i = 0; i < keys->n; i++)
		if (keys->v[i].must && ww_yaml_get(m, keys->v[i].name) == NULL)
			ww_fault_add(f, m->line, m->column,
			    "required key '%s' is missing%s, near here", keys->v[i].name,
			    where_of(keys).text);
}

void
ww_check_keys(struct ww_faults *f, const struct ww_yaml *root, const struct ww_keys *keys)
{
	if (root->kind == WW_YAML_MAP)
		check_map(f, root, keys);
	else if (root->kind != WW_YAML_BAD)
		ww_fault_add(f, root->line, root->column,
		    "the file must be a mapping: lines of 'key: value'");
}
