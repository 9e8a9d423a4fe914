/* Sinks without a network: one that forgets, one that keeps, one that does as it is told. They share a
 * queue and differ in how they answer; the memory one behaves like a strict FHIR receiver and does not
 * take the word of the request for what the body must say itself. */
#include "courier/sink_test.h"

#include <wardwire/ctx.h>
#include <wardwire/json.h>

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define KEYS_MOST 4 /* identifiers of one resource that searches see */

struct entry {
	struct entry *next;
	struct ww_request r; /* in text */
	struct ww_answer a;  /* of the memory sink: how it was answered */
	ww_sink_done *done;
	void *arg;
	char text[];
};

struct resource {
	ww_str type;
	ww_str body;           /* of the request that wrote it last */
	ww_str ids[KEYS_MOST]; /* "system|value" kept */
	char id[24];
	uint64_t version;
	bool deleted;
};

struct sink {
	void (*answer)(struct sink *s, struct entry *e);
	pthread_mutex_t lock; /* of woken, as wake comes from any thread */
	pthread_cond_t woken_changed;
	bool woken;
	struct entry *first, **last; /* under way */
	struct entry **got;          /* of memory: answered */
	size_t got_n, got_cap;
	struct resource *resources;
	size_t resources_n, resources_cap;
	struct ww_ctx cx;      /* of the body being checked */
	struct ww_arena *kept; /* lives as long as the sink */
	uint64_t created;
	struct ww_answer *script; /* of failing */
	size_t script_n, script_at;
	char id[24], etag[32]; /* of the answer being given */
};

/* -- the queue ------------------------------------------------------------------------------------- */

static ww_str
put(char **to, ww_str s)
{
	ww_str copy = { *to, s.n };

	if (s.n > 0)
		memcpy(*to, s.p, s.n);
	*to += s.n;
	return copy;
}

static ww_status
sink_send(void *self, struct ww_ctx *cx, const struct ww_request *r, ww_sink_done *done, void *arg)
{
	struct sink *s = self;
	size_t n =
	    r->base.n + r->type.n + r->key.n + r->remote_id.n + r->etag.n + r->body.n + r->lane.n;
	struct entry *e = calloc(1, sizeof(*e) + n + 1);
	char *to;

	if (e == NULL)
		return ww_fail_memory(cx);
	e->r = *r;
	to = e->text;
	e->r.base = put(&to, r->base);
	e->r.type = put(&to, r->type);
	e->r.key = put(&to, r->key);
	e->r.remote_id = put(&to, r->remote_id);
	e->r.etag = put(&to, r->etag);
	e->r.body = put(&to, r->body);
	e->r.lane = put(&to, r->lane);
	e->done = done;
	e->arg = arg;
	*s->last = e;
	s->last = &e->next;
	return WW_OK;
}

static void
sink_wake(void *self)
{
	struct sink *s = self;

	pthread_mutex_lock(&s->lock);
	s->woken = true;
	pthread_cond_signal(&s->woken_changed);
	pthread_mutex_unlock(&s->lock);
}

static void
wait_for_wake(struct sink *s, int timeout_ms)
{
	struct timespec until = { 0, 0 };

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += timeout_ms / 1000;
	until.tv_nsec += (long)(timeout_ms % 1000) * 1000000;
	if (until.tv_nsec >= 1000000000) {
		until.tv_nsec -= 1000000000;
		until.tv_sec++;
	}
	pthread_mutex_lock(&s->lock);
	while (!s->woken && timeout_ms > 0)
		if (pthread_cond_timedwait(&s->woken_changed, &s->lock, &until) == ETIMEDOUT)
			break;
	s->woken = false;
	pthread_mutex_unlock(&s->lock);
}

static struct ww_answer
answer(enum ww_result result, long http, const char *reason)
{
	return (struct ww_answer){ .result = result,
		.http = http,
		.remote_id = ww_str_empty(),
		.etag = ww_str_empty(),
		.reason = reason };
}

/* Answers what was there when it was called, so that a caller who sends from done sees poll return. */
static void
sink_poll(void *self, int timeout_ms)
{
	struct sink *s = self;
	struct entry *e, *next;

	if (s->first == NULL) {
		wait_for_wake(s, timeout_ms);
		return;
	}
	e = s->first;
	s->first = NULL;
	s->last = &s->first;
	for (; e != NULL; e = next) {
		next = e->next;
		s->answer(s, e); /* e may be gone after this */
	}
}

static void
sink_close(void *self)
{
	const struct ww_answer closed = answer(WW_RESULT_UNCERTAIN, 0, "stopped before the answer");
	struct sink *s = self;
	struct entry *e;
	size_t i;

	while ((e = s->first) != NULL) {
		s->first = e->next;
		e->done(e->arg, &closed);
		free(e);
	}
	for (i = 0; i < s->got_n; i++)
		free(s->got[i]);
	free(s->got);
	free(s->resources);
	ww_arena_free(s->kept);
	ww_arena_free(s->cx.arena);
	pthread_cond_destroy(&s->woken_changed);
	pthread_mutex_destroy(&s->lock);
	free(s);
}

static struct sink *
new_sink(struct ww_ctx *cx, void (*answer_one)(struct sink *s, struct entry *e))
{
	struct sink *s = calloc(1, sizeof(*s));
	pthread_condattr_t attr;

	if (s == NULL)
		goto fail;
	s->cx.arena = ww_arena_new(0);
	s->kept = ww_arena_new(0);
	if (s->cx.arena == NULL || s->kept == NULL)
		goto fail;
	if (pthread_mutex_init(&s->lock, NULL) != 0)
		goto fail;
	if (pthread_condattr_init(&attr) != 0)
		goto destroy_lock;
	if (pthread_condattr_setclock(&attr, CLOCK_MONOTONIC) != 0 ||
	    pthread_cond_init(&s->woken_changed, &attr) != 0) {
		pthread_condattr_destroy(&attr);
		goto destroy_lock;
	}
	pthread_condattr_destroy(&attr);
	s->answer = answer_one;
	s->last = &s->first;
	return s;
destroy_lock:
	pthread_mutex_destroy(&s->lock);
fail:
	if (s != NULL) {
		ww_arena_free(s->kept);
		ww_arena_free(s->cx.arena);
	}
	free(s);
	(void)ww_fail_memory(cx);
	return NULL;
}

static void
name_resource(struct sink *s, struct ww_answer *a, const char *id, uint64_t version)
{
	/* Copies: the caller may send from done, and that may move the resources. */
	snprintf(s->id, sizeof(s->id), "%s", id);
	snprintf(s->etag, sizeof(s->etag), "W/\"%" PRIu64 "\"", version);
	a->remote_id = ww_str_from(s->id);
	a->etag = ww_str_from(s->etag);
}

/* -- null ------------------------------------------------------------------------------------------ */

static void
answer_null(struct sink *s, struct entry *e)
{
	struct ww_answer a = answer(WW_RESULT_SENT, 200, "");
	char id[24];

	switch (e->r.verb) {
	case WW_VERB_CREATE:
		a.http = 201;
		snprintf(id, sizeof(id), "%" PRIu64, ++s->created);
		name_resource(s, &a, id, 1);
		break;
	case WW_VERB_UPDATE:
		a.remote_id = e->r.remote_id;
		a.etag = e->r.etag;
		break;
	case WW_VERB_SEARCH:
		a.result = WW_RESULT_ABSENT;
		break;
	case WW_VERB_FORWARD:
		a.http = 0;
		break;
	}
	e->done(e->arg, &a);
	free(e);
}

/* -- failing --------------------------------------------------------------------------------------- */

static void
answer_failing(struct sink *s, struct entry *e)
{
	const struct ww_answer *a = &s->script[s->script_at];

	if (s->script_at + 1 < s->script_n)
		s->script_at++;
	e->done(e->arg, a);
	free(e);
}

/* -- memory ---------------------------------------------------------------------------------------- */

/* all with room for one more than the n things of that size in it; NULL: no memory, all stays. */
static void *
grown(void *all, size_t n, size_t *cap, size_t size)
{
	size_t more = *cap > 0 ? 2 * *cap : 16;
	void *p;

	if (n < *cap)
		return all;
	p = realloc(all, more * size);
	if (p != NULL)
		*cap = more;
	return p;
}

static struct resource *
find_id(struct sink *s, ww_str type, ww_str id)
{
	size_t i;

	for (i = 0; i < s->resources_n; i++)
		if (ww_str_is(id, s->resources[i].id) && ww_str_eq(type, s->resources[i].type))
			return &s->resources[i];
	return NULL;
}

/* The first living resource with that identifier, and how many there are. */
static struct resource *
find_key(struct sink *s, ww_str type, ww_str key, size_t *n)
{
	struct resource *found = NULL;
	size_t i, k;

	*n = 0;
	for (i = 0; i < s->resources_n; i++) {
		struct resource *r = &s->resources[i];

		for (k = 0; k < KEYS_MOST && !r->deleted; k++) {
			if (r->ids[k].n == 0 || !ww_str_eq(r->ids[k], key) ||
			    !ww_str_eq(r->type, type))
				continue;
			if (found == NULL)
				found = r;
			++*n;
			break;
		}
	}
	return found;
}

/* What a receiver that checks anything checks first. The identifiers go to ids. */
static const char *
check_body(struct sink *s, const struct ww_request *r, ww_str ids[KEYS_MOST])
{
	struct ww_json *root, *one;
	ww_str id;
	size_t k;

	ww_ctx_clear(&s->cx);
	if (ww_json_parse(&s->cx, r->body, &root) != WW_OK || ww_json_kind(root) != WW_JSON_OBJECT)
		return "structure";
	if (!ww_str_eq(ww_json_str(ww_json_get(root, "resourceType")), r->type))
		return "invalid";
	id = ww_json_str(ww_json_get(root, "id"));
	if (r->verb == WW_VERB_UPDATE && !ww_str_eq(id, r->remote_id))
		return "value";
	one = ww_json_first(ww_json_get(root, "identifier"));
	for (k = 0; k < KEYS_MOST; k++) {
		ww_str system = ww_json_str(ww_json_get(one, "system"));
		ww_str value = ww_json_str(ww_json_get(one, "value"));

		ids[k] = ww_str_empty();
		if (one != NULL)
			ids[k] = ww_arena_printf(
			    s->kept, "%.*s|%.*s", WW_STR_FMT(system), WW_STR_FMT(value));
		one = ww_json_next(one);
	}
	return NULL;
}

static struct ww_answer
do_create(struct sink *s, const struct ww_request *r)
{
	ww_str ids[KEYS_MOST];
	const char *bad = check_body(s, r, ids);
	struct resource *there;
	struct ww_answer a;
	size_t n;

	if (bad != NULL)
		return answer(WW_RESULT_PARKED, 400, bad);
	there = find_key(s, r->type, r->key, &n);
	if (n > 1)
		return answer(WW_RESULT_CONFLICT, 412, "precondition failed");
	a = answer(WW_RESULT_SENT, 200, "");
	if (there == NULL) {
		there = grown(s->resources, s->resources_n, &s->resources_cap, sizeof(*there));
		if (there == NULL)
			return answer(WW_RESULT_UNCERTAIN, 500, "receiver failed");
		s->resources = there;
		there += s->resources_n++;
		*there = (struct resource){ .type = r->type, .body = r->body, .version = 1 };
		memcpy(there->ids, ids, sizeof(ids));
		snprintf(there->id, sizeof(there->id), "%" PRIu64, ++s->created);
		a.http = 201;
	}
	name_resource(s, &a, there->id, there->version);
	return a;
}

static struct ww_answer
do_update(struct sink *s, const struct ww_request *r)
{
	struct resource *there = find_id(s, r->type, r->remote_id);
	ww_str ids[KEYS_MOST];
	struct ww_answer a;
	const char *bad;
	char etag[32];

	if (there == NULL || there->deleted)
		return answer(
		    WW_RESULT_PARKED, there == NULL ? 404 : 410, "deleted by the receiver");
	bad = check_body(s, r, ids);
	if (bad != NULL)
		return answer(WW_RESULT_PARKED, 400, bad);
	snprintf(etag, sizeof(etag), "W/\"%" PRIu64 "\"", there->version);
	if (r->etag.n > 0 && !ww_str_is(r->etag, etag))
		return answer(WW_RESULT_CONFLICT, 412, "precondition failed");
	there->version++;
	there->body = r->body;
	memcpy(there->ids, ids, sizeof(ids));
	a = answer(WW_RESULT_SENT, 200, "");
	name_resource(s, &a, there->id, there->version);
	return a;
}

static struct ww_answer
do_search(struct sink *s, const struct ww_request *r)
{
	struct ww_answer a = answer(WW_RESULT_ABSENT, 200, "");
	const struct resource *there;
	size_t n;

	there = find_key(s, r->type, r->key, &n);
	if (there == NULL)
		return a;
	a.result = WW_RESULT_SENT;
	a.reason = n > 1 ? "duplicates at the receiver" : "";
	name_resource(s, &a, there->id, there->version);
	return a;
}

/* It is in the list of what was got. */
static struct ww_answer
do_forward(struct sink *s, const struct ww_request *r)
{
	(void)s;
	return r->body.n > 0 ? answer(WW_RESULT_SENT, 0, "")
	                     : answer(WW_RESULT_PARKED, 0, "an empty message");
}

static struct ww_answer (*const doings[])(struct sink *s, const struct ww_request *r) = {
	[WW_VERB_CREATE] = do_create,
	[WW_VERB_UPDATE] = do_update,
	[WW_VERB_SEARCH] = do_search,
	[WW_VERB_FORWARD] = do_forward,
};

static void
answer_memory(struct sink *s, struct entry *e)
{
	/* Room first: what was done must be in the list of what was got. */
	struct entry **got = grown(s->got, s->got_n, &s->got_cap, sizeof(struct entry *));

	if (got == NULL) {
		struct ww_answer a = answer(WW_RESULT_RETRY, 503, "receiver not available");

		e->done(e->arg, &a);
		free(e);
		return;
	}
	s->got = got;
	e->a = doings[e->r.verb](s, &e->r);
	s->got[s->got_n++] = e; /* kept: its body may be a resource's now */
	e->done(e->arg, &e->a);
	e->a.remote_id = e->a.etag = ww_str_empty();
}

static struct sink *
memory_of(const struct ww_sink *s)
{
	struct sink *m = s->self;

	assert(m->answer == answer_memory);
	return m;
}

size_t
ww_sink_memory_requests(const struct ww_sink *s)
{
	return memory_of(s)->got_n;
}

struct ww_sink_got
ww_sink_memory_request(const struct ww_sink *s, size_t i)
{
	const struct sink *m = memory_of(s);
	const struct entry *e;

	assert(i < m->got_n);
	e = m->got[i];
	return (struct ww_sink_got){ .verb = e->r.verb,
		.base = e->r.base,
		.type = e->r.type,
		.key = e->r.key,
		.remote_id = e->r.remote_id,
		.etag = e->r.etag,
		.body = e->r.body,
		.result = e->a.result,
		.http = e->a.http };
}

size_t
ww_sink_memory_resources(const struct ww_sink *s)
{
	return memory_of(s)->resources_n;
}

struct ww_sink_held
ww_sink_memory_resource(const struct ww_sink *s, size_t i)
{
	const struct sink *m = memory_of(s);
	const struct resource *r;

	assert(i < m->resources_n);
	r = &m->resources[i];
	return (struct ww_sink_held){
		.type = r->type, .id = ww_str_from(r->id), .body = r->body, .version = r->version
	};
}

void
ww_sink_memory_touch(const struct ww_sink *s, size_t i)
{
	struct sink *m = memory_of(s);

	assert(i < m->resources_n);
	m->resources[i].version++;
}

void
ww_sink_memory_delete(const struct ww_sink *s, size_t i)
{
	struct sink *m = memory_of(s);

	assert(i < m->resources_n);
	m->resources[i].deleted = true;
}

/* -- making them ----------------------------------------------------------------------------------- */

#define OPS(kind)                                                                                  \
	{                                                                                          \
		.name = (kind), .send = sink_send, .poll = sink_poll, .wake = sink_wake,           \
		.close = sink_close                                                                \
	}

static ww_status
make(struct ww_ctx *cx, const struct ww_sink_ops *ops,
    void (*answer_one)(struct sink *s, struct entry *e), struct ww_sink *out)
{
	struct sink *s = new_sink(cx, answer_one);

	if (s == NULL)
		return WW_E_MEMORY;
	*out = (struct ww_sink){ .ops = ops, .self = s };
	return WW_OK;
}

ww_status
ww_sink_null(struct ww_ctx *cx, struct ww_sink *out)
{
	static const struct ww_sink_ops ops = OPS("null");

	return make(cx, &ops, answer_null, out);
}

ww_status
ww_sink_memory(struct ww_ctx *cx, struct ww_sink *out)
{
	static const struct ww_sink_ops ops = OPS("memory");

	return make(cx, &ops, answer_memory, out);
}

ww_status
ww_sink_failing(struct ww_ctx *cx, const struct ww_answer *script, size_t n, struct ww_sink *out)
{
	static const struct ww_sink_ops ops = OPS("failing");
	struct sink *s = new_sink(cx, answer_failing);
	size_t i;

	assert(n > 0);
	if (s == NULL)
		return WW_E_MEMORY;
	s->script = ww_arena_array(s->kept, n, sizeof(*s->script));
	for (i = 0; i < n && s->script != NULL; i++) {
		ww_str id = script[i].remote_id, etag = script[i].etag;

		/* Rows of a test often leave out what does not matter to them. */
		s->script[i] = script[i];
		s->script[i].remote_id = ww_arena_str(s->kept, ww_str_of(id.p, id.n));
		s->script[i].etag = ww_arena_str(s->kept, ww_str_of(etag.p, etag.n));
		if (script[i].reason == NULL)
			s->script[i].reason = "";
	}
	if (ww_arena_status(s->kept) != WW_OK) {
		sink_close(s);
		return ww_fail_memory(cx);
	}
	s->script_n = n;
	*out = (struct ww_sink){ .ops = &ops, .self = s };
	return WW_OK;
}
