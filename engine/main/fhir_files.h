/* Files of FHIR resources, for the commands that read messages as well: JSON, NDJSON or XML. */
#ifndef WW_MAIN_FHIR_FILES_H
#define WW_MAIN_FHIR_FILES_H

#include <wardwire/ctx.h>

struct ww_json;

/* One resource of a file, a Bundle as a whole. */
struct ww_fhir_item {
	const char *file;   /* as it was given */
	size_t number;      /* in this file, from 1 */
	ww_str text;        /* as it stands there */
	const char *format; /* "json", "xml" */
	struct ww_json *tree;
};

/* The file begins as such a one does and not as a message; of "-", standard input, never. */
bool ww_fhir_file_is(const char *file);
/* Calls each(arg, cx, item) for every resource, as ww_files_each does for messages. */
int ww_fhir_files_each(const char *file,
    int (*each)(void *arg, struct ww_ctx *cx, const struct ww_fhir_item *item), void *arg);

/* Resources in it, one by one: those of the entries of a Bundle, or itself. before: the one before, NULL at first. *full_url gets
 * that of its entry, or nothing. NULL: there are no more. */
struct ww_fhir_walk {
	const struct ww_json *entry; /* NULL: not begun */
	bool over;
};
const struct ww_json *ww_fhir_walk(
    struct ww_fhir_walk *w, const struct ww_json *tree, ww_str *full_url);
/* The resource of the tree that a reference means: by fullUrl, then by Type/id. arg is the tree; for a mapper. */
ww_status ww_fhir_walk_resolve(void *arg, ww_str reference, const struct ww_json **out);
/* "Encounter/1", or the type alone. */
ww_str ww_fhir_walk_name(struct ww_ctx *cx, const struct ww_json *resource);

#endif
