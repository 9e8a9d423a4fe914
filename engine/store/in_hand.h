/* Which record is being applied, kept where it outlives the process: a page of a mapped file, so that noting it is a store
 * and no system call. A record that was in hand at two deaths of the process in a row is not tried a third time.
 * A power cut may lose the page, and with it a count; nothing else depends on it. */
#ifndef WW_STORE_IN_HAND_H
#define WW_STORE_IN_HAND_H

#include <wardwire/status.h>

#include <stdint.h>

struct ww_ctx;
struct ww_in_hand;

enum { WW_DEATHS_MOST = 2 }; /* of the process, with the same record in hand */

/* Opens the file, made when missing, and counts the death of the process before this one if there was one. Only the
 * holder of the data folder may call it. */
WW_MUST ww_status ww_in_hand_open(struct ww_ctx *cx, const char *path, struct ww_in_hand **out);
/* The record that must not be tried again; 0: there is none. NULL is allowed. */
uint64_t ww_in_hand_deadly(const struct ww_in_hand *h);
/* It is set aside: its deaths are forgotten. */
void ww_in_hand_forget(struct ww_in_hand *h);

/* On the thread that applies; NULL is allowed. */
void ww_in_hand_take(
    struct ww_in_hand *h, uint64_t seq); /* that record is being applied; 0: none is */
void ww_in_hand_passed(struct ww_in_hand *h, uint64_t cursor); /* all up to there holds */

/* An end in order: no record is in hand. NULL is allowed. */
void ww_in_hand_close(struct ww_in_hand *h);

#endif
