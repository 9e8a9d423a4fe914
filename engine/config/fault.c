/* Faults of a configuration: gathered while it is read, shown in the order of the file. */
#include "config/fault.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FAULTS_MAX = 1000, FIRST_CAP = 8, SHOWN_MAX = 40 };

static struct ww_config_fault *
next_fault(struct ww_faults *f)
{
	struct ww_config_fault *v;
	size_t cap;

	if (f->n == f->cap) {
		cap = f->cap > 0 ? 2 * f->cap : FIRST_CAP;
		v = ww_arena_array(f->cx->arena, cap, sizeof(*v));
		if (v == NULL)
			return NULL;
		if (f->n > 0)
			memcpy(v, f->v, f->n * sizeof(*v));
		f->v = v;
		f->cap = cap;
	}
	return &f->v[f->n++];
}

bool
ww_fault_full(const struct ww_faults *f)
{
	return f->n >= FAULTS_MAX;
}

void
ww_fault_add(struct ww_faults *f, unsigned line, unsigned column, const char *fmt, ...)
{
	struct ww_config_fault *v;
	va_list ap;

	if (ww_fault_full(f))
		return;
	v = next_fault(f);
	if (v == NULL)
		return; /* ww_fault_end sees it in the arena */
	v->line = line;
	v->column = column;
	va_start(ap, fmt);
	vsnprintf(v->text, sizeof(v->text), fmt, ap);
	va_end(ap);
	if (f->n == FAULTS_MAX)
		snprintf(v->text, sizeof(v->text), "too many faults: the rest is not listed");
}

static int
in_order(const void *a, const void *b)
{
	const struct ww_config_fault *x = a, *y = b;

	if (x->line != y->line)
		return x->line < y->line ? -1 : 1;
	if (x->column != y->column)
		return x->column < y->column ? -1 : 1;
	return strcmp(x->text, y->text);
}

ww_status
ww_fault_end(struct ww_faults *f)
{
	char place[64];

	if (ww_arena_status(f->cx->arena) != WW_OK)
		return ww_fail_memory(f->cx);
	if (f->n == 0)
		return WW_OK;
	qsort(f->v, f->n, sizeof(*f->v), in_order);
	snprintf(place, sizeof(place), "line %u column %u", f->v[0].line, f->v[0].column);
	return ww_fail(f->cx, WW_E_CONFIG, place, "%s", f->v[0].text);
}

struct ww_shown
ww_fault_show(ww_str s)
{
	struct ww_shown out;
	size_t i, n = s.n < SHOWN_MAX ? s.n : SHOWN_MAX;

	for (i = 0; i < n; i++)
		out.text[i] = s.p[i] >= 0x20 && s.p[i] < 0x7f ? s.p[i] : '?';
	memcpy(out.text + n, "...", 4);
	if (s.n <= SHOWN_MAX)
		out.text[n] = '\0';
	return out;
}
