/* Descriptors: one for each connection, and some that must stay free for files and for what goes out. */
#ifndef WW_MAIN_DESCRIPTORS_H
#define WW_MAIN_DESCRIPTORS_H

struct ww_config;

/* Raises this process's limit, as far as it may, to what the configuration asks for. Returns how many connections all
 * listeners together can have; when that is fewer than configured, a line in the log says so. */
unsigned ww_descriptors_for(const struct ww_config *c);

#endif
