/* Notes in which segments damage was found, in the file `damaged` beside them: names of segments, one a line. A journal
 * that is opened quickly looks into those; what is noted says where to look and nothing else, so a note that is wrong
 * or lost does no harm. */
#include "store/journal_files.h"

#include <wardwire/log.h>

#include <stdio.h>

#define NOTED_MOST ((size_t)1 << 20)

static bool
path_of(const struct ww_journal_files *j, char out[PATH_MAX])
{
	int n = snprintf(out, PATH_MAX, "%s/damaged", j->dir);

	return n > 0 && n < PATH_MAX;
}

void
ww_journal_damage_load(struct ww_journal_files *j, struct ww_ctx *cx, struct ww_buf *out)
{
	char path[PATH_MAX];
	struct ww_failure before = cx->fail;

	if (path_of(j, path) && ww_fs_load(j->fs, cx, path, NOTED_MOST, out) != WW_OK)
		ww_buf_clear(out);
	cx->fail = before;
}

bool
ww_journal_damage_has(ww_str noted, uint64_t name)
{
	char text[32];
	int n = snprintf(text, sizeof(text), WW_SEGMENT_NAME, (unsigned long long)name);

	while (noted.n > 0) {
		ww_str line = ww_str_cut(noted, '\n', &noted);

		if (ww_str_eq(line, ww_str_of(text, (size_t)n)))
			return true;
	}
	return false;
}

/* The file as it should be. */
static void
write_names(struct ww_journal_files *j, struct ww_buf *out)
{
	pthread_mutex_lock(&j->mutex);
	for (size_t i = 0; i < j->list.n; i++) {
		if (j->list.v[i].damaged > 0)
			ww_buf_printf(
			    out, WW_SEGMENT_NAME "\n", (unsigned long long)j->list.v[i].name);
	}
	pthread_mutex_unlock(&j->mutex);
}

void
ww_journal_damage_note(struct ww_journal_files *j, struct ww_ctx *cx)
{
	struct ww_buf noted = { .p = NULL }, names = { .p = NULL };
	struct ww_failure before = cx->fail;
	char path[PATH_MAX];
	ww_status s = WW_OK;

	ww_journal_damage_load(j, cx, &noted);
	write_names(j, &names);
	if (names.error == WW_OK && path_of(j, path) &&
	    !ww_str_eq(ww_buf_view(&names), ww_buf_view(&noted)))
		s = ww_buf_view(&names).n > 0 ? ww_fs_put(j->fs, cx, path, ww_buf_view(&names))
		                              : ww_fs_remove(j->fs, cx, path);
	if (s != WW_OK) /* the journal is as good without it */
		ww_log(WW_LOG_WARN, "journal damaged=not-noted code=WW-%03d reason=\"%s\"",
		    ww_status_number(s), cx->fail.reason);
	cx->fail = before;
	ww_buf_free(&names);
	ww_buf_free(&noted);
}
