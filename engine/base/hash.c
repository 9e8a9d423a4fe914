/* Digests of whole files, read piece by piece. */
#include "base/hash.h"

#include "base/crypto.h"

#include <wardwire/ctx.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>

enum { PIECE = 256 << 10 };

static int
add_content(
    const struct ww_fs *fs, int fd, uint64_t n, char *piece, struct ww_hash *h, uint64_t *bytes)
{
	*bytes = 0;
	while (*bytes < n) {
		size_t want = n - *bytes < PIECE ? (size_t)(n - *bytes) : PIECE;
		ssize_t got = fs->pread(fs->self, fd, piece, want, (off_t)*bytes);

		if (got == -EINTR)
			continue;
		if (got <= 0)
			return (int)got;
		ww_hash_add(h, ww_str_of(piece, (size_t)got));
		*bytes += (uint64_t)got;
	}
	return 0;
}

ww_status
ww_hash_file(const struct ww_fs *fs, struct ww_ctx *cx, const char *path, uint64_t n, char hex[65],
    uint64_t *bytes)
{
	uint8_t digest[WW_SHA256];
	uint64_t counted;
	struct ww_hash *h = ww_hash_new();
	char *piece = malloc(PIECE);
	int fd = ww_fs_open(fs, path, O_RDONLY), err;

	if (fd < 0 || piece == NULL || h == NULL) {
		if (fd >= 0)
			(void)fs->close(fs->self, fd);
		free(piece);
		if (h != NULL)
			ww_hash_end(h, digest);
		if (fd == -ENOENT)
			return ww_fail(cx, WW_E_NOT_FOUND, path, "there is no such file");
		return fd < 0 ? ww_fs_fail(cx, path, "open", fd) : ww_fail_memory(cx);
	}
	err = add_content(fs, fd, n, piece, h, &counted);
	ww_hash_end(h, digest);
	(void)fs->close(fs->self, fd);
	free(piece);
	if (err < 0)
		return ww_fs_fail(cx, path, "read", err);
	ww_hex(digest, sizeof(digest), hex);
	if (bytes != NULL)
		*bytes = counted;
	return WW_OK;
}

bool
ww_hash_fits(ww_str hex)
{
	for (size_t i = 0; i < hex.n; i++) {
		char c = hex.p[i];

		if (!(c >= '0' && c <= '9') && !(c >= 'a' && c <= 'f'))
			return false;
	}
	return hex.n == (size_t)2 * WW_SHA256;
}
