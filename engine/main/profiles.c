/* Profiles from files. */
#include "main/profiles.h"

#include "base/fs.h"
#include "codec/fhir_profile.h"

#include <wardwire/buf.h>
#include <wardwire/config.h>
#include <wardwire/ctx.h>

#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 256 << 20, NAME_MAX_BYTES = 255 };

/* Names of a folder that end in .json. */
struct names {
	char **p;
	size_t n, cap;
};

static int
take_name(void *arg, const char *name)
{
	struct names *names = arg;
	size_t n = strlen(name);

	if (n < 6 || n > NAME_MAX_BYTES || strcmp(name + n - 5, ".json") != 0 || name[0] == '.')
		return 0;
	if (names->n == names->cap) {
		size_t cap = names->cap > 0 ? 2 * names->cap : 64;
		char **p = realloc(names->p, cap * sizeof(*p));

		if (p == NULL)
			return -1;
		names->p = p;
		names->cap = cap;
	}
	names->p[names->n] = malloc(n + 1);
	if (names->p[names->n] == NULL)
		return -1;
	memcpy(names->p[names->n++], name, n + 1);
	return 0;
}

static int
order(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* What is read lives no longer than its file; what is kept of it is the set's. */
static ww_status
read_file(const struct ww_fs *fs, struct ww_ctx *cx, const char *path, struct ww_fhir_profiles *set)
{
	struct ww_ctx file = { .arena = ww_arena_new(0) };
	struct ww_buf text = { 0 };
	ww_status s;

	if (file.arena == NULL)
		return ww_fail(cx, WW_E_MEMORY, path, "short of memory");
	s = ww_fs_load(fs, &file, path, FILE_MAX, &text);
	if (s == WW_OK)
		s = ww_fhir_profiles_add(set, &file, ww_buf_view(&text));
	if (s != WW_OK)
		(void)ww_fail(cx, s, path, "%s%s%s", file.fail.place,
		    file.fail.place[0] != '\0' ? ": " : "", file.fail.reason);
	ww_buf_free(&text);
	ww_arena_free(file.arena);
	return s;
}

static ww_status
read_folder(
    const struct ww_fs *fs, struct ww_ctx *cx, const char *path, struct ww_fhir_profiles *set)
{
	struct names names = { .p = NULL };
	ww_status s = WW_OK;

	if (fs->list(fs->self, path, take_name, &names) != 0)
		s = ww_fail(cx, WW_E_IO, path, "cannot be listed");
	if (names.n > 0)
		qsort(names.p, names.n, sizeof(*names.p), order);
	for (size_t i = 0; i < names.n && s == WW_OK; i++)
		s = read_file(fs, cx, ww_arena_printf(cx->arena, "%s/%s", path, names.p[i]).p, set);
	for (size_t i = 0; i < names.n; i++)
		free(names.p[i]);
	free(names.p);
	return s;
}

ww_status
ww_profiles_read(
    const struct ww_fs *fs, struct ww_ctx *cx, const char *path, struct ww_fhir_profiles *set)
{
	struct ww_fs_stat st;

	if (fs->stat(fs->self, path, &st) != 0)
		return ww_fail(cx, WW_E_NOT_FOUND, path, "there is no such file or folder");
	return st.is_dir ? read_folder(fs, cx, path, set) : read_file(fs, cx, path, set);
}

/* Every profile that a feed names is there. */
static ww_status
find_all(struct ww_ctx *cx, const struct ww_config *config, const struct ww_fhir_profiles *set)
{
	for (size_t i = 0; i < config->feeds_n; i++) {
		const struct ww_feed *f = &config->feeds[i];

		for (size_t k = 0; k < f->fhir.held_to.n; k++)
			if (set == NULL || !ww_fhir_profiles_have(set, f->fhir.held_to.v[k]))
				return ww_fail(cx, WW_E_NOT_FOUND, f->name.p,
				    "profiles has none with the URL %.*s",
				    WW_STR_FMT(f->fhir.held_to.v[k]));
	}
	return WW_OK;
}

ww_status
ww_profiles_open(const struct ww_fs *fs, struct ww_ctx *cx, const struct ww_config *config,
    struct ww_fhir_profiles **out)
{
	struct ww_fhir_profiles *set = NULL;
	ww_status s = WW_OK;

	if (config->profiles.n > 0) {
		set = ww_fhir_profiles_new(0);
		if (set == NULL)
			return ww_fail(cx, WW_E_MEMORY, NULL, "short of memory");
		s = ww_profiles_read(fs, cx, ww_arena_cstr(cx->arena, config->profiles), set);
		if (s == WW_OK)
			s = ww_fhir_profiles_link(set, cx);
	}
	if (s == WW_OK)
		s = find_all(cx, config, set);
	if (s != WW_OK) {
		ww_fhir_profiles_free(set);
		return s;
	}
	*out = set;
	return WW_OK;
}

struct ww_fhir_rules
ww_profiles_rules(const struct ww_feed *feed, const struct ww_fhir_profiles *set)
{
	return (struct ww_fhir_rules){
		.lenient = feed->fhir.lenient,
		/* What a modifier changes is not understood, so that nobody may act on it. */
		.modifiers = WW_FHIR_MODIFIERS_REFUSE,
		.mode = (enum ww_fhir_mode)feed->fhir.validate,
		.profiles = set,
		.held_to = feed->fhir.held_to.v,
		.held_to_n = feed->fhir.held_to.n,
	};
}
