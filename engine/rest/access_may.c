/* What the scopes of a client let it do. */
#include "rest/access.h"

#include "config/scope.h"

/* -- interactions ------------------------------------------------------------------------------------- */

/* An operation needs a right to one type, whatever URL it stands at. */
static const struct {
	const char *name;
	uint8_t may;
	const char *type; /* NULL: that of the resource */
} interactions[] = {
	{ "create", WW_MAY_CREATE, NULL },
	{ "read", WW_MAY_READ, NULL },
	{ "update", WW_MAY_UPDATE, NULL },
	{ "patch", WW_MAY_UPDATE, NULL },
	{ "delete", WW_MAY_DELETE, NULL },
	{ "search", WW_MAY_SEARCH, NULL },
	{ "submit", WW_MAY_CREATE, "Claim" },
	{ "inquire", WW_MAY_SEARCH, "Claim" },
	{ "message", WW_MAY_CREATE, "Bundle" },
	{ "collection", WW_MAY_CREATE, "Bundle" },
	{ "notification", WW_MAY_CREATE, "Bundle" },
	{ "member-add", WW_MAY_UPDATE, "Group" },
	{ "member-remove", WW_MAY_UPDATE, "Group" },
};

/* What keeps nothing and shows nothing but what it got; and a transaction or batch, whose entries are each asked for. */
static const char *const harmless[] = { "validate", "bundle" };

static bool
allows(const struct ww_scopes *s, ww_str type, uint8_t may)
{
	enum ww_scope_type t = ww_scope_type(type);

	return t < WW_SCOPE_TYPES && (s->may[t] & may) != 0;
}

bool
ww_who_may(const struct ww_who *who, ww_str type, ww_str interaction)
{
	for (size_t i = 0; i < sizeof(harmless) / sizeof(harmless[0]); i++)
		if (ww_str_is(interaction, harmless[i]))
			return true;
	for (size_t i = 0; i < sizeof(interactions) / sizeof(interactions[0]); i++) {
		const char *of = interactions[i].type;

		if (ww_str_is(interaction, interactions[i].name))
			return allows(
			    &who->scopes, of != NULL ? ww_str_from(of) : type, interactions[i].may);
	}
	return false;
}
