/* The control socket: a line there, a line back, and nobody who can do more than that. */
#include "tests/unit/unit.h"

#include "link/control.h"
#include "link/loop.h"

#include <wardwire/buf.h>
#include <wardwire/ctx.h>

#include <pthread.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_MOST = 64, ASK_MS = 60000 };

struct bench {
	struct ww_ctx cx;
	struct ww_loop *loop;
	struct ww_control *control;
	char dir[64];
	char path[400];
	struct ww_control_call *held;
	bool hold; /* the next line is not answered at once */
	pthread_t server;
	struct ww_post post;
};

/* Answers "you said X". */
static void
on_line(void *arg, struct ww_control_call *c, ww_str line)
{
	struct bench *b = arg;
	char answer[LINE_MOST + 16];

	if (b->hold) {
		b->held = c;
		b->hold = false;
		return;
	}
	snprintf(answer, sizeof(answer), "you said %.*s", WW_STR_FMT(line));
	ww_control_answer(c, ww_str_from(answer));
}

static void *
serve(void *arg)
{
	ww_loop_run(((struct bench *)arg)->loop);
	return NULL;
}

static void
on_end(struct ww_post *p)
{
	struct bench *b = (struct bench *)((char *)p - offsetof(struct bench, post));

	ww_loop_stop(b->loop);
}

/* A socket in a folder whose name has that many more bytes. */
static void
set_up(struct bench *b, size_t more)
{
	struct ww_control_settings cs = {
		.max_line = LINE_MOST, .max_connections = 2, .timeout = 60, .on_line = on_line
	};
	char name[200];

	*b = (struct bench){ .hold = false };
	b->cx.arena = ww_arena_new(0);
	snprintf(b->dir, sizeof(b->dir), "/tmp/wardwire-control-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(b->dir));
	memset(name, 'x', sizeof(name));
	snprintf(b->path, sizeof(b->path), "%s/%.*s", b->dir, (int)more, name);
	if (more > 0)
		ck_assert_int_eq(mkdir(b->path, 0700), 0);
	snprintf(b->path, sizeof(b->path), "%s/%.*s%scontrol.sock", b->dir, (int)more, name,
	    more > 0 ? "/" : "");
	cs.path = b->path;
	cs.arg = b;
	ck_assert_int_eq(ww_loop_new(&b->cx, &b->loop), WW_OK);
	ck_assert_int_eq(ww_control_open(b->loop, &b->cx, &cs, &b->control), WW_OK);
	b->post.fn = on_end;
	ck_assert_int_eq(pthread_create(&b->server, NULL, serve, b), 0);
}

static void
tear_down(struct bench *b)
{
	ww_loop_post(b->loop, &b->post);
	pthread_join(b->server, NULL);
	ww_control_close(b->control);
	ck_assert_int_ne(access(b->path, F_OK), 0); /* the file went with it */
	if (b->held != NULL)
		ww_control_answer(b->held, WW_STR("too late"));
	ww_loop_free(b->loop);
	*strrchr(b->path, '/') = '\0';
	if (strcmp(b->path, b->dir) != 0)
		rmdir(b->path);
	rmdir(b->dir);
	ww_arena_free(b->cx.arena);
}

static ww_status
ask(struct bench *b, const char *line, unsigned ms, const char *want)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	struct ww_buf answer = { 0 };
	ww_status s = ww_control_ask(&cx, b->path, ww_str_from(line), ms, &answer);

	if (want != NULL)
		unit_str_is(ww_buf_view(&answer), want);
	ww_buf_free(&answer);
	ww_arena_free(cx.arena);
	return s;
}

START_TEST(answers_a_line_with_a_line)
{
	struct bench b;

	set_up(&b, 0);
	for (int i = 0; i < 20; i++) /* more than may be connected at once */
		ck_assert_int_eq(ask(&b, "hello", ASK_MS, "you said hello"), WW_OK);
	tear_down(&b);
}
END_TEST

START_TEST(is_for_its_owner_alone)
{
	struct bench b;
	struct stat st;

	set_up(&b, 0);
	ck_assert_int_eq(stat(b.path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	tear_down(&b);
}
END_TEST

START_TEST(works_where_an_address_is_too_short_for_the_path)
{
	struct bench b;
	struct stat st;

	set_up(&b, 150);
	ck_assert_uint_gt(strlen(b.path), 108);
	ck_assert_int_eq(ask(&b, "hello", ASK_MS, "you said hello"), WW_OK);
	ck_assert_int_eq(stat(b.path, &st), 0);
	ck_assert_uint_eq(st.st_mode & 0777, 0600);
	tear_down(&b);
}
END_TEST

START_TEST(takes_the_place_of_one_that_was_killed)
{
	struct bench b;
	struct ww_control_settings cs = { .max_line = LINE_MOST,
		.max_connections = 2,
		.timeout = 60,
		.on_line = on_line,
		.arg = &b };
	struct ww_control *second;

	/* The file of a process that was killed is a socket on which nobody listens. */
	set_up(&b, 0);
	cs.path = ww_arena_printf(b.cx.arena, "%s/second", b.dir).p;
	ck_assert_int_eq(link(b.path, cs.path), 0);
	ck_assert_int_eq(ww_control_open(b.loop, &b.cx, &cs, &second), WW_OK);
	ww_control_close(second);
	tear_down(&b);
}
END_TEST

START_TEST(says_that_nobody_listens)
{
	struct bench b;

	set_up(&b, 0);
	tear_down(&b);
	snprintf(b.path, sizeof(b.path), "%s/control.sock", b.dir);
	ck_assert_int_eq(ask(&b, "hello", ASK_MS, NULL), WW_E_CONNECT);
}
END_TEST

/* A line that has no end closes the connection; others are served. */
START_TEST(takes_no_line_beyond_its_limit)
{
	char line[4 * LINE_MOST];
	struct bench b;

	set_up(&b, 0);
	memset(line, 'x', sizeof(line));
	line[sizeof(line) - 1] = '\0';
	ck_assert_int_eq(ask(&b, line, ASK_MS, NULL), WW_E_CLOSED);
	line[LINE_MOST + 1] = '\0';
	ck_assert_int_eq(ask(&b, line, ASK_MS, NULL), WW_E_CLOSED);
	line[LINE_MOST] = '\0';
	ck_assert_int_eq(ask(&b, line, ASK_MS, NULL), WW_OK);
	tear_down(&b);
}
END_TEST

START_TEST(outlives_a_caller_that_goes_away)
{
	struct bench b;

	set_up(&b, 0);
	b.hold = true;
	ck_assert_int_eq(ask(&b, "hello", 200, NULL), WW_E_TIMEOUT);
	ck_assert_int_eq(ask(&b, "again", ASK_MS, "you said again"), WW_OK);
	ck_assert_ptr_nonnull(b.held);
	tear_down(&b); /* answers it after all */
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = { answers_a_line_with_a_line, is_for_its_owner_alone,
		works_where_an_address_is_too_short_for_the_path,
		takes_the_place_of_one_that_was_killed, says_that_nobody_listens,
		takes_no_line_beyond_its_limit, outlives_a_caller_that_goes_away };

	return unit_main("control", tests, UNIT_COUNT(tests));
}
