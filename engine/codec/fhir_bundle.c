/* The entries of a Bundle, found by fullUrl. Sorted, as a hash would let a sender choose URLs that all fall together. */
#include "codec/fhir_walk.h"

#include <wardwire/ctx.h>

#include <stdlib.h>

static int
entry_order(const void *a, const void *b)
{
	const struct ww_fhir_entry *x = a, *y = b;
	int d = ww_str_cmp(x->url, y->url);

	return d != 0 ? d : ww_str_cmp(x->version, y->version);
}

const struct ww_fhir_entry *
ww_fhir_bundle_find(const struct ww_fhir_bundle *bundle, ww_str url)
{
	size_t low = 0, high = bundle->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int d = ww_str_cmp(url, bundle->entries[mid].url);

		if (d == 0)
			return &bundle->entries[mid];
		if (d < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}

static void
add_entry(struct ww_fhir_bundle *bundle, const struct ww_json *entry)
{
	const struct ww_json *resource = ww_json_get(entry, "resource");
	struct ww_fhir_entry e = {
		.url = ww_json_str(ww_json_get(entry, "fullUrl")),
		.version = ww_json_str(ww_json_get(ww_json_get(resource, "meta"), "versionId")),
		.type = ww_fhir_resource_find(ww_json_str(ww_json_get(resource, "resourceType"))),
	};

	if (e.url.n > 0)
		bundle->entries[bundle->n++] = e;
}

/* Where a URL says which resource it is, the resource must not say otherwise. */
static void
check_url(struct ww_fhir_walk *w, const struct ww_fhir_at *entry)
{
	const struct ww_json *resource = ww_json_get(entry->v, "resource");
	ww_str own = ww_json_str(ww_json_get(resource, "id")), id = own;
	const struct ww_fhir_type *type =
	    ww_fhir_url_type(ww_json_str(ww_json_get(entry->v, "fullUrl")), &id);

	if (type == NULL || own.n == 0)
		return;
	if (!ww_str_eq(id, own) ||
	    !ww_str_is(ww_json_str(ww_json_get(resource, "resourceType")), type->name))
		ww_fhir_say(w, entry, WW_STR("fullUrl"), WW_FHIR_BAD_FULL_URL,
		    "the URL of another resource than the one in the entry");
}

static void
check_urls(struct ww_fhir_walk *w, const struct ww_fhir_at *at)
{
	struct ww_fhir_at entry = { .up = at, .name = WW_STR("entry") };

	for (entry.v = ww_json_first(ww_json_get(at->v, "entry")); entry.v != NULL;
	     entry.v = ww_json_next(entry.v), entry.index++)
		check_url(w, &entry);
}

void
ww_fhir_bundle_begin(
    struct ww_fhir_walk *w, const struct ww_fhir_at *at, struct ww_fhir_bundle *bundle)
{
	const struct ww_json *v = at->v, *list = ww_json_get(v, "entry"), *entry;
	size_t i;

	*bundle = (struct ww_fhir_bundle){
		.transaction = ww_str_is(ww_json_str(ww_json_get(v, "type")), "transaction"),
	};
	if (ww_json_kind(list) != WW_JSON_ARRAY)
		return;
	check_urls(w, at);
	bundle->entries =
	    ww_arena_array(w->cx->arena, ww_json_len(list) + 1, sizeof(bundle->entries[0]));
	if (bundle->entries == NULL) {
		w->status = ww_fail_memory(w->cx);
		return;
	}
	for (entry = ww_json_first(list); entry != NULL; entry = ww_json_next(entry))
		add_entry(bundle, entry);
	qsort(bundle->entries, bundle->n, sizeof(bundle->entries[0]), entry_order);
	for (i = 1; i < bundle->n; i++)
		bundle->twice |= entry_order(&bundle->entries[i - 1], &bundle->entries[i]) == 0;
}
