/* Opens a folder with the limits it has, and closes it. */
#include "main/dir_listener.h"

#include "link/dir_in.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>

struct ww_dir_listener {
	struct ww_dir_in *in;
	struct ww_dir_feed *feed;
};

/* 0: for ever. */
static unsigned
days_of(uint32_t keep)
{
	return keep < WW_FOR_EVER ? keep : 0;
}

static ww_status
open_in(struct ww_dir_listener *l, struct ww_ctx *cx, const struct ww_listener *c,
    const struct ww_fs *fs, const struct ww_dir_feed_settings *feed)
{
	char dir[PATH_MAX], pattern[512];
	struct ww_dir_in_settings ds = { .loop = feed->loop,
		.fs = fs,
		.listener = feed->listener,
		.dir = dir,
		.pattern = pattern,
		.clock = feed->clock,
		.ticks = ww_clock_ticks(),
		.settle_ms = c->settle * 1000,
		.scan_ms = c->scan * 1000,
		.max_file = c->max_file,
		.keep_done = days_of(c->keep_done),
		.keep_failed = days_of(c->keep_failed),
		.on_file = ww_dir_feed_file,
		.arg = l->feed };

	snprintf(dir, sizeof(dir), "%.*s", WW_STR_FMT(c->dir));
	snprintf(pattern, sizeof(pattern), "%.*s", WW_STR_FMT(c->pattern));
	return ww_dir_in_open(cx, &ds, &l->in);
}

ww_status
ww_dir_listener_open(struct ww_ctx *cx, const struct ww_listener *config, const struct ww_fs *fs,
    const struct ww_dir_feed_settings *feed, struct ww_dir_listener **out)
{
	struct ww_dir_listener *l = calloc(1, sizeof(*l));
	struct ww_dir_feed_settings own = *feed;
	char name[64];
	ww_status s;

	if (l == NULL)
		return ww_fail_memory(cx);
	snprintf(name, sizeof(name), "%.*s", WW_STR_FMT(config->name));
	own.listener = name;
	own.max_message = config->max_message;
	own.max_file = config->max_file;
	s = ww_dir_feed_new(cx, &own, &l->feed);
	if (s == WW_OK)
		s = open_in(l, cx, config, fs, &own);
	if (s != WW_OK) {
		ww_dir_listener_free(l);
		return s;
	}
	*out = l;
	ww_log(WW_LOG_INFO, "listener=%s dir=\"%.*s\"", name, WW_STR_FMT(config->dir));
	return WW_OK;
}

void
ww_dir_listener_pause(struct ww_dir_listener *l, bool paused)
{
	ww_dir_in_pause(l->in, paused);
	ww_dir_feed_pause(l->feed, paused);
}

const char *
ww_dir_listener_trouble(struct ww_dir_listener *l)
{
	return ww_dir_in_trouble(l->in);
}

void
ww_dir_listener_close(
    struct ww_dir_listener *l, unsigned grace_ms, void (*done)(void *arg), void *arg)
{
	ww_dir_in_close(l->in, grace_ms, done, arg);
	ww_dir_feed_stop(l->feed);
}

void
ww_dir_listener_free(struct ww_dir_listener *l)
{
	if (l == NULL)
		return;
	ww_dir_in_free(l->in);
	ww_dir_feed_free(l->feed);
	free(l);
}
