/* Any bytes as the list of a backup, with the digest that fits them, so that what stands before it is read; and as the
 * description of a snapshot. */
#include "base/crypto.h"
#include "store/backup.h"
#include "store/snapshot.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <assert.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char dir[] = "/tmp/ww-fuzz-XXXXXX", list[PATH_MAX], description[PATH_MAX];

static void
leave(void)
{
	unlink(list);
	unlink(description);
	rmdir(dir);
}

static void
put(const char *path, const void *p, size_t n)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	if (fd < 0 || write(fd, p, n) != (ssize_t)n)
		abort();
	close(fd);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_buf text = { 0 };
	struct ww_snapshot *v;
	struct ww_backup b;
	uint8_t sum[WW_SHA256];
	char hex[65];
	size_t n = 0;

	if (list[0] == '\0') {
		if (mkdtemp(dir) == NULL)
			abort();
		snprintf(list, sizeof(list), "%s/" WW_BACKUP_LIST, dir);
		snprintf(description, sizeof(description), "%s/000000000000002a.txt", dir);
		atexit(leave);
		ww_log_set_level((enum ww_log_level) - 1);
	}
	ww_buf_add(&text, data, size);
	ww_sha256(ww_buf_view(&text), sum);
	ww_hex(sum, sizeof(sum), hex);
	ww_buf_printf(&text, "end %s\n", hex);
	put(list, text.p, text.n);
	put(description, data, size);
	if (ww_backup_open(&cx, &ww_fs_real, dir, &b) == WW_OK) {
		for (size_t i = 0; i < b.n; i++)
			assert(b.files[i].path[0] != '/' && b.files[i].path[0] != '\0' &&
			       strstr(b.files[i].path, "/../") == NULL);
	}
	assert(ww_snapshot_list(&cx, &ww_fs_real, dir, &v, &n) == WW_OK && n <= 1);
	assert(n == 0 || (v[0].seq == 42 && strlen(v[0].sha256) == 64));
	ww_buf_free(&text);
	ww_arena_free(cx.arena);
	return 0;
}
