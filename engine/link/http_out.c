/* HTTP client on libcurl's multi interface. Handles are kept and used again, connections too. Callbacks
 * of callers run only after libcurl has given its results and let go of the handle. */
#include "link/http_out.h"

#include <wardwire/buf.h>
#include <wardwire/config.h>
#include <wardwire/ctx.h>

#include "base/failpoint.h"
#include "link/address.h"
#include "link/http_url.h"
#include "link/watch.h"

#include <curl/curl.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define ANSWER_MOST ((size_t)1 << 20)
#define CONNECT_MS 5000L
#define RETRY_AFTER_MOST 86400L
#define BLIND_MS 20 /* a wait in which not all descriptors are watched */

struct transfer {
	struct transfer *next, *prev; /* among the open ones, or next among the idle */
	struct ww_http *http;
	CURL *easy;
	struct curl_slist *headers, *route;
	const char *authorities, *authorities_dir; /* of the system, where libcurl has them */
	struct ww_buf body;                        /* of the request */
	size_t body_sent;
	struct ww_buf answer;
	bool too_large;
	CURLcode code; /* how it ended */
	ww_http_done *done;
	ww_http_connected
	    *connected; /* of one that is a connection only; then done is not called */
	int fd;         /* of that connection, or -1 */
	void *arg;
};

struct ww_http {
	CURLM *multi;
	struct transfer *open, *idle;
	struct curl_waitfd *others; /* of those who wait along with us */
	size_t others_cap;
	bool closing;
};

static CURLcode global_state;

static void
init_once(void)
{
	global_state = curl_global_init(CURL_GLOBAL_DEFAULT);
}

/* -- callbacks of libcurl -------------------------------------------------------------------------- */

/* Hands out the request's body. There is no seek function on purpose: libcurl sends a request a second
 * time by itself when a kept connection turns out dead, and only because it cannot rewind the body does it
 * refuse to once the receiver may have read it. */
static size_t
give_body(char *to, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;
	ww_str left = ww_str_sub(ww_buf_view(&t->body), t->body_sent, size * n);

	memcpy(to, left.p, left.n);
	t->body_sent += left.n;
	return left.n;
}

static size_t
take_body(char *p, size_t size, size_t n, void *arg)
{
	struct transfer *t = arg;

	(void)size; /* 1 by definition */
	ww_buf_add(&t->answer, p, n);
	if (t->answer.error == WW_OK)
		return n;
	t->too_large = t->answer.error == WW_E_LIMIT;
	return CURL_WRITEFUNC_ERROR;
}

/* -- handles --------------------------------------------------------------------------------------- */

static void
free_transfer(struct transfer *t)
{
	if (t->easy != NULL)
		curl_easy_cleanup(t->easy);
	curl_slist_free_all(t->headers);
	curl_slist_free_all(t->route);
	ww_buf_free(&t->body);
	ww_buf_free(&t->answer);
	free(t);
}

/* What is the same for all requests. */
static bool
set_up(struct transfer *t)
{
	CURL *e = t->easy;
	unsigned bad = 0; /* CURLE_OK is 0 */

	bad |= curl_easy_getinfo(e, CURLINFO_CAINFO, &t->authorities);
	bad |= curl_easy_getinfo(e, CURLINFO_CAPATH, &t->authorities_dir);
	bad |= curl_easy_setopt(e, CURLOPT_PRIVATE, (void *)t);
	bad |= curl_easy_setopt(e, CURLOPT_NOSIGNAL, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_PROTOCOLS_STR, "http,https");
	bad |= curl_easy_setopt(e, CURLOPT_PATH_AS_IS, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_FOLLOWLOCATION, 0L);
	bad |= curl_easy_setopt(e, CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
	bad |= curl_easy_setopt(e, CURLOPT_SSL_VERIFYPEER, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_SSL_VERIFYHOST, 2L);
	bad |= curl_easy_setopt(e, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	/* Certificates are renewed while we run; those of the system are too many to be read each time. */
	bad |= curl_easy_setopt(e, CURLOPT_CA_CACHE_TIMEOUT, 60L);
	/* The environment does not decide where notices go. */
	bad |= curl_easy_setopt(e, CURLOPT_PROXY, "");
	bad |= curl_easy_setopt(e, CURLOPT_USERAGENT, "wardwire");
	bad |= curl_easy_setopt(e, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)ANSWER_MOST);
	bad |= curl_easy_setopt(e, CURLOPT_READFUNCTION, give_body);
	bad |= curl_easy_setopt(e, CURLOPT_READDATA, (void *)t);
	bad |= curl_easy_setopt(e, CURLOPT_WRITEFUNCTION, take_body);
	bad |= curl_easy_setopt(e, CURLOPT_WRITEDATA, (void *)t);
	/* Servers close kept connections after some seconds: using one just then makes a send uncertain. */
	bad |= curl_easy_setopt(e, CURLOPT_MAXAGE_CONN, 30L);
	bad |= curl_easy_setopt(e, CURLOPT_TCP_NODELAY, 1L);
	/* A firewall forgets connections at rest; and a peer whose machine died says nothing any more. */
	bad |= curl_easy_setopt(e, CURLOPT_TCP_KEEPALIVE, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_TCP_KEEPIDLE, 60L);
	bad |= curl_easy_setopt(e, CURLOPT_TCP_KEEPINTVL, 15L);
	return bad == 0;
}

static struct transfer *
take_transfer(struct ww_http *h)
{
	struct transfer *t = h->idle;

	if (t != NULL) {
		h->idle = t->next;
		return t;
	}
	t = calloc(1, sizeof(*t));
	if (t == NULL)
		return NULL;
	t->http = h;
	t->answer.limit = ANSWER_MOST;
	t->easy = curl_easy_init();
	if (t->easy == NULL || !set_up(t)) {
		free_transfer(t);
		return NULL;
	}
	return t;
}

static void
put_transfer(struct transfer *t)
{
	struct ww_http *h = t->http;

	curl_slist_free_all(t->headers);
	curl_slist_free_all(t->route);
	t->headers = t->route = NULL;
	ww_buf_clear(&t->body);
	/* A large answer would otherwise keep its memory for ever. */
	ww_buf_free(&t->answer);
	t->next = h->idle;
	h->idle = t;
}

static bool
add_line(struct curl_slist **list, const char *line)
{
	struct curl_slist *all = line[0] != '\0' ? curl_slist_append(*list, line) : NULL;

	if (all == NULL)
		return false;
	*list = all;
	return true;
}

static bool
set_headers(struct transfer *t, struct ww_ctx *cx, const struct ww_http_request *r)
{
	size_t i;

	/* Without it larger bodies wait a second for a "100 Continue" that many servers never send. */
	if (!add_line(&t->headers, "Expect:"))
		return false;
	for (i = 0; i < r->headers_n; i++) {
		const char *line = ww_arena_cstr(cx->arena, r->headers[i]);

		if (!add_line(&t->headers, line))
			return false;
	}
	return true;
}

/* A path as libcurl takes it; NULL: none. */
static const char *
path_of(struct ww_ctx *cx, ww_str path)
{
	return path.n > 0 ? ww_arena_cstr(cx->arena, path) : NULL;
}

/* Whom to trust and who we are. */
static bool
set_tls(struct transfer *t, struct ww_ctx *cx, const struct ww_endpoint_tls *tls)
{
	static const struct ww_endpoint_tls none = { .ca = WW_STR_INIT(""),
		.cert = WW_STR_INIT(""),
		.key = WW_STR_INIT(""),
		.name = WW_STR_INIT("") };
	CURL *e = t->easy;
	unsigned bad = 0; /* CURLE_OK is 0 */
	bool own;

	tls = tls != NULL ? tls : &none;
	own = tls->ca.n > 0;
	/* Those we name are all we trust: not those of the system besides. */
	bad |= curl_easy_setopt(e, CURLOPT_CAINFO, own ? path_of(cx, tls->ca) : t->authorities);
	bad |= curl_easy_setopt(e, CURLOPT_CAPATH, own ? NULL : t->authorities_dir);
	bad |= curl_easy_setopt(e, CURLOPT_SSLCERT, path_of(cx, tls->cert));
	bad |= curl_easy_setopt(e, CURLOPT_SSLKEY, path_of(cx, tls->key));
	return bad == 0 && ww_arena_status(cx->arena) == WW_OK;
}

/* The server's certificate is checked for the host of the URL. Where it has another name, that becomes the host of the URL,
 * with the real one where the connection goes and in the header Host. */
static bool
set_place(struct transfer *t, struct ww_ctx *cx, const struct ww_http_request *r)
{
	ww_str name = r->tls != NULL ? r->tls->name : ww_str_empty();
	struct ww_http_place place = { .url = ww_arena_cstr(cx->arena, r->url) };

	if (name.n > 0 && !ww_http_url_rename(cx, r->url, name, &place))
		return false;
	if (name.n > 0 && (!add_line(&t->headers, place.host) || !add_line(&t->route, place.route)))
		return false;
	return place.url[0] != '\0' &&
	       curl_easy_setopt(t->easy, CURLOPT_CONNECT_TO, t->route) == CURLE_OK &&
	       curl_easy_setopt(t->easy, CURLOPT_URL, place.url) == CURLE_OK;
}

/* What differs from request to request. Every option of an earlier one is set anew. */
static bool
set_request(struct transfer *t, struct ww_ctx *cx, const struct ww_http_request *r)
{
	long timeout = r->timeout > 0 ? (long)r->timeout : 60;
	bool get = strcmp(r->method, "GET") == 0;
	CURL *e = t->easy;
	unsigned bad = 0; /* CURLE_OK is 0 */

	t->body_sent = 0;
	t->too_large = false;
	ww_buf_str_add(&t->body, r->body);
	if (t->body.error != WW_OK || !set_headers(t, cx, r) || !set_place(t, cx, r) ||
	    !set_tls(t, cx, r->tls))
		return false;
	if (get) {
		bad |= curl_easy_setopt(e, CURLOPT_HTTPGET, 1L);
		bad |= curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, NULL);
	} else {
		bad |= curl_easy_setopt(e, CURLOPT_POST, 1L);
		bad |= curl_easy_setopt(e, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->body.n);
		bad |= curl_easy_setopt(e, CURLOPT_CUSTOMREQUEST, r->method);
	}
	bad |= curl_easy_setopt(e, CURLOPT_HTTPHEADER, t->headers);
	bad |= curl_easy_setopt(e, CURLOPT_CONNECT_ONLY, 0L);
	bad |= curl_easy_setopt(e, CURLOPT_CONNECTTIMEOUT_MS, CONNECT_MS);
	bad |= curl_easy_setopt(e, CURLOPT_TIMEOUT_MS, timeout * 1000);
	/* Matters where a long timeout is configured: half of it without a byte is enough. */
	bad |= curl_easy_setopt(e, CURLOPT_LOW_SPEED_LIMIT, 1L);
	bad |= curl_easy_setopt(e, CURLOPT_LOW_SPEED_TIME, timeout > 60 ? timeout / 2 : 30L);
	return bad == 0;
}

/* -- the interface --------------------------------------------------------------------------------- */

ww_status
ww_http_open(struct ww_ctx *cx, struct ww_http **out)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	struct ww_http *h;

	pthread_once(&once, init_once);
	if (global_state != CURLE_OK)
		return ww_fail(cx, WW_E_IO, NULL, "the HTTP library does not start (code %d)",
		    (int)global_state);
	h = calloc(1, sizeof(*h));
	if (h == NULL)
		return ww_fail_memory(cx);
	h->multi = curl_multi_init();
	if (h->multi == NULL) {
		free(h);
		return ww_fail_memory(cx);
	}
	/* How many requests an endpoint gets at a time is the caller's affair; these are the outer bounds. */
	(void)curl_multi_setopt(h->multi, CURLMOPT_MAX_HOST_CONNECTIONS, 64L);
	(void)curl_multi_setopt(h->multi, CURLMOPT_MAX_TOTAL_CONNECTIONS, 512L);
	(void)curl_multi_setopt(h->multi, CURLMOPT_MAXCONNECTS, 256L);
	(void)curl_multi_setopt(h->multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	*out = h;
	return WW_OK;
}

/* NULL, recorded: none can be had. */
static struct transfer *
begin(struct ww_http *h, struct ww_ctx *cx)
{
	struct transfer *t = NULL;

	if (h->closing)
		(void)ww_fail(cx, WW_E_CLOSED, NULL, "the HTTP client is being closed");
	else if ((t = take_transfer(h)) == NULL)
		(void)ww_fail_memory(cx);
	return t;
}

/* What was begun is ready to go, or not. */
static ww_status
go(struct transfer *t, struct ww_ctx *cx, bool ready)
{
	struct ww_http *h = t->http;

	if (!ready || curl_multi_add_handle(h->multi, t->easy) != CURLM_OK) {
		put_transfer(t);
		return ww_fail_memory(cx);
	}
	t->prev = NULL;
	t->next = h->open;
	if (t->next != NULL)
		t->next->prev = t;
	h->open = t;
	return WW_OK;
}

ww_status
ww_http_send(struct ww_http *h, struct ww_ctx *cx, const struct ww_http_request *r,
    ww_http_done *done, void *arg)
{
	struct transfer *t = begin(h, cx);

	if (t == NULL)
		return cx->fail.status;
	t->done = done;
	t->connected = NULL;
	t->arg = arg;
	return go(t, cx, set_request(t, cx, r));
}

ww_status
ww_http_connect(struct ww_http *h, struct ww_ctx *cx, const struct ww_address *to,
    uint32_t timeout_ms, ww_http_connected *done, void *arg)
{
	bool v6 = strchr(to->host, ':') != NULL;
	ww_str url = ww_arena_printf(
	    cx->arena, "http://%s%s%s:%s", v6 ? "[" : "", to->host, v6 ? "]" : "", to->port);
	struct ww_http_request r = { .method = "GET", .url = url };
	struct transfer *t = begin(h, cx);
	long most = timeout_ms < CONNECT_MS ? (long)timeout_ms : CONNECT_MS;
	unsigned bad = 0; /* CURLE_OK is 0 */

	if (t == NULL)
		return cx->fail.status;
	t->done = NULL;
	t->connected = done;
	t->fd = -1;
	t->arg = arg;
	r.body = ww_str_empty();
	if (!set_request(t, cx, &r))
		return go(t, cx, false);
	bad |= curl_easy_setopt(t->easy, CURLOPT_CONNECT_ONLY, 1L);
	bad |= curl_easy_setopt(t->easy, CURLOPT_CONNECTTIMEOUT_MS, most);
	bad |= curl_easy_setopt(t->easy, CURLOPT_TIMEOUT_MS, most);
	return go(t, cx, bad == 0);
}

/* -- ends ------------------------------------------------------------------------------------------- */

/* Results of libcurl by what they say about the request. Those not listed mean nothing certain. */
static const struct {
	CURLcode code;
	enum ww_http_end end;
} ends[] = {
	{ CURLE_OK, WW_HTTP_DONE },
	{ CURLE_URL_MALFORMAT, WW_HTTP_UNUSABLE },
	{ CURLE_UNSUPPORTED_PROTOCOL, WW_HTTP_UNUSABLE },
	{ CURLE_COULDNT_RESOLVE_HOST, WW_HTTP_NO_NAME },
	{ CURLE_COULDNT_CONNECT, WW_HTTP_NO_CONNECT },
	{ CURLE_INTERFACE_FAILED, WW_HTTP_NO_CONNECT },
	{ CURLE_SSL_CONNECT_ERROR, WW_HTTP_NO_TLS },
	{ CURLE_PEER_FAILED_VERIFICATION, WW_HTTP_NO_TLS },
	{ CURLE_SSL_ENGINE_NOTFOUND, WW_HTTP_NO_TLS },
	{ CURLE_SSL_ENGINE_SETFAILED, WW_HTTP_NO_TLS },
	{ CURLE_SSL_CERTPROBLEM, WW_HTTP_NO_TLS },
	{ CURLE_SSL_CIPHER, WW_HTTP_NO_TLS },
	{ CURLE_SSL_CACERT_BADFILE, WW_HTTP_NO_TLS },
	{ CURLE_SSL_ISSUER_ERROR, WW_HTTP_NO_TLS },
	{ CURLE_SSL_PINNEDPUBKEYNOTMATCH, WW_HTTP_NO_TLS },
	{ CURLE_OPERATION_TIMEDOUT, WW_HTTP_TIMEOUT },
	{ CURLE_FILESIZE_EXCEEDED, WW_HTTP_TOO_LARGE },
};

/* Any byte of the request, the header included, may have left. */
static bool
began(const struct transfer *t)
{
	long sent = 0;

	return curl_easy_getinfo(t->easy, CURLINFO_REQUEST_SIZE, &sent) != CURLE_OK || sent > 0 ||
	       t->body_sent > 0;
}

static enum ww_http_end
end_of(const struct transfer *t)
{
	enum ww_http_end end = WW_HTTP_BROKEN;
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
		if (ends[i].code == t->code)
			end = ends[i].end;
	if (t->too_large)
		return WW_HTTP_TOO_LARGE;
	if (end == WW_HTTP_UNUSABLE &&
	    began(t)) /* an answer without status line has that code too */
		return WW_HTTP_BROKEN;
	if (end == WW_HTTP_TIMEOUT && !began(t))
		return WW_HTTP_NO_CONNECT;
	if (end == WW_HTTP_BROKEN && !began(t))
		return WW_HTTP_UNSENT;
	return end;
}

static ww_str
header(const struct transfer *t, const char *name)
{
	struct curl_header *found;

	if (curl_easy_header(t->easy, name, 0, CURLH_HEADER, -1, &found) != CURLHE_OK)
		return ww_str_empty();
	return ww_str_from(found->value);
}

static void
unlink_open(struct transfer *t)
{
	if (t->prev != NULL)
		t->prev->next = t->next;
	else
		t->http->open = t->next;
	if (t->next != NULL)
		t->next->prev = t->prev;
}

/* A socket of our own for the connection that was made: libcurl closes its own with the handle. */
static int
take_socket(const struct transfer *t)
{
	curl_socket_t fd = CURL_SOCKET_BAD;

	if (t->code != CURLE_OK ||
	    curl_easy_getinfo(t->easy, CURLINFO_ACTIVESOCKET, &fd) != CURLE_OK ||
	    fd == CURL_SOCKET_BAD)
		return -1;
	return fcntl(fd, F_DUPFD_CLOEXEC, 0);
}

static void
finish_connect(struct transfer *t)
{
	enum ww_http_end end = end_of(t);

	if (t->fd < 0 && end == WW_HTTP_DONE)
		end = WW_HTTP_UNSENT;
	t->connected(t->arg, t->fd, end);
	put_transfer(t);
}

static void
finish(struct transfer *t)
{
	struct ww_http_reply reply = { .end = end_of(t) };
	curl_off_t wait = 0;

	(void)curl_easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &reply.status);
	if (curl_easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &wait) == CURLE_OK && wait > 0)
		reply.retry_after = wait < RETRY_AFTER_MOST ? (long)wait : RETRY_AFTER_MOST;
	reply.location = header(t, "Location");
	reply.etag = header(t, "ETag");
	reply.type = header(t, "Content-Type");
	if (reply.end == WW_HTTP_DONE)
		reply.body = ww_buf_view(&t->answer);
	else
		reply.body = ww_str_empty();
	t->done(t->arg, &reply);
	put_transfer(t);
}

/* Ends what libcurl says has ended: false when there was nothing. */
static bool
harvest(struct ww_http *h)
{
	struct transfer *ended = NULL, **last = &ended, *t;
	CURLMsg *m;
	int left;

	while ((m = curl_multi_info_read(h->multi, &left)) != NULL) {
		CURL *easy = m->easy_handle;
		CURLcode code = m->data.result; /* m is gone after the next call */

		if (m->msg != CURLMSG_DONE ||
		    curl_easy_getinfo(easy, CURLINFO_PRIVATE, (char **)&t) != CURLE_OK)
			continue;
		t->code = code;
		if (t->connected != NULL)
			t->fd = take_socket(t);
		curl_multi_remove_handle(h->multi, easy);
		unlink_open(t);
		t->next = NULL;
		*last = t;
		last = &t->next;
	}
	if (ended == NULL)
		return false;
	while ((t = ended) != NULL) {
		ended = t->next;
		if (t->connected != NULL)
			finish_connect(t);
		else
			finish(t);
	}
	return true;
}

/* For libcurl's wait; without memory for it the wait is short and blind. */
static unsigned
add_others(struct ww_http *h, const struct ww_watch *w, int *timeout_ms)
{
	if (w->n > h->others_cap) {
		struct curl_waitfd *others = realloc(h->others, w->cap * sizeof(*others));

		if (others == NULL) {
			*timeout_ms = *timeout_ms < BLIND_MS ? *timeout_ms : BLIND_MS;
			return 0;
		}
		h->others = others;
		h->others_cap = w->cap;
	}
	for (size_t i = 0; i < w->n; i++)
		h->others[i] = (struct curl_waitfd){ .fd = w->fds[i].fd,
			.events = (short)((w->fds[i].events & POLLIN ? CURL_WAIT_POLLIN : 0) |
			                  (w->fds[i].events & POLLOUT ? CURL_WAIT_POLLOUT : 0)) };
	return (unsigned)w->n;
}

void
ww_http_poll(struct ww_http *h, struct ww_watch *w, int timeout_ms)
{
	unsigned others;
	int running;

	(void)curl_multi_perform(h->multi, &running);
	WW_FAILPOINT_IF(h->open != NULL && began(h->open), "mid-request");
	if (harvest(h))
		timeout_ms = 0;
	if (timeout_ms <= 0 && w->n == 0)
		return;
	others = add_others(h, w, &timeout_ms);
	(void)curl_multi_poll(h->multi, h->others, others, timeout_ms > 0 ? timeout_ms : 0, NULL);
	(void)curl_multi_perform(h->multi, &running);
	(void)harvest(h);
	/* Asked once more, because libcurl does not pass on that a connection broke. */
	if (w->n > 0 && poll(w->fds, (nfds_t)w->n, 0) < 0)
		ww_watch_clear(w);
}

void
ww_http_wake(struct ww_http *h)
{
	(void)curl_multi_wakeup(h->multi);
}

void
ww_http_close(struct ww_http *h)
{
	static const struct ww_http_reply closed = { .end = WW_HTTP_CLOSED,
		.location = WW_STR_INIT(""),
		.etag = WW_STR_INIT(""),
		.type = WW_STR_INIT(""),
		.body = WW_STR_INIT("") };
	struct transfer *t;

	if (h == NULL)
		return;
	h->closing = true;
	while ((t = h->open) != NULL) {
		curl_multi_remove_handle(h->multi, t->easy);
		unlink_open(t);
		if (t->connected != NULL)
			t->connected(t->arg, -1, WW_HTTP_CLOSED);
		else
			t->done(t->arg, &closed);
		put_transfer(t);
	}
	while ((t = h->idle) != NULL) {
		h->idle = t->next;
		free_transfer(t);
	}
	curl_multi_cleanup(h->multi);
	free(h->others);
	free(h);
}
