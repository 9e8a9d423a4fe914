/* How much all connections of a loop may hold between the first byte of a message and its answer. Shared by listeners;
 * on the loop's thread. */
#ifndef WW_LINK_MLLP_ROOM_H
#define WW_LINK_MLLP_ROOM_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_ctx;
struct ww_loop;
struct ww_mllp_room;

struct ww_mllp_room_settings {
	/* Frames that wait for their answer, in number and in bytes of memory. When either is reached no frame is taken
	 * until both are down to half. The bytes may be passed by one frame. */
	size_t frames, bytes;
	/* Bytes of frames that are still coming in, beyond WW_MLLP_FREE a connection. When they are passed, such
	 * connections are not read, but one, so that there is an end; small frames go on. */
	size_t open;
	unsigned connections; /* open at the same time */
};

enum { WW_MLLP_FREE = 16 << 10 }; /* bytes of an open frame that are not counted */

WW_MUST ww_status ww_mllp_room_new(struct ww_loop *l, struct ww_ctx *cx,
    const struct ww_mllp_room_settings *s, struct ww_mllp_room **out);
/* After all its listeners are closed and their frames ended. */
void ww_mllp_room_free(struct ww_mllp_room *r);
/* A message of that many bytes waits for its answer from now on; give takes back what take returned. For MLLP listeners and
 * for others that hand messages to the journal. */
size_t ww_mllp_room_take(struct ww_mllp_room *r, size_t payload);
void ww_mllp_room_give(struct ww_mllp_room *r, size_t cost);
/* A limit was reached, and it is not yet down to half: nothing more is to be taken. */
bool ww_mllp_room_is_full(const struct ww_mllp_room *r);
/* What is held now: frames and bytes that wait for an answer, bytes of open frames. */
void ww_mllp_room_held(const struct ww_mllp_room *r, size_t *frames, size_t *bytes, size_t *open);

#endif
