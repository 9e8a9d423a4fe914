/* Profiles from files: a file or a folder, as commands and the configuration name them. */
#ifndef WW_MAIN_PROFILES_H
#define WW_MAIN_PROFILES_H

#include "codec/fhir_check.h"

#include <wardwire/status.h>

struct ww_config;
struct ww_ctx;
struct ww_feed;
struct ww_fhir_profiles;
struct ww_fs;

/* Adds the StructureDefinitions, ValueSets and CodeSystems of a JSON file, or of every file of a folder (not of those below)
 * that ends in .json, in the order of their names. Link the set afterwards. */
WW_MUST ww_status ww_profiles_read(
    const struct ww_fs *fs, struct ww_ctx *cx, const char *path, struct ww_fhir_profiles *set);

/* The set that a configuration names, linked, in *out, for ww_fhir_profiles_free; NULL where it names none. WW_E_NOT_FOUND for a
 * profile of a feed that is not in it. */
WW_MUST ww_status ww_profiles_open(const struct ww_fs *fs, struct ww_ctx *cx,
    const struct ww_config *config, struct ww_fhir_profiles **out);

/* What the resources of a feed are held to; set may be NULL. It borrows from both. */
struct ww_fhir_rules ww_profiles_rules(
    const struct ww_feed *feed, const struct ww_fhir_profiles *set);

#endif
