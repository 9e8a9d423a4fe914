/* Any bytes as a ring of refused input: it can be listed, and opened and written to whatever it holds. */
#include "store/store.h"

#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define CAP ((size_t)16 << 10)

static char dir[] = "/tmp/ww-fuzz-XXXXXX", path[PATH_MAX];

static void
leave(void)
{
	unlink(path);
	rmdir(dir);
}

static void
put(const uint8_t *data, size_t size)
{
	int fd;

	if (path[0] == '\0') {
		if (mkdtemp(dir) == NULL)
			abort();
		snprintf(path, sizeof(path), "%s/refused.ring", dir);
		atexit(leave);
	}
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	if (fd < 0 || write(fd, data, size) != (ssize_t)size)
		abort();
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_failure why = { .status = WW_E_SYNTAX };
	struct ww_refused_entry *e;
	struct ww_refused *r;
	ww_status s;
	size_t n;

	put(data, size);
	s = ww_refused_list(&cx, &ww_fs_real, path, &e, &n);
	assert(s == WW_OK);
	s = ww_refused_open(&cx, &ww_fs_real, path, CAP, &r);
	assert(s == WW_OK);
	s = ww_refused_add(r, &cx, 1, WW_STR("feed"), WW_STR("peer"), &why, WW_STR("raw"));
	assert(s == WW_OK);
	ww_refused_close(r);
	s = ww_refused_list(&cx, &ww_fs_real, path, &e, &n);
	assert(s == WW_OK && n > 0);
	assert(ww_str_is(e[n - 1].raw, "raw"));
	ww_arena_free(cx.arena);
	return 0;
}
