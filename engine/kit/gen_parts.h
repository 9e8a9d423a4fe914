/* What the files of the generator share among themselves. */
#ifndef WW_KIT_GEN_PARTS_H
#define WW_KIT_GEN_PARTS_H

#include "kit/gen.h"

enum { WW_GEN_MINUTE = 60000, WW_GEN_DAY = 86400000 };

/* -- chance: gen_make.c ----------------------------------------------------------------------------- */

/* 0 to n - 1; n > 0. */
unsigned ww_gen_below(struct ww_gen *g, unsigned n);
bool ww_gen_chance(struct ww_gen *g, unsigned percent);

/* The day of that time. */
void ww_gen_date(ww_gen_time t, int *year, int *month, int *day);

/* -- what there is: gen_make.c ---------------------------------------------------------------------- */

/* The index of a new one; room is made, else the failure is noted and 0 returned. */
size_t ww_gen_new_person(struct ww_gen *g);
size_t ww_gen_new_visit(struct ww_gen *g, unsigned person);
/* NULL when there is no memory. */
struct ww_gen_message *ww_gen_new_message(struct ww_gen *g);

/* -- stages ----------------------------------------------------------------------------------------- */

/* gen_path.c: everything that happens to one patient. */
void ww_gen_live(struct ww_gen *g, unsigned person);
/* gen_noise.c: what becomes of the messages on the way; numbers and sorts them. */
void ww_gen_disturb(struct ww_gen *g);
/* gen_write.c: formats there are. */
unsigned ww_gen_format(struct ww_gen *g);

/* gen_files.c: practices a person may have. */
enum { WW_GEN_NO_PRACTICE, WW_GEN_RCCA, WW_GEN_LAKESIDE, WW_GEN_BOTH, WW_GEN_EXPIRED };

#endif
