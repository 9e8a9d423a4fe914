/* A journal in memory, for tests: it forgets everything when it is closed. */
#include "store/store.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct kept {
	struct ww_record record;
	char *body; /* what record.body points to */
};

struct memory {
	pthread_mutex_t mutex;
	struct kept *records; /* numbered from 1 without gaps */
	size_t n, cap;
	size_t gone; /* the first so many were removed; their bodies are NULL */
	uint64_t bytes;
};

/* Makes room for n more records. */
static bool
reserve(struct memory *m, size_t n)
{
	struct kept *records;
	size_t cap = m->cap == 0 ? 64 : m->cap;

	while (cap < m->n + n)
		cap *= 2;
	if (cap == m->cap)
		return true;
	records = realloc(m->records, cap * sizeof(*records));
	if (records == NULL)
		return false;
	m->records = records;
	m->cap = cap;
	return true;
}

static bool
keep(struct kept *to, const struct ww_record *r, uint64_t seq)
{
	to->body = malloc(r->body.n + 1);
	if (to->body == NULL)
		return false;
	if (r->body.n > 0)
		memcpy(to->body, r->body.p, r->body.n);
	to->record = *r;
	to->record.seq = seq;
	to->record.body = ww_str_of(to->body, r->body.n);
	return true;
}

static ww_status
memory_append(void *self, struct ww_ctx *cx, struct ww_record *r, size_t n)
{
	struct memory *m = self;
	size_t i, done = 0;

	pthread_mutex_lock(&m->mutex);
	if (reserve(m, n))
		while (done < n && keep(&m->records[m->n + done], &r[done], m->n + done + 1))
			done++;
	if (done < n) { /* all or none */
		while (done > 0)
			free(m->records[m->n + --done].body);
		pthread_mutex_unlock(&m->mutex);
		return ww_fail_memory(cx);
	}
	for (i = 0; i < n; i++) {
		r[i].seq = m->n + i + 1;
		m->bytes += r[i].body.n;
	}
	m->n += n;
	pthread_mutex_unlock(&m->mutex);
	return WW_OK;
}

static ww_status
memory_read(void *self, struct ww_ctx *cx, uint64_t from, struct ww_record *out, bool *found)
{
	struct memory *m = self;

	pthread_mutex_lock(&m->mutex);
	if (from <= m->gone)
		from = m->gone + 1;
	*found = from <= m->n;
	if (*found) {
		*out = m->records[from - 1].record;
		out->body = ww_arena_str(cx->arena, out->body);
	}
	pthread_mutex_unlock(&m->mutex);
	if (*found && ww_arena_status(cx->arena) != WW_OK) {
		*found = false;
		return ww_fail_memory(cx);
	}
	return WW_OK;
}

static void
memory_state(void *self, struct ww_journal_state *out)
{
	struct memory *m = self;

	pthread_mutex_lock(&m->mutex);
	*out = (struct ww_journal_state){
		.first = m->n > m->gone ? m->gone + 1 : 0,
		.pruned = m->gone,
		.last = m->n,
		.next = m->n + 1,
		.records = m->n - m->gone,
		.segments = 1,
		.bytes = m->bytes,
	};
	pthread_mutex_unlock(&m->mutex);
}

/* Every record is a piece of its own. */
static ww_status
memory_pieces(void *self, struct ww_ctx *cx, struct ww_journal_piece **out, size_t *n)
{
	struct memory *m = self;
	ww_status s = WW_OK;

	pthread_mutex_lock(&m->mutex);
	*n = m->n - m->gone;
	*out = ww_arena_array(cx->arena, *n + 1, sizeof(**out));
	if (*out == NULL)
		s = ww_fail_memory(cx);
	for (size_t i = 0; s == WW_OK && i < *n; i++) {
		const struct ww_record *r = &m->records[m->gone + i].record;

		(*out)[i] = (struct ww_journal_piece){ .name = r->seq,
			.first = r->seq,
			.next = r->seq + 1,
			.created = r->time,
			.bytes = r->body.n,
			.newest = i + 1 == *n };
	}
	pthread_mutex_unlock(&m->mutex);
	return s;
}

static ww_status
memory_prune(void *self, struct ww_ctx *cx, uint64_t below, struct ww_journal_pruned *out)
{
	struct memory *m = self;

	(void)cx;
	pthread_mutex_lock(&m->mutex);
	while (m->gone + 1 < m->n && m->gone + 2 <= below) {
		struct kept *k = &m->records[m->gone++];

		out->pieces++;
		out->bytes += k->record.body.n;
		m->bytes -= k->record.body.n;
		free(k->body);
		k->body = NULL;
	}
	pthread_mutex_unlock(&m->mutex);
	return WW_OK;
}

static void
memory_close(void *self)
{
	struct memory *m = self;

	while (m->n > 0)
		free(m->records[--m->n].body);
	free(m->records);
	pthread_mutex_destroy(&m->mutex);
	free(m);
}

static const struct ww_journal_ops memory_ops = {
	.name = "memory",
	.append = memory_append,
	.read = memory_read,
	.pieces = memory_pieces,
	.prune = memory_prune,
	.state = memory_state,
	.close = memory_close,
};

ww_status
ww_journal_memory(struct ww_ctx *cx, struct ww_journal *out)
{
	struct memory *m = calloc(1, sizeof(*m));

	if (m == NULL)
		return ww_fail_memory(cx);
	pthread_mutex_init(&m->mutex, NULL);
	*out = (struct ww_journal){ .ops = &memory_ops, .self = m };
	return WW_OK;
}
