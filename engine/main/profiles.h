/* Profiles from files: a file or a folder, as commands and the configuration name them. */
#ifndef WW_MAIN_PROFILES_H
#define WW_MAIN_PROFILES_H

#include <wardwire/status.h>

struct ww_ctx;
struct ww_fhir_profiles;
struct ww_fs;

/* Adds the StructureDefinitions, ValueSets and CodeSystems of a JSON file, or of every file of a folder (not of those below)
 * that ends in .json, in the order of their names. Link the set afterwards. */
WW_MUST ww_status ww_profiles_read(
    const struct ww_fs *fs, struct ww_ctx *cx, const char *path, struct ww_fhir_profiles *set);

#endif
