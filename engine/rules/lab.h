/* Laboratory values that scores look at: which codes they have, and their numbers in one unit. */
#ifndef WW_RULES_LAB_H
#define WW_RULES_LAB_H

#include "rules/score.h"

enum ww_lab { WW_LAB_HEMOGLOBIN, WW_LAB_SODIUM, WW_LABS };

/* Numbers are in millionths, so that they are compared exactly. */
enum { WW_LAB_ONE = 1000000 };

/* What a result is one of (profiles/codes/hospital-codes.csv); WW_LABS: none that a score looks at. */
enum ww_lab ww_lab_of(ww_str system, ww_str code);

enum ww_lab_fault { WW_LAB_GOOD, WW_LAB_NO_NUMBER, WW_LAB_UNIT, WW_LAB_RANGE };
/* Reads a decimal number in that unit as one in g/dL or mmol/L; "<", "<=", ">" or ">=" before it, or in comparator, makes it
 * a range. RANGE: nobody has such a value. */
enum ww_lab_fault ww_lab_read(
    enum ww_lab what, ww_str comparator, ww_str value, ww_str unit, struct ww_range *out);
/* What people write for it: "g/dL". */
const char *ww_lab_unit(enum ww_lab what);

/* The last result of the stay before its end that can be read; *of: that row, NULL where there is none, and the range is all
 * that a value can be. */
struct ww_range ww_lab_last(
    const struct ww_score_stay *s, enum ww_lab what, const struct ww_observation **of);

/* The service that discharges is an oncologists'. */
bool ww_lab_is_oncology(ww_str service);

#endif
