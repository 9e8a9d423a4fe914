/* How fast the journal makes messages durable, beside the same bytes written and synced without a journal.
 * Prints a line for each batch size; only the ratios of one run say something about the program. */
#include "store/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { MESSAGE = 1024, ROUNDS = 5, LARGEST = 64 };

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
need(bool ok, const char *what)
{
	if (ok)
		return;
	perror(what);
	exit(EXIT_FAILURE);
}

/* Seconds for that many batches through the journal. */
static double
through_journal(struct ww_ctx *cx, struct ww_journal *j, size_t batch, size_t batches)
{
	static char text[LARGEST][MESSAGE];
	struct ww_record r[LARGEST];
	double start;
	size_t i, k;

	memset(text, 'x', sizeof(text));
	start = now();
	for (i = 0; i < batches; i++) {
		for (k = 0; k < batch; k++)
			r[k] = (struct ww_record){ .kind = WW_REC_MESSAGE,
				.body = ww_str_of(text[k], MESSAGE) };
		need(ww_journal_append(j, cx, r, batch) == WW_OK, "append");
	}
	return now() - start;
}

/* Seconds for as many writes of as many bytes, each with an fdatasync, to a new file. */
static double
raw(const char *dir, size_t batch, size_t batches, bool reserved)
{
	static char bytes[LARGEST * (MESSAGE + 32) + 48];
	char path[PATH_MAX];
	size_t i, n = batch * (MESSAGE + 32) + 48;
	double start;
	int fd;

	snprintf(path, sizeof(path), "%s/raw", dir);
	fd = open(path, O_RDWR | O_CREAT | O_TRUNC, 0600);
	need(fd >= 0, "open");
	if (reserved)
		need(posix_fallocate(fd, 0, (off_t)(n * batches)) == 0, "posix_fallocate");
	memset(bytes, 'x', sizeof(bytes));
	start = now();
	for (i = 0; i < batches; i++) {
		need(pwrite(fd, bytes, n, (off_t)(i * n)) == (ssize_t)n, "pwrite");
		need(fdatasync(fd) == 0, "fdatasync");
	}
	start = now() - start;
	close(fd);
	unlink(path);
	return start;
}

static void
measure(struct ww_ctx *cx, struct ww_journal *j, const char *dir, size_t batch, size_t batches)
{
	double journal = 0, plain = 0, reserved = 0, messages = (double)(batch * batches * ROUNDS);
	int round;

	/* In turns, so that a busy moment of the disk meets all three. */
	for (round = 0; round < ROUNDS; round++) {
		journal += through_journal(cx, j, batch, batches);
		plain += raw(dir, batch, batches, false);
		reserved += raw(dir, batch, batches, true);
	}
	printf("journal batch=%zu messages/s=%.0f raw=%.0f ratio=%.2f raw_reserved=%.0f "
	       "ratio_reserved=%.2f\n",
	    batch, messages / journal, messages / plain, plain / journal, messages / reserved,
	    reserved / journal);
}

static void
remove_all(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	char path[PATH_MAX + 300];

	need(d != NULL, "opendir");
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		unlink(path);
	}
	closedir(d);
	rmdir(dir);
}

int
main(void)
{
	static const struct {
		size_t batch, batches;
	} runs[] = { { 1, 300 }, { 16, 200 }, { 64, 100 } };
	const char *tmp = getenv("TMPDIR");
	char dir[PATH_MAX];
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_journal j;
	struct ww_journal_settings s = { .dir = dir, .fs = &ww_fs_real };
	size_t i;

	snprintf(dir, sizeof(dir), "%s/ww-bench-XXXXXX", tmp != NULL ? tmp : "/tmp");
	need(cx.arena != NULL && mkdtemp(dir) != NULL, "mkdtemp");
	need(ww_journal_files(&cx, &s, &j) == WW_OK, "journal");
	for (i = 0; i < sizeof(runs) / sizeof(runs[0]); i++)
		measure(&cx, &j, dir, runs[i].batch, runs[i].batches);
	ww_journal_close(&j);
	remove_all(dir);
	ww_arena_free(cx.arena);
	return EXIT_SUCCESS;
}
