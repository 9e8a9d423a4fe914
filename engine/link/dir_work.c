/* Rounds over a folder. What is in hand is bounded in number and in bytes; what does not fit waits where it is. */
#include "link/dir_work.h"

#include "link/dir_scan.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HAND_MOST = 64,          /* files */
	HAND_BYTES = 8 << 20,    /* of them; one file may pass it */
	ARENA = 64 << 10,        /* of failures nothing is made in it */
	RETRY_MS = 1000,         /* after trouble */
	QUIET_MS = 60 * 1000,    /* between two lines about trouble */
	SWEEP_MS = 3600 * 1000,  /* between two looks for old files */
	CLOCK_OFF = 3600 * 1000, /* a clock that was set by that much is not believed */
};

struct ww_dir_work {
	struct ww_dir_work_settings set;
	struct ww_ctx cx;
	struct ww_dir_box *box;
	struct ww_dir_scan *scan;
	/* Claimed, and not yet read. */
	char (*claimed)[WW_DIR_NAME];
	bool *claimed_again;
	size_t claimed_n;
	bool claims_synced; /* those claimed by us are durable */
	/* Handed out, and back. */
	struct ww_dir_file *hand, *ends;
	size_t hand_n, ends_n, bytes;
	bool recovers;  /* what lies in .claimed is to be gone over */
	size_t pass_by; /* so many names of it, which could not be read since the last look */
	size_t passing; /* of these, those still to come in this listing */
	bool looks;     /* the folder is to be looked through now */
	/* By set.ticks. */
	int64_t now, next_look, next_try, next_end, next_sweep;
	int64_t said;      /* when the last trouble was logged */
	int64_t clocks;    /* the time less the ticks, at the start */
	bool failed;       /* something did since the last look */
	char trouble[320]; /* a place and a reason */
};

/* -- trouble ----------------------------------------------------------------------------------------- */

static void
look_within(struct ww_dir_work *w, unsigned ms)
{
	if (w->next_look > w->now + (int64_t)ms)
		w->next_look = w->now + (int64_t)ms;
}

/* Says what is in cx: at once when all was well, and what else there is a minute later. It is tried again soon. */
static void
note_trouble(struct ww_dir_work *w)
{
	const struct ww_failure *f = &w->cx.fail;
	char text[sizeof(w->trouble)];
	bool other;

	snprintf(text, sizeof(text), "%s: %s", f->place, f->reason);
	other = strcmp(text, w->trouble) != 0;
	if (w->trouble[0] == '\0' || (other && w->now - w->said >= QUIET_MS)) {
		ww_log(WW_LOG_ERROR,
		    "folder=trouble listener=%s code=WW-%03d place=\"%s\" reason=\"%s\"",
		    w->set.listener, ww_status_number(f->status), f->place, f->reason);
		w->said = w->now;
	}
	memcpy(w->trouble, text, sizeof(text));
	w->failed = true;
	look_within(w, RETRY_MS);
	ww_ctx_clear(&w->cx);
}

/* True when s is none; else it is noted. */
static bool
is_well(struct ww_dir_work *w, ww_status s)
{
	if (s != WW_OK)
		note_trouble(w);
	return s == WW_OK;
}

/* At the end of a pass: nothing failed in it. */
static void
end_trouble(struct ww_dir_work *w)
{
	if (!w->failed && w->ends_n == 0 && w->trouble[0] != '\0') {
		ww_log(WW_LOG_INFO, "folder=well listener=%s", w->set.listener);
		w->trouble[0] = '\0';
	}
	w->failed = false;
}

/* -- what is in hand ----------------------------------------------------------------------------------- */

void
ww_dir_file_free(struct ww_dir_file *f)
{
	if (f == NULL)
		return;
	ww_buf_free(&f->bytes);
	ww_buf_free(&f->ack);
	free(f);
}

bool
ww_dir_work_has_room(const struct ww_dir_work *w)
{
	return ww_dir_box_is_open(w->box) && w->claimed_n + w->hand_n + w->ends_n < HAND_MOST &&
	       w->bytes < HAND_BYTES;
}

/* The place in the list at which that file stands, or its end. */
static struct ww_dir_file **
find_file(struct ww_dir_file **list, const char *name)
{
	while (*list != NULL && strcmp((*list)->name, name) != 0)
		list = &(*list)->next;
	return list;
}

static bool
is_in_hand(struct ww_dir_work *w, const char *name)
{
	for (size_t i = 0; i < w->claimed_n; i++)
		if (strcmp(w->claimed[i], name) == 0)
			return true;
	return *find_file(&w->hand, name) != NULL || *find_file(&w->ends, name) != NULL;
}

static void
add_claimed(struct ww_dir_work *w, const char *name, bool again)
{
	assert(w->claimed_n < HAND_MOST);
	snprintf(w->claimed[w->claimed_n], WW_DIR_NAME, "%s", name);
	w->claimed_again[w->claimed_n++] = again;
}

static void
drop_claimed(struct ww_dir_work *w, size_t n)
{
	w->claimed_n -= n;
	memmove(w->claimed, w->claimed + n, w->claimed_n * sizeof(*w->claimed));
	memmove(w->claimed_again, w->claimed_again + n, w->claimed_n * sizeof(*w->claimed_again));
}

/* -- taking -------------------------------------------------------------------------------------------- */

void
ww_dir_work_offer(struct ww_dir_work *w, const char *name)
{
	char claimed[WW_DIR_NAME];

	assert(ww_dir_work_has_room(w));
	if (!ww_dir_name_fits(w->set.pattern, name) ||
	    !is_well(w, ww_dir_box_claim(w->box, &w->cx, name, claimed)) || claimed[0] == '\0')
		return;
	add_claimed(w, claimed, false);
	w->claims_synced = false;
}

static int
on_left(void *arg, const char *name)
{
	struct ww_dir_work *w = arg;

	if (strlen(name) >= WW_DIR_NAME || is_in_hand(w, name))
		return 0;
	if (w->passing > 0)
		w->passing--;
	else
		add_claimed(w, name, true);
	return !ww_dir_work_has_room(w);
}

/* What an earlier process claimed, or what we could not read. */
static void
take_left(struct ww_dir_work *w)
{
	if (!ww_dir_work_has_room(w))
		return;
	w->recovers = false;
	w->passing = w->pass_by;
	if (is_well(w, ww_dir_box_claimed(w->box, &w->cx, on_left, w)))
		w->recovers = !ww_dir_work_has_room(w); /* there may be more */
}

static void
look_through(struct ww_dir_work *w)
{
	end_trouble(w);
	w->looks = false;
	w->next_look = w->now + w->set.scan_ms;
	w->recovers = true;
	w->pass_by = 0;
	(void)is_well(w, ww_dir_scan_look(w->scan, &w->cx, w->set.dir));
	if (ww_dir_scan_is_pending(w->scan))
		look_within(w, w->set.settle_ms);
}

static void
take_names(struct ww_dir_work *w)
{
	const char *name;

	while (ww_dir_work_has_room(w) && (name = ww_dir_scan_next(w->scan)) != NULL)
		ww_dir_work_offer(w, name);
}

/* -- handing out --------------------------------------------------------------------------------------- */

/* Something that is no file lies among the claimed ones: out of the way with it. */
static void
end_oddity(struct ww_dir_work *w, const char *name)
{
	struct ww_dir_end e = { .name = name, .failed = true, .ack = ww_str_empty() };

	note_trouble(w);
	(void)is_well(w, ww_dir_box_settle(w->box, &w->cx, &e, 1));
}

/* Reads a claimed file and gives it out. What fails leaves it where it is, for another time. */
static void
hand_out(struct ww_dir_work *w, const char *name, bool again)
{
	struct ww_dir_file *f = calloc(1, sizeof(*f));
	ww_status s = f != NULL ? WW_OK : ww_fail_memory(&w->cx);

	if (s == WW_OK)
		s = ww_dir_box_read(w->box, &w->cx, name, w->set.max_file, &f->bytes, &f->whole);
	if (s == WW_OK) {
		snprintf(f->name, sizeof(f->name), "%s", name);
		f->again = again;
		f->next = w->hand;
		w->hand = f;
		w->hand_n++;
		w->bytes += f->bytes.n;
		w->set.give(w->set.arg, f);
		return;
	}
	ww_dir_file_free(f);
	if (s == WW_E_VALUE)
		end_oddity(w, name);
	else if (s == WW_E_NOT_FOUND)
		ww_ctx_clear(&w->cx); /* somebody took it away, as is their right */
	else {
		note_trouble(w);
		w->pass_by++;
	}
}

static void
hand_out_all(struct ww_dir_work *w)
{
	size_t n = 0;

	if (!w->claims_synced && w->claimed_n > 0) {
		if (!is_well(w, ww_dir_box_sync(w->box, &w->cx))) {
			w->next_try = w->now + RETRY_MS;
			return;
		}
	}
	w->claims_synced = true;
	for (; n < w->claimed_n && w->bytes < HAND_BYTES; n++)
		hand_out(w, w->claimed[n], w->claimed_again[n]);
	drop_claimed(w, n);
}

/* -- ending -------------------------------------------------------------------------------------------- */

void
ww_dir_work_end(struct ww_dir_work *w, struct ww_dir_file *f)
{
	struct ww_dir_file **at = find_file(&w->hand, f->name), **last = &w->ends;

	assert(*at == f);
	*at = f->next;
	w->hand_n--;
	w->bytes -= f->bytes.n;
	if (f->kept) {
		look_within(w, RETRY_MS); /* which goes over the claimed ones */
		ww_dir_file_free(f);
		return;
	}
	ww_buf_free(&f->bytes);
	f->next = NULL;
	while (*last != NULL)
		last = &(*last)->next;
	*last = f;
	w->ends_n++;
}

static void
end_all(struct ww_dir_work *w)
{
	struct ww_dir_end v[HAND_MOST];
	struct ww_dir_file **at = &w->ends;
	size_t n = 0;

	for (struct ww_dir_file *f = w->ends; f != NULL; f = f->next)
		v[n++] = (struct ww_dir_end){ .name = f->name,
			.failed = f->failed,
			.again = f->again,
			.ack = ww_buf_view(&f->ack) };
	if (!is_well(w, ww_dir_box_settle(w->box, &w->cx, v, n)))
		w->next_end = w->now + RETRY_MS;
	for (size_t i = 0; i < n; i++) {
		struct ww_dir_file *f = *at;

		if (v[i].status != WW_OK) {
			f->again = true;
			at = &f->next;
			continue;
		}
		*at = f->next;
		w->ends_n--;
		ww_dir_file_free(f);
	}
}

/* -- old files ----------------------------------------------------------------------------------------- */

static void
sweep(struct ww_dir_work *w)
{
	int64_t off = ww_clock_now(&w->set.clock) - w->now - w->clocks;
	const unsigned days[2] = { w->set.keep_done, w->set.keep_failed };
	size_t gone[2] = { 0, 0 };

	w->next_sweep = w->now + SWEEP_MS;
	if (off > CLOCK_OFF || off < -CLOCK_OFF) {
		ww_log(WW_LOG_WARN, "folder=not-swept listener=%s reason=\"the clock was set\"",
		    w->set.listener);
		return;
	}
	for (int failed = 0; failed < 2; failed++)
		if (days[failed] > 0)
			(void)is_well(w, ww_dir_box_sweep(w->box, &w->cx, failed == 1, days[failed],
			                     &gone[failed]));
	if (gone[0] + gone[1] > 0)
		ww_log(WW_LOG_INFO, "folder=swept listener=%s done=%zu failed=%zu", w->set.listener,
		    gone[0], gone[1]);
}

/* -- rounds -------------------------------------------------------------------------------------------- */

static bool
open_box(struct ww_dir_work *w)
{
	if (ww_dir_box_is_open(w->box))
		return true;
	if (w->now < w->next_try)
		return false;
	w->next_try = w->now + RETRY_MS;
	if (!is_well(w, ww_dir_box_open(w->box, &w->cx)))
		return false;
	w->next_try = 0;
	w->looks = true;
	w->failed = false; /* it was this */
	return true;
}

static void
take(struct ww_dir_work *w)
{
	if (w->recovers)
		take_left(w);
	take_names(w);
	if (w->looks || w->now >= w->next_look ||
	    (ww_dir_work_has_room(w) && ww_dir_scan_has_more(w->scan))) {
		look_through(w);
		take_names(w);
	}
	if (w->now >= w->next_try)
		hand_out_all(w);
	if (w->now >= w->next_sweep)
		sweep(w);
}

void
ww_dir_work_step(struct ww_dir_work *w, bool takes)
{
	w->now = ww_clock_now(&w->set.ticks);
	if (!open_box(w))
		return;
	if (w->ends_n > 0 && w->now >= w->next_end)
		end_all(w);
	if (takes)
		take(w);
}

unsigned
ww_dir_work_wait(const struct ww_dir_work *w, bool takes)
{
	int64_t at = w->now + (int64_t)w->set.scan_ms, now = ww_clock_now(&w->set.ticks);

	if (!ww_dir_box_is_open(w->box)) {
		at = w->next_try;
	} else {
		if (w->ends_n > 0 && w->next_end < at)
			at = w->next_end;
		if (takes && w->claimed_n > 0 && w->bytes < HAND_BYTES)
			at = w->next_try < at ? w->next_try : at;
		if (takes && ww_dir_work_has_room(w) &&
		    (w->looks || w->recovers || ww_dir_scan_has_more(w->scan)))
			at = now;
		if (takes && w->next_look < at)
			at = w->next_look;
	}
	return at > now ? (unsigned)(at - now) : 0;
}

void
ww_dir_work_look(struct ww_dir_work *w)
{
	w->looks = true;
}

void
ww_dir_work_reopen(struct ww_dir_work *w)
{
	ww_dir_box_shut(w->box);
	drop_claimed(w, w->claimed_n);
	w->next_try = 0;
}

bool
ww_dir_work_is_open(const struct ww_dir_work *w)
{
	return ww_dir_box_is_open(w->box);
}

size_t
ww_dir_work_out(const struct ww_dir_work *w)
{
	return w->hand_n;
}

size_t
ww_dir_work_in_hand(const struct ww_dir_work *w)
{
	return w->hand_n + w->ends_n;
}

const char *
ww_dir_work_trouble(const struct ww_dir_work *w)
{
	return w->trouble;
}

/* -- the work as such ---------------------------------------------------------------------------------- */

ww_status
ww_dir_work_new(struct ww_ctx *cx, const struct ww_dir_work_settings *set, struct ww_dir_work **out)
{
	struct ww_dir_scan_settings ss = { .fs = set->fs,
		.pattern = set->pattern,
		.ticks = set->ticks,
		.settle_ms = set->settle_ms };
	struct ww_dir_work *w = calloc(1, sizeof(*w));
	ww_status s;

	if (w == NULL)
		return ww_fail_memory(cx);
	w->set = *set;
	w->clocks = ww_clock_now(&set->clock) - ww_clock_now(&set->ticks);
	w->claimed = calloc(HAND_MOST, sizeof(*w->claimed));
	w->claimed_again = calloc(HAND_MOST, sizeof(*w->claimed_again));
	w->cx.arena = ww_arena_new(ARENA);
	s = w->claimed != NULL && w->claimed_again != NULL && w->cx.arena != NULL
	        ? WW_OK
	        : ww_fail_memory(cx);
	if (s == WW_OK)
		s = ww_dir_box_new(cx, set->fs, set->dir, set->clock, &w->box);
	if (s == WW_OK)
		s = ww_dir_scan_new(cx, &ss, &w->scan);
	if (s != WW_OK) {
		ww_dir_work_free(w);
		return s;
	}
	*out = w;
	return WW_OK;
}

void
ww_dir_work_free(struct ww_dir_work *w)
{
	struct ww_dir_file *f, *next;

	if (w == NULL)
		return;
	assert(w->hand_n == 0);
	for (f = w->ends; f != NULL; f = next) {
		next = f->next;
		ww_dir_file_free(f);
	}
	ww_dir_scan_free(w->scan);
	ww_dir_box_free(w->box);
	ww_arena_free(w->cx.arena);
	free(w->claimed);
	free(w->claimed_again);
	free(w);
}
