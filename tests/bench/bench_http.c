/* How many POSTs of 3 KB a second a bare endpoint on our HTTP server answers with 201, beside one on libevent's evhttp: the same client, 32
 * connections, each with one request under way, in turns. The servers are processes of their own. */
#include "link/http_in.h"
#include "link/loop.h"
#include "link/mllp_room.h"

#include <wardwire/ctx.h>
#include <wardwire/log.h>

#include <arpa/inet.h>
#include <event2/buffer.h>
#include <event2/event.h>
#include <event2/http.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CONNECTIONS = 32, BODY = 3072, TURNS = 9, TURN_MS = 400 };

static void
die(const char *what)
{
	perror(what);
	exit(EXIT_FAILURE);
}

/* -- ours ------------------------------------------------------------------------------------------- */

static void
on_head(void *arg, struct ww_http_call *call)
{
	(void)arg;
	if (!ww_http_call_take(call, 1 << 20))
		exit(EXIT_FAILURE);
}

static void
on_call(void *arg, struct ww_http_call *call)
{
	static const ww_str location = WW_STR_INIT("Location: /fhir/Encounter/1/_history/1");
	const struct ww_http_answer a = {
		.status = 201, .headers = &location, .headers_n = 1, .body = ww_str_empty()
	};

	(void)arg;
	if (ww_http_call_body(call).n != BODY)
		exit(EXIT_FAILURE);
	ww_http_call_answer(call, &a);
}

static void
on_bad(void *arg, struct ww_http_call *call, unsigned status, const char *why)
{
	(void)arg;
	(void)call;
	fprintf(stderr, "bench_http: %u %s\n", status, why);
	exit(EXIT_FAILURE);
}

static void
on_gone(void *arg, struct ww_http_call *call)
{
	(void)arg;
	(void)call;
}

static void
tell_port(int to, unsigned port)
{
	if (write(to, &port, sizeof(port)) != (ssize_t)sizeof(port))
		exit(EXIT_FAILURE);
}

static void
serve_ours(int to)
{
	struct ww_ctx cx = { .arena = ww_arena_new(0) };
	const struct ww_mllp_room_settings rs = {
		.frames = 1000, .bytes = 64 << 20, .open = 64 << 20, .connections = 1000
	};
	struct ww_http_server_settings set = { .address = WW_STR("127.0.0.1:0"),
		.max_connections = 1000,
		.peer_connections = 1000,
		.head_deadline = 60,
		.body_deadline = 60,
		.idle_timeout = 60,
		.write_timeout = 60,
		.accept_queue = 511,
		.on_head = on_head,
		.on_call = on_call,
		.on_bad = on_bad,
		.on_gone = on_gone };
	struct ww_http_server *server;
	struct ww_loop *loop;

	ww_log_set_level(WW_LOG_ERROR);
	if (ww_loop_new(&cx, &loop) != WW_OK ||
	    ww_mllp_room_new(loop, &cx, &rs, &set.room) != WW_OK ||
	    ww_http_server_open(loop, &cx, &set, &server) != WW_OK)
		exit(EXIT_FAILURE);
	tell_port(to, ww_http_server_port(server));
	ww_loop_run(loop);
}

/* -- evhttp ----------------------------------------------------------------------------------------- */

static void
on_request(struct evhttp_request *r, void *arg)
{
	(void)arg;
	if (evbuffer_get_length(evhttp_request_get_input_buffer(r)) != BODY)
		exit(EXIT_FAILURE);
	evhttp_add_header(
	    evhttp_request_get_output_headers(r), "Location", "/fhir/Encounter/1/_history/1");
	evhttp_send_reply(r, 201, "Created", NULL);
}

static void
serve_evhttp(int to)
{
	struct event_base *base = event_base_new();
	struct evhttp *http = evhttp_new(base);
	struct evhttp_bound_socket *bound = evhttp_bind_socket_with_handle(http, "127.0.0.1", 0);
	struct sockaddr_in a;
	socklen_t len = sizeof(a);
	int on = 1;

	if (bound == NULL ||
	    getsockname(evhttp_bound_socket_get_fd(bound), (struct sockaddr *)&a, &len) != 0)
		exit(EXIT_FAILURE);
	(void)setsockopt(
	    evhttp_bound_socket_get_fd(bound), IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	evhttp_set_gencb(http, on_request, NULL);
	tell_port(to, ntohs(a.sin_port));
	event_base_dispatch(base);
}

/* -- the client ------------------------------------------------------------------------------------- */

struct target {
	const char *name;
	void (*serve)(int to);
	pid_t pid;
	int fd[CONNECTIONS];
	size_t got[CONNECTIONS]; /* bytes of the answer */
	double rate[TURNS], cpu[TURNS];
};

static char request[BODY + 512];
static size_t request_n;

static void
start(struct target *t)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	unsigned port;
	int p[2], on = 1;

	if (pipe(p) != 0 || (t->pid = fork()) < 0)
		die("fork");
	if (t->pid == 0) {
		t->serve(p[1]);
		exit(EXIT_FAILURE);
	}
	close(p[1]);
	if (read(p[0], &port, sizeof(port)) != (ssize_t)sizeof(port))
		die("no server");
	close(p[0]);
	a.sin_port = htons((uint16_t)port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (size_t i = 0; i < CONNECTIONS; i++) {
		t->fd[i] = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(t->fd[i], (struct sockaddr *)&a, sizeof(a)) != 0)
			die("connect");
		(void)setsockopt(t->fd[i], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	}
}

static double
now_s(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* Seconds of processor time that the server has used. */
static double
cpu_s(const struct target *t)
{
	unsigned long user = 0, system = 0;
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)t->pid);
	f = fopen(path, "r");
	if (f == NULL || fscanf(f, "%*d %*s %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
	                     &user, &system) != 2)
		die(path);
	fclose(f);
	return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void
ask(const struct target *t, size_t i)
{
	if (send(t->fd[i], request, request_n, MSG_NOSIGNAL) != (ssize_t)request_n)
		die("send");
}

/* True when the answer is whole: it has no body. */
static bool
hear(struct target *t, size_t i)
{
	char bytes[1024];
	ssize_t n = recv(t->fd[i], bytes, sizeof(bytes), 0);

	if (n <= 0)
		die("recv");
	if (t->got[i] == 0 && (n < 12 || memcmp(bytes, "HTTP/1.1 201", 12) != 0))
		die("no 201");
	t->got[i] += (size_t)n;
	if (n < 4 || memcmp(bytes + n - 4, "\r\n\r\n", 4) != 0)
		return false;
	t->got[i] = 0;
	return true;
}

static void
run(struct target *t, size_t turn)
{
	struct pollfd p[CONNECTIONS];
	double begun = now_s(), cpu = cpu_s(t), took;
	size_t n = 0, open = CONNECTIONS;

	for (size_t i = 0; i < CONNECTIONS; i++) {
		p[i] = (struct pollfd){ .fd = t->fd[i], .events = POLLIN };
		ask(t, i);
	}
	while (open > 0) {
		bool on = now_s() - begun < TURN_MS / 1e3;

		if (poll(p, CONNECTIONS, -1) < 0)
			die("poll");
		for (size_t i = 0; i < CONNECTIONS; i++) {
			if (p[i].revents == 0 || !hear(t, i))
				continue;
			n++;
			if (on)
				ask(t, i);
			else
				open--;
		}
	}
	took = now_s() - begun;
	t->rate[turn] = (double)n / took;
	t->cpu[turn] = (cpu_s(t) - cpu) / (double)n * 1e6;
}

static int
by_value(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static double
median(double *v)
{
	qsort(v, TURNS, sizeof(*v), by_value);
	return v[TURNS / 2];
}

int
main(void)
{
	struct target ours = { .name = "ours", .serve = serve_ours },
	              theirs = { .name = "evhttp", .serve = serve_evhttp };
	double a, b, cpu_a, cpu_b;

	signal(SIGPIPE, SIG_IGN);
	request_n = (size_t)snprintf(request, sizeof(request),
	    "POST /fhir/Encounter HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: "
	    "application/fhir+json\r\n"
	    "Accept: application/fhir+json\r\nContent-Length: %d\r\n\r\n",
	    BODY);
	memset(request + request_n, ' ', BODY);
	request_n += BODY;
	start(&ours);
	start(&theirs);
	for (size_t i = 0; i < TURNS; i++) {
		run(&ours, i);
		run(&theirs, i);
	}
	kill(ours.pid, SIGTERM);
	kill(theirs.pid, SIGTERM);
	while (wait(NULL) > 0)
		;
	a = median(ours.rate);
	b = median(theirs.rate);
	cpu_a = median(ours.cpu);
	cpu_b = median(theirs.cpu);
	printf("http POST of 3 KB, %d connections: %.0f a second and %.1f us of CPU each, evhttp "
	       "%.0f and %.1f us; ratio %.2f (goal 0.7)\n",
	    CONNECTIONS, a, cpu_a, b, cpu_b, a / b);
	return EXIT_SUCCESS;
}
