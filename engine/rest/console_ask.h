/* What is asked of a console: the call in the URL, filters in its query, orders in its body. Pure: texts in, a struct out. What
 * is written is docs/interfaces.md's. */
#ifndef WW_REST_CONSOLE_ASK_H
#define WW_REST_CONSOLE_ASK_H

#include <wardwire/model.h>
#include <wardwire/status.h>

struct ww_http1_head; /* codec/http1.h */

enum ww_console_what {
	WW_CONSOLE_NOTHING, /* the call is refused */
	WW_CONSOLE_LIST,
	WW_CONSOLE_SHOW,
	WW_CONSOLE_ACK,
	WW_CONSOLE_NOTE,
	WW_CONSOLE_DONE,
	WW_CONSOLE_TOKEN,
	WW_CONSOLE_CALLS
};

enum {
	WW_CONSOLE_PAGE = 50, /* items, unless the query says less or more */
	WW_CONSOLE_PAGE_MOST = 200,
	WW_CONSOLE_BODY_MOST = 8192,
};

struct ww_console_ask {
	enum ww_console_what what;
	const char *allow; /* of WW_E_METHOD: what is done there */
	ww_id id;          /* of a notice: SHOW and orders */
	ww_str request_id; /* as ww_rest_request_id */
	/* LIST: */
	unsigned states;    /* 1 << enum ww_work_state each (store/notice.h) */
	int64_t role, kind; /* NONE: any */
	ww_str party, program, member;
	bool overdue;
	size_t limit;
	ww_str after; /* where the page before ended, as it said */
	/* Orders: */
	int64_t match;    /* version; 0: whatever it is */
	ww_str text, who; /* of the body */
};

/* From the head alone. WW_E_NOT_FOUND, WW_E_METHOD, WW_E_MEDIA, WW_E_VALUE with the parameter as place, WW_E_REQUIRED: an order
 * without If-Match. request_id is set whatever comes of the rest. */
WW_MUST ww_status ww_console_ask_head(
    struct ww_ctx *cx, const struct ww_http1_head *h, struct ww_console_ask *out);
/* Of an order: {"text": ..., "who": ...}, or of DONE "outcome" instead of "text"; all may be left out, and so may the body. */
WW_MUST ww_status ww_console_ask_body(struct ww_ctx *cx, ww_str body, struct ww_console_ask *out);

#endif
