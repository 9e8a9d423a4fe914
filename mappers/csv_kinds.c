/* The kinds of CSV extract by name. A new one is one row here and its .c. */
#include <wardwire/csv_kind.h>

extern const struct ww_csv_kind ww_csv_authorizations; /* in/csv_authorization.c */
extern const struct ww_csv_kind ww_csv_claims;         /* in/csv_claim.c */
extern const struct ww_csv_kind ww_csv_fills;          /* in/csv_fill.c */
extern const struct ww_csv_kind ww_csv_results;        /* in/csv_result.c */

const struct ww_csv_kind *const ww_csv_kinds[] = {
	&ww_csv_authorizations,
	&ww_csv_claims,
	&ww_csv_fills,
	&ww_csv_results,
	NULL,
};

const struct ww_csv_kind *
ww_csv_kind_find(ww_str name)
{
	for (size_t i = 0; ww_csv_kinds[i] != NULL; i++) {
		if (ww_str_is(name, ww_csv_kinds[i]->name))
			return ww_csv_kinds[i];
	}
	return NULL;
}
