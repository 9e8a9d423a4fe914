/* The power goes at any call of the disk, in any part of the engine, and it starts again: journal, ledger, blobs, refused
 * ring and courier in one process on a simulated disk, with a practice that outlives them. Who judges knows what was
 * acknowledged to the sender and what the practice has, and nothing of the engine. WW_CUTS and WW_SEED say how many
 * cuts and which. */
#include "tests/unit/unit.h"

#include "courier/sink_test.h"
#include "tests/sim/disk.h"
#include "tests/sim/number.h"
#include "tests/sim/spine.h"
#include "tests/sim/vfs.h"
#include "tests/unit/apply_fixture.h"

#include <wardwire/json.h>
#include <wardwire/log.h>

#include <fcntl.h>
#include <inttypes.h>
#include <stdarg.h>
#include <sys/random.h>
#include <unistd.h>

enum {
	LIVES = 10, /* of one disk; one more follows in which nothing goes wrong */
	STAYS = 60, /* most of one disk */
	ROUNDS_MOST = 4000,
	SEGMENT = 6000,
	CHECKPOINT = 65536,
	TEXT_MOST = 256,
};

/* -- the world ----------------------------------------------------------------------------------------- */

enum course { ADMITTED, DISCHARGED, CANCELLED, COURSES };

/* The messages of a stay, in their order; the sender offers each until it is acknowledged. */
static const struct {
	const char *triggers[3];
	bool live; /* the Task that is left in the end is to be done */
} courses[COURSES] = {
	[ADMITTED] = { { "A01" }, true },
	[DISCHARGED] = { { "A01", "A03" }, true },
	[CANCELLED] = { { "A01", "A11" }, false },
};

struct world;

/* One message on its way to the journal. */
struct offer {
	struct ww_submit submit;
	struct ww_buf body;
	struct world *w;
	size_t stay, step;
};

struct stay {
	enum course course;
	int person;
	ww_str messages[3];
	uint64_t acknowledged
	    [3];     /* the engine said so, whether the sender heard it or not: its number */
	size_t next; /* the message the sender has to offer */
	bool offered;
};

struct world {
	uint64_t seed;
	struct sim_disk *disk;
	struct ww_sink practice;
	struct site said; /* makes messages; nothing else of it is used */
	struct ww_ctx cx;
	int64_t now;
	char folder[64];
	char config[2048];
	unsigned edition; /* of the configuration */
	struct stay stays[STAYS];
	size_t stays_n;
	size_t pruned; /* how often the journal did not begin with its first record any more */
	char wrong[TEXT_MOST]; /* what the judge found first; empty: nothing */
};

/* Everything random in the engine follows from the seed, too: this stands in the place of the system's call. */
static uint64_t engine_random;

ssize_t
getrandom(void *p, size_t n, unsigned flags)
{
	uint8_t *to = p;

	(void)flags;
	for (size_t i = 0; i < n; i++) {
		engine_random = engine_random * 6364136223846793005u + 1442695040888963407u;
		to[i] = (uint8_t)(engine_random >> 56);
	}
	return (ssize_t)n;
}

static uint64_t
below(struct world *w, uint64_t n)
{
	return sim_disk_below(w->disk, n);
}

__attribute__((format(printf, 2, 3))) static void
wrong(struct world *w, const char *fmt, ...)
{
	va_list args;

	if (w->wrong[0] != '\0')
		return;
	va_start(args, fmt);
	(void)vsnprintf(w->wrong, sizeof(w->wrong), fmt, args);
	va_end(args);
}

static void
edit_config(struct world *w)
{
	(void)snprintf(
	    w->config, sizeof(w->config), "%s# edition %u\n", SITE_CONFIG_ROUTED, ++w->edition);
}

static bool
arrives(void *arg)
{
	return below(arg, 2) == 0;
}

static struct spine_settings
settings(struct world *w)
{
	return (struct spine_settings){ .fs = sim_disk_fs(w->disk),
		.vfs = "sim",
		.folder = w->folder,
		.config = w->config,
		.practice = &w->practice,
		.now = &w->now,
		.segment_bytes = SEGMENT,
		.checkpoint_bytes = w->seed % 2 == 0 ? CHECKPOINT : 0,
		.arrives = arrives,
		.arg = w };
}

static void
begin_world(struct world *w, struct sim_disk_settings disk)
{
	char path[96];
	ww_str roster;
	int fd;

	*w = (struct world){ .seed = disk.seed, .now = site_ms("202603021200") };
	engine_random = disk.seed;
	w->disk = sim_disk_new(&disk);
	sim_disk_watch(w->disk, ".wwj");
	sim_vfs_register("sim", sim_disk_fs(w->disk));
	w->cx.arena = ww_arena_new(0);
	w->said.own.arena = ww_arena_new(0);
	ck_assert(w->cx.arena != NULL && w->said.own.arena != NULL);
	ck_assert_int_eq(ww_sink_memory(&w->cx, &w->practice), WW_OK);
	(void)snprintf(w->folder, sizeof(w->folder), "/tmp/ww-power-XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(w->folder));
	(void)snprintf(path, sizeof(path), "%s/roster.csv", w->folder);
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	roster = site_roster(&w->said);
	ck_assert_int_eq(write(fd, roster.p, roster.n), (ssize_t)roster.n);
	close(fd);
	edit_config(w);
}

static void
end_world(struct world *w)
{
	char path[96];

	(void)snprintf(path, sizeof(path), "%s/roster.csv", w->folder);
	unlink(path);
	rmdir(w->folder);
	w->practice.ops->close(w->practice.self);
	ww_arena_free(w->said.own.arena);
	ww_arena_free(w->cx.arena);
	sim_disk_free(w->disk);
}

/* -- the sender ---------------------------------------------------------------------------------------- */

/* A stay is known by its person and the minute of its admission. */
static const char *
admitted(const struct world *w, size_t i)
{
	static char text[16];

	(void)w;
	(void)snprintf(text, sizeof(text), "20260302%02u%02u", 1 + (unsigned)(i / 60) % 23,
	    (unsigned)(i % 60));
	return text;
}

static void
new_stay(struct world *w)
{
	static const int persons[] = { 1, 2, 3, 4, 5, 6, 7, 8, 19, 20 };
	struct stay *st = &w->stays[w->stays_n];

	*st = (struct stay){ .course = (enum course)below(w, COURSES),
		.person = persons[below(w, UNIT_COUNT(persons))] };
	w->stays_n++;
}

static size_t
messages_of(const struct stay *st)
{
	size_t n = 0;

	while (n < 3 && courses[st->course].triggers[n] != NULL)
		n++;
	return n;
}

static bool
sender_is_done(const struct world *w)
{
	for (size_t i = 0; i < w->stays_n; i++)
		if (w->stays[i].next < messages_of(&w->stays[i]))
			return false;
	return true;
}

/* The same bytes each time it is offered. */
static ww_str
message(struct world *w, size_t i, size_t step)
{
	struct stay *st = &w->stays[i];
	const char *trigger = courses[st->course].triggers[step];
	char at[24], control[24], visit[32], in[24];

	if (st->messages[step].n > 0)
		return st->messages[step];
	(void)snprintf(at, sizeof(at), "20260302%02u%02u%02u",
	    (unsigned)(12 + (w->now / 3600000 - site_ms("202603021200") / 3600000)),
	    (unsigned)(w->now / 60000 % 60), (unsigned)(w->now / 1000 % 60));
	(void)snprintf(control, sizeof(control), "S%zu-%zu", i, step);
	(void)snprintf(visit, sizeof(visit), "V%zu^^^MERCY", i);
	(void)snprintf(in, sizeof(in), "%s", admitted(w, i));
	st->messages[step] =
	    site_bytes(&w->said, &(struct said){ .trigger = trigger,
	                             .person = st->person,
	                             .at = at,
	                             .in = in,
	                             .out = strcmp(trigger, "A03") == 0 ? at : NULL,
	                             .control = control,
	                             .visit = visit });
	return st->messages[step];
}

/* On the writer's thread, while the test waits for it: the engine lets the acknowledgement go. */
static void
on_durable(struct ww_submit *s, ww_status status)
{
	struct offer *o = (struct offer *)((char *)s - offsetof(struct offer, submit));
	struct stay *st = &o->w->stays[o->stay];

	st->offered = false;
	if (status == WW_OK) {
		st->acknowledged[o->step] = s->rec.seq;
		if (below(o->w, 8) >
		    0) /* else it is lost on the way, and the sender offers it again */
			st->next = o->step + 1;
	}
	ww_buf_free(&o->body);
	free(o);
}

static void
offer(struct world *w, struct spine *e, size_t i)
{
	struct stay *st = &w->stays[i];
	struct offer *o = calloc(1, sizeof(*o));
	struct ww_rec_message body = { .feed = WW_STR("mercy"), .peer = WW_STR("127.0.0.1:9") };

	ck_assert_ptr_nonnull(o);
	o->w = w;
	o->stay = i;
	o->step = st->next;
	st->offered = true;
	body.raw = message(w, i, st->next);
	ww_rec_message_write(&body, &o->body);
	o->submit.rec = (struct ww_record){ .kind = WW_REC_MESSAGE, .body = ww_buf_view(&o->body) };
	o->submit.done = on_durable;
	spine_submit(e, &o->submit);
}

static void
offer_some(struct world *w, struct spine *e)
{
	size_t n = 1 + (size_t)below(w, 4);

	for (size_t i = 0; i < w->stays_n && n > 0; i++) {
		if (w->stays[i].offered || w->stays[i].next == messages_of(&w->stays[i]))
			continue;
		offer(w, e, i);
		n--;
	}
}

/* -- the judge ----------------------------------------------------------------------------------------- */

/* Which stay a message is of, and which of its messages; false: nobody sent it. */
static bool
who_sent(const struct world *w, ww_str raw, size_t *stay, size_t *step)
{
	for (*stay = 0; *stay < w->stays_n; ++*stay)
		for (*step = 0; *step < 3; ++*step)
			if (w->stays[*stay].messages[*step].n > 0 &&
			    ww_str_eq(w->stays[*stay].messages[*step], raw))
				return true;
	return false;
}

/* Each acknowledged message is in the journal, but what was pruned, and nothing that nobody sent. */
static void
judge_journal(struct world *w, struct spine *e)
{
	bool there[STAYS][3] = { { false } }, found = true;
	struct ww_journal_state state;
	struct ww_record r = { .seq = 0 };
	struct ww_rec_message m;
	size_t stay, step;

	while (found) {
		ww_ctx_clear(&w->cx);
		if (ww_journal_read(spine_journal(e), &w->cx, r.seq + 1, &r, &found) != WW_OK) {
			wrong(w, "the journal cannot be read: %s", w->cx.fail.reason);
			return;
		}
		if (!found || r.kind != WW_REC_MESSAGE)
			continue;
		if (ww_rec_message_read(&w->cx, r.body, &m) != WW_OK ||
		    !who_sent(w, m.raw, &stay, &step))
			wrong(w, "record %" PRIu64 " is a message that nobody sent", r.seq);
		else
			there[stay][step] = true;
	}
	ww_journal_state(spine_journal(e), &state);
	for (stay = 0; stay < w->stays_n; stay++)
		for (step = 0; step < 3; step++)
			if (w->stays[stay].acknowledged[step] >= state.first &&
			    w->stays[stay].acknowledged[step] > 0 && !there[stay][step])
				wrong(w, "message %zu of stay %zu was acknowledged and is lost",
				    step, stay);
}

/* The ledger is what the journal says, or when that was pruned, a snapshot and the journal. */
static void
judge_ledger(struct world *w, struct spine *e)
{
	ww_str live, anew;
	struct ww_journal_state state;
	bool whole;

	ww_journal_state(spine_journal(e), &state);
	whole = state.first <= 1;
	ww_ctx_clear(&w->cx);
	if (spine_dump(e, &w->cx, &live) != WW_OK ||
	    (whole && spine_rebuilt(e, &w->cx, &anew) != WW_OK))
		wrong(w, "no dump: %s: %s", w->cx.fail.place, w->cx.fail.reason);
	else if (whole && !ww_str_eq(live, anew))
		wrong(w, "the ledger is not the one that the journal gives");
	if (whole && below(w, 4) > 0)
		return;
	w->pruned += !whole;
	if (spine_restarted(e, &w->cx, &anew) != WW_OK)
		wrong(w, "no ledger from a snapshot: %s: %s", w->cx.fail.place, w->cx.fail.reason);
	else if (!ww_str_eq(live, anew))
		wrong(w, "the ledger is not the one that a snapshot and the journal give");
}

/* The value of the first input of that type. */
static ww_str
input_of(const struct ww_json *task, const char *type)
{
	for (const struct ww_json *in = ww_json_first(ww_json_get(task, "input")); in != NULL;
	     in = ww_json_next(in)) {
		const struct ww_json *t = ww_json_get(in, "type");
		const struct ww_json *coding = ww_json_first(ww_json_get(t, "coding"));

		if (ww_str_is(ww_json_str(ww_json_get(t, "text")), type) ||
		    ww_str_is(ww_json_str(ww_json_get(coding, "code")), type))
			return ww_json_str(ww_json_get(in, "valueDateTime"));
	}
	return ww_str_empty();
}

/* The stay that a Task is about, by member number and minute of admission; STAYS: none that there was. One that was
 * taken back does not say when that was: any of the person's that was cancelled. */
static size_t
stay_of(const struct world *w, const struct ww_json *task, bool cancelled)
{
	const struct ww_json *id = ww_json_get(ww_json_get(task, "for"), "identifier");
	ww_str member = ww_json_str(ww_json_get(id, "value")), when = input_of(task, "admitted");
	char person[16], minute[32];

	for (size_t i = 0; i < w->stays_n; i++) {
		const char *in = admitted(w, i);

		(void)snprintf(person, sizeof(person), "M%04d", w->stays[i].person);
		(void)snprintf(minute, sizeof(minute), "2026-03-02T%.2s:%.2s", in + 8, in + 10);
		if (!ww_str_is(member, person))
			continue;
		if (cancelled ? w->stays[i].course == CANCELLED
		              : ww_str_is(ww_str_sub(when, 0, strlen(minute)), minute))
			return i;
	}
	return STAYS;
}

/* Who is to do the Task: 0 or 1 of the two practices, 2 of neither. */
static size_t
owner_of(const struct ww_json *task)
{
	const struct ww_json *owner = ww_json_get(task, "owner");
	ww_str name = ww_json_str(ww_json_get(owner, "display"));

	return ww_str_is(name, "Riverside Care") ? 0 : ww_str_is(name, "lakeside") ? 1 : 2;
}

static void
judge_task(struct world *w, ww_str body, unsigned tasks[STAYS][2], unsigned live[STAYS][2])
{
	struct ww_json *task;
	size_t stay, owner;
	bool cancelled;

	ww_ctx_clear(&w->cx);
	if (ww_json_parse(&w->cx, body, &task) != WW_OK) {
		wrong(w, "the practice has a Task that is no JSON");
		return;
	}
	cancelled = ww_str_is(ww_json_str(ww_json_get(task, "status")), "cancelled");
	stay = stay_of(w, task, cancelled);
	owner = owner_of(task);
	if (stay == STAYS || owner == 2) {
		wrong(w, "the practice has a Task for nobody's stay");
		return;
	}
	tasks[stay][owner]++;
	live[stay][owner] += !cancelled;
	if (live[stay][owner] > 1)
		wrong(w, "practice %zu has two live Tasks for stay %zu", owner, stay);
}

/* What the practice has. In the end, when all was acknowledged and everything rests, it is what it should be. */
static void
judge_practice(struct world *w, bool in_the_end)
{
	unsigned tasks[STAYS][2] = { { 0 } }, live[STAYS][2] = { { 0 } };

	for (size_t i = 0; i < ww_sink_memory_resources(&w->practice); i++) {
		struct ww_sink_held held = ww_sink_memory_resource(&w->practice, i);

		if (ww_str_is(held.type, "Task"))
			judge_task(w, held.body, tasks, live);
	}
	/* Without a search first, a request whose effect was not known would be made again. */
	for (size_t i = 0; i < ww_sink_memory_requests(&w->practice); i++) {
		struct ww_sink_got got = ww_sink_memory_request(&w->practice, i);

		if (got.verb == WW_VERB_CREATE && got.http == 200)
			wrong(w, "a resource was created again without looking for it");
	}
	for (size_t i = 0; in_the_end && i < w->stays_n; i++) {
		const struct stay *st = &w->stays[i];

		for (size_t owner = 0; owner < 2; owner++) {
			bool concerned = st->person == 20 || (st->person == 19) == (owner == 1);
			unsigned want = concerned && courses[st->course].live ? 1 : 0;

			if (live[i][owner] != want)
				wrong(w,
				    "practice %zu has %u live Tasks for stay %zu, should be %u",
				    owner, live[i][owner], i, want);
			if (!concerned && tasks[i][owner] > 0)
				wrong(w, "practice %zu has a Task for stay %zu of another's member",
				    owner, i);
		}
	}
}

/* What the receiver of the route got: in the order of receipt, no message under two names, and in the end every one that was
 * acknowledged. What was under way when the power went may come again, directly behind itself. */
static void
judge_route(struct world *w, bool in_the_end)
{
	uint64_t names[STAYS][3] = { { 0 } }, last = 0;

	for (size_t i = 0; i < ww_sink_memory_requests(&w->practice); i++) {
		struct ww_sink_got got = ww_sink_memory_request(&w->practice, i);
		ww_str rest;
		uint64_t name;
		size_t stay, step;

		if (got.verb != WW_VERB_FORWARD)
			continue;
		if (!ww_str_u64(ww_str_cut(got.key, '-', &rest), INT64_MAX, &name) ||
		    !who_sent(w, got.body, &stay, &step)) {
			wrong(w, "the route sent a message that nobody sent");
			return;
		}
		if (name < last)
			wrong(w, "the route sent message %" PRIu64 " behind %" PRIu64, name, last);
		if (names[stay][step] != 0 && names[stay][step] != name)
			wrong(w, "the route sent a copy of a message");
		names[stay][step] = last = name;
	}
	for (size_t stay = 0; in_the_end && stay < w->stays_n; stay++)
		for (size_t step = 0; step < 3; step++)
			if (w->stays[stay].acknowledged[step] > 0 && names[stay][step] == 0)
				wrong(w, "message %zu of stay %zu was not sent on", step, stay);
}

/* -- lives --------------------------------------------------------------------------------------------- */

/* Works until the power goes, or for so many rounds. True: it went. */
static bool
work(struct world *w, struct spine *e, size_t rounds)
{
	for (size_t i = 0; i < rounds; i++) {
		if (w->stays_n < STAYS && below(w, 3) == 0)
			new_stay(w);
		offer_some(w, e);
		if (below(w, 4) == 0)
			spine_refuse(e, WW_STR("no message at all"));
		if (below(w, 16) == 0 && !spine_snapshot(e))
			return true;
		if (below(w, 16) == 0 && !spine_prune(e))
			return true;
		if (!spine_round(e))
			return true;
		w->now += 7000;
	}
	return false;
}

/* Most calls are SQLite's; half of the cuts are at those of the others. */
static void
set_cut(struct world *w, bool rebuilds)
{
	static const struct {
		const char *on;
		unsigned most; /* calls on it, about, in one life */
	} engine[] = { { "", 500 }, { "", 500 }, { "/ledger", 400 }, { "/journal", 80 },
		{ "/journal", 80 }, { "/journal", 20 }, { "/blobs", 6 }, { "/refused", 10 },
		{ "/snapshots", 100 } },
	  rebuild[] = { { "", 300 }, { "/rebuild", 300 }, { "/ledger", 6 }, { "/data", 10 } };
	size_t i = (size_t)below(w, rebuilds ? UNIT_COUNT(rebuild) : UNIT_COUNT(engine));

	if (rebuilds)
		sim_disk_cut_at(w->disk, 1 + below(w, rebuild[i].most), rebuild[i].on);
	else
		sim_disk_cut_at(w->disk, 1 + below(w, engine[i].most), engine[i].on);
}

/* One life of the engine, or of rebuild, until the power goes or somebody kills it. */
static void
live(struct world *w)
{
	bool rebuilds = below(w, 8) == 0;
	struct spine_settings set;
	const char *why = "";
	struct spine *e;

	if (below(w, 4) == 0)
		edit_config(w);
	set = settings(w);
	w->now += 60000;
	set_cut(w, rebuilds);
	if (rebuilds) {
		if (spine_rebuild(&set) != 0 && !sim_disk_dark(w->disk))
			wrong(w, "a rebuild failed while the power was there");
	} else if (spine_start(&set, &e, &why) == WW_OK) {
		if (!work(w, e, 1 + (size_t)below(w, 40)))
			sim_disk_cut_at(w->disk, 1 + below(w, 60), ""); /* perhaps while it stops */
		else if (!sim_disk_dark(w->disk))
			wrong(w, "something failed while the power was there");
		spine_end(e, true);
	} else if (!sim_disk_dark(w->disk)) {
		wrong(w, "no start: %s", why);
	}
	if (sim_vfs_open_files() != 0 || sim_disk_open_files(w->disk) != 0)
		wrong(w, "files were left open");
}

/* Some lives that end by a kill, and one that ends by a cut. */
static void
live_until_cut(struct world *w)
{
	while (below(w, 3) == 0) {
		live(w);
		sim_disk_kill(w->disk);
	}
	live(w);
	sim_disk_cut(w->disk);
}

/* Starts with a disk that holds, and looks at what there is. in_the_end: also lets everything come to rest. */
static void
look(struct world *w, bool in_the_end)
{
	struct spine_settings set = settings(w);
	const char *why = "";
	struct spine *e;

	w->now += 60000;
	if (spine_start(&set, &e, &why) != WW_OK) {
		wrong(w, "no start after a cut: %s", why);
		return;
	}
	for (size_t i = 0; i == 0 || (in_the_end && i < ROUNDS_MOST); i++) {
		if (in_the_end)
			offer_some(w, e);
		if (!spine_round(e))
			wrong(w, "the disk holds, and yet something failed");
		w->now += 7000;
		if (sender_is_done(w) && spine_rests(e))
			break;
	}
	if (in_the_end && (!sender_is_done(w) || !spine_rests(e)))
		wrong(w, "it does not come to rest");
	judge_journal(w, e);
	judge_ledger(w, e);
	judge_practice(w, in_the_end);
	judge_route(w, in_the_end);
	if (below(w, 2) == 0) /* else it puts its ledger in order, as it does when it can */
		sim_disk_go_dark(w->disk);
	spine_end(e, false);
	sim_disk_kill(w->disk);
}

/* What all disks of a test met. */
struct sum {
	struct sim_disk_counts disk;
	size_t pruned;
};

static void
add_counts(struct sum *sum, struct world *w)
{
	struct sim_disk_counts c = sim_disk_counts(w->disk);

	sum->disk.calls += c.calls;
	sum->disk.cuts += c.cuts;
	sum->disk.hit_bytes += c.hit_bytes;
	sum->disk.hit_names += c.hit_names;
	sum->disk.hit_path += c.hit_path;
	sum->pruned += w->pruned;
}

/* All lives of one disk; what is wrong first, or "". */
static const char *
run(struct sim_disk_settings disk, size_t lives, struct sum *sum)
{
	static char found[TEXT_MOST];
	struct world w;

	begin_world(&w, disk);
	for (size_t i = 0; i < lives && w.wrong[0] == '\0'; i++) {
		live_until_cut(&w);
		if (w.wrong[0] == '\0')
			look(&w, i + 1 == lives);
	}
	add_counts(sum, &w);
	memcpy(found, w.wrong, sizeof(found));
	end_world(&w);
	return found;
}

/* -- tests --------------------------------------------------------------------------------------------- */

/* What the engine says of its troubles is not the test's word; the summary is. */
static FILE *
quiet(void)
{
	FILE *own = fdopen(dup(1), "w");
	int fd = open("/dev/null", O_WRONLY);

	ck_assert_ptr_nonnull(own);
	ck_assert_int_ge(dup2(fd, 2), 0);
	ck_assert_int_ge(dup2(fd, 1), 0);
	close(fd);
	return own;
}

START_TEST(loses_nothing_and_invents_nothing_at_any_cut)
{
	uint64_t seed = sim_number("WW_SEED", 20260302), cuts = sim_number("WW_CUTS", 500);
	struct sum c = { .pruned = 0 };
	FILE *own = quiet();

	for (uint64_t done = 0; done < cuts; done += LIVES, seed++) {
		size_t lives = cuts - done < LIVES ? (size_t)(cuts - done) : LIVES;
		const char *found = run((struct sim_disk_settings){ .seed = seed }, lives, &c);

		ck_assert_msg(
		    found[0] == '\0', "%s (WW_SEED=%" PRIu64 " WW_CUTS=%zu)", found, seed, lives);
	}
	(void)fprintf(own,
	    "power: WW_SEED=%" PRIu64 ": %zu cuts in %" PRIu64
	    " calls of the disk: %zu met unsynced "
	    "bytes, %zu of them in the journal; %zu met names that were not durable; %zu left a "
	    "journal that had been pruned\n",
	    sim_number("WW_SEED", 20260302), c.disk.cuts, c.disk.calls, c.disk.hit_bytes,
	    c.disk.hit_path, c.disk.hit_names, c.pruned);
	(void)fclose(own);
	ck_assert_uint_eq(c.disk.cuts, cuts);
	ck_assert_uint_gt(c.disk.hit_bytes, 0); /* else nothing was tested */
	ck_assert_uint_gt(c.disk.hit_path, 0);
	ck_assert_uint_gt(c.disk.hit_names, 0);
}
END_TEST

/* How many of some disks with that mutant are noticed. */
static size_t
noticed(struct sim_disk_settings disk, size_t disks)
{
	struct sum c = { .pruned = 0 };
	size_t n = 0;

	(void)fclose(quiet());
	for (disk.seed = 1; disk.seed <= disks; disk.seed++)
		n += run(disk, LIVES, &c)[0] != '\0';
	return n;
}

START_TEST(would_notice_a_missing_sync)
{
	ck_assert_uint_ge(noticed((struct sim_disk_settings){ .no_datasync = true }, 5), 5);
}
END_TEST

START_TEST(would_notice_a_missing_sync_of_a_folder)
{
	ck_assert_uint_ge(noticed((struct sim_disk_settings){ .no_sync_dir = true }, 5), 5);
}
END_TEST

int
main(void)
{
	const TTest *const tests[] = {
		loses_nothing_and_invents_nothing_at_any_cut,
		would_notice_a_missing_sync,
		would_notice_a_missing_sync_of_a_folder,
	};

	unit_hung = 4 * 3600;
	return unit_main("power", tests, UNIT_COUNT(tests));
}
