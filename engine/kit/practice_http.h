/* HTTP/1.1 around a practice: plain, for the loopback only. */
#ifndef WW_KIT_PRACTICE_HTTP_H
#define WW_KIT_PRACTICE_HTTP_H

#include <wardwire/status.h>
#include <wardwire/str.h>

struct ww_address;
struct ww_ctx;
struct ww_loop;
struct ww_practice;
struct ww_practice_http;

/* Listens; port 0 takes any free one. Each answer is held back for delay_ms. */
WW_MUST ww_status ww_practice_http_open(struct ww_loop *l, struct ww_ctx *cx,
    const struct ww_address *where, unsigned delay_ms, struct ww_practice_http **out);
void ww_practice_http_close(
    struct ww_practice_http *sv); /* NULL is allowed; before the loop is freed */
/* Whom requests are for. To be said before the loop runs; p must outlive sv. */
void ww_practice_http_serve(struct ww_practice_http *sv, struct ww_practice *p);
unsigned ww_practice_http_port(const struct ww_practice_http *sv);
ww_str ww_practice_http_base(const struct ww_practice_http *sv); /* "http://127.0.0.1:8090/fhir" */

#endif
