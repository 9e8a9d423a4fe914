/* The checks on a configuration, all of them in one go. */
#ifndef WW_CONFIG_CHECK_H
#define WW_CONFIG_CHECK_H

#include <wardwire/str.h>

struct ww_faults;
struct ww_keys;
struct ww_yaml;

/* Each value for itself against those keys: their names, kinds, ranges, forms (check.c). */
void ww_check_keys(struct ww_faults *f, const struct ww_yaml *root, const struct ww_keys *keys);
/* Values against one another: names given twice, names that stand for nothing, addresses (refer.c). */
void ww_refer_check(struct ww_faults *f, const struct ww_yaml *root);
/* Listeners and their feeds: encryption, and that no message can be of two feeds (feed.c). */
void ww_feed_check(struct ww_faults *f, const struct ww_yaml *root);
/* How feeds are acknowledged: where to, and what fits the mode (feed_ack.c). */
void ww_feed_ack_check(struct ww_faults *f, const struct ww_yaml *root);
/* Where feeds send submissions on to (feed_payer.c). */
void ww_feed_payer_check(struct ww_faults *f, const struct ww_yaml *root);
/* Words that stand for no endpoint in feeds[].ack.application. */
#define WW_ACK_TO_NONE "none"
#define WW_ACK_TO_CONNECTION "connection"
/* Endpoints, each for itself: one address, and what fits its kind (endpoint.c). */
void ww_endpoint_check(struct ww_faults *f, const struct ww_yaml *root);
/* Routes: the names they give (route.c). */
void ww_route_check(struct ww_faults *f, const struct ww_yaml *root);
/* Each roster has a name or a file, and each name is there once (roster_check.c). */
void ww_roster_check(struct ww_faults *f, const struct ww_yaml *root);
/* What the tree alone tells of rosters: whether expires_days and catch_up are given (roster_check.c). */
struct ww_config;
void ww_roster_take(const struct ww_yaml *root, struct ww_config *c);
/* Restrictions, each for itself: that they say of whom (restriction.c). */
void ww_restriction_check(struct ww_faults *f, const struct ww_yaml *root);
/* Roles of parties: the endpoints they name (party.c). */
void ww_party_check(struct ww_faults *f, const struct ww_yaml *root);
/* FHIR listeners and who may come in on them (client.c). */
void ww_client_check(struct ww_faults *f, const struct ww_yaml *root);
/* The listener of that name is a console; false, too, when there is none (feed.c). */
bool ww_listener_is_console(const struct ww_yaml *root, ww_str name);
/* The endpoint of that name is a FHIR server; is one or a worklist. False, too, when there is none (endpoint.c). */
bool ww_endpoint_is_fhir(const struct ww_yaml *root, ww_str name);
bool ww_endpoint_takes_notices(const struct ww_yaml *root, ww_str name);

#endif
