/* Scopes of SMART App Launch for systems: "system/Encounter.cu", of all types "system/" "*.rs"; in version 1 "system/Encounter.write". */
#ifndef WW_CONFIG_SCOPE_H
#define WW_CONFIG_SCOPE_H

#include <wardwire/config.h>

struct ww_buf;

/* What a client of a console can be allowed at most, and is unless its configuration says less: to read its worklist, and to
 * answer what stands there. */
#define WW_SCOPE_CONSOLE "system/Task.rus"

/* Adds one scope. False when it is none, is of a user or a patient, or its type is not in scope.def; nothing is added then. */
bool ww_scope_add(struct ww_scopes *s, ww_str text);
/* Adds those of a list with blanks between; what is no scope here is passed over, as an authorization server may do. */
void ww_scope_add_list(struct ww_scopes *s, ww_str text);
/* What both have. */
struct ww_scopes ww_scope_common(const struct ww_scopes *a, const struct ww_scopes *b);
bool ww_scope_any(const struct ww_scopes *s); /* there is one */
/* The most that a sender or a practice can be allowed. */
struct ww_scopes ww_scope_role(bool practice);
/* The most that a client of a console can be allowed. */
struct ww_scopes ww_scope_console(void);
/* Appends them with blanks between, in version 2. */
void ww_scope_write(const struct ww_scopes *s, struct ww_buf *out);

/* The type of that name; WW_SCOPE_TYPES when there is none. */
enum ww_scope_type ww_scope_type(ww_str name);
const char *ww_scope_type_name(enum ww_scope_type t);

#endif
