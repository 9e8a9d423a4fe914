/* The peers of an MLLP listener, by address: how many connections each has and how fast it sends. */
#ifndef WW_LINK_MLLP_PEER_H
#define WW_LINK_MLLP_PEER_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_mllp_peer;

/* Messages a second that a peer may send, and as many at once after a second of rest. A message beyond is taken, as it
 * has come already, and makes a debt: its connection is not read until the debt is paid. */
struct ww_mllp_peers;
struct ww_mllp_peers *ww_mllp_peers_new(unsigned rate); /* NULL: short of memory */
void ww_mllp_peers_free(
    struct ww_mllp_peers *ps); /* NULL is allowed; no connection is counted any more */

/* Counts one connection more of that address; NULL when memory is short. */
struct ww_mllp_peer *ww_mllp_peer_enter(struct ww_mllp_peers *ps, const char *address);
/* One less. A peer without connections lives on in the table for as long as it has a debt. */
void ww_mllp_peer_leave(struct ww_mllp_peers *ps, struct ww_mllp_peer *p, int64_t now_ms);
unsigned ww_mllp_peer_connections(const struct ww_mllp_peer *p);
const char *ww_mllp_peer_address(const struct ww_mllp_peer *p);

/* Counts a message. */
void ww_mllp_peer_charge(const struct ww_mllp_peers *ps, struct ww_mllp_peer *p, int64_t now_ms);
/* Milliseconds until its debt is paid; 0: it has none. */
int64_t ww_mllp_peer_rest(const struct ww_mllp_peer *p, int64_t now_ms);
/* Forgets peers that have neither connection nor debt; returns how many are left. */
size_t ww_mllp_peers_sweep(struct ww_mllp_peers *ps, int64_t now_ms);

#endif
