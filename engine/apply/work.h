/* One record on its way through apply: what the stages hand to one another. Private to apply/. */
#ifndef WW_APPLY_WORK_H
#define WW_APPLY_WORK_H

#include "apply/apply.h"
#include "apply/flags.h"

#include <wardwire/mapper.h>
#include <wardwire/program.h>
#include <wardwire/rule.h>

#include <stdatomic.h>

enum { WW_HEX = 65, WW_CHANGES_MAX = 128, WW_TOUCHED_MAX = 128 };

struct ww_calendar;
/* A calendar, by the path that names it. */
struct ww_calendar_file {
	ww_str name;
	const struct ww_calendar *calendar;
};

/* A record that a QUARANTINE record names. */
struct ww_aside {
	uint64_t failed, by;
};

struct ww_hl7;
struct ww_json;

/* When a roster expires. */
struct ww_roster_end {
	char name[128];
	int64_t ms; /* 0: never */
};

struct ww_apply {
	struct ww_apply_settings set;
	atomic_uint_least64_t cursor;
	int64_t now, since; /* of the last record, of the first */
	char config_blob[WW_HEX];
	char key[WW_HEX]; /* delivery key, hex */
	char build[64];
	struct ww_arena *config_arena; /* holds config and programs */
	struct ww_config *config;
	struct ww_programs
	    programs; /* of that configuration; none before the first CONFIG record */
	struct ww_calendar_file *calendars; /* that it and its programs name */
	size_t calendars_n;
	int64_t held, restored, restored_ms; /* as in the cursor row */
	size_t roster_rows;                  /* on all rosters, for the reasons given to people */
	struct ww_roster_end *ends;          /* of the rosters in force */
	size_t ends_n;
	uint64_t
	    told; /* last message its observer heard of: a batch made again is not told again */
	struct ww_journal *journal; /* of the batch under way */
	struct ww_aside *aside;     /* records that QUARANTINE records name (aside.c) */
	size_t aside_n;
	bool looked;     /* aside is known */
	bool due_known;  /* nothing was changed since that says when the next timer or job is due */
	int64_t next_ms; /* when it is, if that is known */
	atomic_int_least64_t due; /* of the last batch that was committed: see ww_apply_due */
	bool stale; /* a rollback left all of the above to be read from the ledger again */
};

/* A message in hand. */
struct ww_work {
	struct ww_apply *a;
	struct ww_ctx *cx;
	struct ww_ledger *l;
	const struct ww_feed *feed;
	struct ww_message *message;
	const struct ww_hl7 *hl7; /* the message, or the part that is in hand; NULL: it is none */
	const struct ww_json *resource; /* likewise, of a FHIR request */
	struct ww_facts facts;
	bool test;         /* MSH-11 is not P, or a pattern of the feed fits */
	bool patient_test; /* of these the second */
	bool insures;      /* its insurance counts: none of a newer message is known */
	bool insured;      /* a payer's number is new of a known person */
	bool restated; /* it says something else of a restriction of the person than was known */
	enum ww_policy policy_was; /* what might be told of the stay before this record */
	bool routed;               /* a copy that was set aside was taken by a route */
	struct ww_person person;
	ww_id said;      /* whose number it was found by, if that one was merged into it; else 0 */
	bool late;       /* it was found by a number that was merged away */
	bool rehomed;    /* the stay in hand was another person's before this record */
	bool overlay;    /* two persons were merged who differ in birth date and family name */
	bool renumbered; /* the message merged or changed numbers */
	ww_id *moved;    /* stays that it moved */
	size_t moved_n;
	ww_id linked;   /* the first of two that are related */
	ww_id leaves;   /* the stay of another patient that the Encounter in hand was of; 0: none */
	bool renamed;   /* it is new, or known by another name, birth date or sex than before */
	bool corrected; /* this message changed the person's name or birth date */
	struct ww_encounter before, after; /* before is blank for a new encounter */
	bool is_new;
	bool
	    reused; /* its number was given again: there is nothing of it in the ledger but events */
	bool
	    is_joined; /* something of the stay in hand was known before it, or has changed beside it (authorized.c) */
	bool weak;               /* it is the visit for no better reason than that it is open */
	struct ww_event *events; /* all of the encounter, the new one among them */
	size_t events_n;
	const struct ww_attribution *
	    *owners; /* rows that make the stay a practice's, one a practice and program */
	size_t owners_n;
	const struct ww_attribution *
	    *held; /* those of a practice that is not told yet (catch_up.c) */
	size_t held_n;
	const struct ww_attribution **
	    former; /* those of the person of no stay that are not in force now, of that very name */
	size_t former_n;
	struct ww_subject subject;                    /* what is judged */
	const struct ww_authorization *authorization; /* that is judged; NULL: none is */
	bool renew; /* what a budget or a window kept is told if they let it now */
	ww_time on; /* of what is judged and is no stay: the day that decides whose it is */
	struct ww_change changes[WW_CHANGES_MAX];
	size_t changes_n;
	struct ww_touched touched[WW_TOUCHED_MAX];
	size_t touched_n;
};

/* That person or stay was made by the record in hand: of it the ledger has what this record has put there and nothing
 * else, so there is nothing to look for. */
static inline bool
ww_made_now(const struct ww_work *w, ww_id id)
{
	return (uint64_t)(id >> 16) == w->cx->seq;
}

/* Kinds of records (apply.c holds the table). */
ww_status ww_apply_message(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r);
ww_status ww_apply_attempt(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r);
ww_status ww_apply_outcome(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r);
ww_status ww_apply_config_record(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r);
ww_status ww_apply_roster(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r);
ww_status ww_apply_file(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r);
ww_status ww_apply_roster_load(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r);
ww_status ww_apply_engine(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r);
ww_status ww_apply_tick(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r);
ww_status ww_apply_operator(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r);

/* What one message may cost stands in the journaled configuration, so that a rebuild sets the same ones aside. 0: other
 * records are the engine's own (apply.c). */
size_t ww_apply_arena_of(const struct ww_apply *a, const struct ww_record *r);

/* Fills in what can be known of a message that failed, for why, and is set aside; has the routes take it, and owes the sender
 * what it is to be told (message.c). */
ww_status ww_message_set_aside(struct ww_apply *a, struct ww_ctx *cx, const struct ww_record *r,
    const struct ww_failure *why, struct ww_message *message);

/* Reads the configuration blob named by hex into a->config (setup.c). */
ww_status ww_apply_load_config(struct ww_apply *a, struct ww_ctx *cx, ww_str hex);
void ww_apply_drop_config(struct ww_apply *a);
/* Reads the programs and calendars that this configuration names, all in the arena of own (program.c). */
struct ww_named_texts {
	struct ww_programs programs;
	struct ww_calendar_file *calendars;
	size_t calendars_n;
};
ww_status ww_apply_load_files(struct ww_apply *a, struct ww_ctx *own,
    const struct ww_config *config, struct ww_named_texts *out);
/* Rows of files that the configuration in force names no more are removed (program.c). */
ww_status ww_apply_drop_files(struct ww_apply *a, struct ww_ctx *cx);
/* The calendar of that name, by which a party or a program has it; empty, and one that is not there: the federal one. */
const struct ww_calendar *ww_apply_calendar(const struct ww_apply *a, ww_str name);
/* The text in the arena (setup.c). */
ww_status ww_apply_keep_text(struct ww_ctx *cx, const struct ww_buf *text, ww_str *out);
/* Brings what is owed in line with the configuration now in force; old may be NULL (reroute.c). */
ww_status ww_apply_reroute(struct ww_apply *a, struct ww_ctx *cx, const struct ww_config *old);
/* A CONFIG or ROSTER record names the blob; a roster, or the configuration (roster empty), goes over to another one
 * (named.c). The row of that roster may be old or new by then. */
ww_status ww_apply_blob_named(struct ww_apply *a, struct ww_ctx *cx, ww_str hex);
ww_status ww_apply_blob_left(struct ww_apply *a, struct ww_ctx *cx, ww_str hex, ww_str roster);
/* Remembers the endpoints and lanes of the configuration now in force (named.c). */
ww_status ww_apply_destinations(struct ww_apply *a, struct ww_ctx *cx);
/* Counts the rows of the rosters in force, and finds out when they expire (roster_age.c). */
ww_status ww_apply_count_rosters(struct ww_apply *a, struct ww_ctx *cx);
/* From when on that roster attributes no visit that begins; 0: it does (roster_age.c). */
int64_t ww_roster_expired(const struct ww_apply *a, ww_str roster);
/* Says when a roster is about to expire, and when it has. A sweep (tick.c). */
ww_status ww_roster_age(struct ww_apply *a, struct ww_ctx *cx);
/* How many numbers of members that roster has (roster.c). */
ww_status ww_roster_members(struct ww_apply *a, struct ww_ctx *cx, ww_str roster, int64_t *out);

/* -- numbers that turn out to be somebody else's (rehome.c) ----------------------------------------- */

/* From a person that was merged to the one it is. */
ww_status ww_person_resolve(struct ww_work *w, struct ww_person *p, bool *found);
/* The other turned out to be the person in hand, by a number or by an order: by is the kind of review. What moved is judged
 * by ww_rehome_moved. */
ww_status ww_rehome_join(struct ww_work *w, struct ww_person *other, const char *by);
/* The person that was merged into another, and at last into the one in hand, is one of its own again, and has the visits
 * that came under its numbers. What moved is judged by ww_rehome_moved. */
ww_status ww_rehome_part(struct ww_work *w, struct ww_person *loser);
/* Two stays of the person in hand are one: the log of `from` goes to `into`, and its number means the other's from now on. */
ww_status ww_rehome_merge(
    struct ww_work *w, struct ww_encounter *from, const struct ww_encounter *into);
/* The versions of the Encounter in hand that are in the log of that stay belong to the one in hand. */
ww_status ww_rehome_source(struct ww_work *w, ww_id from);
/* Judges the stays that have moved, but the one in hand. */
ww_status ww_rehome_moved(struct ww_work *w);
/* Before the person is found: where one of two numbers that are merged is not known it becomes the other's. */
ww_status ww_rehome_numbers(struct ww_work *w);
/* What an event about numbers does; the person is found already. */
ww_status ww_rehome(struct ww_work *w);
/* What a visit's number means: at the level "visit" the number it is now, at "owner" the patient's whose it is. *found
 * false: nothing else than it says. */
ww_status ww_rehome_visit_number(
    struct ww_work *w, const char *level, ww_str *system, ww_str *value, bool *found);
/* Keeps the results that the message brings of the person in hand (results.c). */
ww_status ww_results_keep(struct ww_work *w);
/* The n-th part of a message about several, each of which begins with that segment, as a message (groups.c). */
ww_status ww_group(
    struct ww_work *w, const struct ww_hl7 *m, const char *begins, size_t n, struct ww_hl7 **out);

/* Calls work with a work of its own on that stay, whose facts are empty, in that arena. What it changes is added to what
 * in_hand has changed, unless that is NULL; then the arena must live as long as in_hand's (again.c). */
typedef ww_status ww_again_fn(struct ww_work *w);
ww_status ww_again(struct ww_apply *a, struct ww_ctx *cx, struct ww_arena *arena,
    const struct ww_person *p, const struct ww_encounter *e, ww_again_fn *work,
    struct ww_work *in_hand);
/* The feed of that stay. Of one that is configured no more: what it told stands, and what it did not tell it does not
 * tell now. */
ww_status ww_again_feed(struct ww_work *w, bool told);

/* An emergency visit has begun: it is looked at again (silence.c). */
ww_status ww_silence_watch(struct ww_work *w);
/* Closes emergency visits of which nothing was heard for too long. A sweep (tick.c). */
ww_status ww_silence_close(struct ww_apply *a, struct ww_ctx *cx);

/* Payer's numbers as ww_member_key gives them. */
struct ww_numbers {
	ww_str *v;
	size_t n;
};
/* Judges the stays of these members again that go on or ended a short while ago with a Task that is still live; what is
 * too much for one record, at the TICK records (reattribute.c). Sorts the numbers. */
ww_status ww_reattribute(struct ww_apply *a, struct ww_ctx *cx, struct ww_numbers *changed);
/* The same for the other stays of the person of the message in hand, of whom it says something new: also of those that
 * ended a short while ago and were told to nobody. */
ww_status ww_reattribute_person(struct ww_work *w);
/* Judges that stay again, which was held back, if it goes on (reattribute.c). */
ww_status ww_reattribute_stay(struct ww_apply *a, struct ww_ctx *cx, ww_id stay);
/* All of it at the next TICK record. */
ww_status ww_reattribute_later(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_numbers *changed);
/* What was put off (a sweep of tick.c). */
ww_status ww_reattribute_rest(struct ww_apply *a, struct ww_ctx *cx);

/* -- the outbox (owed.c, queue.c) ------------------------------------------------------------------- */

/* The row is due: since now, unless it was before. */
void ww_apply_owe(struct ww_outbox *row, int64_t now);
/* Calls each(arg, a, cx, row, stop) for the rows of that endpoint in that state, oldest first, until *stop. The rows live
 * during the call; each may put them back changed. */
typedef ww_status ww_apply_row_fn(
    void *arg, struct ww_apply *a, struct ww_ctx *cx, struct ww_outbox *row, bool *stop);
ww_status ww_apply_each_row(struct ww_apply *a, struct ww_ctx *cx, ww_str endpoint,
    enum ww_outbox_state state, ww_apply_row_fn *each, void *arg);
/* What is kept of the endpoint; blank when nothing is. */
ww_status ww_apply_hand(
    struct ww_apply *a, struct ww_ctx *cx, ww_str endpoint, struct ww_hand *out);
/* The endpoint does not let us in: it is paused, unless it is already (queue.c). */
ww_status ww_apply_shut_out(struct ww_apply *a, struct ww_ctx *cx, ww_str endpoint, ww_str why);
/* There is a new configuration: endpoints that were paused so get another chance (queue.c). */
ww_status ww_apply_let_in(struct ww_apply *a, struct ww_ctx *cx);
/* Parks what was due for longer than retry.max_age, and notes where something is for longer than retry.alarm_after. A
 * sweep (tick.c). */
ww_status ww_apply_age(struct ww_apply *a, struct ww_ctx *cx);

/* -- routes (route.c) --------------------------------------------------------------------------------- */

struct ww_hl7;
/* Owes the message to the endpoints of the routes that take it; message->unrouted gets why the others do not. Before
 * anything else of its record gets an id. m: NULL for a message that cannot be read. */
ww_status ww_route(struct ww_apply *a, struct ww_ctx *cx, const struct ww_feed *feed,
    const struct ww_hl7 *m, struct ww_message *message);
/* Fills in what a new row says of a message that goes along that lane: due, and all but its id. */
void ww_route_row(
    struct ww_ctx *cx, const struct ww_route_lane *lane, int64_t message, struct ww_outbox *row);
/* The message with that sequence was taken by a route before. */
ww_status ww_route_is_decided(
    struct ww_apply *a, struct ww_ctx *cx, int64_t message, bool *decided);

/* -- application acknowledgements (acknowledge.c) ----------------------------------------------------- */

/* Owes one to the endpoint that the feed names, if the message wants it; behind the routes, before anything else of its record
 * gets an id, so that it is found as they are. why: what it is set aside for, NULL: nothing. m NULL
 * is something that cannot be read: it wants none. */
ww_status ww_acknowledge(struct ww_apply *a, struct ww_ctx *cx, const struct ww_feed *feed,
    const struct ww_hl7 *m, int64_t message, const struct ww_failure *why);

/* -- after a restore (restored.c) -------------------------------------------------------------------- */

struct ww_rec_engine;
ww_status ww_apply_restored(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_rec_engine *body);
/* For a new notice that a message of that time calls for: the record that stands for an attempt of which nothing is
 * known, when the engine that was lost may have sent it; 0. */
int64_t ww_apply_may_have_left(const struct ww_apply *a, ww_time told);

/* -- who gave a number (authority.c) ----------------------------------------------------------------- */

enum ww_number { WW_NUMBER_PERSON, WW_NUMBER_VISIT };
/* Notes that the feed of the message names that authority; its own name is none. */
ww_status ww_authority_keep(struct ww_work *w, enum ww_number kind, ww_str system);
/* Under which others a number of that authority may be known, as the feed leaves authorities out now and then. */
ww_status ww_authority_others(
    struct ww_work *w, enum ww_number kind, ww_str system, struct ww_texts *out);

/* -- two persons who may be one (review.c) ----------------------------------------------------------- */

/* What is on the list about the two; *found false: nothing. */
ww_status ww_review_find(struct ww_work *w, ww_id a, ww_id b, struct ww_review *out, bool *found);
/* An operator said that they are two. */
ww_status ww_review_apart(struct ww_work *w, ww_id a, ww_id b, bool *apart);
/* Puts the two on the list, or changes what it says of them. */
ww_status ww_review_note(
    struct ww_work *w, const char *kind, enum ww_review_state state, ww_id a, ww_id b);
/* The person in hand is new or has a new name: those who are called and were born alike and have no number in common come on
 * the list. */
ww_status ww_review_alike(struct ww_work *w);

/* -- who is a test, and of whom what is told (tests.c, restrict.c) ------------------------------------- */

/* A pattern of the feed fits the message. */
bool ww_test_is(struct ww_work *w);
/* Counts the message in hand, which is applied. */
ww_status ww_test_count(struct ww_work *w);
/* Keeps what the message says of restrictions: of those about the person, or about the stay in hand. */
ww_status ww_restrict_person(struct ww_work *w);
ww_status ww_restrict_stay(struct ww_work *w);
/* What was said of one person or stay is from now on said of the other, too. */
ww_status ww_restrict_move(struct ww_work *w, ww_id from, ww_id to);
/* Finds out what may be told of the stay, and keeps it there; told: flags of the stay as they were. After
 * ww_attribute. */
ww_status ww_restrict_decide(struct ww_work *w, const struct ww_rows *told);
/* Judges again what waits or is withheld, when the configuration now in force makes something else of what was said; old
 * may be NULL. */
ww_status ww_restrict_reconfigured(
    struct ww_apply *a, struct ww_ctx *cx, const struct ww_config *old);

/* -- what is kept beside stays (family.c) ------------------------------------------------------------ */

/* That person turned out to be the other, or is one of its own again. */
ww_status ww_family_join(struct ww_work *w, ww_id from, ww_id into);
ww_status ww_family_part(struct ww_work *w, ww_id from, ww_id into);

/* -- the chain (facts.c and what it calls) ------------------------------------------------------------- */

/* Everything it needs but what the record says; NULL: no memory. */
struct ww_work *ww_work_new(struct ww_apply *a, struct ww_ctx *cx, struct ww_message *message);
/* One record may say several things: what the one before said of its visit is not the next one's, and what it moved has
 * been judged. */
void ww_work_next(struct ww_work *w);
/* The chain as a whole, from the facts in hand on; sets the message's disposition and reason. */
ww_status ww_take_facts(struct ww_work *w);
/* Keeps with the message what was noticed in it, and counts it: set, a bit for each enum ww_hl7_warning, and what the chain
 * noticed. */
ww_status ww_work_noticed(struct ww_work *w, uint32_t set);
/* What one work called for is told with what the other did. */
void ww_work_hand_over(struct ww_work *from, struct ww_work *to);
/* Tells the observer what the record did, once. */
void ww_work_tell(struct ww_work *w);

/* Where it is said, for people: in a message or in a resource. */
static inline const char *
ww_said_in(const struct ww_work *w, const char *hl7, const char *fhir)
{
	return w->resource != NULL ? fhir : hl7;
}

/* Adds to what the message was matched by. */
void ww_matched(struct ww_work *w, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/* Finds or makes the person and keeps what the message says of them (identify.c). */
ww_status ww_identify_person(struct ww_work *w);
/* True when birth date or family name agree; unknown on either side agrees. Birth dates that differ are two
 * people, such as mother and child under one number, unless both names and the sex say that one was corrected. A birth date
 * on one side only is of an unknown patient who has been named, or not yet. */
bool ww_persons_agree(const struct ww_person *a, const struct ww_person *b);
/* Known by a reference to a Patient that has not come, and by nothing else. */
bool ww_is_nameless(const struct ww_person *p);
/* The identifier is a resource's own: "Patient/1" of a FHIR feed. */
bool ww_names_resource(const struct ww_identifier *id);
/* Finds the visit of the person where its number does not (match.c). The row found is in before, under the message's number
 * if it had none. */
ww_status ww_match_visit(struct ww_work *w, bool *found);
/* The visit's number is that of an account, as there was none of the visit (mappers/in/adt.c). */
bool ww_visit_is_account(ww_str system);
/* The message may be of another visit than the one that has its number, as that was given again; visits are all of the
 * person that have it. Then ww_reuse shares out their events and leaves in before the visit of the one in hand (reuse.c). */
bool ww_reuse_matters(const struct ww_work *w, const struct ww_encounter *visits, size_t n);
ww_status ww_reuse(struct ww_work *w, const struct ww_encounter *visits, size_t n);
/* before becomes a new visit of the message's number; origin as in the model (visit.c). */
ww_status ww_open_visit(struct ww_work *w, ww_id origin);
/* How well its number is known to people: that of an authority (2), of a URI (1), a resource's name or an account's (0). */
int ww_visit_worth(const struct ww_encounter *e);
/* Their classes may be those of one visit (match.c). */
bool ww_visits_akin(const struct ww_encounter *a, const struct ww_encounter *b);
/* The stay in hand, freshly folded, may be one that another feed tells of (twin.c). Then both are one, in after; what moved
 * is judged by ww_rehome_moved. */
ww_status ww_settle_twin(struct ww_work *w);
/* Has the event say what other numbers the visit has (match.c). */
void ww_keep_alternates(struct ww_work *w);
/* Finds or makes the encounter, or leaves after.id 0 with the reason in message->reason (visit.c). */
ww_status ww_identify_encounter(struct ww_work *w);
/* Notes that the person stated that payer's number (identify.c). */
ww_status ww_keep_member(struct ww_work *w, ww_id person, ww_str number);
/* encounter.sources: whether one is in it, and two of them as one, each once and sorted (stay.c). */
bool ww_source_is_in(ww_str list, ww_str one);
ww_str ww_sources_join(struct ww_ctx *cx, ww_str a, ww_str b);
/* Folds the encounter from the log it has now (stay.c). */
ww_status ww_refold_stay(struct ww_work *w);
/* Logs the event, folds the encounter, keeps diagnoses (stay.c). */
ww_status ww_fold_stay(struct ww_work *w);
/* All that says what belongs together is as it was (chain.c). */
bool ww_stay_unchanged(const struct ww_encounter *a, const struct ww_encounter *b);
/* Brings in line what a changed stay means for the person's others: what went on under another number (chain.c). */
ww_status ww_settle_chain(struct ww_work *w);
/* Finds the practices the stay belongs to, or the reason why there is none (attribute.c). */
ww_status ww_attribute(struct ww_work *w);
/* The day that decides whose it is, days since 1970-01-01 (attribute.c). */
int64_t ww_attribution_day(const struct ww_work *w);
/* *why: by what is known now, the practice of that roster row should never have been told of this stay, because ...,
 * in words it may read; NULL: it was right then. *over: it was right then, too, and what is about a person is not the practice's
 * any more (attribute.c). After ww_attribute. */
ww_status ww_attribution_wrong(struct ww_work *w, ww_id attribution, const char **why, bool *over);
/* The update of a Task was refused for good: a Communication brings what it would have said (notify.c). */
ww_status ww_notify_instead(struct ww_apply *a, struct ww_ctx *cx, const struct ww_outbox *task);
/* Brings the outbox in line with the flags of one practice (notify.c). flags: all of the subject in hand and practice. */
ww_status ww_notify(struct ww_work *w, ww_str practice, struct ww_flag *flags, size_t flags_n);
/* Tells what a budget or a window kept of the subject of that flag, and of its practice, if they let it now (notify.c). */
ww_status ww_notify_flag(struct ww_apply *a, struct ww_ctx *cx, const struct ww_flag *f);

#endif
