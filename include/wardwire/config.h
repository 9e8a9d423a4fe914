/* The configuration as the engine reads it: made from one YAML text by config/, never changed after. */
#ifndef WARDWIRE_CONFIG_H
#define WARDWIRE_CONFIG_H

#include <wardwire/enums.h>
#include <wardwire/hl7v2.h>
#include <wardwire/status.h>
#include <wardwire/str.h>
#include <wardwire/time.h>

struct ww_ctx;

enum { WW_FOR_EVER = 36500 };

enum ww_feed_state {
	WW_FEED_OBSERVE, /* apply, send nothing */
	WW_FEED_LIVE,
};

struct ww_texts {
	const ww_str *v;
	size_t n;
};

/* A message fits when the text at the path is one of these; an empty text stands for a field that says nothing. */
struct ww_condition {
	struct ww_hl7_path path;
	ww_str text; /* of the path, as it was written */
	struct ww_texts any;
};

struct ww_conditions {
	const struct ww_condition *v;
	size_t n;
};

/* All empty: MLLP is not encrypted. Files are PEM; paths are relative to the configuration's folder. */
struct ww_listener_tls {
	ww_str cert, key;
	ww_str client_ca;           /* empty: no certificate is asked for */
	struct ww_texts names;      /* of which a peer's certificate must have one; none: any */
	uint32_t handshake_timeout; /* seconds, 1..600 */
};

/* What somebody may do: per resource type (scope.def) a set of WW_MAY_*. */
enum ww_scope_type {
#define WW_SCOPE_TYPE(type, sender, practice) WW_SCOPE_##type,
#include <wardwire/scope.def>
#undef WW_SCOPE_TYPE
	WW_SCOPE_TYPES
};
enum {
	WW_MAY_CREATE = 1,
	WW_MAY_READ = 2,
	WW_MAY_UPDATE = 4,
	WW_MAY_DELETE = 8,
	WW_MAY_SEARCH = 16
};

struct ww_scopes {
	uint8_t may[WW_SCOPE_TYPES];
};

/* How those who come in on a FHIR listener say who they are. */
enum ww_auth {
	WW_AUTH_TOKENS,
	WW_AUTH_CERTIFICATES,
	WW_AUTH_NONE, /* not at all; loopback only */
};

/* Who else gives out access tokens for a listener; iss is empty when nobody does. */
struct ww_issuer {
	ww_str iss;      /* as its tokens have it */
	ww_str jwks;     /* file, relative to the configuration's folder */
	ww_str audience; /* that its tokens must be for; empty: the listener's base */
	ww_str claim;    /* of its tokens that says which client it is */
};

/* One of mllp, dir, fhir and console is given; the others are empty. */
struct ww_listener {
	ww_str name;
	ww_str mllp;               /* "host:port"; port 0: any free one */
	ww_str dir;                /* folder, relative to the configuration's */
	ww_str fhir, path;         /* "host:port", and the path of the base: "/fhir", "" */
	ww_str console;            /* "host:port" */
	uint32_t max_message;      /* bytes of one message, 65,536..268,435,456 */
	uint32_t max_segments;     /* of one message, 10..10,000 */
	uint32_t max_connections;  /* 1..100,000 */
	uint32_t peer_connections; /* from one address, 1..100,000 */
	uint32_t peer_rate;        /* messages a second from one address, 1..1,000,000 */
	uint32_t frame_timeout;    /* seconds without a byte inside a frame, 1..3,600 */
	uint32_t frame_deadline;   /* seconds for a frame as a whole, 1..36,000 */
	uint32_t idle_timeout;     /* seconds without a frame, 1..31,536,000 */
	uint32_t head_deadline;    /* seconds for the head of an HTTP request, 1..600 */
	uint32_t body_deadline;    /* seconds for its body, and one for each 64 KiB, 1..3,600 */
	uint32_t keep_alive;       /* seconds without an HTTP request, 1..86,400 */
	uint32_t accept_queue;     /* of the system, 1..65,535 */
	uint32_t release;          /* of MLLP, 1 or 2 */
	struct ww_texts peers;   /* networks that peers may come from (base/network.h); none: any */
	struct ww_texts proxies; /* networks of those whose X-Forwarded-For is believed */
	struct ww_listener_tls tls;
	bool plain; /* MLLP without encryption beyond this machine is wanted */
	/* Of FHIR and of a console: */
	enum ww_auth auth;
	ww_str
	    url; /* the base as clients know it, without a slash at its end; empty: by the address */
	struct ww_issuer issuer;
	/* Of a folder: */
	ww_str pattern;       /* of the names of files, as for fnmatch(3) */
	uint32_t settle;      /* seconds without a change, 1..3,600 */
	uint32_t scan;        /* seconds between two looks, 1..3,600 */
	uint32_t max_file;    /* bytes, 65,536..1,073,741,824 */
	uint32_t keep_done;   /* days, 1..WW_FOR_EVER */
	uint32_t keep_failed; /* likewise */
};

/* What all listeners together take on, and what one message may cost. */
struct ww_limits {
	uint32_t backlog;       /* messages that wait for the journal, 64..1,000,000 */
	uint32_t backlog_bytes; /* memory of these, from 1 MiB */
	uint32_t open_bytes;    /* memory of long messages that are coming in, from 1 MiB */
	uint32_t lag;           /* records stored and not applied, from 1,000 */
	uint32_t queue;         /* notices due at which the log warns, 1..1,000,000 */
	uint32_t arena;         /* memory to work on one message, from 1 MiB */
	uint32_t events;        /* that change one stay, 16..100,000 */
};

/* Which messages of a listener are a feed's: those that fit each list that is not empty. */
struct ww_match {
	struct ww_texts msh_3, msh_4; /* component 1, or 2 where that is empty */
	struct ww_texts certificate;  /* a name of the peer's */
};

/* How the messages of a feed are acknowledged (HL7 v2.9.1 chapter 2, 2.8.2 and 2.8.3). */
enum ww_ack_mode {
	WW_ACK_ORIGINAL, /* one acknowledgement: AA, AE, AR */
	WW_ACK_ENHANCED, /* an accept acknowledgement CA, CE, CR, and an application acknowledgement AA, AE */
	WW_ACK_BY_MESSAGE, /* enhanced where MSH-15 or MSH-16 has a value */
};
/* The acknowledgement of original mode. */
enum ww_ack_when {
	WW_ACK_DURABLE,
	WW_ACK_APPLIED,
	WW_ACK_NOT, /* nothing is ever answered, in no mode */
};
enum ww_ack_batch { WW_ACK_BATCH_ALL, WW_ACK_BATCH_ERRORS, WW_ACK_BATCH_NONE };

struct ww_feed_ack {
	enum ww_ack_mode mode;
	enum ww_ack_when when;
	uint32_t wait;           /* seconds for a message to be applied, 1..3,600 */
	bool on_connection;      /* application acknowledgements go where the message came from */
	ww_str to;               /* or to this endpoint; empty: to none */
	enum ww_ack_batch batch; /* what a response batch has */
};

/* What the ADT messages of a feed mean, where senders differ. */
struct ww_test_alarm {
	uint32_t percent; /* 1..100 */
	uint32_t least;   /* tests, 1..100,000 */
	uint32_t over;    /* messages, 2..1,000,000 */
};

struct ww_feed_adt {
	bool class_is_anomaly; /* an inpatient class in an update or a transfer admits nobody */
	struct ww_texts observation; /* values of PV1-2, PV1-18 or PV1-10, in capitals */
	uint32_t silence; /* hours after which a silent emergency visit is closed, 1..8,760 */
	struct ww_texts
	    member; /* places of a payer's member id, the best first; empty: as ww_config_member says */
	bool member_suffix;        /* its last two characters say who of the family */
	struct ww_conditions test; /* patterns (base/glob.h): a message that fits one is a test */
	struct ww_test_alarm test_alarm;
};

/* What the FHIR requests of a feed mean, and how they are answered. */
/* Who gave the identifiers of a system: as CX.4 of the same numbers names them. */
struct ww_fhir_authority_row {
	ww_str system;    /* Identifier.system */
	ww_str authority; /* empty: as the system */
	ww_str type;      /* table 0203: what they are; empty: as each says */
};

/* What PV1-3.4 or MSH-4 call a place that FHIR names otherwise. */
struct ww_fhir_facility_row {
	ww_str is; /* an identifier's value, a name, a reference's display, "Organization/1" */
	ww_str facility;
};

struct ww_feed_fhir {
	const struct ww_fhir_authority_row *systems;
	size_t systems_n;
	const struct ww_fhir_facility_row *facilities;
	size_t facilities_n;
	struct ww_texts test; /* patterns (base/glob.h): a resource that fits one is a test */
	bool
	    minimal; /* the answer to a create or an update is without the resource unless Prefer asks for it */
	bool lenient;            /* what senders often get wrong is warned of, not refused */
	int validate;            /* enum ww_fhir_mode: what becomes of what breaks a profile */
	struct ww_texts held_to; /* URLs of profiles for every resource of their type */
	uint32_t entries;        /* of one Bundle, 1..100,000 */
	uint32_t idempotency;    /* seconds in which the same request is a retry, 1..31,536,000 */
	ww_str
	    payer; /* name of a FHIR endpoint that Claim/$submit and $inquire are sent on to; empty: none */
	bool group_whole;    /* a Group is the whole of a list */
	uint32_t group_drop; /* percent of its members that it may end at once, 1..100 */
};

struct ww_feed {
	ww_str name;
	ww_str on;                  /* name of a listener */
	struct ww_match match;      /* all empty: what is no other feed's of that listener */
	ww_str zone_name;           /* IANA */
	const struct ww_zone *zone; /* of times without offset, and of calendar days */
	enum ww_feed_state state;
	bool refuse_unknown; /* message types and events that nothing is made of */
	struct ww_feed_adt adt;
	struct ww_feed_fhir fhir;
	struct ww_feed_ack ack;
	struct ww_hl7_source source; /* how its messages are read */
};

enum ww_endpoint_kind {
	WW_ENDPOINT_FHIR, /* takes notices, as does WORKLIST; all others take messages */
	WW_ENDPOINT_MLLP,
	WW_ENDPOINT_HTTP,
	WW_ENDPOINT_DIR,
	WW_ENDPOINT_WORKLIST, /* nothing is sent: it is settled when it is applied */
};

/* Files, relative to the configuration's folder; ca is empty when nothing was said. */
struct ww_endpoint_tls {
	ww_str ca, cert, key; /* PEM; cert and key are both given or both empty */
	ww_str name;          /* of the certificate; empty: the host */
};

struct ww_endpoint {
	ww_str name;
	enum ww_endpoint_kind kind;
	/* http://, https:// without a slash at its end; mllp://host:port, mllps:// with TLS; file:// and a folder, not
	 * escaped and relative to the configuration's; worklist: */
	ww_str url;
	uint32_t timeout;  /* seconds for one request, 1..600 */
	uint32_t inflight; /* requests at the same time, 1..64; FHIR */
	uint32_t searches; /* that must find nothing before it is sent again, 1..4; FHIR */
	bool insist;       /* a message that is refused for good is tried again; MLLP and HTTP */
	struct ww_endpoint_tls tls;
};

struct ww_route {
	ww_str name;
	struct ww_texts from;        /* names of feeds; none: all */
	struct ww_conditions when;   /* a message must fit all */
	struct ww_conditions except; /* and none of these */
	struct ww_texts to;          /* names of endpoints that take messages */
};

/* Begins the name of a lane of application acknowledgements, as no name of a route can. */
#define WW_ACK_LANE "ack@"

/* What a route sends to one of its endpoints, in the order in which it came; or a feed its application acknowledgements. */
struct ww_route_lane {
	ww_str name; /* "route/endpoint", "ack@feed/endpoint" */
	const struct ww_route
	    *route; /* of acknowledgements one that has a name, "ack@feed", and nothing else */
	bool acks;
	const struct ww_endpoint *endpoint;
};

/* A row of the table that says of whom what may be told. */
struct ww_restriction_row {
	ww_str name;
	struct ww_conditions when; /* it holds when all do */
	struct ww_texts labels;    /* or, of a FHIR resource, when one of these is on it */
	uint8_t policy;            /* enum ww_policy; NONE: the others do not count */
	bool lasting;              /* once it held, it holds for good */
	bool of_person; /* all conditions are about the person, and none about the stay */
};

/* Where what is for one role of a party goes, and by which clock that role works. */
struct ww_party_role {
	ww_str send;   /* name of an endpoint: the party's where the role has none of its own */
	ww_str backup; /* of another one, for what is urgent and not acknowledged; may be empty */
	ww_str zone_name; /* the role's, else the party's; may be empty */
	const struct ww_zone
	    *zone; /* of that name; NULL: the program's, else that of the stay's feed */
	ww_str
	    calendar; /* file with holidays: the role's, else the party's; empty: the program's */
};

struct ww_party {
	ww_str name;
	ww_str title; /* what people call it; the name where not given */
	ww_str npi;   /* ten digits, may be empty */
	ww_str tin;   /* tax number, may be empty */
	ww_str send;  /* name of an endpoint */
	struct ww_party_role roles[ww_role_count]; /* by enum ww_role; NONE is the party as such */
};

/* A program that is in force, and with which payer. What is in the file: program.h. */
struct ww_program_use {
	ww_str
	    file; /* a path, relative to the configuration's folder; or the name of a shipped one */
	ww_str name;  /* the file's name without folder and ending: by which the journal knows it */
	ww_str payer; /* name of the party that roles of the payer are of; may be empty */
};

/* Somebody who may come in on the FHIR listener of a feed, or on a console. */
struct ww_client {
	ww_str name;
	ww_str id;    /* by which tokens call it; the name where not given */
	ww_str feed;  /* the one it belongs to; empty: on is given */
	ww_str on;    /* name of a console */
	ww_str party; /* the practice it is; empty: a sender */
	int64_t role; /* enum ww_role; of a console, whose worklist it sees; NONE: every role's */
	struct ww_scopes may;
	ww_str
	    jwks; /* file with its public keys, relative to the configuration's folder; may be empty */
	struct ww_texts certificate; /* names, of which its certificate must have one */
};

/* The columns of a roster. */
enum ww_roster_column {
#define WW_ROSTER_COLUMN(name, text) WW_ROSTER_##name,
#include <wardwire/roster_columns.def>
#undef WW_ROSTER_COLUMN
	WW_ROSTER_COLUMNS
};

struct ww_roster_source {
	ww_str name;    /* as given, else the file's name without folder and ending */
	ww_str file;    /* path, relative to the configuration's folder; empty: it is loaded */
	ww_str system;  /* URI of the payer's member numbers; may be empty */
	ww_str program; /* of rows that name none; may be empty */
	ww_str columns[WW_ROSTER_COLUMNS]; /* what its files call them; empty: by their own names */
	bool delta;            /* an edition says what changed; else it is all there is */
	uint32_t max_drop;     /* percent of its members that an edition may end, 1..100 */
	uint32_t expires_days; /* after the date of its edition, 1..WW_FOR_EVER: never */
	uint32_t warn_days;    /* likewise */
	uint32_t
	    catch_up; /* open stays that one edition may have told, 1..1,000,000, or UINT32_MAX: all */
};

struct ww_config {
	ww_str data;     /* folder of journal and ledger, relative to the configuration's folder */
	ww_str profiles; /* folder or file of FHIR profiles, likewise; may be empty */
	ww_str
	    system; /* URI prefix of identifiers the engine gives out, without a slash at its end */
	ww_str sender; /* NPI of the organisation that sends the notices; may be empty */
	ww_time
	    history_since; /* all ED visits and diagnoses since this day are in the ledger; may be unknown */
	uint32_t due_hours; /* from receipt to the Task's due time, 1..720 */
	uint32_t retry_first,
	    retry_most;             /* seconds: first wait and longest wait between two tries */
	uint32_t retry_alarm_after; /* minutes a notice may be due before it is an alarm */
	uint32_t retry_max_age;     /* hours before it is parked */
	uint32_t segment_bytes;     /* size at which a journal segment is closed */
	uint32_t tick_seconds;      /* between two TICK records, 1..3600 */
	uint32_t snapshots_keep;    /* 1..1000 */
	uint32_t snapshots_hour;    /* 1..24 */
	const struct ww_zone *snapshots_zone;
	uint32_t jobs_at; /* minute of the day at which nightly jobs begin */
	const struct ww_zone *jobs_zone;
	uint32_t retention_days;    /* WW_FOR_EVER: no message is ever removed */
	uint64_t disk_reserve;      /* bytes */
	uint32_t disk_warn_percent; /* 1..100 */
	struct ww_limits limits;
	struct ww_listener *listeners;
	size_t listeners_n;
	struct ww_feed *feeds;
	size_t feeds_n;
	struct ww_endpoint *endpoints;
	size_t endpoints_n;
	struct ww_party *parties;
	size_t parties_n;
	struct ww_client *clients;
	size_t clients_n;
	struct ww_route *routes;
	size_t routes_n;
	struct ww_route_lane *lanes; /* of all routes, in their order, 256 at most; then of feeds */
	size_t lanes_n;
	struct ww_restriction_row *restrictions;
	size_t restrictions_n;
	struct ww_roster_source *rosters;
	size_t rosters_n;
	struct ww_program_use *programs; /* none: the built-in one, basic */
	size_t programs_n;
};

/* NULL when there is none of that name. */
const struct ww_listener *ww_config_listener(const struct ww_config *c, ww_str name);
const struct ww_feed *ww_config_feed(const struct ww_config *c, ww_str name);
/* Where its messages have a payer's member id, the best place first: IN1-49, PID-3.MB. */
struct ww_texts ww_config_member(const struct ww_feed *f);
/* The first feed on that listener. */
const struct ww_feed *ww_config_feed_on(const struct ww_config *c, ww_str listener);
const struct ww_endpoint *ww_config_endpoint(const struct ww_config *c, ww_str name);
const struct ww_roster_source *ww_config_roster(const struct ww_config *c, ww_str name);
/* By "route/endpoint". */
const struct ww_route_lane *ww_config_lane(const struct ww_config *c, ww_str name);
const struct ww_party *ww_config_party(const struct ww_config *c, ww_str name);
const struct ww_client *ww_config_client(const struct ww_config *c, ww_str name);

#endif
