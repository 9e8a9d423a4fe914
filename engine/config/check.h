/* The checks on a configuration, all of them in one go. */
#ifndef WW_CONFIG_CHECK_H
#define WW_CONFIG_CHECK_H

struct ww_faults;
struct ww_yaml;

/* Each value for itself against keys.def: keys, kinds, ranges, forms (check.c). */
void ww_check_keys(struct ww_faults *f, const struct ww_yaml *root);
/* Values against one another: names given twice, names that stand for nothing, addresses (refer.c). */
void ww_refer_check(struct ww_faults *f, const struct ww_yaml *root);

#endif
