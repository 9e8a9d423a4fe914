/* Removes whole segments from the old end of a journal in segment files. One by one, each durable before the next, so
 * that a power cut never leaves a hole in the middle. */
#include "store/journal_files.h"

#include "base/failpoint.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

ww_status
ww_journal_prune_pieces(
    struct ww_journal_files *j, struct ww_ctx *cx, struct ww_journal_piece **out, size_t *n)
{
	struct ww_journal_piece *v;
	size_t room;

	pthread_mutex_lock(&j->mutex);
	room = j->list.n;
	pthread_mutex_unlock(&j->mutex);
	v = ww_arena_array(cx->arena, room + 1, sizeof(*v));
	if (v == NULL)
		return ww_fail_memory(cx);
	pthread_mutex_lock(&j->mutex);
	*n = j->list.n < room ? j->list.n : room; /* what was begun since is left out */
	for (size_t i = 0; i < *n; i++) {
		const struct ww_segment *g = &j->list.v[i];

		v[i] = (struct ww_journal_piece){
			.name = g->name,
			.first = g->first,
			.next = i + 1 < j->list.n ? j->list.v[i + 1].first : j->next,
			.created = g->created,
			.bytes = g->end,
			.newest = i + 1 == j->list.n,
		};
	}
	pthread_mutex_unlock(&j->mutex);
	*out = v;
	return WW_OK;
}

/* The oldest segment, if it is not the newest as well and all its numbers are below that one. */
static bool
oldest_below(struct ww_journal_files *j, uint64_t below, struct ww_segment *out)
{
	bool can;

	pthread_mutex_lock(&j->mutex);
	can = j->list.n > 1 && j->list.v[1].first <= below;
	if (can)
		*out = j->list.v[0];
	pthread_mutex_unlock(&j->mutex);
	return can;
}

/* The file is gone: so are its place in the list and what readers remember of it. */
static void
forget_oldest(struct ww_journal_files *j)
{
	pthread_mutex_lock(&j->mutex);
	ww_journal_read_leave(j, j->list.v[0].first);
	free(j->list.v[0].marks);
	j->list.n--;
	memmove(j->list.v, j->list.v + 1, j->list.n * sizeof(*j->list.v));
	pthread_mutex_unlock(&j->mutex);
}

static ww_status
remove_file(struct ww_journal_files *j, struct ww_ctx *cx, uint64_t name)
{
	char path[PATH_MAX];
	ww_status s = ww_journal_list_path(cx, j->dir, name, path);
	int err;

	if (s != WW_OK)
		return s;
	err = j->fs->unlink(j->fs->self, path);
	if (err < 0 && err != -ENOENT)
		return ww_journal_list_fail(cx, "remove a segment", err);
	WW_FAILPOINT("prune-unlinked");
	err = j->fs->sync_dir(j->fs->self, j->dir);
	return err == 0 ? WW_OK : ww_journal_list_fail(cx, "sync the folder", err);
}

ww_status
ww_journal_prune_below(
    struct ww_journal_files *j, struct ww_ctx *cx, uint64_t below, struct ww_journal_pruned *out)
{
	struct ww_segment g;
	ww_status s = WW_OK;

	*out = (struct ww_journal_pruned){ .pieces = 0 };
	if (j->read_only)
		return ww_fail(cx, WW_E_CONFLICT, "journal", "opened for reading only");
	pthread_mutex_lock(&j->reading); /* no reader holds a place in the list meanwhile */
	while (s == WW_OK && oldest_below(j, below, &g)) {
		s = remove_file(j, cx, g.name);
		if (s != WW_OK)
			break;
		forget_oldest(j);
		out->pieces++;
		out->bytes += g.size;
	}
	pthread_mutex_unlock(&j->reading);
	return s;
}
