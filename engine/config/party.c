/* Who at a party gets what: the checks, and the structs. They are read from the tree (tree.def). */
#include "config/party.h"

#include "config/check.h"
#include "config/fault.h"
#include "config/near.h"
#include "config/raw.h"
#include "config/tree.h"
#include "config/yaml.h"

#include <wardwire/config.h>
#include <wardwire/ctx.h>

#include <assert.h>

/* -- checks ------------------------------------------------------------------------------------------- */

/* An endpoint of that name is there and takes notices. */
static void
check_endpoint(
    struct ww_faults *f, const struct ww_yaml *root, const struct ww_yaml *role, const char *key)
{
	const struct ww_yaml *v = ww_yaml_scalar(role, key), *name;
	struct ww_near near;

	if (v == NULL || ww_endpoint_takes_notices(root, v->text))
		return;
	ww_near_start(&near, v->text);
	for (const struct ww_yaml *e = ww_yaml_entries(root, "endpoints"); e != NULL; e = e->next) {
		name = ww_yaml_scalar(e, "name");
		if (name == NULL)
			continue;
		if (ww_str_eq(name->text, v->text)) {
			ww_fault_add(f, v->line, v->column, "%s: '%s' takes no notices", key,
			    ww_fault_show(v->text).text);
			return;
		}
		ww_near_try(&near, name->text);
	}
	ww_fault_add(f, v->line, v->column, "%s: there is no endpoint '%s'%s", key,
	    ww_fault_show(v->text).text, ww_near_hint(&near).text);
}

/* To where it went before, and nobody answered, it need not go again. */
static void
check_backup(struct ww_faults *f, const struct ww_yaml *party, const struct ww_yaml *role)
{
	const struct ww_yaml *send = ww_yaml_scalar(role, "send"),
	                     *backup = ww_yaml_scalar(role, "backup");

	if (send == NULL)
		send = ww_yaml_scalar(party, "send");
	if (send != NULL && backup != NULL && ww_str_eq(send->text, backup->text))
		ww_fault_add(f, backup->line, backup->column,
		    "backup: is the endpoint that what is for the role goes to anyway");
}

void
ww_party_check(struct ww_faults *f, const struct ww_yaml *root)
{
	for (const struct ww_yaml *p = ww_yaml_entries(root, "parties"); p != NULL; p = p->next) {
		const struct ww_yaml *roles = ww_yaml_get(p, "roles");

		for (const struct ww_yaml *r =
		         roles != NULL && roles->kind == WW_YAML_MAP ? roles->first : NULL;
		     r != NULL && !ww_fault_full(f); r = r->next) {
			check_endpoint(f, root, r, "send");
			check_endpoint(f, root, r, "backup");
			check_backup(f, p, r);
		}
	}
}

/* -- the structs -------------------------------------------------------------------------------------- */

static ww_str
either(ww_str first, ww_str otherwise)
{
	return first.n > 0 ? first : otherwise;
}

static void
take_role(struct ww_ctx *cx, struct ww_tree t, const struct ww_party *party,
    const struct ww_party_role *as_party, struct ww_party_role *out)
{
	*out = (struct ww_party_role){
		.send = either(ww_tree_text(t, "send"), party->send),
		.backup = ww_tree_text(t, "backup"),
		.zone_name = either(ww_tree_text(t, "zone"), as_party->zone_name),
		.calendar = either(ww_tree_text(t, "calendar"), as_party->calendar),
	};
	if (out->zone_name.n > 0) {
		out->zone = ww_zone_find(ww_arena_cstr(cx->arena, out->zone_name));
		assert(out->zone != NULL); /* found by the check, and cached since */
	}
}

void
ww_party_take_roles(struct ww_ctx *cx, const struct ww_yaml *root, const struct ww_raw_party *raw,
    struct ww_config *c)
{
	const struct ww_yaml *e = ww_yaml_entries(root, "parties");

	for (size_t i = 0; i < c->parties_n && e != NULL; i++, e = e->next) {
		const struct ww_yaml *roles = ww_yaml_get(e, "roles");
		struct ww_party *p = &c->parties[i];
		const struct ww_party_role as_party = { .zone_name = ww_str_from(raw[i].zone),
			.calendar = ww_str_from(raw[i].calendar) };

		for (int role = 0; role < ww_role_count; role++) {
			struct ww_tree t = { ww_yaml_get(roles, ww_role_texts[role]),
				&ww_keys_role };

			take_role(cx, t, p, &as_party, &p->roles[role]);
		}
	}
}
