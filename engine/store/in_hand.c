/* The page that says which record is in hand. */
#include "store/in_hand.h"

#include "base/fs.h"

#include <wardwire/ctx.h>

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* In the machine's own byte order: no other machine goes on where this one died. */
struct page {
	char magic[8];
	atomic_uint_least64_t seq; /* in hand; 0: none */
	uint64_t last, deaths;     /* the record of the last death, and how many it had */
};

#define MAGIC "wwhand1\n"

struct ww_in_hand {
	struct page *page;
};

/* Bytes are written and not only reserved: storing into a mapped hole of a full disk would be a crash. The table of file
 * operations is not asked, because a mapping does not go through it, nor does any promise rest on this file. */
static int
open_page(const char *path, struct page **out)
{
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	struct page page, fresh = { .magic = MAGIC };
	int err = 0;
	void *p;

	if (fd < 0)
		return errno;
	if (pread(fd, &page, sizeof(page), 0) != (ssize_t)sizeof(page) ||
	    memcmp(page.magic, MAGIC, sizeof(page.magic)) != 0) {
		if (pwrite(fd, &fresh, sizeof(fresh), 0) != (ssize_t)sizeof(fresh))
			err = errno != 0 ? errno : EIO;
	}
	p = err == 0 ? mmap(NULL, sizeof(page), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
	             : MAP_FAILED;
	if (err == 0 && p == MAP_FAILED)
		err = errno;
	close(fd);
	if (err == 0)
		*out = p;
	return err;
}

static void
count_death(struct page *p)
{
	uint64_t seq = atomic_load(&p->seq);

	if (seq == 0)
		return;
	p->deaths = seq == p->last ? p->deaths + 1 : 1;
	p->last = seq;
	atomic_store(&p->seq, 0);
}

ww_status
ww_in_hand_open(struct ww_ctx *cx, const char *path, struct ww_in_hand **out)
{
	struct ww_in_hand *h = calloc(1, sizeof(*h));
	int err;

	if (h == NULL)
		return ww_fail_memory(cx);
	err = open_page(path, &h->page);
	if (err != 0) {
		free(h);
		return ww_fail(cx, ww_fs_status(-err), "data",
		    "the file that says which record is in hand cannot be used: %s", strerror(err));
	}
	count_death(h->page);
	*out = h;
	return WW_OK;
}

uint64_t
ww_in_hand_deadly(const struct ww_in_hand *h)
{
	return h != NULL && h->page->deaths >= WW_DEATHS_MOST ? h->page->last : 0;
}

void
ww_in_hand_forget(struct ww_in_hand *h)
{
	h->page->last = 0;
	h->page->deaths = 0;
}

void
ww_in_hand_take(struct ww_in_hand *h, uint64_t seq)
{
	if (h != NULL)
		atomic_store(&h->page->seq, seq);
}

void
ww_in_hand_passed(struct ww_in_hand *h, uint64_t cursor)
{
	if (h != NULL && h->page->last != 0 && h->page->last <= cursor)
		ww_in_hand_forget(h);
}

void
ww_in_hand_close(struct ww_in_hand *h)
{
	if (h == NULL)
		return;
	atomic_store(&h->page->seq, 0);
	(void)munmap(h->page, sizeof(*h->page));
	free(h);
}
