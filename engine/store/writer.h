/* The journal's one writing thread: whatever arrived while the last batch was being synced makes the next one
 * (group commit). Records are handed over whole and come back durable, in order. */
#ifndef WW_STORE_WRITER_H
#define WW_STORE_WRITER_H

#include <wardwire/journal.h>
#include <wardwire/time.h>

struct ww_writer;

/* One record on its way. The owner keeps it and the body alive until done is called. */
struct ww_submit {
	struct ww_submit *next; /* the writer's */
	struct ww_record rec;   /* kind and body are the caller's; seq and time are given back */
	/* Called once, on the writer's thread: WW_OK when durable; WW_E_CLOSED when the writer stopped before. */
	void (*done)(struct ww_submit *s, ww_status status);
};

struct ww_writer_settings {
	struct ww_journal *journal; /* not owned */
	struct ww_clock clock;      /* gives the records their time */
	size_t batch;               /* most records of one batch */
	unsigned retry_ms;          /* wait after a failed append */
	/* Both on the writer's thread. trouble: the disk takes nothing (true), or does again (false).
	 * committed: records up to that sequence are durable. */
	void (*trouble)(void *arg, bool in_trouble);
	void (*committed)(void *arg, uint64_t seq);
	void *arg;
};

WW_MUST ww_status ww_writer_start(
    struct ww_ctx *cx, const struct ww_writer_settings *s, struct ww_writer **out);
/* From any thread; never blocks, never fails. */
void ww_writer_submit(struct ww_writer *w, struct ww_submit *s);
size_t ww_writer_pending(struct ww_writer *w);
/* Writes what is pending (or, when the disk is in trouble, gives it back as closed) and ends the thread. */
void ww_writer_stop(struct ww_writer *w);

#endif
