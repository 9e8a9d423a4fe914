/* Memory that runs out on order. Included by one file of a test, it takes the place of malloc, calloc, realloc and free for
 * the whole process, the libraries among it; with ALLOC_OURS, and under the sanitizers, which need them for themselves,
 * for our own code alone (the Makefile then links with --wrap). */
#ifndef WW_TESTS_ALLOC_FAIL_H
#define WW_TESTS_ALLOC_FAIL_H

#include "tests/unit/unit.h"

#include <errno.h>
#include <limits.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>

enum { ALLOC_EACH = 50 }; /* the first are swept one by one in any case */

static atomic_long alloc_left; /* allocations until one fails; 0: none does */
static atomic_bool alloc_failed;
static atomic_long alloc_live; /* blocks that are not freed; counted where free is ours too */

/* The n-th allocation from now on fails, once. */
static inline void
alloc_arm(long n)
{
	atomic_store(&alloc_failed, false);
	atomic_store(&alloc_left, n);
}

/* None fails any more. True: one has failed. */
static inline bool
alloc_disarm(void)
{
	atomic_store(&alloc_left, 0);
	return atomic_load(&alloc_failed);
}

/* Between the two: Check's own assertions need memory even where they hold. */
#define alloc_assert(condition, ...)                                                               \
	do {                                                                                       \
		if (!(condition)) {                                                                \
			(void)alloc_disarm();                                                      \
			ck_abort_msg(__VA_ARGS__);                                                 \
		}                                                                                  \
	} while (0)

static inline bool
alloc_fails(void)
{
	if (atomic_load_explicit(&alloc_left, memory_order_relaxed) <= 0 ||
	    atomic_fetch_sub(&alloc_left, 1) != 1)
		return false;
	atomic_store(&alloc_failed, true);
	errno = ENOMEM;
	return true;
}

/* Runs once(arg, n) for n = 1, 2, 3 ... until it says that none has failed, in steps where there are many of them: every
 * n with WW_EVERY=1 in the environment. A turn before the first makes what libraries keep for good; nothing else may
 * be left. Returns how many allocations there are. */
static inline long
alloc_sweep(bool (*once)(void *arg, long n), void *arg, long step)
{
	const char *every = getenv("WW_EVERY");
	long n = 1, before;

	(void)once(arg, LONG_MAX);
	before = atomic_load(&alloc_live);
	step = every != NULL && every[0] == '1' ? 1 : step;
	for (long was = before; once(arg, n); was = atomic_load(&alloc_live)) {
		if (n > 1 && atomic_load(&alloc_live) != was)
			fprintf(stderr, "n=%ld left %ld\n", n, atomic_load(&alloc_live) - was);
		n += n < ALLOC_EACH ? 1 : step;
	}
	ck_assert_msg(atomic_load(&alloc_live) == before, "%ld blocks are left",
	    atomic_load(&alloc_live) - before);
	return n;
}

#if defined(__SANITIZE_ADDRESS__) || defined(ALLOC_OURS)
void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *p, size_t n);
void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *p, size_t n);

void *
__wrap_malloc(size_t n)
{
	return alloc_fails() ? NULL : __real_malloc(n);
}

void *
__wrap_calloc(size_t n, size_t size)
{
	return alloc_fails() ? NULL : __real_calloc(n, size);
}

void *
__wrap_realloc(void *p, size_t n)
{
	return alloc_fails() ? NULL : __real_realloc(p, n);
}
#else
void *__libc_malloc(size_t n);
void *__libc_calloc(size_t n, size_t size);
void *__libc_realloc(void *p, size_t n);
void __libc_free(void *p);

void *
malloc(size_t n)
{
	void *p = alloc_fails() ? NULL : __libc_malloc(n);

	if (p != NULL)
		atomic_fetch_add(&alloc_live, 1);
	return p;
}

void *
calloc(size_t n, size_t size)
{
	void *p = alloc_fails() ? NULL : __libc_calloc(n, size);

	if (p != NULL)
		atomic_fetch_add(&alloc_live, 1);
	return p;
}

void *
realloc(void *p, size_t n)
{
	void *q = alloc_fails() ? NULL : __libc_realloc(p, n);

	if (p == NULL && q != NULL)
		atomic_fetch_add(&alloc_live, 1);
	return q;
}

void
free(void *p)
{
	if (p != NULL)
		atomic_fetch_sub(&alloc_live, 1);
	__libc_free(p);
}
#endif

#endif
