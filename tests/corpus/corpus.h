/* What the tests over data of others share: how they ended, and reading a file. */
#ifndef WW_TESTS_CORPUS_H
#define WW_TESTS_CORPUS_H

#include <wardwire/buf.h>

#include <stdio.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum verdict { PASS, FAIL, SKIP };

static unsigned passed, failed, skipped;

static inline void
count(enum verdict r)
{
	passed += r == PASS;
	failed += r == FAIL;
	skipped += r == SKIP;
}

/* The whole file, in memory that is the caller's; false when it cannot be read. */
static inline bool
read_file(const char *path, struct ww_buf *out)
{
	char piece[4096];
	FILE *f = fopen(path, "rb");
	size_t n;

	if (f == NULL)
		return false;
	while ((n = fread(piece, 1, sizeof(piece), f)) > 0)
		ww_buf_add(out, piece, n);
	n = ferror(f) == 0 && out->error == 0;
	fclose(f);
	return n != 0;
}

#endif
