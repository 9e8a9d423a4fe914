/* kills DIR ENGINE KIT KILLS SEED keep|prune: an engine that is killed again and again while a hospital sends to it and it tells a
 * practice: at moments that nobody chose and at every failpoint. What was acknowledged is sent no more, the rest is sent
 * again. Now and then it is left to settle, and its ledger must be what a rebuild makes. Whether anything was lost, doubled
 * or invented is for the checker to say, from DIR/sender.log and DIR/practice.ndjson alone. */
#include "tests/faults/sender.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { PERSONS = 40, SETTLE_EVERY = 10, NEVER = 20000, NO_LEDGER = 4 };

/* Where it is killed: while it serves, while it starts, or in a command. */
static const struct point {
	const char *name;
	unsigned most; /* it is killed at a passing from 1 to that */
	enum { SERVING, STARTING, REBUILDING, COPYING, PRUNING } when;
} points[] = {
	{ "after-append", 12, SERVING },
	{ "after-sync", 12, SERVING },
	{ "after-ack", 8, SERVING },
	{ "before-commit", 8, SERVING },
	{ "after-commit", 8, SERVING },
	{ "after-attempt", 4, SERVING },
	{ "mid-request", 4, SERVING },
	{ "after-answer", 4, SERVING },
	{ "new-segment", 1, STARTING },
	{ "migration", 1, STARTING },
	{ "before-commit", 1, REBUILDING },
	{ "rebuild-remove", 1, REBUILDING },
	{ "rebuild-rename", 1, REBUILDING },
	{ "snapshot-copied", 1, COPYING },
	{ "snapshot-rename", 1, COPYING },
	{ "prune-unlinked", 1, PRUNING },
};
enum { POINTS = sizeof(points) / sizeof(points[0]) };

struct test {
	const char *dir, *engine, *kit;
	uint64_t random;
	struct sender *sender;
	bool prunes; /* old journal files go after two days; a life is six hours */
	unsigned practice_port, life;
	unsigned tried[POINTS], struck[POINTS], at_random, missed, checks;
};

static void
fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)fprintf(stderr, "kills: ");
	(void)vfprintf(stderr, fmt, ap);
	(void)fprintf(stderr, "\n");
	va_end(ap);
	exit(1);
}

static int64_t
clock_ms(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static void
nap(void)
{
	(void)nanosleep(&(struct timespec){ .tv_nsec = 500000 }, NULL);
}

static void
path(const struct test *t, char out[4096], const char *name)
{
	(void)snprintf(out, 4096, "%s/%s", t->dir, name);
}

/* -- processes -------------------------------------------------------------------------------------- */

/* Starts a program whose output goes to the end of DIR/log, or to out when that is a descriptor. */
static pid_t
start(const struct test *t, char *const argv[], const char *failpoint, int out)
{
	char log[4096];
	pid_t pid, parent = getpid();

	path(t, log, "log");
	pid = fork();
	if (pid < 0)
		fail("fork: %s", strerror(errno));
	if (pid == 0) {
		int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0600);

		/* Nothing outlives the test, however it ends. */
		if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != parent)
			_exit(126);
		if (fd < 0 || dup2(fd, 2) < 0 || dup2(out >= 0 ? out : fd, 1) < 0)
			_exit(126);
		if (failpoint != NULL && setenv("WW_FAILPOINT", failpoint, 1) != 0)
			_exit(126);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	return pid;
}

/* The process has ended; status as waitpid gives it. */
static bool
has_ended(pid_t pid, int *status)
{
	return waitpid(pid, status, WNOHANG) == pid;
}

static void
kill_engine(pid_t pid)
{
	int status;

	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, &status, 0);
}

static bool
was_killed(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

/* Reads the last number of a port file; 0 when it is not there yet. */
static unsigned
read_port(const char *file)
{
	char text[256] = "";
	FILE *f = fopen(file, "r");
	const char *number;
	unsigned long port;

	if (f == NULL)
		return 0;
	if (fgets(text, sizeof(text), f) == NULL || strchr(text, '\n') == NULL)
		text[0] = '\0';
	(void)fclose(f);
	number = strrchr(text, ' ');
	port = strtoul(number != NULL ? number : text, NULL, 10);
	return port <= 65535 ? (unsigned)port : 0;
}

/* Waits for the port file of a process, at most until then; 0 when it has ended or the time is over. */
static unsigned
await_port(pid_t pid, const char *file, int64_t until, int *status, bool *ended)
{
	unsigned port;

	*ended = false;
	while ((port = read_port(file)) == 0 && clock_ms() < until) {
		*ended = has_ended(pid, status);
		if (*ended)
			return 0;
		nap();
	}
	return port;
}

static void
start_practice(struct test *t)
{
	char port_file[4096], keep[4096], kit[4096];
	char *const argv[] = { kit, (char[]){ "practice" }, (char[]){ "--listen" },
		(char[]){ "127.0.0.1:0" }, (char[]){ "--port-file" }, port_file,
		(char[]){ "--keep" }, keep, (char[]){ "--delay" }, (char[]){ "2" }, NULL };
	bool ended;
	int status;
	pid_t pid;

	path(t, port_file, "practice.port");
	path(t, keep, "practice.ndjson");
	(void)snprintf(kit, sizeof(kit), "%s", t->kit);
	pid = start(t, argv, NULL, -1);
	t->practice_port = await_port(pid, port_file, clock_ms() + NEVER, &status, &ended);
	if (t->practice_port == 0)
		fail("the practice did not start");
}

/* Each life is six hours later than the one before. */
static void
set_clock(const char *file, unsigned life)
{
	FILE *f = fopen(file, "w");

	if (f == NULL ||
	    fprintf(f, "%" PRId64 "\n", INT64_C(1767225600000) + (int64_t)life * 6 * 3600000) < 0 ||
	    fclose(f) != 0)
		fail("%s: %s", file, strerror(errno));
}

static pid_t
start_engine(struct test *t, const char *failpoint, char port_file[4096])
{
	char config[4096], engine[4096], clock_file[4096], name[32];
	char *const argv[] = { engine, (char[]){ "run" }, (char[]){ "-c" }, config,
		(char[]){ "--port-file" }, port_file, (char[]){ "--clock-file" }, clock_file,
		NULL };

	(void)snprintf(
	    name, sizeof(name), "ports.%u", ++t->life); /* never one of an earlier life */
	path(t, port_file, name);
	path(t, config, "wardwire.yaml");
	path(t, clock_file, "clock");
	set_clock(clock_file, t->life);
	(void)snprintf(engine, sizeof(engine), "%s", t->engine);
	return start(t, argv, failpoint, -1);
}

/* Runs "wardwire LINE -c ..." to its end, LINE being words with a blank between; its output, as far as it fits, in text.
 * Returns the status of waitpid. */
static int
command(struct test *t, const char *line, const char *failpoint, char *text, size_t size)
{
	char config[4096], engine[4096], words[64];
	char *argv[8] = { engine };
	int fds[2], status;
	size_t got = 0, n = 1;
	ssize_t r;
	pid_t pid;

	path(t, config, "wardwire.yaml");
	(void)snprintf(engine, sizeof(engine), "%s", t->engine);
	(void)snprintf(words, sizeof(words), "%s", line);
	for (char *p = words; p != NULL; n++) {
		argv[n] = p;
		p = strchr(p, ' ');
		if (p != NULL)
			*p++ = '\0';
	}
	argv[n++] = (char[]){ "-c" };
	argv[n] = config;
	if (pipe(fds) != 0)
		fail("pipe: %s", strerror(errno));
	(void)fcntl(fds[0], F_SETFD, FD_CLOEXEC);
	(void)fcntl(fds[1], F_SETFD, FD_CLOEXEC);
	pid = start(t, argv, failpoint, fds[1]);
	close(fds[1]);
	while (got < size - 1 && (r = read(fds[0], text + got, size - 1 - got)) > 0)
		got += (size_t)r;
	text[got] = '\0';
	close(fds[0]);
	if (waitpid(pid, &status, 0) != pid)
		fail("waitpid: %s", strerror(errno));
	return status;
}

/* -- the site --------------------------------------------------------------------------------------- */

static void
write_site(const struct test *t)
{
	char name[4096];
	FILE *f;

	path(t, name, "roster.csv");
	f = fopen(name, "w");
	if (f == NULL)
		fail("%s: %s", name, strerror(errno));
	(void)fprintf(f, "member_id,name,birth_date,sex,practice,effective,end\n");
	for (unsigned i = 1; i <= PERSONS; i++)
		(void)fprintf(
		    f, "M%04u,\"TESTFAMILY%u, GIVEN\",1950-03-02,F,rcca,2025-01-01,\n", i, i);
	(void)fclose(f);
	path(t, name, "wardwire.yaml");
	f = fopen(name, "w");
	if (f == NULL)
		fail("%s: %s", name, strerror(errno));
	(void)fprintf(f,
	    "data: data\nhistory_since: 2025-01-01\nretry: {first: 1, most: 1}\n"
	    "segment_bytes: 65536\n" /* so that segments end often */
	    "listeners:\n  - {name: adt, mllp: \"127.0.0.1:0\"}\n"
	    "feeds:\n  - {name: mercy, on: adt, zone: America/New_York}\n"
	    "endpoints:\n  - {name: rcca-ehr, fhir: \"http://127.0.0.1:%u/fhir\", timeout: 5}\n"
	    "parties:\n  - {name: rcca, send: rcca-ehr}\n"
	    "rosters:\n  - {file: roster.csv}\n"
	    "snapshots: {keep: 2}\n%s",
	    t->practice_port, t->prunes ? "retention: {days: 2}\n" : "");
	(void)fclose(f);
}

/* Removes the ledger and the snapshots it could be made from: the next start makes new tables. */
static void
remove_ledger(const struct test *t)
{
	static const char *const names[] = { "data/ledger.db", "data/ledger.db-wal",
		"data/ledger.db-shm" };
	char name[4096 + 256], folder[4096];
	const struct dirent *e;
	DIR *d;

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		path(t, name, names[i]);
		(void)unlink(name);
	}
	path(t, folder, "data/snapshots");
	d = opendir(folder);
	while (d != NULL && (e = readdir(d)) != NULL) {
		(void)snprintf(name, sizeof(name), "%s/%s", folder, e->d_name);
		(void)unlink(name); /* not what is a folder */
	}
	if (d != NULL)
		(void)closedir(d);
}

/* -- settling --------------------------------------------------------------------------------------- */

/* All of the journal is applied and nothing is owed. */
static bool
is_at_rest(struct test *t)
{
	char text[8192];
	unsigned long long applied = 0, last = 1;
	const char *line, *due;

	if (command(t, "status", NULL, text, sizeof(text)) != 0)
		return false;
	line = strstr(text, "applied ");
	if (line != NULL)
		applied = strtoull(line + strcspn(line, "0123456789"), NULL, 10);
	line = strstr(text, "\njournal ");
	line = line != NULL ? strstr(line, " last ") : NULL;
	if (line != NULL)
		last = strtoull(line + strlen(" last "), NULL, 10);
	line = strstr(text, "\nnotices ");
	due = line != NULL ? strstr(line, " due ") : NULL;
	return applied == last && (due == NULL || strchr(line + 1, '\n') < due);
}

/* Applies messages that were set aside because two kills hit them, and notes their control ids as come late. */
static void
replay(struct test *t)
{
	char status[8192], message[16384], line[64];
	const char *p, *id;

	if (command(t, "status", NULL, status, sizeof(status)) != 0)
		fail("no status: %s", status);
	p = strstr(status, "\nset aside ");
	if (p != NULL)
		p += 1 + strcspn(p + 1, ":\n");
	for (; p != NULL && *p != '\n'; p += strcspn(p, ",\n")) {
		unsigned long long number = strtoull(p + strcspn(p, "0123456789\n"), NULL, 10);

		(void)snprintf(line, sizeof(line), "show %llu", number);
		if (command(t, line, NULL, message, sizeof(message)) != 0)
			continue; /* an attempt: it was made again */
		id = strstr(message, "MSH-10 ");
		id = id != NULL ? strstr(id, " C") : NULL;
		if (id == NULL)
			fail("%s: %s", line, message);
		sender_late(t->sender, id + 1);
		(void)snprintf(line, sizeof(line), "replay %llu --reason killed", number);
		if (command(t, line, NULL, message, sizeof(message)) != 0)
			fail("%s: %s", line, message);
	}
}

/* The ledger is, as far as it goes, what a rebuild makes: from the first record where nothing is pruned, else from the newest snapshot. */
static void
check(struct test *t, bool must_be_there)
{
	char text[4096];
	int status = command(
	    t, t->prunes ? "rebuild --check" : "rebuild --check --full", NULL, text, sizeof(text));

	if (!must_be_there && WIFEXITED(status) && WEXITSTATUS(status) == NO_LEDGER)
		return;
	if (status != 0 || strncmp(text, "equal:", 6) != 0)
		fail("after life %u the ledger is not that of a rebuild: %s", t->life, text);
	t->checks++;
}

static void
come_to_rest(struct test *t, pid_t pid, int64_t until)
{
	int status;

	while (!is_at_rest(t)) {
		if (clock_ms() > until || has_ended(pid, &status))
			fail("the engine does not come to rest");
		nap();
	}
}

/* A life without a kill: what is left is acknowledged, everything is told, and the ledger equals a rebuild. */
static void
settle(struct test *t)
{
	char ports[4096];
	int64_t until = clock_ms() + NEVER;
	int status;
	bool ended;
	pid_t pid = start_engine(t, NULL, ports);
	unsigned port = await_port(pid, ports, until, &status, &ended);

	if (port == 0)
		fail("the engine does not start after a kill");
	while (!sender_is_idle(t->sender)) {
		int64_t again = clock_ms() + 1000;

		sender_connect(t->sender, port, 0);
		while (!sender_is_idle(t->sender) && clock_ms() < again)
			sender_step(t->sender, 20);
		if (clock_ms() > until)
			fail("what was left is not acknowledged");
	}
	sender_disconnect(t->sender);
	come_to_rest(t, pid, until);
	replay(t);
	come_to_rest(t, pid, until);
	(void)kill(pid, SIGTERM);
	(void)waitpid(pid, &status, 0);
	if (status != 0)
		fail("the engine ends with status %d", status);
	check(t, true);
}

/* -- kills ------------------------------------------------------------------------------------------ */

/* Lets it live for up to that many milliseconds before it listens and behind that, with some messages to take. False: it
 * still lives. */
static bool
live(struct test *t, pid_t pid, const char *ports, int64_t before, int64_t behind, int *status)
{
	int64_t until = clock_ms() + before;
	bool ended;
	unsigned port = await_port(pid, ports, until, status, &ended);

	until = clock_ms() + behind;
	if (port == 0)
		until = 0;
	else
		sender_connect(t->sender, port, 4 + (unsigned)sender_random(&t->random, 20));
	while (!ended && clock_ms() < until) {
		sender_step(t->sender, 1);
		ended = has_ended(pid, status);
	}
	sender_disconnect(t->sender);
	return ended;
}

static void
kill_at_random(struct test *t)
{
	char ports[4096];
	pid_t pid = start_engine(t, NULL, ports);
	bool starting = sender_random(&t->random, 4) == 0;
	int64_t moment = (int64_t)sender_random(&t->random, 60);
	int status;

	if (live(t, pid, ports, starting ? moment : NEVER, moment, &status))
		fail("the engine ended by itself, status %d", status);
	kill_engine(pid);
	t->at_random++;
}

/* Kills a command at that point. */
static void
kill_command(struct test *t, unsigned i, const char *failpoint)
{
	char text[4096];
	int status = 0;

	switch (points[i].when) {
	case REBUILDING:
		status = command(t, "rebuild", failpoint, text, sizeof(text));
		break;
	case COPYING:
		settle(t); /* so that there is a ledger, and something new in it */
		status = command(t, "snapshot", failpoint, text, sizeof(text));
		break;
	case PRUNING:
		/* The engine may have pruned by itself, if it was at the right hour: then there is nothing left to until it is later. */
		for (unsigned lives = 0; lives < 8 && !was_killed(status); lives++) {
			settle(t);
			/* Without a new one an old snapshot may still need all that there is. */
			if (command(t, "snapshot", NULL, text, sizeof(text)) != 0)
				fail("no snapshot is made: %s", text);
			status = command(t, "journal prune", failpoint, text, sizeof(text));
			if (!was_killed(status) && status != 0)
				break;
		}
		break;
	case SERVING:
	case STARTING:
		break;
	}
	if (was_killed(status))
		t->struck[i]++;
	else if (points[i].when != REBUILDING && status == 0)
		t->missed++; /* there was nothing to prune; the engine made the same snapshot itself */
	else
		fail("a command was not killed at %s: %s", failpoint, text);
}

static void
kill_at_point(struct test *t, unsigned i)
{
	const struct point *p = &points[i];
	char failpoint[64], ports[4096];
	unsigned n = 1 + (unsigned)sender_random(&t->random, p->most);
	pid_t pid;
	int status;

	if (t->tried[i]++ > 0 && t->struck[i] == 0)
		n = 1; /* it never came by so often */
	(void)snprintf(failpoint, sizeof(failpoint), "%s:%u", p->name, n);
	if (p->when != SERVING && p->when != STARTING) {
		kill_command(t, i, failpoint);
		return;
	}
	if (strcmp(p->name, "migration") == 0)
		remove_ledger(t);
	pid = start_engine(t, failpoint, ports);
	if (live(t, pid, ports, NEVER, 500, &status)) {
		if (!was_killed(status))
			fail("at %s the engine ended by itself, status %d", failpoint, status);
		t->struck[i]++;
		return;
	}
	kill_engine(pid);
	t->missed++;
}

/* Nothing is pruned where all is kept; and where it is, no ledger can be made from the first record. */
static bool
is_here(const struct test *t, unsigned i)
{
	if (points[i].when == PRUNING)
		return t->prunes;
	return !t->prunes || strcmp(points[i].name, "migration") != 0;
}

static void
run(struct test *t, unsigned kills)
{
	/* Every other kill at random, the others at each point in turn. */
	for (unsigned k = 0; k < kills; k++) {
		unsigned i = k / 2 % POINTS;

		if (k % 2 == 0 || !is_here(t, i))
			kill_at_random(t);
		else
			kill_at_point(t, i);
		check(t,
		    false); /* a kill at the first start leaves no ledger, or one without tables */
		if (k % SETTLE_EVERY == SETTLE_EVERY - 1)
			settle(t);
	}
	settle(t);
}

static void
report(const struct test *t, unsigned kills)
{
	unsigned struck = 0;

	for (unsigned i = 0; i < POINTS; i++)
		struck += t->struck[i];
	(void)printf("kills: %u, %u at random, %u at failpoints, %u missed theirs; %zu messages "
	             "acknowledged, %zu sent again, %u times equal to a rebuild\n",
	    kills, t->at_random, struck, t->missed, sender_acked(t->sender),
	    sender_repeated(t->sender), t->checks);
	if (sender_refused(t->sender) > 0)
		fail("%zu messages were refused", sender_refused(t->sender));
	for (unsigned i = 0; i < POINTS; i++) {
		if (t->struck[i] == 0 && kills >= 6 * POINTS && is_here(t, i))
			fail("not one kill hit %s", points[i].name);
	}
	if (kills >= 50 && sender_repeated(t->sender) == 0)
		fail("not one kill hit a message under way");
}

int
main(int argc, char **argv)
{
	struct test t = { .life = 0 };
	char log[4096];
	unsigned kills;
	uint64_t seed;
	FILE *f;

	if (argc != 7)
		fail("kills DIR ENGINE KIT KILLS SEED keep|prune");
	t.dir = argv[1];
	t.engine = argv[2];
	t.kit = argv[3];
	kills = (unsigned)strtoul(argv[4], NULL, 10);
	seed = strtoull(argv[5], NULL, 10);
	t.random = seed * 2 + 1;
	t.prunes = strcmp(argv[6], "prune") == 0;
	(void)signal(SIGPIPE, SIG_IGN);
	path(&t, log, "sender.log");
	f = fopen(log, "w");
	if (f == NULL)
		fail("%s: %s", log, strerror(errno));
	start_practice(&t);
	write_site(&t);
	t.sender = sender_new(PERSONS, seed, f);
	run(&t, kills);
	report(&t, kills);
	sender_free(t.sender);
	(void)fclose(f);
	return 0;
}
