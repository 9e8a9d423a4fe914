/* A listener that is a folder: its thread (link/dir_in.h) and its way into the intake (dir_feed.h), put together. */
#ifndef WW_MAIN_DIR_LISTENER_H
#define WW_MAIN_DIR_LISTENER_H

#include "main/dir_feed.h"

struct ww_dir_listener;
struct ww_fs;

/* config is that of the listener, fs the disk its folder is on; feed.listener and the limits are taken from config. */
WW_MUST ww_status ww_dir_listener_open(struct ww_ctx *cx, const struct ww_listener *config,
    const struct ww_fs *fs, const struct ww_dir_feed_settings *feed, struct ww_dir_listener **out);
void ww_dir_listener_pause(struct ww_dir_listener *l, bool paused);
/* What is wrong with the folder; "" when nothing is. Valid until the next call. */
const char *ww_dir_listener_trouble(struct ww_dir_listener *l);
/* Takes no more files; what is with the intake is answered. done(arg) is called once, from the loop. */
void ww_dir_listener_close(
    struct ww_dir_listener *l, unsigned grace_ms, void (*done)(void *arg), void *arg);
/* Closed or never served, and every message answered or given up; NULL is allowed. */
void ww_dir_listener_free(struct ww_dir_listener *l);

#endif
