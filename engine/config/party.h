/* Roles of the parties of a configuration, which stand below keys that are not fixed. */
#ifndef WW_CONFIG_PARTY_H
#define WW_CONFIG_PARTY_H

struct ww_config;
struct ww_ctx;
struct ww_raw_party;
struct ww_yaml;

/* Fills in the roles of all parties: what they say, else what the party says. */
void ww_party_take_roles(struct ww_ctx *cx, const struct ww_yaml *root,
    const struct ww_raw_party *raw, struct ww_config *c);

#endif
