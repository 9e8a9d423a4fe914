/* Looks at a folder, remembering from look to look what each file was like. Memory is bounded: so many names, the first ones,
 * and so many files that are watched for changes. */
#include "link/dir_scan.h"

#include "base/fs.h"

#include <wardwire/ctx.h>

#include <fnmatch.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	NAMES_MOST = 4096,      /* of one look */
	SEEN_FIRST = 256,       /* slots, a power of two, at most three quarters of them in use */
	SEEN_MOST = 128 * 1024, /* then files wait to be watched until others are taken */
};

/* What a file was like. */
struct seen {
	uint64_t name; /* its digest; 0: the slot is free */
	uint64_t size;
	int64_t changed; /* by the file system's clock */
	int64_t since;   /* by ours: no change was seen from then on */
	uint64_t look;   /* at which it was there last */
};

struct ww_dir_scan {
	struct ww_dir_scan_settings set;
	char **names; /* owned; the first at of them were given out */
	size_t n, at;
	bool more, pending;
	struct seen *seen;
	size_t slots, used;
	uint64_t look;
	/* Of the look that is under way. */
	const char *dir;
	int64_t now;
	bool short_of_memory;
};

bool
ww_dir_name_fits(const char *pattern, const char *name)
{
	return name[0] != '.' && fnmatch(pattern, name, 0) == 0;
}

/* -- what was seen ----------------------------------------------------------------------------------- */

/* FNV-1a, never 0. */
static uint64_t
digest(const char *name)
{
	uint64_t h = UINT64_C(14695981039346656037);

	for (; *name != '\0'; name++)
		h = (h ^ (unsigned char)*name) * UINT64_C(1099511628211);
	return h != 0 ? h : 1;
}

static struct seen *
slot_of(struct seen *v, size_t slots, uint64_t name)
{
	size_t i = (size_t)name & (slots - 1);

	while (v[i].name != 0 && v[i].name != name)
		i = (i + 1) & (slots - 1);
	return &v[i];
}

/* Makes a new table of those seen at this look or, with all, of all. False: no memory, and the old one is still there. */
static bool
rehash(struct ww_dir_scan *s, size_t slots, bool all)
{
	struct seen *v = calloc(slots, sizeof(*v));

	if (v == NULL)
		return false;
	s->used = 0;
	for (size_t i = 0; i < s->slots; i++) {
		if (s->seen[i].name == 0 || (!all && s->seen[i].look != s->look))
			continue;
		*slot_of(v, slots, s->seen[i].name) = s->seen[i];
		s->used++;
	}
	free(s->seen);
	s->seen = v;
	s->slots = slots;
	return true;
}

/* The file's slot, perhaps free; NULL when there is no room for it. */
static struct seen *
find_slot(struct ww_dir_scan *s, uint64_t name)
{
	struct seen *e = slot_of(s->seen, s->slots, name);

	if (e->name != 0 || s->used < s->slots / 4 * 3)
		return e;
	if (s->slots >= SEEN_MOST || !rehash(s, 2 * s->slots, true))
		return NULL;
	return slot_of(s->seen, s->slots, name);
}

static bool
is_settled(struct ww_dir_scan *s, const char *name, const struct ww_fs_stat *st)
{
	uint64_t key = digest(name);
	struct seen *e = find_slot(s, key);

	if (e == NULL)
		return false;
	s->used += e->name == 0;
	if (e->name == 0 || e->size != st->size || e->changed != st->changed)
		*e = (struct seen){
			.name = key, .size = st->size, .changed = st->changed, .since = s->now
		};
	e->look = s->look;
	return s->now - e->since >= (int64_t)s->set.settle_ms;
}

/* -- names ------------------------------------------------------------------------------------------- */

static int
by_name(const void *a, const void *b)
{
	const char *const *x = a;
	const char *const *y = b;

	return strcmp(*x, *y);
}

static void
drop_names(struct ww_dir_scan *s, size_t from)
{
	for (size_t i = from; i < s->n; i++)
		free(s->names[i]);
	s->n = from;
}

/* Sorts them and leaves the first ones. */
static void
cut_names(struct ww_dir_scan *s)
{
	qsort(s->names, s->n, sizeof(*s->names), by_name);
	if (s->n <= NAMES_MOST)
		return;
	drop_names(s, NAMES_MOST);
	s->more = true;
}

static void
add_name(struct ww_dir_scan *s, const char *name)
{
	char *copy = strdup(name);

	if (copy == NULL) {
		s->short_of_memory = true; /* the others will do for now */
		return;
	}
	s->names[s->n++] = copy;
	if (s->n == (size_t)2 * NAMES_MOST)
		cut_names(s);
}

static int
on_name(void *arg, const char *name)
{
	struct ww_dir_scan *s = arg;
	char path[PATH_MAX];
	struct ww_fs_stat st;
	int n;

	if (!ww_dir_name_fits(s->set.pattern, name))
		return 0;
	n = snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	if (n < 0 || (size_t)n >= sizeof(path))
		return 0;
	/* Gone meanwhile, or not to be looked at: not to be taken either. An empty file has a writer who is not done. */
	if (s->set.fs->lstat(s->set.fs->self, path, &st) != 0 || !st.is_file || st.size == 0)
		return 0;
	if (is_settled(s, name, &st))
		add_name(s, name);
	else
		s->pending = true;
	return 0;
}

ww_status
ww_dir_scan_look(struct ww_dir_scan *s, struct ww_ctx *cx, const char *dir)
{
	int err;

	drop_names(s, 0);
	s->at = 0;
	s->more = s->pending = s->short_of_memory = false;
	s->dir = dir;
	s->now = ww_clock_now(&s->set.ticks);
	s->look++;
	err = s->set.fs->list(s->set.fs->self, dir, on_name, s);
	if (err != 0) {
		drop_names(s, 0);
		return ww_fs_fail(cx, "folder", "list it", err);
	}
	cut_names(s);
	(void)rehash(s, s->slots, false); /* without memory they are forgotten later */
	return s->short_of_memory && s->n == 0 ? ww_fail_memory(cx) : WW_OK;
}

const char *
ww_dir_scan_next(struct ww_dir_scan *s)
{
	return s->at < s->n ? s->names[s->at++] : NULL;
}

bool
ww_dir_scan_has_more(const struct ww_dir_scan *s)
{
	return s->at < s->n || s->more;
}

bool
ww_dir_scan_is_pending(const struct ww_dir_scan *s)
{
	return s->pending;
}

ww_status
ww_dir_scan_new(struct ww_ctx *cx, const struct ww_dir_scan_settings *set, struct ww_dir_scan **out)
{
	struct ww_dir_scan *s = calloc(1, sizeof(*s));

	if (s == NULL)
		return ww_fail_memory(cx);
	s->set = *set;
	s->names = calloc((size_t)2 * NAMES_MOST, sizeof(*s->names));
	s->seen = calloc(SEEN_FIRST, sizeof(*s->seen));
	s->slots = SEEN_FIRST;
	if (s->names == NULL || s->seen == NULL) {
		ww_dir_scan_free(s);
		return ww_fail_memory(cx);
	}
	*out = s;
	return WW_OK;
}

void
ww_dir_scan_free(struct ww_dir_scan *s)
{
	if (s == NULL)
		return;
	if (s->names != NULL)
		drop_names(s, 0);
	free(s->names);
	free(s->seen);
	free(s);
}
