/* Configuration: text to tree, the checks, then libcyaml, then the structs the engine reads. */
#include "config/load.h"

#include "codec/charset.h"
#include "config/check.h"
#include "config/fault.h"
#include "config/keys.h"
#include "config/party.h"
#include "config/raw.h"
#include "config/restriction.h"
#include "config/route.h"
#include "config/scope.h"
#include "config/value.h"
#include "config/yaml.h"

#include <assert.h>

#define TEXT_MAX ((size_t)1 << 20)

/* -- from libcyaml's structs to ours ---------------------------------------------------------------- */

static ww_str
without_slash(const char *url)
{
	ww_str s = ww_str_from(url);

	while (s.n > 0 && s.p[s.n - 1] == '/')
		s.n--;
	return s;
}

/* That memory is short shows in the arena. */
static struct ww_texts
take_texts(struct ww_ctx *cx, const char *const *raw, uint32_t n)
{
	ww_str *v = n > 0 ? ww_arena_array(cx->arena, n, sizeof(*v)) : NULL;

	for (uint32_t i = 0; v != NULL && i < n; i++)
		v[i] = ww_str_from(raw[i]);
	return (struct ww_texts){ v, v != NULL ? n : 0 };
}

static void
take_listener(struct ww_ctx *cx, const struct ww_raw_listener *raw, struct ww_listener *out)
{
	*out = (struct ww_listener){
		.name = ww_str_from(raw->name),
		.mllp = ww_str_from(raw->mllp),
		.console = ww_str_from(raw->console),
		.max_message = raw->max_message,
		.max_segments = raw->max_segments,
		.max_connections = raw->max_connections,
		.peer_connections = raw->peer_connections,
		.peer_rate = raw->peer_rate,
		.frame_timeout = raw->frame_timeout,
		.frame_deadline = raw->frame_deadline,
		.idle_timeout = raw->idle_timeout,
		.head_deadline = raw->head_deadline,
		.body_deadline = raw->body_deadline,
		.keep_alive = raw->keep_alive,
		.accept_queue = raw->accept_queue,
		.release = raw->release,
		.peers = take_texts(cx, raw->peers, raw->peers_n),
		.proxies = take_texts(cx, raw->proxies, raw->proxies_n),
		.tls = { .cert = ww_str_from(raw->tls.cert),
		    .key = ww_str_from(raw->tls.key),
		    .client_ca = ww_str_from(raw->tls.client_ca),
		    .names = take_texts(cx, raw->tls.names, raw->tls.names_n),
		    .handshake_timeout = raw->tls.handshake_timeout },
		.plain = raw->plain,
		.auth = (enum ww_auth)ww_keys_choice(ww_choices_auth, ww_str_from(raw->auth)),
		.url = without_slash(raw->url),
		.issuer = { .iss = ww_str_from(raw->issuer.iss),
		    .jwks = ww_str_from(raw->issuer.jwks),
		    .audience = ww_str_from(raw->issuer.audience),
		    .claim = ww_str_from(raw->issuer.claim) },
		.dir = ww_str_from(raw->dir),
		.pattern = ww_str_from(raw->pattern),
		.settle = raw->settle,
		.scan = raw->scan,
		.max_file = raw->max_file,
		.keep_done = raw->keep_done,
		.keep_failed = raw->keep_failed,
	};
	(void)ww_value_base(ww_str_from(raw->fhir), &out->fhir, &out->path);
}

static struct ww_feed_ack
take_ack(const struct ww_raw_ack *raw)
{
	ww_str to = ww_str_from(raw->application);
	bool there = ww_str_is(to, WW_ACK_TO_CONNECTION), none = ww_str_is(to, WW_ACK_TO_NONE);

	return (struct ww_feed_ack){
		.mode =
		    (enum ww_ack_mode)ww_keys_choice(ww_choices_ack_mode, ww_str_from(raw->mode)),
		.when =
		    (enum ww_ack_when)ww_keys_choice(ww_choices_ack_when, ww_str_from(raw->when)),
		.wait = raw->wait,
		.on_connection = there,
		.to = there || none ? ww_str_empty() : to,
		.batch = (enum ww_ack_batch)ww_keys_choice(
		    ww_choices_ack_batch, ww_str_from(raw->batch)),
	};
}

static struct ww_hl7_source
take_source(const struct ww_raw_feed *raw)
{
	const struct ww_raw_charset *c = &raw->charset;
	struct ww_hl7_source s = {
		.fallback = ww_charset_find(ww_str_from(c->fallback)),
		.strict = ww_keys_choice(ww_choices_charset_invalid, ww_str_from(c->invalid)) != 0,
		.windows = c->windows,
		.version = ww_hl7_version_number(ww_str_from(raw->version)),
	};

	for (size_t i = 0; i < c->more_n; i++)
		s.more |= ww_charset_bit(ww_charset_find(ww_str_from(c->more[i])));
	return s;
}

static struct ww_feed_adt
take_adt(struct ww_ctx *cx, const struct ww_raw_adt *raw)
{
	struct ww_texts observation = take_texts(cx, raw->observation, raw->observation_n);
	ww_str *upper = ww_arena_array(cx->arena, observation.n + 1, sizeof(*upper));

	for (size_t i = 0; upper != NULL && i < observation.n; i++)
		upper[i] = ww_arena_upper(cx->arena, observation.v[i]);
	return (struct ww_feed_adt){
		.class_is_anomaly =
		    ww_keys_choice(ww_choices_class_change, ww_str_from(raw->class_change)) == 1,
		.observation = { upper, upper == NULL ? 0 : observation.n },
		.silence = raw->silence,
		.member = take_texts(cx, raw->member, raw->member_n),
		.member_suffix = raw->member_suffix,
		.test_alarm = { .percent = raw->test_alarm.percent,
		    .least = raw->test_alarm.least,
		    .over = raw->test_alarm.over },
	};
}

static const struct ww_fhir_authority_row *
take_systems(struct ww_ctx *cx, const struct ww_raw_fhir *raw)
{
	struct ww_fhir_authority_row *v = ww_arena_array(cx->arena, raw->systems_n + 1, sizeof(*v));

	for (size_t i = 0; v != NULL && i < raw->systems_n; i++) {
		v[i].system = ww_str_from(raw->systems[i].system);
		v[i].authority = ww_str_from(raw->systems[i].authority);
		v[i].type = ww_arena_upper(cx->arena, ww_str_from(raw->systems[i].type));
	}
	return v;
}

static const struct ww_fhir_facility_row *
take_facilities(struct ww_ctx *cx, const struct ww_raw_fhir *raw)
{
	struct ww_fhir_facility_row *v =
	    ww_arena_array(cx->arena, raw->facilities_n + 1, sizeof(*v));

	for (size_t i = 0; v != NULL && i < raw->facilities_n; i++) {
		v[i].is = ww_str_from(raw->facilities[i].is);
		v[i].facility = ww_str_from(raw->facilities[i].facility);
	}
	return v;
}

static struct ww_feed_fhir
take_fhir(struct ww_ctx *cx, const struct ww_raw_fhir *raw)
{
	return (struct ww_feed_fhir){
		.systems = take_systems(cx, raw),
		.systems_n = raw->systems_n,
		.facilities = take_facilities(cx, raw),
		.facilities_n = raw->facilities_n,
		.test = take_texts(cx, raw->test, raw->test_n),
		.payer = ww_str_from(raw->payer),
		.minimal = ww_keys_choice(ww_choices_fhir_answer, ww_str_from(raw->answer)) == 1,
		.entries = raw->entries,
		.idempotency = raw->idempotency,
		.lenient = raw->lenient,
		.validate = ww_keys_choice(ww_choices_fhir_validate, ww_str_from(raw->validate)),
		.held_to = take_texts(cx, raw->held_to, raw->held_to_n),
		.group_whole = ww_keys_choice(ww_choices_fhir_group, ww_str_from(raw->group)) == 1,
		.group_drop = raw->group_drop,
	};
}

static void
take_feed(struct ww_ctx *cx, const struct ww_raw_feed *raw, struct ww_feed *out)
{
	const struct ww_raw_match *m = &raw->match;

	*out = (struct ww_feed){
		.name = ww_str_from(raw->name),
		.on = ww_str_from(raw->on),
		.match = { .msh_3 = take_texts(cx, m->msh_3, m->msh_3_n),
		    .msh_4 = take_texts(cx, m->msh_4, m->msh_4_n),
		    .certificate = take_texts(cx, m->certificate, m->certificate_n) },
		.zone_name = ww_str_from(raw->zone),
		.zone = ww_zone_find(raw->zone),
		.state = (enum ww_feed_state)ww_keys_choice(
		    ww_choices_feed_state, ww_str_from(raw->state)),
		.refuse_unknown =
		    ww_keys_choice(ww_choices_unknown, ww_str_from(raw->unknown)) == 1,
		.adt = take_adt(cx, &raw->adt),
		.fhir = take_fhir(cx, &raw->fhir),
		.ack = take_ack(&raw->ack),
		.source = take_source(raw),
	};
	assert(out->zone != NULL); /* found by the check, and cached since */
}

/* The check saw to it that it has one address. */
static void
take_address(struct ww_ctx *cx, const struct ww_raw_endpoint *raw, struct ww_endpoint *out)
{
	if (raw->fhir != NULL) {
		out->kind = WW_ENDPOINT_FHIR;
		out->url = without_slash(raw->fhir);
	} else if (raw->mllp != NULL) {
		out->kind = WW_ENDPOINT_MLLP;
		out->url = ww_arena_printf(
		    cx->arena, "%s://%s", raw->tls.ca != NULL ? "mllps" : "mllp", raw->mllp);
	} else if (raw->http != NULL) {
		out->kind = WW_ENDPOINT_HTTP;
		out->url = ww_str_from(raw->http);
	} else if (raw->worklist) {
		out->kind = WW_ENDPOINT_WORKLIST;
		out->url = WW_STR("worklist:");
	} else {
		out->kind = WW_ENDPOINT_DIR;
		out->url = ww_arena_printf(cx->arena, "file://%s", raw->dir);
	}
}

static void
take_endpoint(struct ww_ctx *cx, const struct ww_raw_endpoint *raw, struct ww_endpoint *out)
{
	*out = (struct ww_endpoint){
		.name = ww_str_from(raw->name),
		.timeout = raw->timeout,
		.inflight = raw->inflight,
		.searches = raw->searches,
		.insist = ww_keys_choice(ww_choices_refused, ww_str_from(raw->refused)) == 1,
		.tls = { .ca = ww_str_from(raw->tls.ca),
		    .cert = ww_str_from(raw->tls.cert),
		    .key = ww_str_from(raw->tls.key),
		    .name = ww_str_from(raw->tls.name) },
	};
	take_address(cx, raw, out);
}

static void
take_party(struct ww_ctx *cx, const struct ww_raw_party *raw, struct ww_party *out)
{
	(void)cx;
	*out = (struct ww_party){
		.name = ww_str_from(raw->name),
		.title = ww_str_from(raw->title != NULL ? raw->title : raw->name),
		.npi = ww_str_from(raw->npi),
		.tin = ww_str_from(raw->tin),
		.send = ww_str_from(raw->send),
	};
}

static void
take_client(struct ww_ctx *cx, const struct ww_raw_client *raw, struct ww_client *out)
{
	struct ww_scopes role;

	*out = (struct ww_client){
		.name = ww_str_from(raw->name),
		.id = ww_str_from(raw->id != NULL ? raw->id : raw->name),
		.feed = ww_str_from(raw->feed),
		.on = ww_str_from(raw->on),
		.party = ww_str_from(raw->party),
		.jwks = ww_str_from(raw->jwks),
		.certificate = take_texts(cx, raw->certificate, raw->certificate_n),
	};
	if (raw->role != NULL)
		out->role = 1 + ww_keys_choice(ww_choices_role, ww_str_from(raw->role));
	if (raw->may_n == 0) /* the check saw to it that it is a console's */
		(void)ww_scope_add(&out->may, WW_STR(WW_SCOPE_CONSOLE));
	for (uint32_t i = 0; i < raw->may_n; i++)
		(void)ww_scope_add(&out->may, ww_str_from(raw->may[i]));
	role = out->on.n > 0 ? ww_scope_console() : ww_scope_role(out->party.n > 0);
	out->may = ww_scope_common(&out->may, &role);
}

static void
take_roster(struct ww_ctx *cx, const struct ww_raw_roster *raw, struct ww_roster_source *out)
{
	(void)cx;
	out->file = ww_str_from(raw->file);
	out->name = ww_str_from(raw->name);
	if (out->name.n == 0)
		out->name = ww_value_stem(out->file);
	out->system = ww_str_from(raw->system);
	out->program = ww_str_from(raw->program);
	out->delta = ww_keys_choice(ww_choices_roster_mode, ww_str_from(raw->mode)) == 1;
	out->max_drop = raw->max_drop;
	out->expires_days = raw->expires_days;
	out->warn_days = raw->warn_days;
	out->catch_up = raw->catch_up;
#define WW_ROSTER_COLUMN(column, text)                                                             \
	out->columns[WW_ROSTER_##column] = ww_str_from(raw->columns.text);
#include <wardwire/roster_columns.def>
#undef WW_ROSTER_COLUMN
}

static void
take_program_use(
    struct ww_ctx *cx, const struct ww_raw_program_use *raw, struct ww_program_use *out)
{
	(void)cx;
	out->file = ww_str_from(raw->file);
	out->name = ww_value_stem(out->file);
	out->payer = ww_str_from(raw->payer);
}

static void
take_restriction(
    struct ww_ctx *cx, const struct ww_raw_restriction *raw, struct ww_restriction_row *out)
{
	*out = (struct ww_restriction_row){
		.name = ww_str_from(raw->name),
		.labels = take_texts(cx, raw->labels, raw->labels_n),
		.policy = (uint8_t)ww_keys_choice(ww_choices_restriction, ww_str_from(raw->then)),
		.lasting = raw->lasting,
	};
}

static ww_status
take_scalars(struct ww_ctx *cx, const struct ww_raw_config *raw, struct ww_config *c)
{
	c->data = ww_str_from(raw->data);
	c->profiles = ww_str_from(raw->profiles);
	c->system = without_slash(raw->system);
	c->sender = ww_str_from(raw->sender);
	c->due_hours = raw->due_hours;
	c->retry_first = raw->retry.first;
	c->retry_most = raw->retry.most;
	c->retry_alarm_after = raw->retry.alarm_after;
	c->retry_max_age = raw->retry.max_age;
	c->segment_bytes = raw->segment_bytes;
	c->tick_seconds = raw->tick_seconds;
	c->snapshots_keep = raw->snapshots.keep;
	c->snapshots_hour = raw->snapshots.hour;
	c->snapshots_zone = ww_zone_find(raw->snapshots.zone);
	c->jobs_at = raw->jobs.hour % 24 * 60;
	c->jobs_zone = ww_zone_find(raw->jobs.zone);
	c->retention_days = raw->retention.days;
	c->disk_reserve = (uint64_t)raw->disk.reserve_mib << 20;
	c->disk_warn_percent = raw->disk.warn_percent;
	c->limits = (struct ww_limits){
		.backlog = raw->limits.backlog,
		.backlog_bytes = raw->limits.backlog_bytes,
		.open_bytes = raw->limits.open_bytes,
		.lag = raw->limits.lag,
		.queue = raw->limits.queue,
		.arena = raw->limits.arena,
		.events = raw->limits.events,
	};
	if (raw->history_since != NULL &&
	    !ww_time_fhir(ww_str_from(raw->history_since), ww_zone_utc(), &c->history_since))
		return ww_fail(cx, WW_E_BUG, "history_since", "the check let a bad date pass");
	return WW_OK;
}

/* Copies a list entry by entry; 0 entries are an array of one, so that the pointer is never NULL. */
#define TAKE_LIST(list, one)                                                                       \
	do {                                                                                       \
		c->list##_n = raw->list##_n;                                                       \
		c->list = ww_arena_array(cx->arena, c->list##_n + 1, sizeof(*c->list));            \
		for (size_t i = 0; c->list != NULL && i < c->list##_n; i++)                        \
			one(cx, &raw->list[i], &c->list[i]);                                       \
	} while (0)

static ww_status
take_config(struct ww_ctx *cx, const struct ww_raw_config *raw, const struct ww_yaml *root,
    struct ww_config **out)
{
	struct ww_config *c = ww_arena_alloc(cx->arena, sizeof(*c));
	ww_status s;

	if (c == NULL)
		return ww_fail_memory(cx);
	s = take_scalars(cx, raw, c);
	if (s != WW_OK)
		return s;
	TAKE_LIST(listeners, take_listener);
	TAKE_LIST(feeds, take_feed);
	TAKE_LIST(endpoints, take_endpoint);
	TAKE_LIST(parties, take_party);
	TAKE_LIST(clients, take_client);
	TAKE_LIST(rosters, take_roster);
	TAKE_LIST(restrictions, take_restriction);
	TAKE_LIST(programs, take_program_use);
	if (ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx); /* a list may lack its entries */
	ww_party_take_roles(cx, root, raw->parties, c);
	ww_roster_take(root, c);
	s = ww_route_take(cx, root, c);
	if (s == WW_OK)
		s = ww_restriction_take(cx, root, c);
	if (s != WW_OK)
		return s;
	if (ww_arena_status(cx->arena) != WW_OK)
		return ww_fail_memory(cx);
	*out = c;
	return WW_OK;
}

/* -- all of it -------------------------------------------------------------------------------------- */

static ww_status
check(struct ww_faults *f, ww_str text, struct ww_yaml **tree)
{
	struct ww_yaml *root = NULL;
	ww_status s;

	if (text.n > TEXT_MAX) {
		ww_fault_add(
		    f, 0, 0, "the file has %zu bytes; at most %zu are read", text.n, TEXT_MAX);
		return WW_OK;
	}
	s = ww_yaml_read(f, text, &root);
	if (s != WW_OK || root == NULL)
		return s;
	ww_check_keys(f, root, &ww_keys_config);
	ww_refer_check(f, root);
	ww_feed_check(f, root);
	ww_endpoint_check(f, root);
	ww_party_check(f, root);
	ww_client_check(f, root);
	ww_feed_ack_check(f, root);
	ww_feed_payer_check(f, root);
	ww_route_check(f, root);
	ww_roster_check(f, root);
	ww_restriction_check(f, root);
	*tree = root;
	return WW_OK;
}

ww_status
ww_config_parse(struct ww_ctx *cx, ww_str text, struct ww_config **out,
    struct ww_config_fault **faults, size_t *faults_n)
{
	struct ww_faults f = { .cx = cx };
	struct ww_raw_config *raw = NULL;
	struct ww_yaml *root = NULL;
	ww_status s;

	*faults = NULL;
	*faults_n = 0;
	s = check(&f, text, &root);
	if (s == WW_OK && f.n == 0)
		s = ww_raw_load(&f, text, &raw);
	if (s == WW_OK)
		s = ww_fault_end(&f);
	*faults = f.v;
	*faults_n = f.n;
	return s == WW_OK ? take_config(cx, raw, root, out) : s;
}
