/* The event loop: posts from other threads, timers, signals. */
#include "tests/unit/unit.h"

#include "link/loop.h"

#include <wardwire/ctx.h>

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#define THREADS 4
#define EACH 1000

struct bench {
	struct ww_ctx cx;
	struct ww_loop *loop;
	unsigned calls;
	struct ww_loop_timer *timer;
};

struct numbered {
	struct ww_post post; /* first, so that the post is the whole */
	struct bench *b;
	unsigned thread, number;
	unsigned *seen; /* of that thread */
};

static void
set_up(struct bench *b)
{
	*b = (struct bench){ .calls = 0 };
	b->cx.arena = ww_arena_new(0);
	ck_assert_int_eq(ww_loop_new(&b->cx, &b->loop), WW_OK);
}

static void
tear_down(struct bench *b)
{
	ww_loop_free(b->loop);
	ww_arena_free(b->cx.arena);
}

static void
on_numbered(struct ww_post *p)
{
	struct numbered *n = (struct numbered *)p;
	struct bench *b = n->b;

	ck_assert_uint_eq(n->number, *n->seen);
	++*n->seen;
	if (++b->calls == THREADS * EACH)
		ww_loop_stop(b->loop);
}

static void *
post_many(void *arg)
{
	struct numbered *all = arg;
	unsigned i;

	for (i = 0; i < EACH; i++)
		ww_loop_post(all[i].b->loop, &all[i].post);
	return NULL;
}

START_TEST(posts_of_each_thread_are_run_in_order)
{
	static struct numbered posts[THREADS][EACH];
	unsigned i, k, seen[THREADS] = { 0 };
	pthread_t threads[THREADS];
	struct bench b;

	set_up(&b);
	for (i = 0; i < THREADS; i++) {
		for (k = 0; k < EACH; k++)
			posts[i][k] = (struct numbered){ .post = { .fn = on_numbered },
				.b = &b,
				.thread = i,
				.number = k,
				.seen = &seen[i] };
		ck_assert_int_eq(pthread_create(&threads[i], NULL, post_many, posts[i]), 0);
	}
	ww_loop_run(b.loop);
	for (i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	ck_assert_uint_eq(b.calls, THREADS * EACH);
	tear_down(&b);
}
END_TEST

static void
stop_on_third(void *arg)
{
	struct bench *b = arg;

	if (++b->calls == 3)
		ww_loop_stop(b->loop);
}

START_TEST(timer_repeats_until_freed)
{
	struct bench b;

	set_up(&b);
	ck_assert_int_eq(ww_loop_timer_new(b.loop, &b.cx, 1, stop_on_third, &b, &b.timer), WW_OK);
	ww_loop_run(b.loop);
	ck_assert_uint_eq(b.calls, 3);
	ww_loop_timer_free(b.timer);
	tear_down(&b);
}
END_TEST

static void
free_own_timer(void *arg)
{
	struct bench *b = arg;

	b->calls++;
	ww_loop_timer_free(b->timer);
	ww_loop_stop(b->loop);
}

START_TEST(timer_may_free_itself)
{
	struct bench b;

	set_up(&b);
	ck_assert_int_eq(ww_loop_timer_new(b.loop, &b.cx, 1, free_own_timer, &b, &b.timer), WW_OK);
	ww_loop_run(b.loop);
	ck_assert_uint_eq(b.calls, 1);
	tear_down(&b);
}
END_TEST

static void
on_stop(void *arg)
{
	struct bench *b = arg;

	b->calls++;
	ww_loop_stop(b->loop);
}

START_TEST(signals_to_end_are_told)
{
	struct bench b;

	set_up(&b);
	ck_assert_int_eq(ww_loop_on_stop(b.loop, &b.cx, on_stop, &b), WW_OK);
	ck_assert_int_eq(kill(getpid(), SIGTERM), 0);
	ww_loop_run(b.loop);
	ck_assert_uint_eq(b.calls, 1);
	ck_assert_int_eq(kill(getpid(), SIGINT), 0);
	ww_loop_run(b.loop);
	ck_assert_uint_eq(b.calls, 2);
	tear_down(&b);
}
END_TEST

START_TEST(writing_to_a_closed_pipe_does_not_end_the_process)
{
	struct bench b;
	int fd[2];

	set_up(&b);
	ck_assert_int_eq(pipe(fd), 0);
	close(fd[0]);
	ck_assert_int_eq((int)write(fd[1], "x", 1), -1);
	close(fd[1]);
	tear_down(&b);
}
END_TEST

static void
post_again(struct ww_post *p)
{
	struct numbered *n = (struct numbered *)p;

	if (++n->b->calls < 5)
		ww_loop_post(n->b->loop, p);
}

START_TEST(posts_made_before_the_stop_are_not_lost)
{
	struct numbered n = { .post = { .fn = post_again } };
	struct bench b;

	set_up(&b);
	n.b = &b;
	ww_loop_post(b.loop, &n.post);
	ww_loop_stop(b.loop);
	ww_loop_run(b.loop);
	ck_assert_uint_eq(b.calls, 5);
	tear_down(&b);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { posts_of_each_thread_are_run_in_order,
		timer_repeats_until_freed, timer_may_free_itself, signals_to_end_are_told,
		writing_to_a_closed_pipe_does_not_end_the_process,
		posts_made_before_the_stop_are_not_lost };

	return unit_main("loop", tests, UNIT_COUNT(tests));
}
