/* Values of the configuration against one another. What is missing or of the wrong form was reported by
 * check.c and is passed over here. */
#include "config/check.h"

#include "config/fault.h"
#include "config/keys.h"
#include "config/near.h"
#include "config/value.h"
#include "config/yaml.h"

#include <assert.h>
#include <stdlib.h>

/* A text and where it stands. */
struct word {
	ww_str text;
	const struct ww_yaml *at;
};

struct words {
	struct word *v; /* in the order of the texts, then of the file */
	size_t n;
};

static int
word_order(const void *a, const void *b)
{
	const struct word *x = a, *y = b;
	int d = ww_str_cmp(x->text, y->text);

	if (d != 0)
		return d;
	if (x->at->line != y->at->line)
		return x->at->line < y->at->line ? -1 : 1;
	return (x->at->column > y->at->column) - (x->at->column < y->at->column);
}

/* -- gathering -------------------------------------------------------------------------------------- */

/* The values of a key in all entries of a list, made comparable by normal (NULL: as they are). */
static struct words
gather(struct ww_faults *f, const struct ww_yaml *root, const char *list, const char *key,
    ww_str (*normal)(struct ww_arena *a, ww_str text))
{
	const struct ww_yaml *e, *v;
	struct words w = { NULL, 0 };
	size_t n = 1;

	for (e = ww_yaml_entries(root, list); e != NULL; e = e->next)
		n++;
	w.v = ww_arena_array(f->cx->arena, n, sizeof(*w.v));
	if (w.v == NULL)
		return w; /* ww_fault_end sees it in the arena */
	for (e = ww_yaml_entries(root, list); e != NULL; e = e->next) {
		v = ww_yaml_scalar(e, key);
		if (v == NULL)
			continue;
		w.v[w.n].text = normal != NULL ? normal(f->cx->arena, v->text) : v->text;
		w.v[w.n].at = v;
		w.n += w.v[w.n].text.n > 0;
	}
	qsort(w.v, w.n, sizeof(*w.v), word_order);
	return w;
}

static const struct word *
find(const struct words *w, ww_str text)
{
	size_t low = 0, high = w->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (ww_str_cmp(w->v[mid].text, text) < 0)
			low = mid + 1;
		else
			high = mid;
	}
	return low < w->n && ww_str_eq(w->v[low].text, text) ? &w->v[low] : NULL;
}

/* -- given twice ------------------------------------------------------------------------------------ */

/* "h:p" in small letters, empty for port 0, which any number of listeners may ask for. */
static ww_str
normal_address(struct ww_arena *a, ww_str text)
{
	uint32_t port;
	ww_str host;
	char *p;
	size_t i;

	if (!ww_value_address(text, &host, &port) || port == 0)
		return ww_str_empty();
	p = ww_arena_alloc(a, host.n + 1);
	for (i = 0; p != NULL && i < host.n; i++)
		p[i] = host.p[i] >= 'A' && host.p[i] <= 'Z' ? (char)(host.p[i] + ('a' - 'A'))
		                                            : host.p[i];
	return ww_arena_printf(a, "%s:%u", p != NULL ? p : "", port);
}

/* The same of an address with a path: two servers cannot share a port. */
static ww_str
normal_base(struct ww_arena *a, ww_str text)
{
	return normal_address(a, ww_str_sub(text, 0, ww_str_find(text, '/')));
}

/* Without slashes at its end. That two names stand for one folder otherwise is found when it is locked. */
static ww_str
normal_folder(struct ww_arena *a, ww_str text)
{
	(void)a;
	while (text.n > 1 && text.p[text.n - 1] == '/')
		text.n--;
	return text;
}

/* By which the journal knows it. */
static ww_str
normal_program(struct ww_arena *a, ww_str text)
{
	(void)a;
	return ww_value_stem(text);
}

static void
check_unique(struct ww_faults *f, const struct ww_yaml *root)
{
	static const struct {
		const char *list, *key;
		ww_str (*normal)(struct ww_arena *a, ww_str text);
		const char *thing, *trait;
	} rows[] = {
		{ "listeners", "name", NULL, "listener", "with the name" },
		{ "listeners", "mllp", normal_address, "listener", "with the address" },
		{ "listeners", "fhir", normal_base, "listener", "with the address" },
		{ "listeners", "console", normal_address, "listener", "with the address" },
		{ "listeners", "dir", normal_folder, "listener", "with the folder" },
		{ "feeds", "name", NULL, "feed", "with the name" },
		{ "endpoints", "name", NULL, "endpoint", "with the name" },
		{ "parties", "name", NULL, "party", "with the name" },
		{ "clients", "name", NULL, "client", "with the name" },
		{ "routes", "name", NULL, "route", "with the name" },
		{ "programs", "file", normal_program, "program", "with the file name" },
	};
	size_t i, j, first;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct words w = gather(f, root, rows[i].list, rows[i].key, rows[i].normal);

		for (first = 0, j = 1; j < w.n; j++) {
			if (!ww_str_eq(w.v[j].text, w.v[first].text))
				first = j;
			else
				ww_fault_add(f, w.v[j].at->line, w.v[j].at->column,
				    "a second %s %s '%s'; the first is on line %u", rows[i].thing,
				    rows[i].trait, ww_fault_show(w.v[j].text).text,
				    w.v[first].at->line);
		}
	}
}

/* -- names that stand for nothing ------------------------------------------------------------------- */

static void
fault_dangling(struct ww_faults *f, const struct word *from, const struct words *to,
    const char *key, const char *thing)
{
	struct ww_near near;
	size_t i;

	ww_near_start(&near, from->text);
	for (i = 0; i < to->n; i++)
		ww_near_try(&near, to->v[i].text);
	if (near.best.n > 0)
		ww_fault_add(f, from->at->line, from->at->column,
		    "%s: there is no %s '%s' (did you mean '%.*s'?)", key, thing,
		    ww_fault_show(from->text).text, WW_STR_FMT(near.best));
	else
		ww_fault_add(f, from->at->line, from->at->column, "%s: there is no %s '%s'", key,
		    thing, ww_fault_show(from->text).text);
}

static void
check_references(struct ww_faults *f, const struct ww_yaml *root)
{
	static const struct {
		const char *list, *key, *to, *thing;
	} rows[] = {
		{ "feeds", "on", "listeners", "listener" },
		{ "parties", "send", "endpoints", "endpoint" },
		{ "clients", "feed", "feeds", "feed" },
		{ "clients", "on", "listeners", "listener" },
		{ "clients", "party", "parties", "party" },
		{ "programs", "payer", "parties", "party" },
	};
	size_t i, j;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct words from = gather(f, root, rows[i].list, rows[i].key, NULL);
		struct words to = gather(f, root, rows[i].to, "name", NULL);

		for (j = 0; j < from.n && !ww_fault_full(f); j++)
			if (find(&to, from.v[j].text) == NULL)
				fault_dangling(f, &from.v[j], &to, rows[i].key, rows[i].thing);
	}
}

/* Not every endpoint takes notices. */
static void
check_parties(struct ww_faults *f, const struct ww_yaml *root)
{
	struct words names = gather(f, root, "endpoints", "name", NULL);
	struct words send = gather(f, root, "parties", "send", NULL);
	size_t i;

	for (i = 0; i < send.n && !ww_fault_full(f); i++)
		if (find(&names, send.v[i].text) != NULL &&
		    !ww_endpoint_takes_notices(root, send.v[i].text))
			ww_fault_add(f, send.v[i].at->line, send.v[i].at->column,
			    "send: '%s' takes no notices: those that do have fhir or worklist",
			    ww_fault_show(send.v[i].text).text);
}

/* What comes in on a listener without a feed would belong to nobody. */
static void
check_listeners_used(struct ww_faults *f, const struct ww_yaml *root)
{
	struct words names = gather(f, root, "listeners", "name", NULL);
	struct words on = gather(f, root, "feeds", "on", NULL);
	size_t i;

	for (i = 0; i < names.n; i++)
		if (find(&on, names.v[i].text) == NULL &&
		    !ww_listener_is_console(root, names.v[i].text))
			ww_fault_add(f, names.v[i].at->line, names.v[i].at->column,
			    "no feed is on the listener '%s': add one under feeds",
			    ww_fault_show(names.v[i].text).text);
}

/* -- single rules ----------------------------------------------------------------------------------- */

/* The number at a key of retry, the default where it is not given; false when it is no number. */
static bool
retry_number(const struct ww_yaml *v, const char *key, uint64_t *out)
{
	const struct ww_key *k = ww_keys_find(&ww_keys_retry, ww_str_from(key));

	assert(k != NULL);
	return ww_str_u64(v != NULL ? v->text : ww_str_from(k->fallback), UINT32_MAX, out);
}

static void
check_retry(struct ww_faults *f, const struct ww_yaml *root)
{
	const struct ww_yaml *retry = ww_yaml_get(root, "retry");
	const struct ww_yaml *first = ww_yaml_scalar(retry, "first"),
	                     *most = ww_yaml_scalar(retry, "most");
	const struct ww_yaml *at = most != NULL ? most : first;
	uint64_t a, b;

	if (at != NULL && retry_number(first, "first", &a) && retry_number(most, "most", &b) &&
	    a > b)
		ww_fault_add(f, at->line, at->column,
		    "retry: most (%u) must not be less than first (%u)", (unsigned)b, (unsigned)a);
}

void
ww_refer_check(struct ww_faults *f, const struct ww_yaml *root)
{
	check_unique(f, root);
	check_references(f, root);
	check_parties(f, root);
	check_listeners_used(f, root);
	check_retry(f, root);
}
