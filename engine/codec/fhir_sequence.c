/* Sequence numbers: lines of a claim, its diagnoses and the like are pointed to by number, so that none should be there twice. A
 * warning: no rule of R4 says so, and published examples of guides do it. */
#include "codec/fhir_walk.h"

#include <wardwire/ctx.h>

#include <stdlib.h>

struct numbered {
	int64_t number;
	size_t index;
};

static int
order(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

void
ww_fhir_check_sequence(struct ww_fhir_walk *w, const struct ww_fhir_at *array)
{
	const struct ww_json *v = ww_json_first(array->v);
	struct ww_fhir_at at = *array;
	struct numbered *rows;
	size_t n = 0, i;

	rows = ww_arena_array(w->cx->arena, ww_json_len(array->v), sizeof(*rows));
	if (rows == NULL) {
		w->status = ww_fail_memory(w->cx);
		return;
	}
	for (i = 0; v != NULL; v = ww_json_next(v), i++) {
		int64_t number = ww_json_int(ww_json_get(v, "sequence"));

		if (number > 0)
			rows[n++] = (struct numbered){ number, i };
	}
	qsort(rows, n, sizeof(*rows), order);
	for (i = 1; i < n; i++)
		if (rows[i].number == rows[i - 1].number) {
			at.index = rows[i].index;
			ww_fhir_say_as(w, &at, WW_STR("sequence"), WW_FHIR_WARNING, WW_E_VALUE,
			    "sequence", "a number that another one has");
		}
}
